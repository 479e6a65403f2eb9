"""`test` and `wheel`: what became of all their cells, read from the records; and CI's summary of a job."""

from __future__ import annotations

from shipwheel.dists.record import Record, Status, read_record
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit, Notice, Warned
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.sessions.context import Opened
from shipwheel.sessions.picking import cells_here


def summarize(opened: Opened, kind: JobKind, emit: Emit) -> None:
    """Say what became of each cell, and which Pythons are not here.

    Raises JobError where there is no cell that could have run; in CI MachineError where a Python is
    not here that may not fail.
    """
    cells = cells_here(opened.plan, kind)
    local = [job for job in cells if job.scope is Scope.LOCAL]
    for job in local:
        record = read_record(opened.workspace.record(job.id))
        if record is not None:
            _say(job, record, emit)
    absent = [job for job in cells if job.scope is Scope.RELEASE and job.reason]
    for job in absent:
        emit(Notice(f"{job.id}: {job.reason}; {job.remedy}"))
    if cells and not local:
        raise JobError(
            "none of the project's Pythons is on this machine",
            where=opened.project.requires_python.origin,
            hint=str(cells[-1].remedy),
        )
    if opened.machine.ci:
        _demand([job for job in absent if job.python and not job.allow_failure])


def summarize_job(record: Record) -> None:
    """Add a run to the summary that GitHub shows of its job: what it was, and which bytes it had."""
    from shipwheel.console.markdown import append_summary, markdown  # noqa: PLC0415
    from shipwheel.console.matrix import files_table, job_table  # noqa: PLC0415

    files = [
        files_table(title, files)
        for title, files in (("made", record.made), ("took", record.consumed))
        if files
    ]
    append_summary(markdown(record.job, (job_table(record), *files)))


def _demand(absent: list[Job]) -> None:
    """Refuse in CI what a laptop may leave out: there it would be missing for good."""
    if absent:
        raise MachineError(
            f"not on this machine: Python {', '.join(str(job.python) for job in absent)}",
            where=", ".join(job.id for job in absent),
            hint="install them in the CI job, or take a Python's own job: `nox -s SESSION`",
        )


def _say(job: Job, record: Record, emit: Emit) -> None:
    names = [*(ref.filename for ref in record.consumed), *(made.filename for made in record.made)]
    files = ", ".join(names)
    count = f", {record.tests_run} tests" if record.tests_run is not None else ""
    noted = f" ({'; '.join(record.notes)})" if record.notes else ""
    if record.status is Status.PASSED:
        emit(Notice(f"{job.id}: passed{count} in {record.seconds:.1f} s  {files}{noted}"))
    else:
        emit(Warned(f"{job.id}: {record.status.value}: {record.reason}"))
