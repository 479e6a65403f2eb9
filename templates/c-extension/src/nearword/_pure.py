"""The distance in Python: the reference for the extension, and its stand-in where it is not built."""

from __future__ import annotations


def distance(left: str, right: str, /) -> int:
    """Count the insertions, deletions and replacements that turn one text into the other."""
    if not isinstance(left, str) or not isinstance(right, str):
        raise TypeError("distance() takes two str")
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            cost = corner + (one != other)
            corner = row[j]
            row[j] = min(cost, corner + 1, row[j - 1] + 1)
    return row[-1]
