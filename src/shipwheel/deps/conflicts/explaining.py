"""A conflict in a person's terms: what is contested, by which chains, where, and who would agree."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from shipwheel.deps.conflicts.agreeing import agreements
from shipwheel.deps.conflicts.answer import Conflict, Contested, Kind, Link
from shipwheel.deps.conflicts.house import House, is_bound, target, without_bound
from shipwheel.deps.conflicts.judge import Judge, Verdict
from shipwheel.deps.conflicts.proposing import by_target, is_known
from shipwheel.deps.conflicts.released import Released
from shipwheel.deps.conflicts.walking import (
    Chain,
    chains_from,
    common,
    contested,
    environment_of,
)

_OF_PYTHON = "does not satisfy Python"
_CLOSE = 0.8  # of two names: reqeusts is requests


class Explainer:
    """Explains conflicts that uv has confirmed, each a few links of which none can be spared."""

    def __init__(
        self, judge: Judge, released: Released, house: House, cells: Sequence[tuple[str, str]]
    ) -> None:
        self._judge, self._released, self._house, self._cells = judge, released, house, tuple(cells)
        self._here = house.versions()

    def explained(self, links: tuple[Link, ...], *, bounding: frozenset[Link]) -> Conflict:
        """Explain a conflict: the bounds of the links in `bounding` hold, the others are required in any version."""
        held = tuple(each if each in bounding else without_bound(each) for each in links)
        verdict = self._judge.ask(held)
        places, failing = self._places(held)
        python, system = failing[0] if failing else self._cells[0]
        environment = environment_of(python, system)
        chains = contested([[(each,)] for each in held], self._released, self._here)
        if not chains:
            sides = [[*self._chains(each, held, environment)] for each in held]
            chains = contested(sides, self._released, self._here)
        if chains and self._released.silent and target(chains[0][-1]) not in self._here:
            chains = ()  # its versions are not known here: uv's words alone tell it
        name = target(chains[0][-1]) if chains else ""
        return Conflict(
            kind=self._kind(name, chains, verdict),
            package=name,
            bounds=held,
            chains=chains,
            released=tuple(str(each) for each in self._versions(name)),
            agreements=agreements(chains, self._released, environment, self._here),
            cells=places,
            circle=any(self._circle(each) for each in links) or _is_round(name, chains),
            counts=bool(failing),
            said=verdict.said,
        )

    def unknown(self, links: Sequence[Link]) -> Iterator[Conflict]:
        """Tell the names that no index has, with the nearest name that is known here."""
        names = {*self._house.residents, *(target(each) for each in links)}
        for name in self._judge.unknown:
            asking = tuple(each for each in links if target(each) == name)
            others = sorted(names - {*self._judge.unknown})
            near = difflib.get_close_matches(name, others, n=1, cutoff=_CLOSE)
            yield Conflict(
                kind=Kind.UNKNOWN,
                package=name,
                bounds=asking,
                chains=tuple((each,) for each in asking) or self._way_to(name, links),
                near=near[0] if near else "",
            )

    def _way_to(self, name: str, links: Sequence[Link]) -> tuple[Chain, ...]:
        """Give a chain to a package that only released packages require."""
        environment = environment_of(*self._cells[0])
        for link in links:
            for chain in self._chains(link, (), environment):
                if target(chain[-1]) == name:
                    return (chain,)
        return ()

    def _chains(
        self, start: Link, held: Sequence[Link], environment: dict[str, str]
    ) -> Iterator[Chain]:
        """Give the chains from a bound, along the versions that uv takes where it alone holds."""
        taken = {}
        if len(held) > 1:
            others = frozenset(each for each in held if each != start and is_bound(each))
            taken = dict(self._judge.ask(held, relaxed=others).taken)
        return chains_from(start, self._released, environment, taken=taken, here=self._here)

    def _places(self, held: Sequence[Link]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Give the cells where a conflict holds, in words unless it holds in all, and as they are."""
        if len(self._cells) == 1:
            return (), self._cells[:1]
        failing = tuple(each for each in self._cells if not self._fits(held, each))
        words = () if len(failing) == len(self._cells) else failing
        return tuple(f"{python} on {system}" for python, system in words), failing

    def _fits(self, held: Sequence[Link], cell: tuple[str, str]) -> bool:
        python, system = cell
        major, _, minor = python.partition(".")
        above = f"{major}.{int(minor) + 1}"
        marker = f"python_full_version < '{above}' and sys_platform == '{system}'"
        return self._judge.ask(held, marker=marker, python=python).ok

    def _kind(self, name: str, chains: Sequence[Chain], verdict: Verdict) -> Kind:
        if not chains:
            return Kind.PYTHON if _OF_PYTHON in verdict.said else Kind.OTHER
        if name in self._here:
            return Kind.SIBLING
        return Kind.NO_VERSION if len(chains) == 1 else Kind.VERSIONS

    def _versions(self, name: str) -> Sequence[object]:
        if not name:
            return ()
        if name in self._here:
            return (self._here[name],)
        return [each.version for each in self._released.listing(name).releases]

    def _circle(self, link: Link) -> bool:
        """Say whether a package that is bound requires, by way of others here, the one that bounds it."""
        seen: set[str] = set()
        queue = [target(link)]
        while queue:
            name = queue.pop()
            resident = self._house.residents.get(name)
            if resident is None or name in seen:
                continue
            if name == link.requirer:
                return True
            seen.add(name)
            queue += [target(Link(requirer=name, requirement=each)) for each in resident.requires]
        return False


def _is_round(name: str, chains: Sequence[Chain]) -> bool:
    """Say whether a package bounds itself by way of others."""
    return any(link.requirer == name for chain in chains for link in chain)


def contested_packages(
    links: Sequence[Link], released: Released, house: House
) -> tuple[Contested, ...]:
    """Give the packages on which bounds exclude one another, with all bounds on each."""
    here = house.versions()
    bounds = [each for each in links if is_bound(each)]
    return tuple(
        Contested(package=name, bounds=tuple(every))
        for name, every in sorted(by_target(bounds).items())
        if is_known(name, released, here) and not common(name, every, released, here)
    )
