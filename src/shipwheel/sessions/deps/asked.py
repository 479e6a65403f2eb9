"""One question about dependencies: asked by a session or by the command line, kept, shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from shipwheel.console.layout import show
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.console.reports.page import report_html
from shipwheel.console.section import Section
from shipwheel.console.terminal import look_of
from shipwheel.deps.answer import Answer
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit
from shipwheel.files import to_json, write_bytes, write_text
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun
from shipwheel.verification.report import read_report
from shipwheel.workspace import Workspace

A = TypeVar("A", bound=Answer)


class Asked(msgspec.Struct, Generic[A], frozen=True):
    """A question: how it is asked, shown, and what is raised in a session where the answer is not `ok`.

    `ask` takes the project, the words behind `--` or the command's arguments, and where progress goes.
    `unanswered` gives what is raised where a part of the answer is not known; the rest is kept and shown.
    """

    name: str
    ask: Callable[[Opened, Sequence[str], Emit], A]
    section: Callable[[A], Section]
    failure: Callable[[A, str], JobError]
    unanswered: Callable[[A], MachineError | None] = lambda _found: None


def answer_in_session(run: JobRun, asked: Asked[A]) -> A:
    """Ask in a session: the answer is kept in `.shipwheel/deps/`, shown, and judged.

    Raises the question's JobError where the answer is not `ok`, MachineError where a part is not known.
    """
    found = asked.ask(run.opened, run.args, run.emit)
    section = keep(run.workspace, asked, found)
    show(sys.stdout, section.tables, look_of(sys.stdout))
    if (error := asked.unanswered(found)) is not None:
        raise error
    if not found.ok:
        raise asked.failure(found, str(kept_at(run.workspace, asked.name)))
    return found


def as_json(found: Iterable[Answer]) -> dict[str, object]:
    """Give the answers of all projects as the JSON that scripts read."""
    every = tuple(found)
    return {"schema": 1, "ok": all(each.ok for each in every), "projects": every}


def keep(workspace: Workspace, asked: Asked[A], found: A) -> Section:
    """Write an answer to `.shipwheel/deps/`, put it into the report's page, and give its section."""
    workspace.prepare()
    section = asked.section(found)
    write_bytes(kept_at(workspace, asked.name), to_json(as_json((found,))))
    folder = workspace.cache / "sections"
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / f"{asked.name}.json", to_json(section))
    refresh_page(workspace)
    return section


def kept_at(workspace: Workspace, name: str) -> Path:
    """Give the file of the last answer to a question."""
    folder = workspace.state / "deps"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.json"


def kept_sections(workspace: Workspace) -> tuple[Section, ...]:
    """Give the sections of all questions that were asked, by name; one that cannot be read is left out."""
    found = []
    for path in sorted((workspace.cache / "sections").glob("*.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=Section))
        except (OSError, msgspec.MsgspecError):
            continue  # of another version of ours: asked again, it is written anew
    return tuple(found)


def refresh_page(workspace: Workspace) -> None:
    """Write `.shipwheel/report.html`: what was verified, if anything was, and each answer."""
    sections = kept_sections(workspace)
    report = read_report(workspace.state / "verify.json")
    if report is not None:
        page = report_html(report, sections=sections)
    else:
        page = dependencies_html(sections)
    write_text(workspace.state / "report.html", page)
