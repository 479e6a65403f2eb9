"""One run of one job: its lock, its log, what it consumed, made and proved, and its record."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipwheel.console.steps import Steps
from shipwheel.dists.lock import job_lock
from shipwheel.dists.record import FileRef, Made, Proof, Record, Status, read_record, write_record
from shipwheel.errors import JobError, JobSkipped, MachineError, ShipwheelError, unexpected
from shipwheel.events import Event, Notice, Output, StepDone, StepStarted, Warned
from shipwheel.files import sha256, write_text
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan
from shipwheel.process import redact
from shipwheel.sessions.ci import CiCall, ci_call
from shipwheel.sessions.context import Opened
from shipwheel.sessions.replay import (
    check_machine,
    home_command,
    interpreter_for,
    making_command,
)
from shipwheel.workspace import Workspace

if TYPE_CHECKING:
    from shipwheel.building.release_calls import ReleaseCalls

# made by content: their record stays true until they write another
_KEPT = frozenset({JobKind.BUILD, JobKind.WHEEL, JobKind.WHEELS})
# a wheel for another architecture is tested by the job that makes it
_TESTING = frozenset({JobKind.TEST, JobKind.WHEEL})


class Together(msgspec.Struct, frozen=True):
    """The jobs of one session whose wheels a call of cibuildwheel may make together, and that call."""

    jobs: tuple[Job, ...]
    calls: ReleaseCalls


class JobRun(msgspec.Struct):
    """A job while it runs; the bodies add what they consume, make and prove."""

    opened: Opened
    job: Job
    args: tuple[str, ...]
    steps: Steps
    parallel: bool = False
    ci: CiCall = CiCall()
    together: Together | None = None
    consumed: list[FileRef] = msgspec.field(default_factory=list)
    made: list[Made] = msgspec.field(default_factory=list)
    proofs: list[Proof] = msgspec.field(default_factory=list)
    tools: dict[str, str] = msgspec.field(default_factory=dict)
    warnings: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
    tests_run: int | None = None
    inputs: str | None = None
    commit: str | None = None

    @property
    def workspace(self) -> Workspace:
        """Give the project's folders."""
        return self.opened.workspace

    @property
    def log(self) -> Path:
        """Give the job's log file."""
        return self.workspace.log(self.job.id)

    def emit(self, event: Event) -> None:
        """Show an event, and write it to the job's log."""
        if isinstance(event, Warned):
            self.warnings.append(event.text)
        line = _log_line(event)
        if line:
            with self.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(f"{redact(line)}\n")
        self.steps.emit(event)

    @contextlib.contextmanager
    def step(self, name: str, detail: str = "") -> Iterator[list[str]]:
        """Report a step around a block; what the block appends to the list is said at its end."""
        started = time.perf_counter()
        said: list[str] = []
        self.emit(StepStarted(name, detail))
        yield said
        self.emit(StepDone(name, time.perf_counter() - started, " ".join(said)))

    def interpreter(self) -> Interpreter:
        """Give the job's Python; raises JobSkipped where it is not here, in CI MachineError."""
        target = self.job.python
        found = interpreter_for(self.job, self.opened.machine)
        if found is not None:
            return found
        reason = self.job.reason or f"Python {target} is not on this machine"
        if self.opened.machine.ci:
            raise MachineError(reason, where=self.job.id, hint=self.job.remedy)
        raise JobSkipped(reason, where=self.job.id, hint=self.job.remedy)

    def consume(self, file_id: str) -> tuple[Path, FileRef]:
        """Give the planned file by id, its bytes checked against its maker's record.

        Its maker is this machine's; where CI names the job, the one that makes it for the release.
        Raises JobError where it was not made, is gone, or has changed since.
        """
        maker = maker_of(self.opened.plan, file_id, released=self.ci.job in self.job.called)
        made = made_file(
            self.workspace, maker.id, file_id, making_command(maker, self.opened.package)
        )
        path = self.workspace.dist / made.filename
        _check_bytes(path, made, maker.id, making_command(maker, self.opened.package))
        ref = FileRef(id=made.id, filename=made.filename, sha256=made.sha256, size=made.size)
        self.consumed.append(ref)
        return path, ref


@contextlib.contextmanager
def job_run(
    opened: Opened, job: Job, args: tuple[str, ...] = (), *, parallel: bool = False
) -> Iterator[JobRun]:
    """Run a block as a job: locked, logged, recorded. What it raises is recorded and raised again."""
    opened.workspace.prepare()
    run = JobRun(
        opened, job, args, Steps(sys.stdout), parallel=parallel, ci=ci_call(package=opened.package)
    )
    with job_lock(opened.workspace, job.id, run.steps.emit):
        _begin(run)
        started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        clock = time.perf_counter()
        try:
            check_machine(job, opened.machine)
            yield run
        except JobSkipped as skipped:
            _end(run, Status.SKIPPED, started, clock, skipped)
            raise
        except ShipwheelError as error:
            _fail(run, started, clock, error)
        except Exception as error:  # noqa: BLE001 - the boundary of a job
            _fail(run, started, clock, unexpected(error))
        else:
            _end(run, Status.PASSED, started, clock, None)


