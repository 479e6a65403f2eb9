"""A recorded track with fewer points that still looks the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from fewpoints._simplify import kept

__all__ = ["simplify"]

Point = TypeVar("Point", bound=Sequence[float])


def simplify(points: Iterable[Point], tolerance: float) -> list[Point]:
    """Give the points without which the line would move by more than the tolerance, first and last among them.

    The first two coordinates decide, in their own unit. ValueError for a tolerance below 0 or a
    coordinate that is no number.
    """
    given = list(points)
    return [given[index] for index in kept(given, tolerance)]
