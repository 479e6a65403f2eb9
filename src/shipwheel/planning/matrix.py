"""The tests of every platform and Python that CI runs, and how often it runs each."""

from __future__ import annotations

import msgspec

from shipwheel.data.catalog import Catalog, Platform
from shipwheel.planning.cells import Cells
from shipwheel.planning.job import Job, JobKind, Scope, Tier
from shipwheel.planning.platforms import has_python, tested_platforms
from shipwheel.planning.target import Target
from shipwheel.project.facts import Project


class Matrix(msgspec.Struct, frozen=True):
    """The test jobs of CI, platform by platform, and the targets that no shipped wheel serves."""

    tests: tuple[Job, ...] = ()
    unserved: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Give the ids of the tests that must pass."""
        return tuple(job.id for job in self.tests if not job.allow_failure)

    def tier_of(self, file_id: str) -> Tier:
        """Give the tier in which a file is first made: that of the first test that takes it."""
        tiers = [job.tier for job in self.tests if file_id in job.consumes]
        return min(tiers, key=lambda tier: tier.rank, default=Tier.RELEASE)


def matrix_of(
    project: Project, catalog: Catalog, targets: tuple[Target, ...], cells: Cells
) -> Matrix:
    """Work out the test jobs of CI; none of it depends on the machine that it is worked out on."""
    tests: list[Job] = []
    for place, platform in enumerate(tested_platforms(project, catalog)):
        there = (each for each in targets if has_python(platform, each))
        served = [each for each in there if cells.shipped_file(each, platform.id) is not None]
        often = _often(served, project, catalog)
        for target in served:
            tier = _tier(target, often, first=place == 0)
            tests.append(_test(project, platform, target, cells, tier))
    tested = {job.python for job in tests}
    return Matrix(tuple(tests), tuple(each.text for each in targets if each.text not in tested))


def _test(project: Project, platform: Platform, target: Target, cells: Cells, tier: Tier) -> Job:
    file_id = str(cells.shipped_file(target, platform.id))
    session = f"test-{target.text}"
    return Job(
        id=f"{session}-{platform.id}",
        kind=JobKind.TEST,
        session=session,
        python=target.text,
        platform=platform.id,
        runner=platform.runner,
        needs=("build" if cells.pure else f"wheels-{file_id}",),
        consumes=(file_id,),
        scope=Scope.RELEASE,
        tier=tier,
        allow_failure=target.text in project.config.allow_failure,
        reason="CI tests the release's files on every platform",
        remedy="the workflows run them; `nox -s test` tests this machine's own",
    )


class _Often(msgspec.Struct, frozen=True):
    """The Pythons of a platform that stand for all: the oldest, the newest, the newest without a GIL."""

    ends: tuple[Target, ...]
    free_threaded: Target | None


def _often(served: list[Target], project: Project, catalog: Catalog) -> _Often:
    """Choose them among those that must pass; what is not released stands for nothing yet."""
    settled = [each for each in served if each.text not in project.config.allow_failure]
    released = [each for each in settled if _is_released(each, catalog)] or settled
    ordinary = [each for each in released if not each.free_threaded]
    cpython = [each for each in ordinary if each.implementation == "cpython"] or ordinary
    threaded = [each for each in released if each.free_threaded]
    return _Often(
        ends=(cpython[0], cpython[-1]) if cpython else (),
        free_threaded=threaded[-1] if threaded else None,
    )


def _is_released(target: Target, catalog: Catalog) -> bool:
    python = catalog.python(target.text)
    return python is not None and python.released


def _tier(target: Target, often: _Often, *, first: bool) -> Tier:
    if first:
        return Tier.PR if target in {*often.ends, often.free_threaded} else Tier.MAIN
    return Tier.MAIN if target in often.ends else Tier.RELEASE
