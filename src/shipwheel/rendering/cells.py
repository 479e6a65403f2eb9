"""The Plan's jobs as the cells of a pipeline: which Pythons each sets up, whose files it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.planning.plan import Plan
from shipwheel.planning.shards import shard_arguments
from shipwheel.planning.target import parse_target
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Cell, Event


class _Scene(msgspec.Struct, frozen=True):
    """What is the same for all cells of a call."""

    catalog: Catalog
    event: Event
    built: tuple[Member, ...]


def cells(
    members: Iterable[Member],
    kind: JobKind,
    catalog: Catalog,
    event: Event,
    *,
    tiers: Iterable[Tier] = tuple(Tier),
    lowest: bool = False,
    built: tuple[Member, ...] = (),
) -> tuple[Cell, ...]:
    """Give the cells of a kind, of some tiers; tests with the lowest dependencies are apart.

    `built` are all packages that the pipeline builds: a cell takes its siblings' files too.
    """
    wanted = frozenset(tiers)
    scene = _Scene(catalog, event, built)
    return tuple(
        _cell(member, job, count, scene)
        for member in members
        for job, count in _as_run(member.ci_jobs, event)
        if job.kind is kind and job.tier in wanted and job.lowest is lowest
    )


def shard_of(job: Job, event: Event) -> str:
    """Give the id of the job of CI that runs a job of the Plan: its shard's, or its own."""
    return (job.shard if event is Event.RELEASE else job.early_shard) or job.id


def _as_run(jobs: tuple[Job, ...], event: Event) -> Iterator[tuple[Job, int]]:
    """Give the jobs as CI runs them, with how many of the Plan's each is: those of a shard are one."""
    counts = Counter(shard_of(job, event) for job in jobs)
    seen: set[str] = set()
    for job in jobs:
        name = shard_of(job, event)
        if name == job.id:
            yield job, 1
        elif name not in seen:
            seen.add(name)
            args = shard_arguments(name)
            yield msgspec.structs.replace(job, id=name, args=args), counts[name]


def _cell(member: Member, job: Job, wheels: int, scene: _Scene) -> Cell:
    return Cell(
        job=member.prefixed(job.id),
        session=member.prefixed(job.session),
        args=job.args,
        pythons=tuple(_pythons(member, job, scene.catalog)),
        platform=job.platform,
        runner=str(job.runner),
        takes=tuple(dict.fromkeys(_takes(member, job, scene))),
        wheels=wheels,
        allow_failure=job.allow_failure,
        package=member.name,
        directory=member.directory,
    )


def _pythons(member: Member, job: Job, catalog: Catalog) -> Iterator[str]:
    """Give the targets to set up beside the tool's own Python."""
    targets = member.plan.project.pythons
    if job.kind is JobKind.WHEELS:
        return  # cibuildwheel brings its own
    if job.kind is JobKind.TEST:
        wanted: tuple[str, ...] = (str(job.python),)
    elif job.kind is JobKind.VERIFY:
        wanted = tuple(each for each in targets if not _may_be_missing(member, each, catalog))
    else:
        wanted = () if catalog.ci_python in targets else _newest(targets)
    yield from (each for each in wanted if each != catalog.ci_python)


def _may_be_missing(member: Member, target: str, catalog: Catalog) -> bool:
    """Say of a Python that is not out and may fail: a release does not wait until it can be set up."""
    python = catalog.python(target)
    return (
        python is not None and not python.released and target in member.project.config.allow_failure
    )


def _newest(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Give the newest target that builds anything: neither free-threaded nor PyPy, where there is one."""
    parsed = [parse_target(each) for each in targets]
    ordinary = [
        each for each in parsed if each.implementation == "cpython" and not each.free_threaded
    ]
    return tuple(each.text for each in (ordinary or parsed)[-1:])


def _takes(member: Member, job: Job, scene: _Scene) -> Iterator[str]:
    """Give the jobs whose files a job consumes, its siblings' for the same platform and Python too.

    Coverage takes what the tests of the first platform measured.
    """
    if job.kind is JobKind.COVERAGE:
        yield from (member.prefixed(each) for each in job.needs)
        return
    yield from (
        member.prefixed(each) for each in _makers_of(member.plan, job.consumes, scene.event)
    )
    if job.kind is JobKind.BUILD or not (job.consumes or job.kind is JobKind.VERIFY):
        return
    for sibling in scene.built:
        if sibling.name in member.siblings:
            yield from (sibling.prefixed(each) for each in _serving(sibling, job, scene.event))


def _makers_of(plan: Plan, files: tuple[str, ...], event: Event) -> Iterator[str]:
    """Give the jobs of CI that make files."""
    for file in plan.files:
        if file.id in files:
            yield shard_of(plan.job(file.job), event)


def _serving(sibling: Member, job: Job, event: Event) -> Iterator[str]:
    """Give the jobs of a sibling that make what this job installs of it."""
    twins = [each for each in sibling.ci_jobs if each.kind is JobKind.TEST]
    same = [
        each
        for each in twins
        if each.python == job.python and (each.platform == job.platform or each.lowest)
    ]
    files = tuple(file for each in same or twins for file in each.consumes)
    yield from _makers_of(sibling.plan, files, event)
