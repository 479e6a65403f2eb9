"""A job's body, callable from a session of one's own with other arguments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.console.errors import print_error
from shipwheel.errors import ConfigurationError, JobSkipped, ShipwheelError
from shipwheel.planning.job import Job
from shipwheel.planning.plan import Plan
from shipwheel.sessions.context import open_project
from shipwheel.sessions.dispatch import run_job


def run(
    session: Any,
    job: str,
    *,
    name: str | None = None,
    args: tuple[str, ...] | list[str] | None = None,
    **options: Any,
) -> None:
    """Run a job of the Plan from a nox session of your own.

    `session` is nox's; `job` a job id (`test-3.12`); `name` the id under which log, record and JUnit
    file are written (default: the session's name), so that the Plan's own record stays; `args` take the
    place of the session's posargs; `options` go to the job kind's body: for tests `command` (an argv),
    `requires` (PEP 508 strings) and `environment` (variables). Failures and skips become nox's.
    """
    opened = open_project(Path.cwd())
    posargs = tuple(session.posargs if args is None else args)
    try:
        found = msgspec.structs.replace(
            _job(opened.plan, job), id=name or session.name, session=session.name
        )
        run_job(opened, found, posargs, parallel=session.parallel, options=options)
    except JobSkipped as skipped:
        session.skip(f"{skipped.what}; {skipped.hint}" if skipped.hint else skipped.what)
    except ShipwheelError as error:
        print_error(error, sys.stderr)
        session.error(error.what)


def _job(plan: Plan, job_id: str) -> Job:
    try:
        return plan.job(job_id)
    except KeyError:
        raise ConfigurationError(
            f"the Plan has no job {job_id!r}",
            where="shipwheel.run() in the noxfile",
            hint=f"it has {', '.join(job.id for job in plan.jobs)}",
        ) from None
