"""The Plan's jobs as the cells of a pipeline: which Pythons each sets up, whose files it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.planning.plan import Plan
from shipwheel.planning.target import parse_target
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Cell


def cells(
    members: Iterable[Member],
    kind: JobKind,
    catalog: Catalog,
    *,
    tiers: Iterable[Tier] = tuple(Tier),
    lowest: bool = False,
    built: tuple[Member, ...] = (),
) -> tuple[Cell, ...]:
    """Give the cells of a kind, of some tiers; tests with the lowest dependencies are apart.

    `built` are all packages that the pipeline builds: a cell takes its siblings' files too.
    """
    wanted = frozenset(tiers)
    return tuple(
        _cell(member, job, catalog, built)
        for member in members
        for job in member.ci_jobs
        if job.kind is kind and job.tier in wanted and job.lowest is lowest
    )


def _cell(member: Member, job: Job, catalog: Catalog, built: tuple[Member, ...]) -> Cell:
    return Cell(
        job=member.prefixed(job.id),
        session=member.prefixed(job.session),
        args=job.args,
        pythons=tuple(_pythons(member, job, catalog)),
        platform=job.platform,
        runner=str(job.runner),
        takes=tuple(dict.fromkeys(_takes(member, job, built))),
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


def _takes(member: Member, job: Job, built: tuple[Member, ...]) -> Iterator[str]:
    """Give the jobs whose files a job consumes, its siblings' for the same platform and Python too.

    Coverage takes what the tests of the first platform measured.
    """
    if job.kind is JobKind.COVERAGE:
        yield from (member.prefixed(each) for each in job.needs)
        return
    yield from (member.prefixed(each) for each in _makers_of(member.plan, job.consumes))
    if job.kind is JobKind.BUILD or not (job.consumes or job.kind is JobKind.VERIFY):
        return
    for sibling in built:
        if sibling.name in member.siblings:
            yield from (sibling.prefixed(each) for each in _serving(sibling, job))


def _makers_of(plan: Plan, files: tuple[str, ...]) -> Iterator[str]:
    for file in plan.files:
        if file.id in files:
            yield file.job


def _serving(sibling: Member, job: Job) -> Iterator[str]:
    """Give the jobs of a sibling that make what this job installs of it."""
    twins = [each for each in sibling.ci_jobs if each.kind is JobKind.TEST]
    same = [
        each
        for each in twins
        if each.python == job.python and (each.platform == job.platform or each.lowest)
    ]
    files = tuple(file for each in same or twins for file in each.consumes)
    yield from _makers_of(sibling.plan, files)
