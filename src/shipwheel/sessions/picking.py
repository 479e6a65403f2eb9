"""Which of the Plan's jobs a session runs: its own, the one that CI names, or those that `--only` picks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan
from shipwheel.planning.shards import shard_arguments
from shipwheel.sessions.ci import JOB
from shipwheel.sessions.specs import SessionSpec, session_specs

_ONLY = "--only"
_LISTED = "`shipwheel plan` names all that there are"


def picked(
    plan: Plan, spec: SessionSpec, args: tuple[str, ...], *, platform: str, named: str | None = None
) -> tuple[Job, ...]:
    """Give the jobs that a session runs, none for a summary of others.

    `named` is the job of `SHIPWHEEL_JOB`: the session runs as that one, and what nox runs before it
    for its sake as itself. The session `wheels` stands for a job an identifier: `--only` picks some by
    identifier, shard or platform, else those of `platform`. Raises ConfigurationError for a job or identifier that is none of this
    session's, MachineError where nothing is left for this machine.
    """
    shard = tuple(job for job in plan.jobs if named in {*job.called} - {job.id})
    if shard and shard[0].session == spec.name:
        return _agreeing_shard(str(named), shard, args)
    if named is not None:
        job = shard[0] if shard else _named(plan, named)
        if job.session == spec.name:
            return (_agreeing(job, args),)
        _check_precedes(plan, spec, job)
    if spec.kind is JobKind.WHEELS:
        return _wheels(plan, spec, args, platform)
    return () if spec.job is None else (plan.job(spec.job),)


def cells_here(plan: Plan, kind: JobKind) -> tuple[Job, ...]:
    """Give a kind's cells as this machine runs them: those of CI's platforms are apart."""
    return tuple(job for job in plan.cells(kind) if not job.lowest)


def _named(plan: Plan, job_id: str) -> Job:
    ids = [job.id for job in plan.jobs]
    if job_id in ids:
        return plan.job(job_id)
    raise ConfigurationError(
        f"the Plan has no job {job_id!r}", where=JOB, hint=_nearest(job_id, ids)
    )


def _check_precedes(plan: Plan, spec: SessionSpec, job: Job) -> None:
    """Refuse a session that is neither the named job's nor required by it."""
    required = {each.name: each.requires for each in session_specs(plan)}
    reached: set[str] = set()
    waiting = [job.session]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += required.get(name, ())
    if spec.name in reached:
        return
    own = [each.id for each in plan.jobs if each.session == spec.name]
    raise ConfigurationError(
        f"{job.id} is a job of the session {job.session}, not of {spec.name}",
        where=JOB,
        hint=_nearest(job.id, own, f"run `nox -s {job.session}`"),
    )


def _agreeing(job: Job, args: tuple[str, ...]) -> Job:
    """Hold the arguments of a named wheels job against the identifier that it stands for."""
    if job.kind is JobKind.WHEELS and args not in {(), job.args}:
        raise ConfigurationError(
            f"{job.id} is run with {' '.join(job.args)}, not with {' '.join(args)}",
            where=JOB,
            hint="leave the arguments out, or name the other job",
        )
    return job


def _agreeing_shard(name: str, shard: tuple[Job, ...], args: tuple[str, ...]) -> tuple[Job, ...]:
    """Hold the arguments of a shard against its name."""
    if args in {(), shard_arguments(name)}:
        return shard
    raise ConfigurationError(
        f"{name} is run with {' '.join(shard_arguments(name))}, not with {' '.join(args)}",
        where=JOB,
        hint="leave the arguments out, or name the other job",
    )


def _wheels(plan: Plan, spec: SessionSpec, args: tuple[str, ...], platform: str) -> tuple[Job, ...]:
    jobs = [job for job in plan.of_kind(JobKind.WHEELS) if job.session == spec.name]
    if not args:
        return _of_platform(jobs, platform)
    groups = _by_name(jobs)
    names = _only(args)
    if names is None:
        raise ConfigurationError(
            f"wheels takes no argument {' '.join(args)!r}",
            where=f"nox -s {spec.name} -- …",
            hint=f"it takes `{_ONLY} IDENTIFIER`, as in `{_ONLY} {jobs[0].args[-1]}`, or several:"
            f" `{_ONLY} ONE,OTHER`, `{_ONLY} {jobs[0].platform}`",
        )
    for name in names:
        if name not in groups:
            raise ConfigurationError(
                f"this project ships no wheel {name!r}",
                where=f"nox -s {spec.name} -- {_ONLY}",
                hint=_nearest(name, groups),
            )
    wanted = {job.id for name in names for job in groups[name]}
    return tuple(job for job in jobs if job.id in wanted)


def _by_name(jobs: list[Job]) -> dict[str, list[Job]]:
    """Give the jobs by what picks them: an identifier, a shard without its prefix, a platform."""
    groups: dict[str, list[Job]] = {job.args[-1]: [job] for job in jobs}
    for job in jobs:
        shards = (shard_arguments(each)[-1] for each in job.called - {job.id})
        for name in {*shards, str(job.platform)}:
            groups.setdefault(name, []).append(job)
    return groups


def _only(args: tuple[str, ...]) -> tuple[str, ...] | None:
    """Give the names of `--only A,B`, `--only A B`, `--only=A --only B`; None for any other arguments."""
    names: list[str] = []
    if args[0].partition("=")[0] != _ONLY:
        return None
    for word in args:
        option, _, value = word.partition("=")
        if word.startswith("-") and option != _ONLY:
            return None
        names += (value if option == _ONLY else word).split(",")
    found = tuple(name for name in names if name)
    return found or None


def _of_platform(jobs: list[Job], platform: str) -> tuple[Job, ...]:
    here = tuple(job for job in jobs if job.platform == platform)
    if not here:
        others = ", ".join(sorted({str(job.platform) for job in jobs}))
        raise MachineError(
            f"this project ships no wheel for {platform}",
            where="nox -s wheels",
            hint=f"it ships wheels for {others}: `{_ONLY} IDENTIFIER` names one",
        )
    return here


def _nearest(name: str, known: Iterable[str], otherwise: str = _LISTED) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise


def with_arguments(job: Job, args: tuple[str, ...]) -> tuple[str, ...]:
    """Give the arguments that a job's body gets: a wheels job's are its own."""
    return job.args if job.kind is JobKind.WHEELS else args
