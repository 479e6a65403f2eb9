"""What a job waits for, and whose files it takes."""

from __future__ import annotations

from shipwheel.planning.job import JobKind
from shipwheel.rendering.gitlab.model import Need
from shipwheel.rendering.gitlab.parts import Part, is_upload

NEEDS_LIMIT = 50  # of jobs, each cell of a matrix counted: https://docs.gitlab.com/ci/yaml/#needs


def waiting(part: Part, parts: tuple[Part, ...]) -> tuple[tuple[Need, ...] | None, tuple[str, ...]]:
    """Give `needs`, or None and the jobs whose files it takes: then it waits for the stages before."""
    needed = _needed(part, parts)
    counted = sum(len(each.cells) for each in needed)
    if part.lane.kind is JobKind.GATE or counted > NEEDS_LIMIT:
        handing = (each.name for each in needed if each.lane.gives != "none")
        return None, tuple(handing)
    return tuple(_need(each, part) for each in needed), ()


def _needed(part: Part, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Give what it waits for; a job of the user's has all files that were made until then."""
    direct = {each.name for each in parts if each.name != part.name and _is_needed(each, part)}
    makers: set[str] = set()
    if part.lane.own is not None:
        before = [each for each in parts if each.name in direct]
        makers = {maker.name for each in before for maker in _needed(each, parts)}
    return tuple(
        each
        for each in parts
        if each.name in direct or (each.name in makers and each.lane.gives == "dist")
    )


def _is_needed(other: Part, part: Part) -> bool:
    if part.lane.kind is None and is_upload(part.lane) and other.lane.kind is JobKind.GATE:
        return _meet(other, part)  # what is read back is compared with what the gate passed
    for place, lane in part.lanes.items():
        there = other.lanes.get(place)
        if there is not None and there.id in lane.needs:
            if there.own is not None or (
                lane.takes not in {"its", "measured"} and _are_of_one(other, part)
            ):
                return True
            taken = {job for cell in part.cells for job in cell.takes}
            if taken & {cell.job for cell in other.cells}:
                return True
    return False


def _are_of_one(other: Part, part: Part) -> bool:
    """Say whether two parts may be of one package; a job of the user's is of all."""
    own = part.cells[0].package
    return part.lane.own is not None or own is None or own == other.cells[0].package


def _meet(one: Part, other: Part) -> bool:
    return bool(set(one.reach.releases) & set(other.reach.releases))


def _need(other: Part, part: Part) -> Need:
    hands_on = other.lane.gives != "none"
    return Need(job=other.name, optional=not other.reach.covers(part.reach), files=hands_on)
