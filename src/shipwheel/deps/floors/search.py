"""The search for the lowest versions: which dependency is to blame, and its floor by halves.

It knows of the tests only what an `Attempt` answers, and takes it that a version which fails stays
failing below: floors are found where passing begins, not holes above.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from shipwheel.deps.floors.answer import Run, State

Pins = Mapping[str, str]  # normalized name -> version


class Attempt(Protocol):
    """Runs the tests with some versions; each run counts and is kept."""

    def at(self, what: str, pins: Pins) -> Run:
        """Run with these versions, everything else at its newest."""

    def lowest(self, what: str, floors: Pins) -> tuple[Run, Pins]:
        """Run with the lowest versions from these floors on that fit together; give what they were."""


class Candidate(NamedTuple):
    """A dependency whose floor is looked for: versions oldest first; the last one is the newest installed."""

    name: str
    versions: tuple[str, ...]
    bounded: bool


class Edge(NamedTuple):
    """Where passing begins: the floor, the version below it, and the run that failed there."""

    floor: str
    below: str = ""
    failed: Run | None = None


class Searched(msgspec.Struct, frozen=True):
    """What a search found: an edge a candidate by name."""

    state: State
    edges: dict[str, Edge] = {}


class Flaky(Exception):  # noqa: N818 - an outcome, told as one
    """The same versions passed and failed."""


def most_runs(candidates: Sequence[Candidate]) -> int:
    """Give how many runs a search takes at most: each dependency by halves, its edge once more."""
    bounded = [each for each in candidates if each.bounded]
    alone = len(bounded) if len(bounded) > 1 else 0
    alone += len(candidates) - len(bounded)
    halves = sum(_halves(len(each.versions)) for each in candidates)
    return 3 + alone + halves + len(candidates)


def _halves(count: int) -> int:
    return max(0, math.ceil(math.log2(count - 1))) if count > 2 else 0


def search(candidates: Sequence[Candidate], attempt: Attempt) -> Searched:
    """Find the floors of candidates, given that the tests pass at the newest versions."""
    bounded = [each for each in candidates if each.bounded]
    starts = {each.name: each.versions[0] for each in bounded}
    edges: dict[str, Edge] = {}
    state: State = "holds"
    try:
        if bounded:
            run, used = attempt.lowest("the lowest declared versions", starts)
            if run.passed:
                edges = {each.name: Edge(starts[each.name]) for each in bounded}
            else:
                same = len(bounded) == 1 and dict(used) in ({}, starts)
                known = {bounded[0].name: run} if same else {}
                edges = {e.name: _edge(e, attempt, {}, known.get(e.name)) for e in bounded}
                state = "found"
        edges |= {e.name: _edge(e, attempt, {}, None) for e in candidates if not e.bounded}
        if state == "holds" and len(edges) == len(bounded):
            return Searched(state, edges)
        return _together(candidates, attempt, edges)
    except Flaky:
        return Searched("flaky", edges)


def _together(
    candidates: Sequence[Candidate], attempt: Attempt, edges: dict[str, Edge]
) -> Searched:
    """Run the found floors together; where that fails, raise the one that mends it."""
    floors = {name: edge.floor for name, edge in edges.items()}
    run, _used = attempt.lowest("the floors together", floors)
    if run.passed:
        return Searched("found", edges)
    for each in candidates:
        others = {name: floor for name, floor in floors.items() if name != each.name}
        left = each.versions[each.versions.index(floors[each.name]) :]
        if len(left) < 2:
            continue
        if attempt.at(f"the floors, {each.name} at its newest", others).passed:
            edge = _edge(each._replace(versions=left), attempt, others, run)
            return Searched("found", {**edges, each.name: edge})
    return Searched("apart", edges)


def _edge(candidate: Candidate, attempt: Attempt, others: Pins, first: Run | None) -> Edge:
    """Find where passing begins; the newest version passes. `first` is the run of the oldest, if there was one."""
    versions, name = candidate.versions, candidate.name

    def tried(version: str, again: str = "") -> Run:
        return attempt.at(f"{name} {version}{again}", {**others, name: version})

    if len(versions) == 1:
        return Edge(versions[0])
    failed = first or tried(versions[0])
    if failed.passed:
        return Edge(versions[0])
    low, high = 0, len(versions) - 1
    while high - low > 1:
        middle = (low + high) // 2
        run = tried(versions[middle])
        if run.passed:
            high = middle
        else:
            low, failed = middle, run
    if failed.state == "failed" and tried(versions[low], " once more").passed:
        raise Flaky(name)
    return Edge(versions[high], versions[low], failed)
