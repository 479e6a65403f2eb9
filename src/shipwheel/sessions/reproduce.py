"""`reproduce`: everything of the local scope, built twice in other folders, and what differs."""

from __future__ import annotations

import sys

import msgspec

from shipwheel.building.twice import TwoBuilds, build_twice
from shipwheel.console.layout import show
from shipwheel.console.reproduced import reproduced_tables
from shipwheel.console.terminal import look_of
from shipwheel.console.wording import counted
from shipwheel.dists.comparison import ComparedFile
from shipwheel.errors import JobError, MachineError
from shipwheel.files import to_json, write_bytes
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import JobKind, Scope
from shipwheel.sessions.jobrun import JobRun


class Reproduced(msgspec.Struct, frozen=True, kw_only=True):
    """The file `.shipwheel/reproduce.json`: `ok` where every file has the same bytes in both builds."""

    schema: int = 1
    ok: bool
    files: tuple[ComparedFile, ...]


def run(run: JobRun) -> Reproduced:
    """Build twice, tell what differs by member and byte range, and write it as JSON.

    Raises JobError where anything differs, MachineError where no Python of the project is here.
    """
    with run.step("two builds") as said:
        files = build_twice(
            TwoBuilds(
                workspace=run.workspace,
                project=run.opened.project,
                builder=_builder(run),
                wheels=_interpreters(run),
                emit=run.emit,
                log=run.log,
            )
        )
        same = sum(each.identical for each in files)
        said.append(f"{same} of {counted(len(files), 'file')} identical")
    found = Reproduced(ok=same == len(files), files=files)
    path = run.workspace.state / "reproduce.json"
    write_bytes(path, to_json(found))
    show(sys.stdout, reproduced_tables(files), look_of(sys.stdout))
    if not found.ok:
        raise JobError(
            f"{counted(len(files) - same, 'file')} of {len(files)} differ between two builds",
            where=str(path),
            hint="the page on reproducible builds in the documentation has the usual reasons, and their mends",
            reference="reproducible",
        )
    return found


def _builder(run: JobRun) -> Interpreter:
    found = run.opened.machine.interpreter(run.opened.plan.build_python or "")
    if found is None:
        raise MachineError(
            run.job.reason or "no Python of this project is here",
            where=run.opened.project.requires_python.origin,
            hint=run.job.remedy,
        )
    return found


def _interpreters(run: JobRun) -> tuple[Interpreter, ...]:
    jobs = run.opened.plan.of_kind(JobKind.WHEEL, Scope.LOCAL)
    found = (run.opened.machine.interpreter(str(job.python)) for job in jobs)
    return tuple(each for each in found if each is not None)