def _fail(run: JobRun, started: str, clock: float, error: ShipwheelError) -> None:
    run.steps.failed(error, tell=False)
    with contextlib.suppress(OSError):  # a full disk is no reason to tell less
        _end(run, Status.FAILED, started, clock, error)
    if not run.job.allow_failure:
        raise error
    run.emit(Warned(f"{run.job.id} failed, as it is allowed to: {error.what}"))


def maker_of(plan: Plan, file_id: str, *, released: bool = False) -> Job:
    """Give the job that makes a planned file here, or for the release."""
    for file in plan.files:
        if file.id == file_id:
            return plan.job(file.job if released else file.local_job or file.job)
    return plan.job("build")


def made_file(workspace: Workspace, job_id: str, file_id: str, command: str) -> Made:
    """Give what a job's record says of a file that it made; raises JobError where there is none.

    `command` runs that job.
    """
    record = read_record(workspace.record(job_id))
    if record is not None and record.status is Status.PASSED:
        for made in record.made:
            if made.id == file_id:
                return made
    raise JobError(
        f"there is no {'sdist' if file_id == 'sdist' else 'wheel'} from {job_id} to work with",
        where=str(workspace.dist),
        hint=f"run `{command}` first (without --no-dependencies nox does it by itself);"
        " in CI, hand over that job's files and record",
    )


def _check_bytes(path: Path, made: Made, maker: str, command: str) -> None:
    if not path.is_file():
        raise JobError(
            f"{made.filename} is gone since {maker} made it",
            where=str(path),
            hint=f"`{command}` puts it back",
        )
    found = sha256(path)
    if found != made.sha256:
        raise JobError(
            f"{made.filename} is not the file that {maker} made",
            where=str(path),
            evidence=f"recorded sha256 {made.sha256}\nfound    sha256 {found}",
            hint=f"remove it and run `{command}`",
        )


def _begin(run: JobRun) -> None:
    if run.job.kind not in _KEPT:
        run.workspace.record(run.job.id).unlink(missing_ok=True)
    run.log.parent.mkdir(parents=True, exist_ok=True)
    command = f"$ {redact(home_command(run.job, run.args, run.ci, run.opened.package))}"
    write_text(run.log, f"{command}\n")
    if run.opened.machine.ci:
        run.steps.emit(Notice(command))


def _end(
    run: JobRun, status: Status, started: str, clock: float, error: ShipwheelError | None
) -> None:
    seconds = round(time.perf_counter() - clock, 3)
    record = Record(
        job=run.job.id,
        session=run.job.session,
        status=status,
        reason=error.what if error else None,
        python=run.job.python,
        python_version=_python_version(run),
        platform=_platform(run),
        started=started,
        seconds=seconds,
        commit=run.commit,
        inputs=run.inputs,
        tools=run.tools,
        consumed=tuple(run.consumed),
        made=tuple(run.made) if status is Status.PASSED else (),
        proofs=tuple(run.proofs),
        tests_run=run.tests_run,
        warnings=tuple(run.warnings),
        notes=tuple(run.notes),
    )
    if error is not None:
        with run.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write("\n".join(error.lines()) + "\n")
            if error.__cause__ is not None:
                log.writelines(traceback.format_exception(error.__cause__))
    write_record(run.workspace.record(run.job.id), record)
    _junit(run, record)
    if run.opened.machine.ci:
        from shipwheel.sessions.summary import summarize_job  # noqa: PLC0415 - a laptop has none

        summarize_job(record)


def _platform(run: JobRun) -> str:
    """Give the platform that a test ran for: a 32-bit Python's is not the machine's."""
    machine = run.opened.machine.platform
    return run.job.platform or machine if run.job.kind in _TESTING else machine


def _python_version(run: JobRun) -> str | None:
    found = interpreter_for(run.job, run.opened.machine)
    return found.version if found else None


def _junit(run: JobRun, record: Record) -> None:
    """Write a JUnit file of one case for a job whose tool wrote none."""
    path = run.workspace.junit(run.job.id)
    if run.job.kind in _TESTING and record.tests_run is not None:
        return
    from shipwheel.testing.junit import write_job_junit  # noqa: PLC0415

    write_job_junit(path, record)


def _log_line(event: Event) -> str:
    match event:
        case StepStarted():
            return f"== {event.name} {event.detail}".rstrip()
        case StepDone():
            return f"== {event.name}: done in {event.seconds:.2f} s {event.detail}".rstrip()
        case Notice():
            return f"== {event.text}"
        case Warned():
            return f"== warning: {event.text}" + (f" ({event.hint})" if event.hint else "")
        case Output():
            return ""  # the process wrote it to the log itself
        case _:
            return ""
