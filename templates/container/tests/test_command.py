from __future__ import annotations

import io
import sys

import pytest

from pagewords.__main__ import main


def test_words_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["To be,", "or not to be"]) == 0
    assert capsys.readouterr().out.split() == ["2", "be", "2", "to", "1", "not", "1", "or"]


def test_words_of_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("one two one"))
    assert main([]) == 0
    assert capsys.readouterr().out.split() == ["2", "one", "1", "two"]
