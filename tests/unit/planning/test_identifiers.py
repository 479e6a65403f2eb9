"""What is asked of cibuildwheel, without asking it."""

from __future__ import annotations

import tomllib

import pytest

from shipwheel.planning.identifiers import _environment, _without_unknown_groups


@pytest.mark.parametrize(
    ("enable", "left", "named"),
    [
        ('["pypy"]', ["pypy"], []),
        ('["pypy", "cpython-freethreading"]', ["pypy"], ["cpython-freethreading"]),
        ('["cpython-freethreading"]', [], ["cpython-freethreading"]),
        ('"cpython-freethreading"', "", ["cpython-freethreading"]),
        ('"pypy cpython-freethreading"', "pypy", ["cpython-freethreading"]),
        ("'pypy one two'", "pypy", ["one", "two"]),
        ('"all"', "all", []),
    ],
)
def test_a_group_that_cibuildwheel_dropped_is_left_out_and_said(enable, left, named) -> None:
    text, notices = _without_unknown_groups(f"[tool.cibuildwheel]\nenable = {enable}\nskip = 'x'\n")
    assert tomllib.loads(text)["tool"]["cibuildwheel"] == {"enable": left, "skip": "x"}
    assert [f"{each!r}" in notice for each, notice in zip(named, notices, strict=True)] == [
        True
    ] * len(named)


def test_one_terminals_settings_are_not_asked_with(monkeypatch) -> None:
    monkeypatch.setenv("CIBW_BUILD", "cp312-*")
    monkeypatch.setenv("CIBW_PROJECT_REQUIRES_PYTHON", ">=3.99")
    assert "CIBW_BUILD" not in _environment("")
    assert "CIBW_PROJECT_REQUIRES_PYTHON" not in _environment("")
    assert _environment(">=3.10")["CIBW_PROJECT_REQUIRES_PYTHON"] == ">=3.10"
