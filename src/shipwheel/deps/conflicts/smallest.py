"""The smallest set of bounds to relax: a least set that meets every conflict that a judge confirms.

Conflicts are found one at a time, each made as small as it gets; the smallest set of bounds that meets
all of them is tried; where the judge still says no, it holds a further conflict. Where it says yes, no
smaller set can do, for each of the conflicts found needs one of its own bounds relaxed (the implicit
hitting set method). What is `held` is any hashable thing; the judge alone knows what it means.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T", bound=Hashable)
Agrees = Callable[[frozenset[T]], bool]
Propose = Callable[[frozenset[T]], Iterable[frozenset[T]]]
Narrow = Callable[[frozenset[T]], frozenset[T]]


class OutOfTimeError(Exception):
    """Raised by a judge that has no time left: what is found so far counts."""


_MOST_SETS = 200_000  # of bounds that are looked at for the smallest one


class Found(msgspec.Struct, Generic[T], frozen=True):
    """The conflicts, each a set of which nothing can be spared, and a set that meets all of them.

    `certain`: there is no smaller one. `solved`: the judge agrees without it.
    """

    conflicts: tuple[frozenset[T], ...]
    relaxed: frozenset[T]
    certain: bool
    solved: bool


def smallest(
    held: Sequence[T],
    agrees: Agrees[T],
    propose: Propose[T],
    narrow: Narrow[T] = lambda held: held,
) -> Found[T]:
    """Find the conflicts among what is held, and a smallest set without which the judge agrees.

    `propose` gives likely conflicts without what is relaxed, of which nothing can be spared and which the
    judge still has to confirm; `narrow` gives those of a refused set that are probably to blame. Where the
    judge raises OutOfTimeError, what was found until then is given, and is not certain.
    """
    conflicts: list[frozenset[T]] = []
    certain = True
    relaxed: frozenset[T] = frozenset()
    while True:
        try:
            found = _next(held, relaxed, agrees, propose, narrow)
        except OutOfTimeError:
            return Found(tuple(conflicts), relaxed, certain=False, solved=False)
        if found is None:
            return Found(tuple(conflicts), relaxed, certain, solved=True)
        if not found:  # nothing that is held can be blamed
            return Found(tuple(conflicts), relaxed, certain, solved=False)
        conflicts.append(found)
        relaxed, exact = hitting(conflicts, held)
        certain = certain and exact


def _next(
    held: Sequence[T],
    relaxed: frozenset[T],
    agrees: Agrees[T],
    propose: Propose[T],
    narrow: Narrow[T],
) -> frozenset[T] | None:
    """Give a further conflict, None where there is none, an empty one where nothing held is to blame."""
    for likely in propose(relaxed):
        if not likely & relaxed and not agrees(likely):
            return likely
    left = tuple(each for each in held if each not in relaxed)
    if agrees(frozenset(left)):
        return None
    if not agrees(frozenset()):
        return frozenset()
    return frozenset(shrunk(narrowed(left, agrees, narrow), agrees))


def narrowed(held: Sequence[T], agrees: Agrees[T], narrow: Narrow[T]) -> tuple[T, ...]:
    """Give the suspects of a refused set where the judge refuses them alone, else all of it."""
    suspects = narrow(frozenset(held))
    if suspects and len(suspects) < len(held) and not agrees(suspects):
        return tuple(each for each in held if each in suspects)
    return tuple(held)


def shrunk(held: Sequence[T], agrees: Agrees[T]) -> tuple[T, ...]:
    """Give a part of what is held that the judge refuses, and of which nothing can be spared.

    By halves (QuickXplain, Junker 2004): a conflict of k among n costs near 2k log(n/k) questions.
    """
    return _shrunk((), (), tuple(held), agrees)


def _shrunk(
    fixed: tuple[T, ...], added: tuple[T, ...], held: tuple[T, ...], agrees: Agrees[T]
) -> tuple[T, ...]:
    if added and not agrees(frozenset(fixed)):
        return ()
    if len(held) == 1:
        return held
    middle = len(held) // 2
    first, second = held[:middle], held[middle:]
    of_second = _shrunk((*fixed, *first), first, second, agrees)
    of_first = _shrunk((*fixed, *of_second), of_second, first, agrees)
    return (*of_first, *of_second)


def hitting(conflicts: Sequence[frozenset[T]], order: Sequence[T]) -> tuple[frozenset[T], bool]:
    """Give a smallest set that has a member of each conflict, and whether it is certainly the smallest."""
    every = smallest_sets(conflicts, order, most=1)
    if every:
        return every[0], True
    left, greedy = list(conflicts), set()
    while left:
        best = max(order, key=lambda each: sum(each in conflict for conflict in left))
        greedy.add(best)
        left = [conflict for conflict in left if best not in conflict]
    return frozenset(greedy), False


def smallest_sets(
    conflicts: Sequence[frozenset[T]], order: Sequence[T], *, most: int
) -> tuple[frozenset[T], ...]:
    """Give the smallest sets that have a member of each conflict, at most so many; none where that takes too long.

    Conflicts that share nothing are looked at apart: twenty pairs are twenty choices, not a million.
    """
    places = {each: at for at, each in enumerate(order)}
    ways: list[tuple[frozenset[T], ...]] = []
    for group in _apart(conflicts):
        found = _of_group(group, sorted({*itertools.chain(*group)}, key=places.__getitem__), most)
        if not found:
            return ()
        ways.append(found)
    joined = itertools.islice(itertools.product(*ways), most)
    return tuple(frozenset(itertools.chain(*each)) for each in joined)


def _of_group(
    group: Sequence[frozenset[T]], members: Sequence[T], most: int
) -> tuple[frozenset[T], ...]:
    looked = 0
    for size in range(1, len(members) + 1):
        found: list[frozenset[T]] = []
        for candidate in itertools.combinations(members, size):
            looked += 1
            if looked > _MOST_SETS:
                return ()
            chosen = frozenset(candidate)
            if all(chosen & conflict for conflict in group):
                found.append(chosen)
                if len(found) == most:
                    return tuple(found)
        if found:
            return tuple(found)
    return ()


def _apart(conflicts: Sequence[frozenset[T]]) -> list[list[frozenset[T]]]:
    """Put conflicts that share a member, by way of others too, into one group."""
    groups: list[list[frozenset[T]]] = []
    for conflict in conflicts:
        touched = [group for group in groups if any(conflict & each for each in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([*itertools.chain(*touched), conflict])
    return groups
