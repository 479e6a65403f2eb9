"""Cells that are all pairs of some Pythons and some platforms: two short lists in place of a long one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from shipwheel.rendering.github.fields import Row
from shipwheel.rendering.yaml import Flow

_KEYS = ("python", "tag")
_TOLD = re.compile(r"matrix\.([\w-]+)")

Product: TypeAlias = tuple[dict[str, Any], dict[str, Any]]


def product_of(rows: Sequence[Row], values: Mapping[str, Any]) -> Product | None:
    """Give the matrix and the fields' values where the rows are all pairs of two lists, else None.

    Each column then follows from the platform, or from the Python and its tag.
    """
    targets = [tuple(row.get(key) for key in _KEYS) for row in rows]
    platforms = [row.get("platform") for row in rows]
    first, second = dict.fromkeys(targets), dict.fromkeys(platforms)
    pairs = set(zip(targets, platforms, strict=True))
    if not len(pairs) == len(rows) == len(first) * len(second) or min(len(first), len(second)) < 2:
        return None
    names = {name: None for row in rows for name in row}
    of_platform = [name for name in names if _follows(name, rows, platforms)]
    of_target = [name for name in names if name not in of_platform]
    if not all(_follows(name, rows, targets) for name in of_target):
        return None
    matrix: dict[str, Any] = {}
    told = _axis(matrix, "target", of_target, rows) | _axis(matrix, "platform", of_platform, rows)
    return matrix, {field: _retold(each, told) for field, each in values.items()}


def _follows(name: str, rows: Sequence[Row], keys: Sequence[Any]) -> bool:
    """Say whether a key decides a column."""
    known: dict[Any, Any] = {}
    pairs = zip(keys, (row.get(name) for row in rows), strict=True)
    return all(known.setdefault(key, value) == value for key, value in pairs)


def _axis(
    matrix: dict[str, Any], axis: str, names: list[str], rows: Sequence[Row]
) -> dict[str, str]:
    """Put one list into the matrix, and give how each of its columns is told then."""
    found: list[Row] = []
    for row in rows:
        part = {name: row[name] for name in names if name in row}
        if part not in found:
            found.append(part)
    if len(names) == 1:
        (name,) = names
        matrix[name] = Flow([part[name] for part in found])
        return {name: name}
    own = {"platform": "id"}  # a platform's own name, in the list of that name
    matrix[axis] = [
        Flow({own.get(name, name): value for name, value in part.items()}) for part in found
    ]
    return {name: f"{axis}.{own.get(name, name)}" for name in names}


def _retold(value: Any, told: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    return _TOLD.sub(lambda found: f"matrix.{told[found[1]]}", value)
