"""The conflicts among a few links: found, made as small as they get, and explained, within a time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from shipwheel.deps.conflicts.answer import Conflict, Kind, Link
from shipwheel.deps.conflicts.explaining import Explainer
from shipwheel.deps.conflicts.house import House, is_bound, target, without_bound
from shipwheel.deps.conflicts.judge import Judge
from shipwheel.deps.conflicts.proposing import likely
from shipwheel.deps.conflicts.released import Released
from shipwheel.deps.conflicts.smallest import (
    Found,
    OutOfTimeError,
    narrowed,
    shrunk,
    smallest,
)

_FOR_SEARCH = 0.6  # of the time that is left; what is found has to be explained as well


class Outcome(msgspec.Struct, frozen=True):
    """What was found among `links`: the conflicts, explained; their bounds, as sets; and the way out.

    `dropped` are requirements that exclude others in any version, `relaxed` bounds; without them the rest
    holds together where that is `certain`.
    """

    links: tuple[Link, ...]
    told: tuple[Conflict, ...] = ()
    bounds: tuple[frozenset[Link], ...] = ()
    dropped: frozenset[Link] = frozenset()
    relaxed: frozenset[Link] = frozenset()
    certain: bool = True

    @property
    def counted(self) -> tuple[frozenset[Link], ...]:
        """Give the bounds of the conflicts that count."""
        own = self.told[len(self.told) - len(self.bounds) :] if self.bounds else ()
        return tuple(each for each, told in zip(self.bounds, own, strict=True) if told.counts)

    @property
    def left(self) -> tuple[Link, ...]:
        """Give the links without those dropped."""
        return tuple(each for each in self.links if each not in self.dropped)


class Searcher:
    """Looks for conflicts with one judge, until `judge.until`."""

    def __init__(
        self, judge: Judge, explainer: Explainer, released: Released, house: House
    ) -> None:
        self._judge, self._explainer = judge, explainer
        self._released, self._here = released, house.versions()

    def agree(self, links: Sequence[Link]) -> bool:
        """Say whether links hold together; raises OutOfTimeError."""
        return self._judge.ask(links).ok

    def unsearched(self, links: tuple[Link, ...]) -> Outcome:
        """Give uv's own words about links that it was asked about, where there is no time for more."""
        return Outcome(links, (self._unexplained(links),), certain=False)

    def search(self, links: tuple[Link, ...]) -> Outcome:
        """Find the conflicts among links that uv refuses together."""
        try:
            named = not self._judge.agrees(links, frozenset())
        except OutOfTimeError:
            return self.unsearched(links)
        names: Found[Link] = Found((), frozenset(), certain=True, solved=True)
        if named:
            names = self._found(links, self._agrees_on_presence(links), lambda _relaxed: ())
        left = tuple(each for each in links if each not in names.relaxed)
        bounds = tuple(each for each in left if is_bound(each))
        found = self._found(
            bounds,
            lambda kept: self._judge.agrees(left, kept),
            lambda relaxed: likely(bounds, relaxed, self._released, self._here),
        )
        told = [
            self._explained([each for each in links if each in conflict], frozenset())
            for conflict in names.conflicts
        ]
        told += [self._explained(self._needed(left, each), each) for each in found.conflicts]
        told = told or [self._unexplained(links)]
        certain = names.certain and found.certain
        return Outcome(links, tuple(told), found.conflicts, names.relaxed, found.relaxed, certain)

    def _found(
        self,
        held: Sequence[Link],
        agrees: Callable[[frozenset[Link]], bool],
        propose: Callable[[frozenset[Link]], Iterable[frozenset[Link]]],
    ) -> Found[Link]:
        with self._part_of_the_time():
            return smallest(held, agrees, propose, self._suspects)

    @contextlib.contextmanager
    def _part_of_the_time(self) -> Iterator[None]:
        until = self._judge.until
        self._judge.until = min(until, time.monotonic() + _FOR_SEARCH * (until - time.monotonic()))
        try:
            yield
        finally:
            self._judge.until = until

    def _suspects(self, held: frozenset[Link]) -> frozenset[Link]:
        """Give the links to packages that uv named when it refused them."""
        named = self._judge.ask(held).named
        return frozenset(each for each in held if target(each) in named)

    def _agrees_on_presence(self, links: Sequence[Link]) -> Callable[[frozenset[Link]], bool]:
        def agrees(kept: frozenset[Link]) -> bool:
            present = [each for each in links if each in kept]
            return self._judge.ask(present, relaxed=frozenset(filter(is_bound, present))).ok

        return agrees

    def _needed(self, links: Sequence[Link], conflict: frozenset[Link]) -> tuple[Link, ...]:
        """Give a conflict with what else has to be required, in any version, for its bounds to exclude."""
        bounding = [each for each in links if each in conflict]
        others = tuple(each for each in links if each not in conflict)

        def agrees(kept: frozenset[Link]) -> bool:
            present = [*bounding, *(each for each in others if each in kept)]
            return self._judge.ask(present, relaxed=frozenset(filter(is_bound, kept))).ok

        needed: frozenset[Link] = frozenset()
        with contextlib.suppress(OutOfTimeError):
            if agrees(frozenset()):
                least = narrowed(others, agrees, self._named_with(bounding))
                needed = frozenset(shrunk(least, agrees))
        return tuple(each for each in links if each in conflict | needed)

    def _named_with(self, bounding: Sequence[Link]) -> Callable[[frozenset[Link]], frozenset[Link]]:
        def suspects(others: frozenset[Link]) -> frozenset[Link]:
            said = self._judge.ask([*bounding, *map(without_bound, others)])
            return frozenset(each for each in others if target(each) in said.named)

        return suspects

    def _unexplained(self, links: Sequence[Link]) -> Conflict:
        return Conflict(kind=Kind.OTHER, package="", bounds=(), said=self._judge.ask(links).said)

    def _explained(self, links: Iterable[Link], bounding: frozenset[Link]) -> Conflict:
        ordered = tuple(links)
        try:
            return self._explainer.explained(ordered, bounding=bounding)
        except OutOfTimeError:
            held = tuple(each for each in ordered if each in bounding or not bounding)
            return Conflict(kind=Kind.OTHER, package="", bounds=held)
