"""Tables as values, and their two looks: ruled on a terminal, aligned plain lines elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

import msgspec

from shipwheel.console.terminal import Look, Tone, mark, printable, tinted, write

if TYPE_CHECKING:
    from rich.table import Table as RichTable
    from rich.text import Text

_GAP = "  "
_FOLDED = 24  # columns below which a folded cell breaks within words


class Cell(NamedTuple):
    """A piece of text and how it is meant; it may have several lines."""

    text: str
    tone: Tone = Tone.PLAIN


class Column(NamedTuple):
    """A column's head; `right` aligns numbers; `keep` is never wrapped on a narrow terminal.

    `spare` is left out of one that has no room for it, and named below the table.
    """

    head: str
    right: bool = False
    keep: bool = False
    spare: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table with its title and the lines below it; without rows only `empty` is shown."""

    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[Cell, ...] = ()
    empty: str = ""


def show(stream: TextIO, tables: Sequence[Table], look: Look) -> None:
    """Print tables to `stream`, one blank line between them."""
    for number, table in enumerate(tables):
        if number:
            stream.write("\n")
        if look.rich and table.rows:
            _show_rich(stream, table, look)
        else:
            for line in plain_lines(table, look):
                write(stream, f"{line}\n", look)
    stream.flush()


def plain_lines(table: Table, look: Look) -> Iterator[str]:
    """Give a table as aligned lines. Nothing is cut or wrapped: a pipe wants whole values."""
    if table.title:
        yield tinted(printable(table.title), Tone.STRONG, look)
    if table.rows:
        yield from _aligned(table, look)
    elif table.empty:
        yield f"{_GAP}{table.empty}"
    yield from _note_lines(table, look)


def _aligned(table: Table, look: Look) -> Iterator[str]:
    heads = tuple(column.head for column in table.columns)
    lines = [line for row in table.rows for line in _row_lines(row, look)]
    if any(heads):
        lines.insert(0, heads)
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        cells = (
            text.rjust(width) if column.right else text.ljust(width)
            for text, width, column in zip(line, widths, table.columns, strict=True)
        )
        yield f"{_GAP}{_GAP.join(cells)}".rstrip()


def _row_lines(row: tuple[Cell, ...], look: Look) -> Iterator[tuple[str, ...]]:
    """Give a row's lines: as many as its highest cell has."""
    cells = [printable(cell.text).split("\n") for cell in row]
    for texts in itertools.zip_longest(*cells, fillvalue=""):
        yield tuple(mark(text, look) for text in texts)


def _note_lines(table: Table, look: Look) -> Iterator[str]:
    for note in table.notes:
        for line in printable(note.text).split("\n"):
            yield tinted(f"{_GAP}{line}", note.tone, look)


def _show_rich(stream: TextIO, table: Table, look: Look) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich

    console = Console(
        file=stream,
        force_terminal=True,
        color_system="standard",  # the look has decided already, whatever TERM says
        width=look.width,
        height=25,  # unused; without it rich takes 80 columns where TERM is dumb
        markup=False,
        emoji=False,
        highlight=False,
    )
    fitting = _fitting(table, look.width)
    console.print(_ruled(fitting, look))
    for note in fitting.notes:
        console.print(_text(note), soft_wrap=False)


def _fitting(table: Table, width: int) -> Table:
    """Give a table without the spare columns that a terminal has no room for, the last of them first."""
    left = list(range(len(table.columns)))
    for place in reversed(range(len(table.columns))):
        if table.columns[place].spare and sum(_least(table, each) + 2 for each in left) > width:
            left.remove(place)
    gone = [column.head for place, column in enumerate(table.columns) if place not in left]
    if not gone:
        return table
    said = Cell(f"no room here for: {', '.join(gone)} (a pipe and --json have all)", Tone.DIM)
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[place] for place in left),
        rows=tuple(tuple(row[place] for place in left) for row in table.rows),
        notes=(said, *table.notes),
    )


def _least(table: Table, place: int) -> int:
    """Give the width below which a column is broken within words, or not shown whole."""
    column = table.columns[place]
    texts = [column.head, *(row[place].text for row in table.rows)]
    widest = max(len(line) for text in texts for line in text.split("\n"))
    return widest if column.keep else min(widest, _FOLDED)


def _ruled(table: Table, look: Look) -> RichTable:
    from rich import box  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415

    ruled = RichTable(
        title=_text(Cell(table.title)) if table.title else None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD if look.unicode else box.ASCII2,
        show_header=any(column.head for column in table.columns),
        header_style="bold",
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    for column in table.columns:
        ruled.add_column(
            column.head,
            justify="right" if column.right else "left",
            no_wrap=column.keep,
            overflow="fold",
        )
    for row in table.rows:
        ruled.add_row(*(_text(cell) for cell in row))
    return ruled


def _text(cell: Cell) -> Text:
    from rich.text import Text  # noqa: PLC0415

    return Text(printable(cell.text), style=cell.tone.value)
