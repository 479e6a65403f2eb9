"""The user's own needs, put into the lanes: steps, services, secrets, times, and jobs of their own."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.project.config import CiConfig, CiJob, CiStep
from shipwheel.rendering.closing import GATE, PUBLISH, READ_BACK
from shipwheel.rendering.making import MORE
from shipwheel.rendering.pipeline import Cell, Event, Lane

CHECKS = "checks"  # lint, type, docs and the locks, as the configuration calls them together
_CHECK_KINDS = frozenset({JobKind.LINT, JobKind.TYPE, JobKind.DOCS, JobKind.COVERAGE, JobKind.LOCK})
ELSEWHERE = "-elsewhere"  # the cells of a lane that no container can stand beside


def kind_of(lane: Lane) -> str:
    """Give the word by which the configuration names a lane's kind; a job of the user's by its id."""
    if lane.kind is None:
        return lane.id
    return CHECKS if lane.kind in _CHECK_KINDS else lane.kind.value


def own_lanes(ci: CiConfig, event: Event, lanes: tuple[Lane, ...], runner: str) -> tuple[Lane, ...]:
    """Give the lanes of the user's own jobs for a workflow."""
    return tuple(
        _own(name, job, lanes, runner)
        for name, job in ci.jobs.items()
        if event.value in job.workflows
    )


def _own(name: str, job: CiJob, lanes: tuple[Lane, ...], runner: str) -> Lane:
    needs = tuple(lane.id for lane in lanes if kind_of(lane) in job.after)
    cell = Cell(
        job=name, session=job.session or "", pythons=job.pythons, runner=job.runner or runner
    )
    return Lane(
        id=name,
        kind=None,
        name=name.replace("-", " ").capitalize(),
        why="A job of this project's own.",
        cells=(cell,),
        needs=needs,
        takes="all" if needs else "none",
        unless_pr=any(lane.unless_pr for lane in lanes if lane.id in needs),
        minutes=30,
        own=job,
    )


def waited_for(lanes: tuple[Lane, ...], own: tuple[Lane, ...], event: Event) -> tuple[Lane, ...]:
    """Let the closing lanes wait for the user's jobs that are to come before them."""
    return tuple(
        msgspec.structs.replace(
            lane, needs=(*lane.needs, *(each.id for each in own if _before(each, lane.id, event)))
        )
        for lane in lanes
    )


def _before(own: Lane, lane_id: str, event: Event) -> bool:
    before = own.own.before if own.own else None
    if event is Event.CI:
        return lane_id == GATE and before is not None
    return lane_id == PUBLISH and before == PUBLISH


def with_own_needs(lanes: tuple[Lane, ...], ci: CiConfig, catalog: Catalog) -> tuple[Lane, ...]:
    """Give every lane its steps, services, secrets, environment and time limit."""
    return tuple(each for lane in lanes for each in _served(_fitted(lane, ci), ci, catalog))


def _fitted(lane: Lane, ci: CiConfig) -> Lane:
    kind = kind_of(lane)
    if kind in {GATE, PUBLISH} and lane.kind is None:
        return lane  # the required check runs nothing of anybody's
    # what reads an index of one's own needs the upload's credentials, and they lie in its environment
    place = PUBLISH if kind == READ_BACK and lane.environment else kind
    secrets = ci.secrets.get(place, ())
    environment = ci.environments.get(place, lane.environment or (kind if secrets else None))
    return msgspec.structs.replace(
        lane,
        before=_steps(ci.steps, kind, "before"),
        after=_steps(ci.steps, kind, "after"),
        secrets=secrets,
        environment=environment,
        minutes=ci.timeouts.get(kind, lane.minutes),
    )


def _steps(steps: tuple[CiStep, ...], kind: str, at: str) -> tuple[CiStep, ...]:
    return tuple(step for step in steps if kind in step.jobs and step.at == at)


def _served(lane: Lane, ci: CiConfig, catalog: Catalog) -> Iterator[Lane]:
    """Put services beside a lane's Linux cells; the others become a lane of their own without them."""
    services = tuple(
        (name, service) for name, service in ci.services.items() if kind_of(lane) in service.jobs
    )
    linux = tuple(cell for cell in lane.cells if _is_linux(cell, catalog))
    others = tuple(cell for cell in lane.cells if cell not in linux)
    if not services or not linux:
        yield lane
        return
    yield msgspec.structs.replace(lane, cells=linux, services=services)
    if others:
        yield msgspec.structs.replace(
            lane,
            id=_elsewhere(lane.id),
            name=f"{lane.name} elsewhere",
            why="Where no container can stand beside the tests.",
            cells=others,
            part_of=lane.id,
        )


def _elsewhere(lane_id: str) -> str:
    base = lane_id.removesuffix(MORE)
    return f"{base}{ELSEWHERE}{MORE if lane_id.endswith(MORE) else ''}"


def _is_linux(cell: Cell, catalog: Catalog) -> bool:
    platform = catalog.platform(cell.platform or "")
    return platform is None or platform.os == "linux"
