"""Answers about the same project with different extras and groups, as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from shipwheel.deps.conflicts.answer import Conflicts

T = TypeVar("T")


def merged(answers: Sequence[Conflicts]) -> Conflicts:
    """Join answers; what several of them tell is told once."""
    if len(answers) == 1:
        return answers[0]
    return msgspec.structs.replace(
        answers[0],
        ok=all(each.ok for each in answers),
        requirements=max(each.requirements for each in answers),
        conflicts=_once(item for each in answers for item in each.conflicts),
        relaxations=_once(item for each in answers for item in each.relaxations),
        certain=all(each.certain for each in answers),
        notes=_once(item for each in answers for item in each.notes),
        assumed=_once(item for each in answers for item in each.assumed),
        asked=sum(each.asked for each in answers),
        offline=any(each.offline for each in answers),
        seconds=round(sum(each.seconds for each in answers), 2),
    )


def _once(items: Iterable[T]) -> tuple[T, ...]:
    found: list[T] = []
    for each in items:
        if each not in found:
            found.append(each)
    return tuple(found)
