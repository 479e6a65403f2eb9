"""Extras and groups by themselves: each with what runs the project, and which conflicts of theirs count."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shipwheel.deps.conflicts.answer import Conflict, Kind, Link
from shipwheel.deps.conflicts.house import target
from shipwheel.deps.conflicts.judge import Judge
from shipwheel.deps.conflicts.searching import Outcome
from shipwheel.deps.conflicts.smallest import OutOfTimeError

Cells = Sequence[tuple[str, str]]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about alone where all together do not fit: an extra or group with what runs the project.

    `part` is empty for what runs the project. `everywhere`: it is for all cells, as a group of lint tools
    need not be.
    """

    part: str
    links: tuple[Link, ...]
    everywhere: bool = True


def from_a_later_python(
    judge: Judge, links: tuple[Link, ...], scope: Scope, cells: Cells
) -> Outcome | None:
    """Tell that a group holds together from a later Python on, where it need not for all; else give None.

    Documentation tools are often for the newest Pythons alone: that is no conflict.
    """
    if scope.everywhere:
        return None
    try:
        python = _first_fitting(judge, links, tuple(dict.fromkeys(each for each, _ in cells)))
    except OutOfTimeError:
        return None
    if not python:
        return None
    before = cells[: next(at for at, each in enumerate(cells) if each[0] == python)]
    said = judge.ask(links)
    found = Conflict(
        kind=Kind.PYTHON,
        package="Python",
        bounds=tuple(each for each in links if target(each) in said.named),
        cells=tuple(f"{each} on {system}" for each, system in before),
        counts=False,
        said=said.said,
        part=scope.part,
    )
    return Outcome(links, (found,))


def _first_fitting(judge: Judge, links: Sequence[Link], pythons: Sequence[str]) -> str:
    return next((each for each in pythons[1:] if judge.ask(links, python=each).ok), "")


def placed(outcome: Outcome, scope: Scope) -> Outcome:
    """Say of which part conflicts are; where a part need not be for all cells, only those of all count."""
    told = tuple(
        msgspec.structs.replace(
            each, part=scope.part, counts=each.counts and (scope.everywhere or not each.cells)
        )
        for each in outcome.told
    )
    return msgspec.structs.replace(outcome, told=told)
