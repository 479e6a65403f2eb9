"""Which Pythons packages have in common, by what each of them requires."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from shipwheel.deps.conflicts.answer import Conflict, Kind, Link
from shipwheel.deps.conflicts.house import Resident
from shipwheel.deps.listing import admits

_LATEST_PATCH = ".99"  # a bound such as <=3.12 or !=3.11.0 is not about what users run today


def admitted(resident: Resident, pythons: Sequence[str]) -> frozenset[str]:
    """Give those of the Pythons (`3.12`) that a package admits."""
    return frozenset(
        each for each in pythons if admits(resident.requires_python, f"{each}{_LATEST_PATCH}")
    )


def lowest_common(residents: Iterable[Resident], pythons: Sequence[str]) -> str:
    """Give the lowest Python that all admit, else the lowest of those that most of them admit."""
    counts = dict.fromkeys(pythons, 0)
    for each in residents:
        for python in admitted(each, pythons):
            counts[python] += 1
    return max(pythons, key=lambda python: (counts[python], -pythons.index(python)))


def excluding_pythons(
    residents: Sequence[Resident], pythons: Sequence[str]
) -> tuple[Conflict, ...]:
    """Give the pairs of packages that have no Python in common, each range of Pythons told once."""
    kinds: dict[frozenset[str], Resident] = {}
    for each in residents:
        kinds.setdefault(admitted(each, pythons), each)
    return tuple(
        _conflict(kinds[one], kinds[other])
        for one, other in itertools.combinations(kinds, 2)
        if not one & other
    )


def _conflict(one: Resident, other: Resident) -> Conflict:
    links = tuple(
        Link(
            requirer=each.name,
            version=each.version,
            requirement=f"Python {each.requires_python}",
            origin=each.origin,
        )
        for each in (one, other)
    )
    return Conflict(
        kind=Kind.PYTHON, package="Python", bounds=links, chains=tuple((each,) for each in links)
    )
