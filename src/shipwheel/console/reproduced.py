"""What two builds of the same came to, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.dists.comparison import ComparedFile, Difference

_MOST = 12  # differences of a file that are shown; the JSON has all
_MOST_RANGES = 4
_MOST_LINES = 12
_HERE = {
    "same": Cell("these bytes", Tone.GOOD),
    "other": Cell("other bytes", Tone.WARN),
    "absent": Cell("not there", Tone.DIM),
}


def reproduced_tables(files: Sequence[ComparedFile]) -> tuple[Table, ...]:
    """Give each file with its hash or both, then what differs of those that are not identical."""
    columns = (
        Column("file"),
        Column("sha256", keep=True),
        Column("built twice", keep=True),
        Column("in dist/", keep=True),
    )
    table = Table(title="", columns=columns, rows=tuple(map(_row, files)), empty="no file")
    return (table, *(_differing(each) for each in files if not each.identical))


def _row(file: ComparedFile) -> tuple[Cell, ...]:
    hashes = dict.fromkeys((each or "not made")[:16] for each in file.sha256)
    told = Cell("identical", Tone.GOOD) if file.identical else Cell("DIFFERENT", Tone.BAD)
    return (Cell(file.filename), Cell("\n".join(hashes), Tone.DIM), told, _HERE[file.here])


def _differing(file: ComparedFile) -> Table:
    rows = tuple(row for each in file.differences[:_MOST] for row in _rows(each))
    rest = len(file.differences) - _MOST
    notes = (Cell(f"and {counted(rest, 'more difference')}"),) if rest > 0 else ()
    columns = (Column("member"), Column("what", keep=True), Column("first"), Column("second"))
    return Table(
        title=file.filename,
        columns=columns,
        rows=rows,
        notes=notes,
        empty="one of the two builds did not make it",
    )


def _rows(difference: Difference) -> Iterator[tuple[Cell, ...]]:
    name = difference.member or "the archive itself"
    yield Cell(name), Cell(difference.what), Cell(difference.first), Cell(difference.second)
    if difference.lines:
        for line in difference.lines[:_MOST_LINES]:
            yield Cell(f"  {line}", Tone.DIM), Cell(""), Cell(""), Cell("")
        return
    for each in difference.ranges[:_MOST_RANGES]:
        where = f"  at {each.offset:,}, {counted(each.length, 'byte')}"
        yield Cell(where, Tone.DIM), Cell(""), Cell(each.first), Cell(each.second)
    rest = len(difference.ranges) - _MOST_RANGES
    if rest > 0:
        yield Cell(f"  and {counted(rest, 'more range')}", Tone.DIM), Cell(""), Cell(""), Cell("")
