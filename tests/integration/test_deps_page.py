"""The page of answers about dependencies in a real browser: it fits a phone, and has its overview."""

from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("the browser is driven over inherited pipes", allow_module_level=True)

from browser import browser, browser_command

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.console.section import Bar, Bars, Drawing, Edge, Node, Part, Section
from shipwheel.console.terminal import Tone

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(browser_command() is None, reason="needs Chromium (apt install chromium)"),
]

LONG = "says nothing of how old it may be, and goes on for a line or two of plain words"
WORD = "manylinux_2_39_x86_64" * 12
COLUMNS = (Column("object"), Column("size", right=True), *(Column(f"column {n}") for n in range(9)))
ROW = (
    Cell(WORD, Tone.BAD),
    Cell("16.5 MB"),
    *(Cell(LONG, tone) for tone in (*Tone, *Tone)[:9]),
)
TABLE = Table("a wide table", COLUMNS, (ROW, ROW), (Cell(LONG, Tone.WARN), Cell(WORD, Tone.DIM)))
DRAWING = Drawing(
    "a graph",
    tuple(Node(f"n{n}", f"a distribution {n}") for n in range(12)),
    tuple(Edge(f"n{n}", f"n{n + 1}") for n in range(11)),
)
BARS = Bars("bars", "s", (Bar(WORD, (Part("install", 2.0), Part("rest", 1.0)), LONG),))
SECTIONS = (
    Section("graph", "graph: no circle", True, (TABLE,), (DRAWING, BARS)),
    Section("api", "api: 8 changes that break", False, (TABLE,)),
    Section("floors", f"floors: {WORD}", False, (TABLE,)),
)


@pytest.fixture(scope="module")
def tab():
    with browser() as page:
        yield page


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_it_fits_and_its_overview_leads_to_each_answer(tab, tmp_path, width, dark):
    path = tmp_path / "report.html"
    path.write_text(dependencies_html(SECTIONS), encoding="utf-8")
    tab.open(path, width=width, dark=dark)
    assert tab.troubles == []
    assert tab.ask("document.documentElement.scrollWidth") == width
    told = tab.ask("document.querySelector('.verdict').textContent")
    assert told == "✗ 2 of 3 questions ask for something to be done"
    links = tab.ask(
        "[...document.querySelectorAll('.overview a')].map(a => a.getAttribute('href'))"
    )
    assert links == ["#deps-api", "#deps-floors", "#deps-graph"]
    assert tab.ask(f"{links}.every(link => document.querySelector(link))")
    # a sentence has room, a number stays in one line, whatever the window
    narrow = "[...document.querySelectorAll('td.sentence')].map(e => e.clientWidth)"
    assert min(tab.ask(narrow)) >= 220
    assert tab.ask("document.querySelector('td.word span').getClientRects().length") == 1
