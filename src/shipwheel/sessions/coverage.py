"""`coverage`: what all test cells measured together, failed cells too."""

from __future__ import annotations

from shipwheel.dists.record import Record, Status, read_record
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Notice, Warned
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.sessions.jobrun import JobRun, made_file
from shipwheel.testing.coverage import combine


def run(run: JobRun) -> None:
    """Combine the coverage of the cells that are here; cells that did not test these bytes run first.

    nox has no session that runs after a failed one, so this one asks for no cell: it runs those that
    are missing itself. Raises JobError where a cell failed, after the report.
    """
    cells = [job for job in run.opened.plan.of_kind(JobKind.TEST, Scope.LOCAL) if not job.lowest]
    failed = [job.id for job in cells if not _passed(run, job)]
    with run.step("coverage", f"over {len(cells)} cells") as said:
        coverage = combine(
            run.workspace,
            run.opened.project,
            [job.id for job in cells],
            run.opened.machine.interpreter(str(run.opened.plan.build_python)) or run.interpreter(),
            emit=run.emit,
            log=run.log,
        )
        said.append(f"{coverage.percent:.1f} % of {coverage.files} files")
    for line in coverage.text.splitlines():
        run.emit(Notice(line))
    if failed:
        raise JobError(
            f"the coverage is combined, and {', '.join(failed)} failed",
            where=str(run.log),
            hint=f"`nox -s {failed[0]}` shows why",
        )


def _passed(run: JobRun, job: Job) -> bool:
    """Say whether a cell passed on the bytes that are here, running it where nobody has."""
    record = read_record(run.workspace.record(job.id))
    if record is not None and _is_current(run, job, record):
        return record.status is Status.PASSED or job.allow_failure
    from shipwheel.sessions.dispatch import run_job  # noqa: PLC0415 - it imports us by name

    try:
        run_job(run.opened, job)
    except ShipwheelError as error:
        run.emit(Warned(f"{job.id}: {error.what}"))
        return False
    return True


def _is_current(run: JobRun, job: Job, record: Record) -> bool:
    makers = {file.id: file.local_job or file.job for file in run.opened.plan.files}
    wanted = {made_file(run.workspace, makers[file_id], file_id).sha256 for file_id in job.consumes}
    return wanted <= {ref.sha256 for ref in record.consumed}
