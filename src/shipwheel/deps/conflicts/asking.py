"""uv asked for all together first; where it finds no versions, the conflicts one by one, and a way out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.version import Version

from shipwheel.deps.conflicts.answer import Conflict, Conflicts, Link, Relaxation
from shipwheel.deps.conflicts.explaining import Explainer, contested_packages
from shipwheel.deps.conflicts.house import House, is_bound, split_urls, target
from shipwheel.deps.conflicts.judge import Judge, Terms, Verdict
from shipwheel.deps.conflicts.proposing import likely
from shipwheel.deps.conflicts.released import Released
from shipwheel.deps.conflicts.smallest import Found, shrunk, smallest, smallest_sets
from shipwheel.deps.listing import newest
from shipwheel.deps.sources import Sources, configured_sources
from shipwheel.events import Emit, Progress, StepDone, StepStarted, silent
from shipwheel.project.names import normalize

_STEP, _WHY = "conflicts", "reasons"
_LONGEST = 60.0  # seconds after which no further conflict is looked for
_MOST_WAYS = 6  # single bounds of which one may be relaxed
_FEW_WAYS = 2  # sets of several bounds, of which there may be many
_MOST_STAND_INS = 8  # versions of a package without usable wheels whose metadata is read


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: the links of all packages of the house together, for these Pythons and systems.

    `cells` are pairs such as (`3.12`, `linux`), the lowest Python first; `whole` says that it is a folder
    of packages, not one project.
    """

    project: str
    links: tuple[Link, ...]
    house: House
    cells: tuple[tuple[str, str], ...]
    whole: bool = False
    notes: tuple[str, ...] = ()


def conflicts(question: Question, terms: Terms, emit: Emit = silent) -> Conflicts:
    """Ask whether all requirements can hold together, and explain it where they cannot.

    The indexes are those that uv is configured with in `terms.root`. Nothing is built unless `terms.builds`.
    Raises MachineError where an index is out of reach or wants a password, or where the caches do not know.
    """
    started = time.perf_counter()
    count = len(question.house.residents)
    what = f"{count} packages" if count > 1 else question.project
    emit(StepStarted(_STEP, f"{what}: {len(question.links)} requirements, all together"))
    sources = Sources(()) if terms.offline else configured_sources(terms.root, emit)
    released = Released(sources, silent=terms.offline)
    try:
        with tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as folder:
            found = _Search(question, terms, Path(folder), released, emit).answer()
    finally:
        released.close()
    seconds = time.perf_counter() - started
    found = msgspec.structs.replace(found, seconds=round(seconds, 2))
    said = "no conflict" if not found.conflicts else f"conflicts: {len(found.conflicts)}"
    emit(StepDone(_STEP, seconds, f"{said}; uv asked {found.asked} times"))
    return found


