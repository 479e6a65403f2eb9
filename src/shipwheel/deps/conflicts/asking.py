"""uv asked for all together first; where it finds no versions, the conflicts one by one, and a way out."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.version import Version

from shipwheel.deps.conflicts.answer import Conflict, Conflicts, Link, Relaxation
from shipwheel.deps.conflicts.apart import Scope, from_a_later_python, placed
from shipwheel.deps.conflicts.explaining import Explainer, contested_packages
from shipwheel.deps.conflicts.house import House, split_urls, target, without_bound
from shipwheel.deps.conflicts.judge import Judge, Terms, Verdict
from shipwheel.deps.conflicts.released import Released, pythons_of
from shipwheel.deps.conflicts.searching import Outcome, Searcher
from shipwheel.deps.conflicts.smallest import OutOfTimeError, smallest_sets
from shipwheel.deps.listing import newest
from shipwheel.deps.sources import Sources, configured_sources
from shipwheel.errors import MachineError
from shipwheel.events import Emit, Progress, StepDone, StepStarted, Warned, silent
from shipwheel.machine.failures import INDEX
from shipwheel.project.names import normalize

_STEP, _WHY = "conflicts", "reasons"
_LONGEST = 60.0  # seconds that looking for conflicts and explaining them takes
_CUT_OFF = "looking for conflicts was ended after {seconds:g} seconds: there may be more of them"
_MOST_WAYS = 6  # single bounds of which one may be relaxed
_FEW_WAYS = 2  # sets of several bounds, of which there may be many
_MOST_STAND_INS = 8  # versions of a package without usable wheels whose metadata is read


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: the links of all packages of the house together, for these Pythons and systems.

    `cells` are pairs such as (`3.12`, `linux`), the lowest Python first; `whole` says that it is a folder
    of packages, not one project. `scopes` are asked about apart where uv refuses all together, what runs
    the project first; without them everything has to hold together.
    """

    project: str
    links: tuple[Link, ...]
    house: House
    cells: tuple[tuple[str, str], ...]
    whole: bool = False
    notes: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()


def conflicts(question: Question, terms: Terms, emit: Emit = silent) -> Conflicts:
    """Ask whether all requirements can hold together, and explain it where they cannot.

    The indexes are those that uv is configured with in `terms.root`. Nothing is built unless `terms.builds`.
    Where an index is out of reach, uv's cache is asked. Raises MachineError where that does not know
    enough, or where an index wants a password.
    """
    started = time.perf_counter()
    count = len(question.house.residents)
    what = f"{count} packages" if count > 1 else question.project
    held = len(question.links)
    emit(StepStarted(_STEP, f"{what}: {held} requirement{'' if held == 1 else 's'} together"))
    try:
        found = _searched(question, terms, emit)
    except MachineError as error:
        if terms.offline or error.reference != INDEX:
            raise
        found = _from_cache(question, terms, error, emit)
    seconds = time.perf_counter() - started
    found = msgspec.structs.replace(found, seconds=round(seconds, 2))
    said = "no conflict" if not found.conflicts else f"conflicts: {len(found.conflicts)}"
    often = "once" if found.asked == 1 else f"{found.asked} times"
    emit(StepDone(_STEP, seconds, f"{said}; uv asked {often}"))
    return found


def _searched(question: Question, terms: Terms, emit: Emit) -> Conflicts:
    sources = Sources(()) if terms.offline else configured_sources(terms.root, emit)
    with (
        contextlib.closing(Released(sources, silent=terms.offline)) as released,
        tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as folder,
    ):
        return _Search(question, terms, Path(folder), released, emit).answer()


