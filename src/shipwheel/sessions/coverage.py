"""`coverage`: what all test cells measured together, failed cells too."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from shipwheel.console.markdown import append_summary
from shipwheel.console.terminal import printable
from shipwheel.dists.record import Record, Status, read_record
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Notice, Warned
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.sessions.jobrun import JobRun, made_file, maker_of
from shipwheel.sessions.picking import cells_here
from shipwheel.sessions.replay import making_command
from shipwheel.testing.coverage import combine, data_folder


def run(run: JobRun) -> None:
    """Combine the coverage of the cells that are here; cells that did not test these bytes run first.

    nox has no session that runs after a failed one, so this one asks for no cell: it runs those that
    are missing itself. Where CI names the job, it runs none: the cells' jobs handed over what they
    measured. Raises JobError where a cell failed, after the report.
    """
    handed_over = run.ci.job == run.job.id
    cells = _measured(run) if handed_over else _cells(run)
    failed = [] if handed_over else [job.id for job in cells if not _passed(run, job)]
    with _summarized(run), run.step("coverage", f"over {len(cells)} cells") as said:
        coverage = combine(
            run.workspace,
            run.opened.project,
            [job.id for job in cells],
            _interpreter(run),
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


@contextlib.contextmanager
def _summarized(run: JobRun) -> Iterator[None]:
    """Show the report in the summary of a pipeline's job, also where it is below the threshold."""
    try:
        yield
    finally:
        text = run.workspace.state / "coverage.txt"
        if text.is_file():
            lines = printable(text.read_text(encoding="utf-8")).splitlines()
            append_summary("\n".join(["### coverage", "", *(f"    {line}" for line in lines)]))


def _cells(run: JobRun) -> list[Job]:
    cells = cells_here(run.opened.plan, JobKind.TEST)
    return [job for job in cells if job.scope is Scope.LOCAL]


def _measured(run: JobRun) -> list[Job]:
    """Give the test jobs of any platform whose data lie here; all of CI's where none does."""
    tests = [job for job in run.opened.plan.of_kind(JobKind.TEST) if not job.lowest]
    measured = [job for job in tests if _has_data(run, job)]
    return measured or [job for job in tests if job.platform is not None]


def _has_data(run: JobRun, job: Job) -> bool:
    folder = data_folder(run.workspace, job.id)
    return folder.is_dir() and any(folder.iterdir())


def _interpreter(run: JobRun) -> Interpreter:
    builder = run.opened.plan.build_python
    found = run.opened.machine.interpreter(builder) if builder else None
    return found or run.interpreter()


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
    wanted = {_made(run, file_id) for file_id in job.consumes}
    return wanted <= {ref.sha256 for ref in record.consumed}


def _made(run: JobRun, file_id: str) -> str:
    maker = maker_of(run.opened.plan, file_id)
    return made_file(run.workspace, maker.id, file_id, making_command(maker)).sha256
