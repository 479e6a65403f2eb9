"""The columns of a matrix: what differs between a lane's cells, and does not follow from another column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shipwheel.rendering.github.fields import Row

_MADE_OF = ("job", "only", "takes")  # fields that may be made of a Python and a platform
_FIRST = ("package", "job", "only", "session", "python", "tag", "platform")
_MAKER = "wheels-"


class Columns(msgspec.Struct):
    """The columns by name, in the order of a row, and what a step writes for each field."""

    columns: dict[str, list[Any]]
    values: dict[str, Any]

    def put(self, name: str, column: list[Any]) -> str:
        """Add a column, unless all cells say the same; give what a step writes for it."""
        first = column[0]
        if all(each == first for each in column):
            return str(first)
        self.columns[name] = column
        return f"${{{{ matrix.{name} }}}}"

    def rows(self) -> list[Row]:
        """Give the columns as rows; a false or empty value is left out: an absent one reads as empty."""
        names = sorted(self.columns, key=_place)
        cells = zip(*(self.columns[name] for name in names), strict=True)
        return [
            {name: each for name, each in zip(names, row, strict=True) if each not in {False, ""}}
            for row in cells
        ]


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def columns_of(rows: Sequence[Row], platforms: Sequence[str | None]) -> Columns:
    """Give the columns of cells with these fields, on these platforms."""
    found = Columns({}, {})
    later = []
    for field in rows[0]:
        column = [row[field] for row in rows]
        if all(each == column[0] for each in column):
            found.values[field] = column[0]
        elif field == "session" or field.startswith(_MADE_OF):
            later.append(field)
        else:
            found.values[field] = found.put(field, column)
    for field in later:
        column = [row[field] for row in rows]
        text = _composed(column, rows, platforms, found)
        found.values[field] = found.put(field, column) if text is None else text
    return found


def _composed(
    column: list[str], rows: Sequence[Row], platforms: Sequence[str | None], found: Columns
) -> str | None:
    """Give a field as made of others: what the Python decides, and behind it perhaps the platform."""
    if column == [row["job"] for row in rows] and "job" in found.columns:
        return "${{ matrix.job }}"
    if (around := _around(column, platforms)) is not None:
        return f"{around[0]}{found.put('platform', list(platforms))}{around[1]}"
    ends = [f"-{platform}" for platform in platforms]
    if not all(each.endswith(end) for each, end in zip(column, ends, strict=True)):
        return _of_python(column, rows, found)
    starts = [each.removesuffix(end) for each, end in zip(column, ends, strict=True)]
    start = _of_python(starts, rows, found)
    return None if start is None else f"{start}-{found.put('platform', list(platforms))}"


def _around(column: list[str], platforms: Sequence[str | None]) -> tuple[str, str] | None:
    """Give what stands before and behind the platform where that is the same in all: a shard's name."""
    split = {
        text.partition(str(platform)) for text, platform in zip(column, platforms, strict=True)
    }
    found = {(before, behind) for before, platform, behind in split if platform}
    return found.pop() if len(found) == 1 and all(each for _, each, _ in split) else None


def _of_python(starts: list[str], rows: Sequence[Row], found: Columns) -> str | None:
    if all(start == starts[0] for start in starts):
        return starts[0]
    if starts == [f"test-{row['python']}" for row in rows]:
        return "test-${{ matrix.python }}"
    # a wheel's identifier begins with its Python's tag: cp312
    prefix = _MAKER if all(start.startswith(f"{_MAKER}cp") for start in starts) else ""
    tags = [start.removeprefix(prefix) for start in starts]
    if found.columns.get("tag", tags) != tags or not all(
        tag.startswith(("cp", "pp")) for tag in tags
    ):
        return None
    return f"{prefix}{found.put('tag', tags)}"
