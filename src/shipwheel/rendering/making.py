"""The lanes that make the files and try them: build, wheels, tests, tools, and the set as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind, Tier
from shipwheel.planning.platforms import ci_runner
from shipwheel.rendering.cells import cells
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Cell, Event, Lane

MORE = "-more"  # the lanes that run for the main branch and the merge queue, not for a pull request
_WHEEL_MINUTES, _EMULATED_MINUTES, _TEST_MINUTES = 60, 180, 30
_MORE_MINUTES, _HOSTED_MINUTES = 10, 360  # for each further wheel of a job; a hosted machine's most
_TOOLS = {JobKind.LINT: "Lint", JobKind.TYPE: "Types", JobKind.DOCS: "Documentation"}


def making_lanes(
    members: tuple[Member, ...], built: tuple[Member, ...], catalog: Catalog, event: Event
) -> tuple[Lane, ...]:
    """Give the lanes up to `verify` for `members`; `built` are these and the siblings that they need."""
    makers = (_build(built, catalog, event), *_wheels(built, catalog, event))
    tests = tuple(_tests(members, built, catalog, event, makers))
    tools = tuple(_tools(members, built, catalog, makers)) if event is Event.CI else ()
    measured = tuple(_coverage(members, catalog, tests)) if event is Event.CI else ()
    if measured:
        tests = _measuring(tests, measured[0])
    return (*makers, *tests, *measured, *tools, _verify(members, built, catalog, event, makers))


def _build(built: tuple[Member, ...], catalog: Catalog, event: Event) -> Lane:
    return Lane(
        id="build",
        kind=JobKind.BUILD,
        name="Build",
        why="The sdist, and a pure project's wheel from it: once, for everything below.",
        cells=cells(built, JobKind.BUILD, catalog, event),
        gives="dist",
        history=True,
    )


def _stages(event: Event) -> tuple[tuple[str, tuple[Tier, ...]], ...]:
    """Give the suffixes of lanes and their tiers: in CI what every change gets, and what the rest gets."""
    if event is Event.RELEASE:
        return (("", tuple(Tier)),)
    return (("", (Tier.PR,)), (MORE, (Tier.MAIN,)))


def _wheels(built: tuple[Member, ...], catalog: Catalog, event: Event) -> Iterator[Lane]:
    for suffix, tiers in _stages(event):
        made = cells(built, JobKind.WHEELS, catalog, event, tiers=tiers)
        if not made:
            continue
        yield Lane(
            id=f"wheels{suffix}",
            kind=JobKind.WHEELS,
            name="More wheels" if suffix else "Wheels",
            why="Wheels for the tests that a pull request does not wait for."
            if suffix
            else f"Platform wheels by cibuildwheel, from the sdist that was built; {_shared(made)}.",
            cells=made,
            needs=("build",),
            takes="its",
            gives="dist",
            unless_pr=bool(suffix),
            minutes=_minutes(made, catalog),
        )


def _shared(made: tuple[Cell, ...]) -> str:
    shards = any(cell.wheels > 1 for cell in made)
    return "quick ones share a job" if shards else "one job a wheel"


def _minutes(made: tuple[Cell, ...], catalog: Catalog) -> int:
    platforms = (catalog.platform(cell.platform or "") for cell in made)
    slow = any(platform is not None and platform.emulated for platform in platforms)
    alone = _EMULATED_MINUTES if slow else _WHEEL_MINUTES
    return min(_HOSTED_MINUTES, alone + _MORE_MINUTES * (max(cell.wheels for cell in made) - 1))


def _tests(
    members: tuple[Member, ...],
    built: tuple[Member, ...],
    catalog: Catalog,
    event: Event,
    makers: tuple[Lane, ...],
) -> Iterator[Lane]:
    for suffix, tiers in _stages(event):
        tested = cells(members, JobKind.TEST, catalog, event, tiers=tiers, built=built)
        if tested:
            yield Lane(
                id=f"test{suffix}",
                kind=JobKind.TEST,
                name="Test more" if suffix else "Test",
                why="Every other Python, and the other platforms; not for pull requests."
                if suffix
                else "The tests, against the files that were built.",
                cells=tested,
                needs=_needs(tested, makers),
                takes="its",
                gives="record",
                unless_pr=bool(suffix),
                minutes=_TEST_MINUTES,
            )
    lowest = cells(members, JobKind.TEST, catalog, event, lowest=True, built=built)
    if lowest and event is Event.CI:
        yield Lane(
            id="test-lowest",
            kind=JobKind.TEST,
            name="Test the lowest dependencies",
            why="The oldest Python with the lowest versions that the project declares.",
            cells=lowest,
            needs=_needs(lowest, makers),
            takes="its",
            gives="record",
            minutes=_TEST_MINUTES,
        )


def _coverage(
    members: tuple[Member, ...], catalog: Catalog, tests: tuple[Lane, ...]
) -> Iterator[Lane]:
    run = cells(members, JobKind.COVERAGE, catalog, Event.CI)
    if run:
        yield Lane(
            id="coverage",
            kind=JobKind.COVERAGE,
            name="Coverage",
            why="What the tests measured on the first platform, together; also where some of them failed.",
            cells=run,
            needs=_needs(run, tests),
            takes="measured",
            gives="coverage",
        )


def _measuring(tests: tuple[Lane, ...], coverage: Lane) -> tuple[Lane, ...]:
    """Let the tests hand on what they measured to the job that takes it."""
    taken = {job for cell in coverage.cells for job in cell.takes}
    return tuple(
        msgspec.structs.replace(
            lane,
            cells=tuple(
                msgspec.structs.replace(cell, measured=cell.job in taken) for cell in lane.cells
            ),
        )
        for lane in tests
    )


def _tools(
    members: tuple[Member, ...],
    built: tuple[Member, ...],
    catalog: Catalog,
    makers: tuple[Lane, ...],
) -> Iterator[Lane]:
    for kind, name in _TOOLS.items():
        run = cells(members, kind, catalog, Event.CI, built=built)
        if run:
            takes = any(cell.takes for cell in run)
            yield Lane(
                id=kind.value,
                kind=kind,
                name=name,
                cells=run,
                needs=_needs(run, makers),
                takes="its" if takes else "none",
                gives="none",
            )
    if any(member.locked for member in members):
        yield _lock(members, catalog)


def _lock(members: tuple[Member, ...], catalog: Catalog) -> Lane:
    """Give the lane that holds the locks against what is declared; it waits for nothing that is built."""
    name = JobKind.LOCK.value
    return Lane(
        id=name,
        kind=JobKind.LOCK,
        name="Locks",
        why="Whether the locks still are what the project declares; newer releases are no drift.",
        cells=tuple(
            Cell(
                job=member.prefixed(name),
                session=member.prefixed(name),
                args=("--check",),
                runner=ci_runner(catalog),
                package=member.name,
                directory=member.directory,
            )
            for member in members
            if member.locked
        ),
    )


def _verify(
    members: tuple[Member, ...],
    built: tuple[Member, ...],
    catalog: Catalog,
    event: Event,
    makers: tuple[Lane, ...],
) -> Lane:
    return Lane(
        id="verify",
        kind=JobKind.VERIFY,
        name="Verify",
        why="The set of files, each archive, and an installation from wheels alone on every Python.",
        cells=cells(members, JobKind.VERIFY, catalog, event, built=built),
        needs=tuple(lane.id for lane in makers),
        takes="all",
        gives="report",
        minutes=_TEST_MINUTES,
    )


def _needs(run: tuple[Cell, ...], makers: tuple[Lane, ...]) -> tuple[str, ...]:
    """Give the lanes that make what the cells take."""
    taken = {job for cell in run for job in cell.takes}
    return tuple(lane.id for lane in makers if taken & {cell.job for cell in lane.cells})
