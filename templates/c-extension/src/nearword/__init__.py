"""How far two words are apart, and which known word is the nearest."""

from __future__ import annotations

from collections.abc import Iterable

try:
    from nearword._speedups import distance
except ImportError:  # not CPython: see setup.py
    from nearword._pure import distance

__all__ = ["distance", "nearest"]


def nearest(word: str, known: Iterable[str], *, within: int | None = None) -> str | None:
    """Give the known word with the smallest distance, the first of several; None where all are far.

    `within` is the largest distance that counts as near: by default a third of the word, at least 1.
    """
    limit = max(1, len(word) // 3) if within is None else within
    best = None
    for candidate in known:
        apart = distance(word, candidate)
        if apart <= limit:
            best, limit = candidate, apart - 1
    return best
