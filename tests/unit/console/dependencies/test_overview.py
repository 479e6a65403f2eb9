from __future__ import annotations

from pathlib import Path

import msgspec

from shipwheel.console.layout import Table
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.console.reports.page import report_html
from shipwheel.console.section import Section
from shipwheel.errors import JobError
from shipwheel.sessions import verify
from shipwheel.sessions.deps.asked import Asked, keep
from shipwheel.verification.report import Report
from shipwheel.workspace import Workspace


class Found(msgspec.Struct, frozen=True):
    project: str = "demo"
    ok: bool = True


NOTHING = Report(ok=True, files=(), checks=(), findings=())
GOOD = Section("graph", "graph: no <circle>", True, (Table("what was found", empty="nothing"),))
BAD = Section("api", "api: 1 change that breaks", False, (Table("t", empty="nothing"),))


def test_several_answers_have_an_overview_the_open_ones_first() -> None:
    page = dependencies_html((GOOD, BAD))
    links = [page.index('href="#deps-api"'), page.index('href="#deps-graph"')]
    assert links == sorted(links)
    assert "graph: no &lt;circle&gt;" in page
    assert 'class="overview"' in report_html(NOTHING, sections=(GOOD, BAD))


def test_one_answer_needs_none() -> None:
    assert 'class="overview"' not in dependencies_html((BAD,))
    assert "1 change that breaks</p>" in dependencies_html((BAD,))


def test_verify_keeps_the_answers_that_are_in_the_page(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    asked = Asked("graph", lambda *_: Found(), lambda _: GOOD, lambda *_: JobError("x"))
    keep(workspace, asked, Found())
    verify._keep(type("Opened", (), {"workspace": workspace})(), NOTHING)
    page = (workspace.state / "report.html").read_text(encoding="utf-8")
    assert 'id="deps-graph"' in page
    assert "nothing wrong found" in page
    keep(workspace, asked, Found())  # and an answer keeps what was verified
    page = (workspace.state / "report.html").read_text(encoding="utf-8")
    assert "nothing wrong found" in page
