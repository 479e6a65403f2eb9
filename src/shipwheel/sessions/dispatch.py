"""From a session's name to what it does: each kind's module is imported only when it runs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from shipwheel.console.steps import Steps
from shipwheel.events import Emit
from shipwheel.planning.job import DEPENDENCY_KINDS, Job, JobKind
from shipwheel.sessions.ci import ci_call
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun, Together, job_run
from shipwheel.sessions.picking import picked, with_arguments
from shipwheel.sessions.specs import SessionSpec, needs_nothing

# kind -> the module below shipwheel.sessions whose `run(job_run)` does it
_MODULES: Mapping[JobKind, str] = MappingProxyType(
    {
        JobKind.BUILD: "build",
        JobKind.WHEEL: "wheel",
        JobKind.WHEELS: "wheels",
        JobKind.TEST: "test",
        JobKind.COVERAGE: "coverage",
        JobKind.LINT: "tools",
        JobKind.TYPE: "tools",
        JobKind.DOCS: "tools",
        **{kind: f"deps.{kind.value}" for kind in DEPENDENCY_KINDS},
        JobKind.VERIFY: "verify",
        JobKind.REHEARSE: "rehearse",
        JobKind.REPRODUCE: "reproduce",
        JobKind.GATE: "gate",
        JobKind.PUBLISH: "publish",
    }
)
# nox shows every logger's messages: these tell of each request and each file
_TALKATIVE = ("urllib3", "requests", "twine", "keyring", "auditwheel", "filelock")


def run_session(
    opened: Opened, spec: SessionSpec, args: tuple[str, ...], *, parallel: bool = False
) -> None:
    """Run a session: its jobs one after another, or the summary of the sessions that it required.

    What it needs of sessions that are not registered it runs before. Raises ShipwheelError for what
    failed, JobSkipped for what cannot run here.
    """
    for session in () if needs_nothing(spec, args) else spec.first:
        needed = next(job for job in opened.plan.jobs if job.session == session)
        run_job(opened, needed, parallel=parallel)
    named = ci_call(package=opened.package).job
    jobs = picked(opened.plan, spec, args, platform=opened.machine.platform, named=named)
    emit = Steps(sys.stdout).emit
    if not jobs:
        _summarize(opened, spec, emit)
        return
    if spec.kind is JobKind.WHEELS:
        _make_wheels(opened, jobs, emit)
        return
    for job in jobs:
        run_job(opened, job, with_arguments(job, args), parallel=parallel)


def _make_wheels(opened: Opened, jobs: tuple[Job, ...], emit: Emit) -> None:
    """Make shipped wheels: each has its record as soon as it is finished, whatever becomes of the others."""
    from shipwheel.sessions.expected import after_wheels, run_each  # noqa: PLC0415
    from shipwheel.sessions.wheels import together  # noqa: PLC0415

    shared = together(jobs)
    with shared.calls:
        run_each(jobs, lambda job: run_job(opened, job, job.args, together=shared), emit)
    after_wheels(opened, jobs, emit)


def _summarize(opened: Opened, spec: SessionSpec, emit: Emit) -> None:
    from shipwheel.sessions.summary import summarize  # noqa: PLC0415

    summarize(opened, spec.kind, emit)
    if spec.kind is JobKind.WHEEL:
        from shipwheel.sessions.expected import after_wheel  # noqa: PLC0415

        after_wheel(opened, emit)


def run_job(
    opened: Opened,
    job: Job,
    args: tuple[str, ...] = (),
    *,
    parallel: bool = False,
    together: Together | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> JobRun:
    """Run one job of the Plan with its log, record and JUnit file; `options` go to its kind's body.

    `together` is what it shares with the session's other jobs.
    """
    body = body_of(job)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    with job_run(opened, job, args, parallel=parallel) as run:
        run.together = together
        body(run, **options)
    return run


def body_of(job: Job) -> Callable[..., object]:
    """Give the function that does a job; its keyword-only parameters are its options."""
    run: Callable[..., object] = import_module(f"shipwheel.sessions.{_MODULES[job.kind]}").run
    return run
