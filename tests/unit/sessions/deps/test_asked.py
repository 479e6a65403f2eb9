"""One question asked, kept and shown."""

from __future__ import annotations

import json

import msgspec
import pytest

from shipwheel.console.layout import Table
from shipwheel.console.section import Section
from shipwheel.errors import JobError
from shipwheel.sessions.deps.asked import Asked, keep, kept_at, kept_sections
from shipwheel.verification.report import Report, write_report
from shipwheel.workspace import Workspace


class Found(msgspec.Struct, frozen=True):
    project: str
    ok: bool


def section_of(found: Found) -> Section:
    return Section("audit", f"{found.project} was asked", found.ok, (Table("a table"),))


ASKED = Asked("audit", lambda *_: Found("demo", ok=False), section_of, lambda *_: JobError("x"))


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_the_answer_is_kept_as_scripts_read_it(workspace):
    keep(workspace, ASKED, Found("demo", ok=False))
    told = json.loads(kept_at(workspace, "audit").read_bytes())
    assert told == {"schema": 1, "ok": False, "projects": [{"project": "demo", "ok": False}]}


def test_every_question_stands_in_the_page(workspace):
    keep(workspace, ASKED, Found("demo", ok=False))
    keep(workspace, msgspec.structs.replace(ASKED, name="graph"), Found("other", ok=True))
    page = (workspace.state / "report.html").read_text(encoding="utf-8")
    assert "demo was asked" in page
    assert "other was asked" in page


def test_what_was_verified_stays_in_the_page(workspace):
    workspace.prepare()
    report = Report(ok=True, files=(), checks=(), findings=())
    write_report(workspace.state / "verify.json", report)
    keep(workspace, ASKED, Found("demo", ok=True))
    page = (workspace.state / "report.html").read_text(encoding="utf-8")
    assert "shipwheel verify" in page
    assert "demo was asked" in page


@pytest.mark.parametrize("data", [b"", b"{", b'{"name": 1}', b'{"schema": 9}', b"\xff"])
def test_a_section_that_cannot_be_read_is_left_out(workspace, data):
    keep(workspace, ASKED, Found("demo", ok=True))
    (workspace.cache / "sections" / "torn.json").write_bytes(data)
    assert [each.title for each in kept_sections(workspace)] == ["demo was asked"]
