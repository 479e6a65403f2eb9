"""Answers about dependencies in a page: each question's tables and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shipwheel.console.layout import Cell, Table
from shipwheel.console.reports.bars import bars_html
from shipwheel.console.reports.document import document
from shipwheel.console.reports.drawing import drawing_html
from shipwheel.console.reports.markup import Html, element, joined
from shipwheel.console.reports.states import MARKS, State
from shipwheel.console.section import Bars, Drawing, Section
from shipwheel.console.terminal import Tone

_CLASSES = {
    Tone.GOOD: "passed",
    Tone.BAD: "failed",
    Tone.WARN: "warned",
    Tone.DIM: "dim",
    Tone.STRONG: "strong",
}


def dependencies_html(sections: Sequence[Section], *, title: str = "shipwheel deps") -> str:
    """Give answers as a self-contained HTML page."""
    state = State.PASSED if all(each.ok for each in sections) else State.FAILED
    failed = [each.title for each in sections if not each.ok]
    said = "; ".join(failed) or "nothing to do"
    verdict = element("p", f"{MARKS[state]} {said}", class_=f"verdict {state}")
    header = element("header", element("h1", title), verdict)
    return document(title, (header, *dependency_sections(sections)))


def dependency_sections(sections: Iterable[Section]) -> Iterator[Html]:
    """Give a section of the page a question, those first that ask for something to be done."""
    for section in sorted(sections, key=lambda each: each.ok):
        state = State.PASSED if section.ok else State.FAILED
        mark = element("span", MARKS[state], class_=f"mark {state}")
        yield element(
            "section",
            element("h2", mark, " ", section.title),
            *(_picture(each) for each in section.pictures),
            *(part for table in section.tables for part in _table(table)),
            id=f"deps-{section.name}",
            class_="deps",
        )


def _picture(picture: Bars | Drawing) -> Html:
    return bars_html(picture) if isinstance(picture, Bars) else drawing_html(picture)


def _table(table: Table) -> Iterator[Html]:
    if table.title:
        yield element("h3", table.title)
    if table.rows:
        yield element("div", _rows(table), class_="scroll")
    elif table.empty:
        yield element("p", table.empty, class_="dim")
    for note in table.notes:
        yield element("p", *_lines(note), class_=_class(note))


def _rows(table: Table) -> Html:
    heads = [
        element("th", column.head, scope="col", class_=_side(column.right))
        for column in table.columns
    ]
    head = element("thead", element("tr", *heads)) if any(c.head for c in table.columns) else ""
    body = (
        element(
            "tr",
            *(
                element("td", *_lines(cell), class_=f"{_side(column.right)} {_class(cell)}".strip())
                for column, cell in zip(table.columns, row, strict=True)
            ),
        )
        for row in table.rows
    )
    return element("table", head, element("tbody", joined(body)), class_="plain")


def _lines(cell: Cell) -> Iterator[Html]:
    """Give a cell's lines, a break between two; leading blanks stay."""
    for number, line in enumerate(cell.text.split("\n")):
        if number:
            yield Html("<br>")
        yield element("span", line)


def _class(cell: Cell) -> str:
    return f"tone {_CLASSES[cell.tone]}" if cell.tone in _CLASSES else "tone"


def _side(right: bool) -> str:  # noqa: FBT001 - a column's own field
    return "right" if right else "left"
