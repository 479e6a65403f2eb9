"""A job's body, callable from a session of one's own with other arguments."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan
from shipwheel.sessions.boundary import as_verdict
from shipwheel.sessions.ci import ci_call
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.dispatch import body_of, run_job
from shipwheel.sessions.members import open_packages

_WHERE = "shipwheel.run() in the noxfile"


def run(
    session: Any,
    job: str,
    *,
    name: str | None = None,
    args: tuple[str, ...] | list[str] | None = None,
    **options: Any,
) -> None:
    """Run a job of the Plan from a nox session of your own.

    `session` is nox's; `job` a job id (`test-3.12`, at a workspace's root `PACKAGE:test-3.12`); `name` the id under which log, record and JUnit
    file are written (default: for tests the session's name, so that the Plan's own record stays, else
    the job's id); `args` take the place of the session's posargs; `options` go to the job kind's body:
    for tests `command` (an argv), `requires` (PEP 508 strings) and `environment` (variables). Failures
    and skips become nox's. What the job needs is for the session to require.
    """
    posargs = tuple(session.posargs if args is None else args)
    with as_verdict(session):
        opened, job_id = _located(Path.cwd(), job)
        told = ci_call(package=opened.package).job
        stands = stands_for(opened.plan, told, job_id, session.name)
        found = stands or named(opened.plan, job_id, name, session.name)
        check_options(found, options)
        run_job(opened, found, posargs, parallel=session.parallel, options=options)


def _located(root: Path, job: str) -> tuple[Opened, str]:
    """Open the project, or the package that a job's id names, and give the id within its Plan."""
    packages = open_packages(root)
    if packages is None:
        return open_project(root), job
    member, job_id = packages.located(job)
    return member.opened, job_id


def stands_for(plan: Plan, told: str | None, job_id: str, session: str) -> Job | None:
    """Give the job that CI tells a session of ours to run as, where the user's session is in its place.

    It has that session's name, and runs that session's job: the record is CI's then.
    """
    wanted = next((job for job in plan.jobs if job.id == told), None)
    if wanted is None or wanted.session != session.rpartition(":")[2]:
        return None
    return wanted if job_id in {wanted.id, wanted.session} else None


def named(plan: Plan, job_id: str, name: str | None, session: str) -> Job:
    """Give a job of the Plan under the id that its record is to have.

    Raises ConfigurationError for a job that is none, and for an id that is another job's: its record
    would tell of work that was not done.
    """
    job = _job(plan, job_id)
    own = name or (session if job.kind is JobKind.TEST else job.id)
    if own != job.id and any(own == each.id for each in plan.jobs):
        raise ConfigurationError(
            f"{own!r} is a job of the Plan, and not the one that is run",
            where=_WHERE,
            hint=f'name the run: shipwheel.run(session, "{job_id}", name="another-name")',
        )
    return msgspec.structs.replace(job, id=own, session=session)


def check_options(job: Job, options: Iterable[str]) -> None:
    """Raise ConfigurationError for an option that the job's kind does not take."""
    parameters = inspect.signature(body_of(job)).parameters.values()
    known = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    for option in options:
        if option not in known:
            raise ConfigurationError(
                f"a job of the kind `{job.kind.value}` takes no {option!r}",
                where=_WHERE,
                hint=f"it takes {', '.join(known)}"
                if known
                else "it takes `args` and `name` alone",
            )


def _job(plan: Plan, job_id: str) -> Job:
    try:
        return plan.job(job_id)
    except KeyError:
        raise ConfigurationError(
            f"the Plan has no job {job_id!r}",
            where=_WHERE,
            hint=f"it has {', '.join(job.id for job in plan.jobs)}",
        ) from None
