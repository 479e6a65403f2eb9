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
from shipwheel.console.wording import counted

_LEAST = 2  # questions that an overview is worth while for
_SENTENCE, _WORD = 32, 14  # characters of a cell's longest line
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
    if len(failed) >= _LEAST:
        said = f"{len(failed)} of {counted(len(sections), 'question')} ask for something to be done"
    verdict = element("p", f"{MARKS[state]} {said}", class_=f"verdict {state}")
    header = element("header", element("h1", title), verdict)
    return document(title, (header, *overview(sections), *dependency_sections(sections)))


def overview(sections: Sequence[Section]) -> Iterator[Html]:
    """Give a link a question with its verdict, in the order of the page; nothing for a single one."""
    if len(sections) < _LEAST:
        return
    items = (
        element(
            "li",
            element("span", MARKS[_state(each)], class_=f"mark {_state(each)}"),
            " ",
            element("a", each.title, href=f"#deps-{each.name}"),
        )
        for each in _ordered(sections)
    )
    yield element("nav", element("ul", *items), class_="overview", aria_label="dependencies")


def _ordered(sections: Iterable[Section]) -> list[Section]:
    """Give those first that ask for something to be done."""
    return sorted(sections, key=lambda each: each.ok)


def _state(section: Section) -> State:
    return State.PASSED if section.ok else State.FAILED


def dependency_sections(sections: Iterable[Section]) -> Iterator[Html]:
    """Give a section of the page a question, those first that ask for something to be done."""
    for section in _ordered(sections):
        state = _state(section)
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
        yield element("div", _rows(table), class_="scroll", tabindex=0)
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
                element(
                    "td",
                    *_lines(cell),
                    class_=f"{_side(column.right)} {_class(cell)}{_width(cell)}",
                )
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


def _width(cell: Cell) -> str:
    """Give the class of a sentence, which needs room where a table is wider than the window, and of a word."""
    longest = max(len(line) for line in cell.text.split("\n"))
    return " sentence" if longest > _SENTENCE else " word" if longest <= _WORD else ""


def _side(right: bool) -> str:  # noqa: FBT001 - a column's own field
    return "right" if right else "left"
