"""The question of the floors: what the listings show, then runs of the tests, then the bounds to declare."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from shipwheel.deps.cells import Cell
from shipwheel.deps.floors.answer import Floor, Floors, is_well
from shipwheel.deps.floors.bounds import (
    changed_text,
    diff_of,
    has_lower_bound,
    is_pinned,
    parse,
    raised,
    version_of,
)
from shipwheel.deps.floors.kind import project_kind
from shipwheel.deps.floors.listed import remarks_on, tried_versions
from shipwheel.deps.floors.search import Candidate, Edge, Searched, most_runs, search
from shipwheel.deps.floors.trying import Bench, Trials
from shipwheel.deps.listing import Listing
from shipwheel.deps.sources import Listings, Lookup, configured_sources
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, Warned, silent
from shipwheel.files import write_bytes
from shipwheel.machine.environment import Environment
from shipwheel.project.facts import Project, Runner
from shipwheel.testing.installed import read_wheel_files
from shipwheel.testing.lowest import marker_values

_WORKERS = 8


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: of which requirements, in which cell, of these names alone (all where empty)."""

    project: Project
    requirements: tuple[str, ...]
    cell: Cell
    only: tuple[str, ...] = ()
    write: bool = False


def looked_at(wanted: Wanted, emit: Emit = silent) -> tuple[Floors, Lookup]:
    """Judge the bounds by the index's listings, and give these for more.

    Raises MachineError where the index is out of reach, ConfigurationError for a name that is none of
    the requirements'.
    """
    started = time.perf_counter()
    names = _names(wanted.requirements)
    unknown = [each for each in wanted.only if each not in names]
    if unknown:
        raise _unknown(unknown, names, wanted.project)
    several = "dependency" if len(names) == 1 else "dependencies"
    emit(StepStarted("bounds", f"{len(names)} direct {several}, as the index lists them"))
    listings = Listings(configured_sources(Path(wanted.project.root), emit), emit)
    listings.fetch(names, _WORKERS)
    if names and len(listings.failed) == len(names):
        raise MachineError(
            "no index could be asked for the releases of the dependencies",
            where=", ".join(sorted(listings.failed)),
            hint="look at the network and at uv's settings (UV_DEFAULT_INDEX, uv.toml), and ask again",
        )
    kind = project_kind(wanted.project)
    asked = [text for text in wanted.requirements if _name(text) not in listings.failed]
    seconds = time.perf_counter() - started
    emit(StepDone("bounds", seconds))
    remarks = remarks_on(asked, listings.of, wanted.cell, kind.value)
    hint = f"; `{kind.settle}` can" if kind.settle else ""
    answer = Floors(
        project=wanted.project.name.value,
        ok=is_well("static", remarks, ()),
        state="static",
        kind=kind.value,
        kind_origin=f"{kind.origin}{hint}",
        python=wanted.cell.python,
        remarks=remarks,
        seconds=round(seconds, 3),
    )
    return answer, listings.of


def searched(wanted: Wanted, looked: Floors, lookup: Lookup, bench: Bench, emit: Emit) -> Floors:
    """Run the tests until the floors are known, and propose bounds; `looked` is what is known before.

    Raises JobError where the environment cannot be made, MachineError where an index is out of reach.
    """
    started = time.perf_counter()
    trials = Trials(bench, emit)
    if wanted.project.test.runner.value is Runner.NONE:
        emit(Warned("no tests are known: a version passes where every module can be imported"))
    found, candidates = _search(wanted, lookup, trials, emit)
    requirements = dict(_counting(bench, trials.environment))
    texts = {name: _declared_text(wanted, name) or str(each) for name, each in requirements.items()}
    floors = tuple(
        _floor(each, texts[each.name], lookup(each.name), found.edges[each.name])
        for each in candidates
        if each.name in found.edges
    )
    seconds = looked.seconds + time.perf_counter() - started
    answer = msgspec.structs.replace(
        looked,
        ok=is_well(found.state, looked.remarks, floors),
        state=found.state,
        floors=floors,
        runs=tuple(trials.runs),
        seconds=round(seconds, 3),
    )
    return proposed(wanted, answer)


def proposed(wanted: Wanted, answer: Floors) -> Floors:
    """Add the change of pyproject.toml to an answer, and make it where that is wanted."""
    changes = {each.requirement: each.proposed for each in answer.floors if each.proposed}
    if not changes or answer.state not in {"holds", "found"}:
        return answer
    path = Path(wanted.project.root) / "pyproject.toml"
    try:
        before = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return _by_hand(wanted, answer)
    after = changed_text(before, changes)
    if after is None:
        return _by_hand(wanted, answer)
    if wanted.write:
        write_bytes(path.resolve(), after.encode("utf-8"))
    return msgspec.structs.replace(answer, diff=diff_of(before, after), written=wanted.write)


