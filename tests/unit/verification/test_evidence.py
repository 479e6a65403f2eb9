"""Strangers' text on a terminal: short, on its line, and obeyed by nobody."""

from __future__ import annotations

import pytest

from shipwheel.verification.evidence import one_line, sample, writable
from shipwheel.verification.reading.distributions import describe

FORGED = "a.whl\n0 errors\x1b[32m\t.whl"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain.whl", "plain.whl"),
        ("ä文.whl", "ä文.whl"),
        (FORGED, r"a.whl\n0 errors\x1b[32m\t.whl"),
        ("right\u202eleft", r"right\u202eleft"),
        ("half\ud800", r"half\ud800"),
    ],
)
def test_a_name_stays_on_its_line(text, shown):
    assert one_line(text) == shown


def test_a_messages_own_lines_stand():
    assert writable("first\n  second\x07") == "first\n  second\\x07"


def test_names_in_a_sample_stay_on_its_line():
    assert sample(["b", "a\nb"], most=1) == r"a\nb and 1 more"


def test_a_file_is_named_on_one_line(tmp_path):
    path = tmp_path / "x\n0 errors-1.0-py3-none-any.whl"
    path.write_bytes(b"")
    assert "\n" not in describe(path).filename
