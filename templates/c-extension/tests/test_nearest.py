from __future__ import annotations

import platform

import nearword
import pytest
from nearword import nearest

WORDS = ["build", "publish", "verify", "very"]


@pytest.mark.parametrize(
    ("word", "found"),
    [("pubish", "publish"), ("verfy", "verify"), ("build", "build"), ("zebra", None), ("", None)],
)
def test_finds(word: str, found: str | None) -> None:
    assert nearest(word, WORDS) == found


def test_within_sets_what_is_near() -> None:
    assert nearest("zebra", WORDS, within=9) == "very"
    assert nearest("pubish", WORDS, within=0) is None


def test_of_equals_the_first_is_taken() -> None:
    assert nearest("cat", ["bat", "hat"]) == "bat"


def test_cpython_gets_the_extension() -> None:
    fast = platform.python_implementation() == "CPython"
    assert nearword.distance.__module__ == ("nearword._speedups" if fast else "nearword._pure")
