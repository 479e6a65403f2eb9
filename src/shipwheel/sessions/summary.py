"""`test` and `wheel`: what became of all their cells, read from the records."""

from __future__ import annotations

from shipwheel.dists.record import Record, Status, read_record
from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice, Warned
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.sessions.context import Opened


def summarize(opened: Opened, kind: JobKind, emit: Emit) -> None:
    """Say what became of each cell, and which Pythons are not here.

    Raises JobError where there is no cell that could have run.
    """
    cells = [job for job in opened.plan.of_kind(kind) if not job.lowest]
    local = [job for job in cells if job.scope is Scope.LOCAL]
    for job in local:
        record = read_record(opened.workspace.record(job.id))
        if record is not None:
            _say(job, record, emit)
    for job in cells:
        if job.scope is Scope.RELEASE and job.reason:
            emit(Notice(f"{job.id}: {job.reason}; {job.remedy}"))
    if cells and not local:
        raise JobError(
            "none of the project's Pythons is on this machine",
            where=opened.project.requires_python.origin,
            hint=str(cells[-1].remedy),
        )


def _say(job: Job, record: Record, emit: Emit) -> None:
    names = [*(ref.filename for ref in record.consumed), *(made.filename for made in record.made)]
    files = ", ".join(names)
    count = f", {record.tests_run} tests" if record.tests_run is not None else ""
    if record.status is Status.PASSED:
        emit(Notice(f"{job.id}: passed{count} in {record.seconds:.1f} s  {files}"))
    else:
        emit(Warned(f"{job.id}: {record.status.value}: {record.reason}"))
