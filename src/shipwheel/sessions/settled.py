"""Which build jobs have nothing to do: their inputs are those of the files in `dist/`.

Each session is a process of its own under `nox -j`; a test need not wait for five that do nothing. What
a test takes is held against its record by sha256 all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shipwheel.building.keep import Kept
from shipwheel.building.unchanged import unchanged_sdist, unchanged_wheel
from shipwheel.dists.record import Record, Status, read_record
from shipwheel.errors import ShipwheelError
from shipwheel.planning.job import JobKind, Scope
from shipwheel.project.facts import Kind
from shipwheel.sessions.context import Opened


def settled_jobs(opened: Opened) -> frozenset[str]:
    """Give the ids of the build and wheel jobs that would change nothing."""
    try:
        return frozenset(_settled(opened))
    except (ShipwheelError, OSError):
        return frozenset()  # the session itself will say what is wrong


def _settled(opened: Opened) -> Iterator[str]:
    build = _passed(opened, "build")
    sdist = unchanged_sdist(opened.workspace, opened.project) if build else None
    if build is None or sdist is None or not _made(opened, build, sdist):
        return
    path = opened.workspace.dist / sdist.filename
    pure = opened.project.kind.value is Kind.PURE
    builder = str(opened.plan.build_python)
    if not pure or _is_made(opened, build, path, builder, compiled=False):
        yield "build"
    for job in opened.plan.of_kind(JobKind.WHEEL, Scope.LOCAL):
        record = _passed(opened, job.id)
        if record and _is_made(opened, record, path, str(job.python), compiled=True):
            yield job.id


def _is_made(opened: Opened, record: Record, sdist: Path, target: str, *, compiled: bool) -> bool:
    interpreter = opened.machine.interpreter(target)
    if interpreter is None:
        return False
    wheel = unchanged_wheel(opened.workspace, opened.project, sdist, interpreter, compiled=compiled)
    return wheel is not None and _made(opened, record, wheel)


def _passed(opened: Opened, job_id: str) -> Record | None:
    record = read_record(opened.workspace.record(job_id))
    return record if record is not None and record.status is Status.PASSED else None


def _made(opened: Opened, record: Record, kept: Kept) -> bool:
    """Say whether the record names the kept bytes, and `dist/` has a file of their size."""
    path = opened.workspace.dist / kept.filename
    named = any(
        each.filename == kept.filename and each.sha256 == kept.sha256 for each in record.made
    )
    return named and path.is_file() and path.stat().st_size == kept.size
