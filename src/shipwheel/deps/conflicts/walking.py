"""How a requirement leads to another: chains through the metadata of released versions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from shipwheel.deps.conflicts.answer import Link
from shipwheel.deps.conflicts.house import target
from shipwheel.deps.conflicts.released import Required
from shipwheel.deps.listing import Listing, newest

Chain = tuple[Link, ...]
Environment = Mapping[str, str]

_DEEPEST = 12  # links of a chain
_MOST_CHAINS = 600  # from one requirement


class Shelf(Protocol):
    """What is released, and what it requires."""

    def listing(self, name: str) -> Listing:
        """Give a package's releases."""

    def required(self, name: str, version: Version) -> Required:
        """Give what a version requires."""


def environment_of(python: str, system: str) -> dict[str, str]:
    """Give what markers are held against (PEP 508) for a Python (`3.12`) on `linux`, `darwin` or `win32`."""
    names = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "nt" if system == "win32" else "posix",
        "platform_machine": {"win32": "AMD64", "darwin": "arm64"}.get(system, "x86_64"),
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": names.get(system, system),
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": system,
    }


def chains_from(
    start: Link,
    shelf: Shelf,
    environment: Environment,
    *,
    taken: Mapping[str, str] = {},
    here: Iterable[str] = (),
) -> Iterator[Chain]:
    """Give the chains that begin with a requirement, short ones first.

    Of each package the version in `taken` is followed where it is allowed, else the newest allowed one. What
    lies `here` is not walked through: its requirements are starts of their own.
    """
    stay = frozenset(here)
    queue: list[Chain] = [(start,)]
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for _count in range(_MOST_CHAINS):
        if not queue:
            return
        chain = queue.pop(0)
        yield chain
        name = target(chain[-1])
        version = None if name in stay else _followed(chain[-1], shelf, taken)
        extras = frozenset(Requirement(chain[-1].requirement).extras)
        if version is None or len(chain) >= _DEEPEST or (name, str(version), extras) in seen:
            continue
        seen.add((name, str(version), extras))
        queue.extend(
            (*chain, Link(requirer=name, version=str(version), requirement=text))
            for text in holding(shelf.required(name, version).requires, environment, extras)
        )


def _followed(link: Link, shelf: Shelf, taken: Mapping[str, str]) -> Version | None:
    parsed = Requirement(link.requirement)
    name = target(link)
    if name in taken:
        version = _version(taken[name])
        if version is not None and parsed.specifier.contains(version, prereleases=True):
            return version
    return newest(shelf.listing(name).allowed((parsed.specifier,)))


def holding(
    texts: Iterable[str], environment: Environment, extras: frozenset[str]
) -> Iterator[str]:
    """Give the requirements whose markers hold in an environment, for a package with these extras."""
    for text in texts:
        try:
            marker = Requirement(text).marker
            if marker is None or any(
                marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras)
            ):
                yield text
        except (InvalidRequirement, InvalidVersion, UndefinedComparison, UndefinedEnvironmentName):
            continue  # a stranger's, which uv leaves out or refuses in words of its own


def contested(
    sides: Sequence[Sequence[Chain]], shelf: Shelf, here: Mapping[str, str]
) -> tuple[Chain, ...]:
    """Give chains that end at one package and together admit no version of it; none where there are none.

    `sides` are the chains of each start. Of several such packages it is the one with the shortest chains;
    two chains of different sides come before a single one, and before more than two.
    """
    ends: dict[str, list[tuple[int, Chain]]] = {}
    for at, chains in enumerate(sides):
        for chain in chains:
            ends.setdefault(target(chain[-1]), []).append((at, chain))
    found = []
    for name, every in ends.items():
        if not common(name, [chain[-1] for _at, chain in every], shelf, here):
            found.append(_excluding(name, every, len(sides), shelf, here))
    found = [each for each in found if each]
    return min(found, key=lambda each: sum(len(chain) for chain in each), default=())


def _excluding(
    name: str,
    every: Sequence[tuple[int, Chain]],
    sides: int,
    shelf: Shelf,
    here: Mapping[str, str],
) -> tuple[Chain, ...]:
    """Give the fewest of these chains that admit no version."""

    def empty(chains: Iterable[Chain]) -> bool:
        return not common(name, [chain[-1] for chain in chains], shelf, here)

    ordered = sorted(every, key=lambda each: len(each[1]))[:60]
    single = next(((chain,) for _at, chain in ordered if empty((chain,))), None)
    if single and sides == 1:
        return single
    pairs = sorted(
        itertools.combinations(ordered, 2), key=lambda pair: sum(len(each[1]) for each in pair)
    )
    for (one, first), (other, second) in pairs:
        if (one != other or sides == 1) and empty((first, second)):
            return (first, second)
    if single:
        return single
    kept = [chain for _at, chain in ordered]
    for chain in reversed(tuple(kept)):
        rest = [each for each in kept if each is not chain]
        if empty(rest):
            kept = rest
    return tuple(kept)


def common(
    name: str, links: Iterable[Link], shelf: Shelf, here: Mapping[str, str]
) -> tuple[Version, ...]:
    """Give the versions of a package that all the links admit; what lies `here` has one alone."""
    specifier = SpecifierSet()
    for link in links:
        specifier &= Requirement(link.requirement).specifier
    if name in here:
        versions = [found] if (found := _version(here[name])) else []
    else:
        versions = [each.version for each in shelf.listing(name).releases]
    return tuple(each for each in versions if specifier.contains(each, prereleases=True))


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
