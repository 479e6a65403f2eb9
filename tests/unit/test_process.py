"""What is blanked out of a log, and what of an output is kept."""

from __future__ import annotations

import pytest

from shipwheel import captured, process
from shipwheel.captured import Captured
from shipwheel.redaction import without_credentials


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://user:pw@host/simple", "https://***@host/simple"),
        ("https://a-token@host/simple", "https://***@host/simple"),
        ("git+ssh://git@host/x.git", "git+ssh://git@host/x.git"),
        ("x @ file:///tmp/a@b.whl", "x @ file:///tmp/a@b.whl"),
        ("see https://host/a@b and mail me@host", "see https://host/a@b and mail me@host"),
        ("twine upload --password hunter2 f", "twine upload --password *** f"),
        ("uv publish --token=abc", "uv publish --token=***"),
        ("a s3cret-value b", "a *** b"),
        ("short", "short"),
        ("main", "main"),
    ],
)
def test_credentials_are_blanked(text, clean):
    environ = {"MY_PASSWORD": "s3cret-value", "SOME_TOKEN": "short", "BRANCH": "main-line"}
    assert process.redact(text, environ) == clean


def test_the_longer_of_two_credentials_is_blanked_whole():
    environ = {"A_TOKEN": "abcdef", "B_TOKEN": "abcdefgh"}
    assert process.redact("abcdefgh abcdef", environ) == "*** ***"


def test_each_line_of_a_key_is_blanked():
    environ = {"SIGNING_KEY_SECRET": "BEGIN-KEY\nabcdefgh\nEND-KEY"}
    assert process.redact("1 BEGIN-KEY\n2 abcdefgh\n", environ) == "1 ***\n2 ***\n"


def test_the_tail_skips_blank_lines_and_is_clean():
    done = process.Completed(("x",), 1, "a\n\n b \n\nhttps://u:p@h\n", 0.0)
    assert done.tail(2) == " b\nhttps://***@h"


def test_the_two_ends_of_an_output_are_kept(monkeypatch):
    monkeypatch.setattr(captured, "_KEPT", 10)
    monkeypatch.setattr(captured, "_BLOCK", 0)
    kept = Captured()
    for number in range(100):
        kept.add(f"{number:02}")
    assert kept.text() == "0001020304\n… left out here; the log has it …\n9596979899"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://bob:word@index.example/simple/", "https://index.example/simple/"),
        ("git+https://token@host.example/a.git@1f2e", "git+https://host.example/a.git@1f2e"),
        ("git+ssh://git@host.example/a.git", "git+ssh://git@host.example/a.git"),
        ("a @ https://files.example/a@b.whl", "a @ https://files.example/a@b.whl"),
    ],
)
def test_a_file_that_is_kept_names_no_user(text: str, clean: str) -> None:
    assert without_credentials(text) == clean
