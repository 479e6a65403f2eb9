"""Answers about dependencies as parts of a page."""

from __future__ import annotations

import pytest

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.reports.dependencies import dependencies_html, dependency_sections
from shipwheel.console.section import Bar, Bars, Drawing, Edge, Node, Part, Section
from shipwheel.console.terminal import Tone

HOSTILE = "<script>alert('x')</script>\N{RIGHT-TO-LEFT OVERRIDE}"


def table(text: str) -> Table:
    columns = (Column(text), Column("size", right=True))
    return Table(text, columns, rows=((Cell(text, Tone.BAD), Cell("1")),), notes=(Cell(text),))


HOSTILE_SECTION = Section(
    name="audit",
    title=HOSTILE,
    ok=False,
    tables=(table(HOSTILE), Table(HOSTILE, empty=HOSTILE)),
    pictures=(
        Bars(HOSTILE, "s", (Bar(HOSTILE, (Part(HOSTILE, 1.0),), HOSTILE),)),
        Drawing(HOSTILE, (Node("a", HOSTILE), Node("b", HOSTILE)), (Edge("a", "b"),)),
    ),
)


def test_no_text_of_a_stranger_breaks_out():
    page = dependencies_html((HOSTILE_SECTION,))
    assert "<script>alert" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "&lt;script&gt;alert" in page
    # the page's policy takes no style of an element's own
    assert " style=" not in page


def test_what_asks_for_something_comes_first():
    sections = [Section("graph", "all well", ok=True), Section("audit", "two findings", ok=False)]
    page = "".join(dependency_sections(sections))
    assert page.index('id="deps-audit"') < page.index('id="deps-graph"')


@pytest.mark.parametrize(
    ("oks", "verdict"),
    [((True, True), "nothing to do"), ((True, False), "title 1"), ((), "nothing")],
)
def test_the_verdict(oks, verdict):
    sections = [Section(f"s{at}", f"title {at}", ok=ok) for at, ok in enumerate(oks)]
    head = dependencies_html(sections).partition("</header>")[0]
    assert verdict in head
    assert ("title 0" in head) is False


def test_a_cell_keeps_its_lines():
    cell = Cell("first\n  second")
    section = Section("s", "t", ok=True, tables=(Table("x", (Column("a"),), rows=((cell,),)),))
    page = "".join(dependency_sections([section]))
    assert "<span>first</span><br><span>  second</span>" in page
