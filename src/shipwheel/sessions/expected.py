"""After the jobs that make files: each goes on though another failed, and `dist/` is held against the Plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from shipwheel.dists.artifact import SDIST_ID
from shipwheel.dists.manifest import load_manifest
from shipwheel.errors import JobError, JobSkipped, MachineError, ShipwheelError
from shipwheel.events import Emit, Warned
from shipwheel.planning.job import Job, Scope
from shipwheel.sessions.context import Opened
from shipwheel.verification.expected import check_expected
from shipwheel.verification.report import Finding, Level


def run_each(jobs: Iterable[Job], run: Callable[[Job], object], emit: Emit) -> None:
    """Run jobs one after another; one that fails costs only its own file.

    Raises the failure at the end, or a JobError that names all of them; at once what the machine lacks,
    for all would lack it.
    """
    failed: dict[str, ShipwheelError] = {}
    for job in jobs:
        try:
            run(job)
        except (MachineError, JobSkipped):
            raise
        except ShipwheelError as error:
            failed[job.id] = error
            emit(Warned(f"{job.id} failed: {error.what}"))
    if len(failed) == 1:
        raise next(iter(failed.values()))
    if failed:
        first = next(iter(failed.values()))
        raise JobError(
            f"{len(failed)} wheels could not be made: {', '.join(failed)}",
            where=first.where,
            evidence="\n".join(f"{job}: {error.what}" for job, error in failed.items()),
            hint=f"the first one: {first.hint}" if first.hint else None,
        )


def demand_expected(opened: Opened, wanted: Collection[str], scope: Scope, emit: Emit) -> None:
    """Compare `dist/` with the Plan, and say each difference with the job that makes the file.

    `wanted` are the planned files that must be there by now. Raises JobError where one is an error.
    """
    found = check_expected(
        opened.workspace.dist,
        opened.plan,
        opened.project,
        wanted=wanted,
        scope=scope,
        manifest=load_manifest(opened.workspace.records),
        machine=opened.machine,
    )
    errors = [each for each in found if each.level is Level.ERROR]
    for each in found:
        if each not in errors:
            emit(Warned(f"{each.rule}: {each.message}", each.hint))
    if errors:
        raise _error(opened, errors)


def after_wheels(opened: Opened, jobs: Iterable[Job], emit: Emit) -> None:
    """Hold `dist/` against the Plan after `wheels`: the sdist, and what these jobs were to make."""
    made = {job.id for job in jobs if not job.allow_failure}
    wanted = {file.id for file in opened.plan.files if file.job in made}
    demand_expected(opened, wanted | {SDIST_ID}, Scope.RELEASE, emit)


def after_wheel(opened: Opened, emit: Emit) -> None:
    """Hold `dist/` against the Plan after `wheel`: all that this machine makes."""
    may_fail = {job.id for job in opened.plan.jobs if job.allow_failure}
    files = opened.plan.in_scope(Scope.LOCAL)
    wanted = {file.id for file in files if file.local_job not in may_fail}
    demand_expected(opened, wanted, Scope.LOCAL, emit)


def _error(opened: Opened, errors: list[Finding]) -> JobError:
    count = f"{len(errors)} difference{'s' if len(errors) > 1 else ''}"
    return JobError(
        f"dist/ is not what the Plan says: {count}",
        where=str(opened.workspace.dist),
        evidence="\n".join(f"{each.rule}: {each.message}" for each in errors),
        hint="\n".join(dict.fromkeys(each.hint for each in errors if each.hint)),
        reference=errors[0].rule,
    )
