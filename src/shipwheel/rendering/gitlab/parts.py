"""One pipeline out of several: each cell once, in all pipelines that have it, and alike ones together."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.data.catalog import Catalog, RunnerImage
from shipwheel.planning.job import JobKind
from shipwheel.rendering.gitlab.reach import Reach
from shipwheel.rendering.gitlab.script import System
from shipwheel.rendering.pipeline import Cell, Event, Lane, Pipeline

PREFIX = "shipwheel:"
STAGES = ("build", "test", "deploy")  # GitLab's own, there without `stages:`
MATRIX_LIMIT = 200  # https://docs.gitlab.com/ci/yaml/#parallelmatrix


SPREAD = frozenset({JobKind.WHEELS, JobKind.TEST})  # on many machines, more of them for a release


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cell runs: tags, the system, the macOS image; `suffix` tells its jobs from the usual one's."""

    tags: tuple[str, ...]
    system: System
    image: str | None = None
    suffix: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the file: cells of one lane on one kind of machine, and the pipelines that they are in.

    `lanes` are the lane as each of these pipelines has it, by the pipeline's place in the data.
    """

    name: str
    lane: Lane
    lanes: dict[int, Lane]
    cells: tuple[Cell, ...]
    runner: Runner
    reach: Reach
    pipeline: Pipeline

    @property
    def stage(self) -> str:
        """Give its stage; what closes a release, and the user's own jobs, stand in the last."""
        if self.lane.own is not None or is_upload(self.lane) or self.lane.kind is JobKind.GATE:
            return "deploy"
        return "build" if self.lane.kind in {JobKind.BUILD, JobKind.WHEELS} else "test"

    @property
    def allow_failure(self) -> bool:
        """Say whether its failure stops nothing: a cell that may fail, or a job that nothing waits for."""
        own = self.lane.own
        return self.cells[0].allow_failure or (own is not None and own.before is None)


class _Found(msgspec.Struct, kw_only=True):
    """A cell, and the pipelines that it was found in so far."""

    cell: Cell
    pipeline: Pipeline
    lane: Lane
    lanes: dict[int, Lane]
    reach: Reach


def parts_of(pipelines: tuple[Pipeline, ...], catalog: Catalog) -> tuple[Part, ...]:
    """Give the jobs of the one file, in the order of the stages, and in a stage of the lanes."""
    groups: dict[tuple[object, ...], list[_Found]] = {}
    for found in _cells(pipelines):
        groups.setdefault(_likeness(found, catalog), []).append(found)
    taken: set[str] = set()
    parts = (
        _part(founds[at : at + MATRIX_LIMIT], catalog, taken)
        for founds in groups.values()
        for at in range(0, len(founds), MATRIX_LIMIT)
    )
    return tuple(sorted(parts, key=lambda part: STAGES.index(part.stage)))


def _cells(pipelines: tuple[Pipeline, ...]) -> Iterator[_Found]:
    seen: dict[tuple[object, ...], _Found] = {}
    for place, pipeline in enumerate(pipelines):
        for lane in pipeline.lanes:
            if _is_required_check(lane):
                continue
            for cell in lane.cells:
                key = (cell.job, cell.session, cell.args, lane.own is None)
                reach = _reach(pipeline, lane)
                if key in seen:
                    seen[key].reach = seen[key].reach.joined(reach)
                    seen[key].lanes[place] = lane
                    continue
                seen[key] = _Found(
                    cell=cell, pipeline=pipeline, lane=lane, lanes={place: lane}, reach=reach
                )
    yield from seen.values()


def _is_required_check(lane: Lane) -> bool:
    """Know GitHub's one required check: a GitLab pipeline fails by itself when a job of it does."""
    return lane.kind is None and lane.own is None and not any(cell.session for cell in lane.cells)


def _reach(pipeline: Pipeline, lane: Lane) -> Reach:
    if pipeline.event is Event.CI:
        despite = lane.takes == "measured"
        return Reach(merge_requests=not lane.unless_pr, main=True, despite=despite)
    return Reach(releases=(pipeline.package or "",), uploads=is_upload(lane))


def is_upload(lane: Lane) -> bool:
    """Say whether a lane sends files, or fetches what was sent."""
    return not lane.checkout and lane.own is None


def _likeness(found: _Found, catalog: Catalog) -> tuple[object, ...]:
    """Give what the cells of one job have in common; GitLab's matrix varies variables alone."""
    cell = found.cell
    return (
        found.lane.id,
        cell.package,
        runner_of(cell, found.pipeline, catalog),
        cell.allow_failure,
        found.reach,
        len(cell.args),
        tuple(found.lanes),
    )


def _part(founds: list[_Found], catalog: Catalog, taken: set[str]) -> Part:
    first = founds[0]
    runner = runner_of(first.cell, first.pipeline, catalog)
    package = f"{first.cell.package}:" if first.cell.package else ""
    late = "-release" if first.pipeline.event is Event.RELEASE and first.lane.kind in SPREAD else ""
    fails = "-may-fail" if first.cell.allow_failure else ""
    name = f"{PREFIX}{package}{first.lane.id}{late}{runner.suffix}{fails}"
    name = next(
        each for each in (name, *(f"{name}-{n}" for n in range(2, 1000))) if each not in taken
    )
    taken.add(name)
    return Part(
        name=name,
        lane=first.lane,
        lanes=first.lanes,
        cells=tuple(found.cell for found in founds),
        runner=runner,
        reach=first.reach,
        pipeline=first.pipeline,
    )


def runner_of(cell: Cell, pipeline: Pipeline, catalog: Catalog) -> Runner:
    """Give a cell's machine: the user's own for its platform or runner, else the Catalog's."""
    known = _on_gitlab(cell.runner, catalog)
    named = known.id if known else cell.runner
    own = pipeline.runners.get(cell.platform or "", pipeline.runners.get(named))
    if own is None:
        own = known.labels if known else (cell.runner,)
    platform = catalog.platform(cell.platform or cell.runner)
    system = known.os if known else platform.os if platform else "linux"
    return Runner(
        tags=(own,) if isinstance(own, str) else own,
        system=system,
        image=known.image if known else None,
        suffix=_suffix(cell, known),
    )


def _suffix(cell: Cell, known: RunnerImage | None) -> str:
    if known is None:
        return f"-{cell.runner}"
    if known.os != "linux":
        return f"-{known.os}"
    return "" if known.arch == "x86_64" else f"-{known.arch}"


def _on_gitlab(runner: str, catalog: Catalog) -> RunnerImage | None:
    """Give GitLab's runner of that id, or its like where the id is one of GitHub's (a job of the user's)."""
    found = catalog.runner(runner)
    if found is None or found.provider == "gitlab":
        return found
    for platform in catalog.platforms:
        if platform.runner == runner and platform.gitlab:
            return catalog.runner(platform.gitlab)
    return next(
        (each for each in catalog.runners if each.provider == "gitlab" and each.os == found.os),
        None,
    )
