"""Likely conflicts between bounds on one package, by its listing: what uv is asked to confirm first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from shipwheel.deps.conflicts.answer import Link
from shipwheel.deps.conflicts.house import target
from shipwheel.deps.conflicts.released import Released
from shipwheel.deps.conflicts.walking import Shelf, common

_MOST_PAIRS = 2000  # of bounds on one package


def likely(
    bounds: Sequence[Link], relaxed: frozenset[Link], released: Released, here: Mapping[str, str]
) -> Iterator[frozenset[Link]]:
    """Give bounds that no version meets, single ones first, then pairs; those that are relaxed left out."""
    left = by_target([each for each in bounds if each not in relaxed])
    released.fetch_listings(name for name in left if name not in here)
    for name, links in left.items():
        if not is_known(name, released, here) or common(name, links, released, here):
            continue
        yield from excluding(name, links, released, here)


def is_known(name: str, shelf: Shelf, here: Mapping[str, str]) -> bool:
    """Say whether there is any version to hold bounds against."""
    return name in here or bool(shelf.listing(name).releases)


def excluding(
    name: str, links: Sequence[Link], shelf: Shelf, here: Mapping[str, str]
) -> Iterator[frozenset[Link]]:
    """Give the bounds on a package that no version meets, alone or in pairs."""
    alone = [each for each in links if not common(name, [each], shelf, here)]
    yield from (frozenset({each}) for each in alone)
    others = [each for each in links if each not in alone]
    for pair in itertools.islice(itertools.combinations(others, 2), _MOST_PAIRS):
        if not common(name, pair, shelf, here):
            yield frozenset(pair)


def by_target(links: Sequence[Link]) -> dict[str, list[Link]]:
    """Give the links by the name that they ask for."""
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(target(link), []).append(link)
    return found