def _by_hand(wanted: Wanted, answer: Floors) -> Floors:
    why = f"declared in {wanted.project.dependencies.origin}: change it there by hand"
    return msgspec.structs.replace(answer, by_hand=why)


def _search(
    wanted: Wanted, lookup: Lookup, trials: Trials, emit: Emit
) -> tuple[Searched, list[Candidate]]:
    first = trials.at("everything at its newest", {})
    if not first.passed:
        again = trials.at("everything at its newest, once more", {})
        return Searched("flaky" if again.passed else "red"), []
    counting = dict(_counting(trials.bench, trials.environment))
    trials.requires = {name: _unmarked(each) for name, each in counting.items()}
    candidates = list(_candidates(wanted, counting, lookup, trials.installed()))
    trials.binary = tuple(
        each.name for each in candidates if lookup(each.name).fitting(wanted.cell)
    )
    if not candidates:
        return Searched("holds"), []
    trials.most = 1 + most_runs(candidates)
    _tell(candidates, trials, first.seconds, emit)
    return search(candidates, trials), candidates


def _tell(candidates: Sequence[Candidate], trials: Trials, seconds: float, emit: Emit) -> None:
    whole = seconds * (trials.most - 1)
    length = f"{whole:.0f} s" if whole < 120 else f"{whole / 60:.0f} min"
    names = ", ".join(f"{each.name} ({len(each.versions)} versions)" for each in candidates)
    emit(Notice(f"looked for: {names}"))
    emit(Notice(f"a run takes {seconds:.1f} s: at most {trials.most} of them, {length} more"))


def _counting(bench: Bench, environment: Environment) -> list[tuple[str, Requirement]]:
    """Give the wheel's own requirements that count in the environment, by normalized name."""
    markers = {**marker_values(environment), "extra": ""}
    siblings = {canonicalize_name(each.name) for each in bench.siblings}
    found: dict[str, Requirement] = {}
    for text in read_wheel_files(bench.wheel).requires:
        each = parse(text)
        if each is None or each.url or (each.marker and not each.marker.evaluate(markers)):
            continue
        name = canonicalize_name(each.name)
        if name in found:
            found[name].specifier &= each.specifier
        elif name not in siblings:
            found[name] = each
    return list(found.items())


def _candidates(
    wanted: Wanted,
    counting: Mapping[str, Requirement],
    lookup: Lookup,
    there: Mapping[str, str],
) -> Iterable[Candidate]:
    for name, each in counting.items():
        if is_pinned(each.specifier) or (wanted.only and name not in wanted.only):
            continue
        last = version_of(there.get(name, ""))
        versions = tried_versions(each.specifier, lookup(name), wanted.cell)
        up_to = tuple(str(one) for one in versions if last is not None and one <= last)
        if up_to:
            yield Candidate(name, up_to, has_lower_bound(each.specifier))


def _floor(candidate: Candidate, text: str, listing: Listing, edge: Edge) -> Floor:
    requirement = parse(text)
    specifier = requirement.specifier if requirement else None
    admitted = listing.allowed((specifier,) if specifier is not None else ())
    declared = str(admitted[0]) if candidate.bounded and admitted else ""
    true = bool(declared) and Version(edge.floor) <= Version(declared)
    why = edge.failed.why if edge.failed else ""
    if not true and not edge.below and candidate.bounded:
        why = "older versions have no wheel there"
    return Floor(
        name=candidate.name,
        requirement=text,
        declared=declared,
        floor=edge.floor,
        newest=candidate.versions[-1],
        proposed="" if true else raised(text, edge.floor),
        below=edge.below,
        why=why,
    )


def _unmarked(requirement: Requirement) -> str:
    """Give a requirement without its marker, which is true here."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"


def _declared_text(wanted: Wanted, name: str) -> str | None:
    """Give the requirement as the project's files word it, None where a marker splits it."""
    found = [text for text in wanted.project.dependencies.value if _name(text) == name]
    return found[0] if len(found) == 1 else None


def _names(requirements: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in requirements if (name := _name(each))))


def _name(text: str) -> str:
    found = parse(text)
    return canonicalize_name(found.name) if found and not found.url else ""


def _unknown(unknown: Sequence[str], names: Sequence[str], project: Project) -> ConfigurationError:
    return ConfigurationError(
        f"the project does not require {', '.join(unknown)}",
        where=project.dependencies.origin,
        hint=f"name one of {', '.join(names) or 'none: it requires nothing'}",
    )
