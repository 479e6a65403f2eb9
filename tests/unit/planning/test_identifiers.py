"""What is asked of cibuildwheel, without asking it."""

from __future__ import annotations

import tomllib

import pytest

from shipwheel.planning.identifiers import _without_unknown_groups


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