class _Search:
    """One question, with what it has learned so far."""

    def __init__(
        self, question: Question, terms: Terms, folder: Path, released: Released, emit: Emit
    ) -> None:
        self.question, self.terms, self.released, self.emit = question, terms, released, emit
        self.house = House(question.house.residents, dict(self._likely()))
        links, self.aside = split_urls(question.links)
        self.links = tuple(self._of_unknown_version(each) for each in links)
        self.assumed: dict[str, None] = {}
        self.judge = Judge(folder, terms, self.house.versions(), self._unbuilt)
        self.until = time.monotonic() + _LONGEST
        self.explainer = Explainer(self.judge, released, self.house, question.cells)

    def answer(self) -> Conflicts:
        first = self.judge.ask(self.links)
        if first.ok and not self.judge.unknown:
            taken = {f"{name} {version}" for name, version in first.taken.items()}
            self.assumed = {each: None for each in self.assumed if each in taken}
            return self._answer((), notes=self._extras(first))
        started = time.perf_counter()
        self.emit(StepStarted(_WHY, "no versions fit together: looking for what excludes what"))
        told: list[Conflict] = []
        gone: frozenset[Link] = frozenset()
        if not self.judge.agrees(self.links, frozenset()):
            without = self._search(self.links, self._agrees_on_presence, lambda _relaxed: ())
            gone = without.relaxed
            told += self._explained(self.links, without, "names")
        left = tuple(each for each in self.links if each not in gone)
        bounds = tuple(each for each in left if is_bound(each))
        found = self._search(
            bounds,
            lambda kept: self.judge.agrees(left, kept),
            lambda relaxed: likely(bounds, relaxed, self.released, self.house.versions()),
        )
        told += self._explained(left, found, "bounds")
        told += self.explainer.unknown(self.links)
        ways = tuple(self._ways(left, bounds, found)) if found.conflicts else ()
        self.emit(StepDone(_WHY, time.perf_counter() - started))
        return self._answer(tuple(told), ways, certain=found.certain)

    def _search(
        self,
        held: Sequence[Link],
        agrees: Callable[[frozenset[Link]], bool],
        propose: Callable[[frozenset[Link]], Iterable[frozenset[Link]]],
    ) -> Found[Link]:
        def going() -> bool:
            return time.monotonic() < self.until

        return smallest(held, agrees, propose, going)

    def _agrees_on_presence(self, kept: frozenset[Link]) -> bool:
        present = [each for each in self.links if each in kept]
        return self.judge.ask(present, relaxed=frozenset(filter(is_bound, present))).ok

    def _explained(
        self, links: Sequence[Link], found: Found[Link], what: str
    ) -> Iterator[Conflict]:
        for at, conflict in enumerate(found.conflicts):
            self.emit(Progress(_WHY, at + 1, len(found.conflicts)))
            needed = self._needed(links, conflict) if what == "bounds" else frozenset()
            ordered = tuple(each for each in links if each in conflict | needed)
            yield self.explainer.explained(
                ordered, bounding=conflict if what == "bounds" else frozenset()
            )

    def _needed(self, links: Sequence[Link], conflict: frozenset[Link]) -> frozenset[Link]:
        """Give what else has to be required, with whatever bound, for the bounds of a conflict to exclude."""
        bounding = [each for each in links if each in conflict]
        others = tuple(each for each in links if each not in conflict)

        def agrees(kept: frozenset[Link]) -> bool:
            present = [*bounding, *(each for each in others if each in kept)]
            return self.judge.ask(present, relaxed=frozenset(filter(is_bound, kept))).ok

        return frozenset() if not agrees(frozenset()) else frozenset(shrunk(others, agrees))

    def _ways(
        self, left: Sequence[Link], bounds: Sequence[Link], found: Found[Link]
    ) -> Iterator[Relaxation]:
        """Give the smallest sets of bounds without which uv finds versions, each tried."""
        most = _MOST_WAYS if len(found.relaxed) == 1 else _FEW_WAYS
        for relaxed in smallest_sets(found.conflicts, bounds, most=most):
            verdict = self.judge.ask(left, relaxed=relaxed)
            if verdict.ok:
                ordered = tuple(each for each in bounds if each in relaxed)
                names = {target(each) for each in ordered}
                taken = {name: verdict.taken[name] for name in sorted(names & {*verdict.taken})}
                yield Relaxation(bounds=ordered, taken=taken)

    def _answer(
        self,
        told: tuple[Conflict, ...],
        ways: tuple[Relaxation, ...] = (),
        *,
        certain: bool = True,
        notes: Iterable[str] = (),
    ) -> Conflicts:
        whole = self.question.whole and bool(told)
        return Conflicts(
            project=self.question.project,
            ok=not any(each.counts for each in told),
            packages=len(self.house.residents),
            requirements=len(self.links),
            conflicts=told,
            relaxations=ways,
            certain=certain,
            contested=contested_packages(self.links, self.released, self.house) if whole else (),
            notes=(*self.question.notes, *notes),
            set_aside=self.aside,
            assumed=tuple(self.assumed),
            offline=self.terms.offline,
            asked=self.judge.asked,
        )

    def _of_unknown_version(self, link: Link) -> Link:
        """Give a requirement on a package whose version only its build tells without its bound."""
        resident = self.house.residents.get(target(link))
        if resident is None or resident.version:
            return link
        parsed = Requirement(link.requirement)
        parsed.specifier = type(parsed.specifier)()
        return msgspec.structs.replace(link, requirement=str(parsed))

    def _extras(self, verdict: Verdict) -> Iterator[str]:
        """Tell of extras that the version which uv takes does not have: installers go on without a word."""
        for link in self.links:
            name, parsed = target(link), Requirement(link.requirement)
            if not parsed.extras or name in self.house.residents or name not in verdict.taken:
                continue
            required = self.released.required(name, Version(verdict.taken[name]))
            known = {normalize(each) for each in required.extras}
            if required.known and (absent := {normalize(each) for each in parsed.extras} - known):
                yield (
                    f"{name} {verdict.taken[name]} has no extra {', '.join(sorted(absent))}, for which"
                    f" {link.requirer} asks: nothing is installed for it"
                )

    def _likely(self) -> Iterator[tuple[str, str]]:
        """Give the newest released version of what lies here in a version that only a build tells."""
        for name, each in self.question.house.residents.items():
            if not each.version:
                found = newest(one.version for one in self.released.listing(name).releases)
                yield name, str(found or "0")

    def _unbuilt(self, name: str, pinned: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        """Give stand-ins for a package without usable wheels, with what its files say of themselves, unbuilt.

        Whether there is a wheel is another question (readiness): a wheel for another Python tells what a
        version requires as well. Of several versions those count of which it is known.
        """
        name = normalize(name)
        specifiers = [
            Requirement(each.requirement).specifier for each in self.links if target(each) == name
        ]
        listing = self.released.listing(name)
        allowed = listing.allowed(specifiers)
        named = [each.version for each in listing.releases if str(each.version) in pinned]
        recent = (*reversed(allowed[-_MOST_STAND_INS:]), *reversed(named[-_MOST_STAND_INS:]))
        wanted = dict.fromkeys(recent)
        self.released.fetch(name, wanted)
        known = [each for each in wanted if self.released.required(name, each).known]
        if not known:
            self.assumed |= {f"{name} {each}": None for each in recent[:1]}
        for version in known or recent[:1]:
            required = self.released.required(name, version)
            lines = [f"Requires-Dist: {each}\n" for each in required.requires if required.known]
            lines += [f"Provides-Extra: {each}\n" for each in required.extras if required.known]
            yield name, str(version), "".join(lines)