def _from_cache(question: Question, terms: Terms, reached: MachineError, emit: Emit) -> Conflicts:
    emit(Warned(f"{reached.what}: uv's cache is asked", "what is newer it does not know"))
    try:
        return _searched(question, msgspec.structs.replace(terms, offline=True), emit)
    except MachineError:
        raise MachineError(
            f"{reached.what}, and uv's cache does not hold what is needed to answer",
            where=reached.where,
            evidence=reached.evidence,
            hint=reached.hint,
            reference=reached.reference,
        ) from None


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
        self.explainer = Explainer(self.judge, released, self.house, question.cells)
        self.searcher = Searcher(self.judge, self.explainer, released, self.house)

    def answer(self) -> Conflicts:
        first = self.judge.ask(self.links)
        if first.ok and not self.judge.unknown:
            taken = {f"{name} {version}" for name, version in first.taken.items()}
            self.assumed = {each: None for each in self.assumed if each in taken}
            return self._answer((), notes=self._extras(first))
        started = time.perf_counter()
        self.emit(StepStarted(_WHY, "no versions fit together: looking for what excludes what"))
        self.judge.until = time.monotonic() + _LONGEST
        outcomes, fine = self._each_alone()
        together = self._fine_ones(fine, outcomes)
        told = [conflict for each in (*outcomes, *together) for conflict in each.told]
        told += self.explainer.unknown(self.links)
        ways = self._ways(outcomes)
        self.emit(StepDone(_WHY, time.perf_counter() - started))
        certain = all(each.certain for each in (*outcomes, *together))
        notes = () if certain else (_CUT_OFF.format(seconds=_LONGEST),)
        return self._answer(tuple(told), ways, certain=certain, notes=notes)

    def _each_alone(self) -> tuple[tuple[Outcome, ...], tuple[Scope, ...]]:
        """Search what the project needs to run, and each extra and group with that; give the fine ones too."""
        scopes = self.question.scopes or (Scope(part="", links=self.links),)
        outcomes: list[Outcome] = []
        fine = []
        for at, scope in enumerate(scopes):
            self.emit(Progress(_WHY, at + 1, len(scopes)))
            links = self._mended(scope.links, outcomes)
            try:
                agreed = self.searcher.agree(links)
            except OutOfTimeError:
                outcomes.append(self.searcher.unsearched(self.links))
                break
            if agreed:
                fine.append(scope)
            else:
                later = from_a_later_python(self.judge, links, scope, self.question.cells)
                outcomes.append(later or placed(self.searcher.search(links), scope))
        return tuple(outcomes), tuple(fine)

    def _fine_ones(self, fine: Sequence[Scope], outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
        """Put extras and groups together of which each is fine by itself: what excludes does not count."""
        if len(fine) < 2 or not all(each.certain for each in outcomes):
            return ()
        every = dict.fromkeys(link for scope in fine for link in scope.links)
        links = self._mended(every, outcomes)
        try:
            if self.searcher.agree(links):
                return ()
        except OutOfTimeError:
            return (Outcome(links, certain=False),)
        found = self.searcher.search(links)
        told = (msgspec.structs.replace(each, counts=False, apart=True) for each in found.told)
        return (msgspec.structs.replace(found, told=tuple(told)),)

    def _mended(self, links: Iterable[Link], outcomes: Sequence[Outcome]) -> tuple[Link, ...]:
        """Give links without what was found before: a group that includes another tells nothing anew."""
        split, _aside = split_urls(links)
        asked = [self._of_unknown_version(each) for each in split]
        dropped = {_key(each) for outcome in outcomes for each in outcome.dropped}
        relaxed = {_key(each) for outcome in outcomes for each in outcome.relaxed}
        return tuple(
            without_bound(each) if _key(each) in relaxed else each
            for each in asked
            if _key(each) not in dropped
        )

    def _ways(self, outcomes: Sequence[Outcome]) -> tuple[Relaxation, ...]:
        """Give the smallest sets of bounds without which uv finds versions, each tried."""
        sets = [each for outcome in outcomes for each in outcome.counted]
        bounds = tuple(dict.fromkeys(link for outcome in outcomes for link in outcome.links))
        every = smallest_sets(sets, bounds, most=_MOST_WAYS) if sets else ()
        every = every if every and len(every[0]) == 1 else every[:_FEW_WAYS]
        found = []
        with contextlib.suppress(OutOfTimeError):
            for relaxed in every:
                if (taken := self._tried(relaxed, outcomes)) is not None:
                    ordered = tuple(each for each in bounds if each in relaxed)
                    names = sorted({target(each) for each in ordered} & {*taken})
                    found.append(
                        Relaxation(bounds=ordered, taken={name: taken[name] for name in names})
                    )
        return tuple(found)

    def _tried(
        self, relaxed: frozenset[Link], outcomes: Sequence[Outcome]
    ) -> dict[str, str] | None:
        """Give what uv takes where these bounds are relaxed, None where it still finds nothing."""
        taken: dict[str, str] = {}
        gone = {_key(each) for each in relaxed}
        for outcome in (each for each in outcomes if each.counted):
            left = outcome.left
            verdict = self.judge.ask(
                left, relaxed=frozenset(each for each in left if _key(each) in gone)
            )
            if not verdict.ok:
                return None
            taken = {**verdict.taken, **taken}
        return taken

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
        return without_bound(link)

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
            lines += [f"Requires-Python: {each}\n" for each in pythons_of(listing.release(version))]
            yield name, str(version), "".join(lines)


def _key(link: Link) -> tuple[str, str]:
    """Give what a requirement is wherever it stands: a group may include another."""
    return link.requirer, link.requirement
