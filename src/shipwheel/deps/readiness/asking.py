"""All cells asked, several at once, and judged together."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from shipwheel import process
from shipwheel.deps.cells import Cell, nearest, refusal
from shipwheel.deps.listing import Listing
from shipwheel.deps.readiness.answer import AskedCell, Gap, PackageGaps, Readiness, Why, is_ok
from shipwheel.deps.readiness.judging import (
    Specifiers,
    ceilings,
    gaps_by_listing,
    gaps_by_uv,
    there,
    unknown_gap,
)
from shipwheel.deps.readiness.resolver import CellAnswer, Question, resolve
from shipwheel.deps.sources import Listings, Sources, configured_sources
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.events import Emit, Progress, StepDone, StepStarted, Warned, silent
from shipwheel.machine.failures import INDEX
from shipwheel.machine.variables import is_offline
from shipwheel.process import redact
from shipwheel.project.names import normalize

# uv waits for the index more than it computes: more at once than there are cores
_AT_ONCE = 8
_STEP = "readiness"
_NO_FILES = "{reason}, and the index's files are not known"

Found = dict[str, list[Gap]]


def readiness(
    project: str,
    requirements: Sequence[str],
    cells: Sequence[Cell],
    *,
    root: Path,
    origin: str = "the project's dependencies",
    may_fail: Sequence[str] = (),
    emit: Emit = silent,
) -> Readiness:
    """Ask for each cell whether all `requirements` (PEP 508), and what they require, have wheels there.

    The indexes, and how they are reached, are those that uv is configured with in `root`. Nothing is
    built or installed. Where an index is out of reach, uv's cache is asked: what that does not know stands
    as `unknown`. Raises ConfigurationError for a requirement that does not parse (`origin` says where it
    stands), MachineError where an index wants a password.
    """
    started = time.perf_counter()
    listed, specifiers, set_aside = split_requirements(requirements, origin)
    if not listed or not cells:
        return Readiness(project=project, ok=True, dependencies=0, set_aside=set_aside)
    noun = "cell" if len(cells) == 1 else "cells"
    emit(
        StepStarted(
            _STEP, f"{project}: what it depends on, in {len(cells)} {noun} of Python and platform"
        )
    )
    question = Question(listed, specifiers, root, is_offline(os.environ))
    try:
        found = _asked_about(project, cells, question, emit)
    except MachineError as error:
        if question.offline or error.reference != INDEX:
            raise
        emit(Warned(f"{error.what}: uv's cache is asked", error.hint or ""))
        question = msgspec.structs.replace(question, offline=True)
        found = _asked_about(project, cells, question, emit)
        found = msgspec.structs.replace(found, unreached=error.evidence or error.what)
    seconds = time.perf_counter() - started
    emit(StepDone(_STEP, seconds, f"{found.dependencies} packages"))
    return msgspec.structs.replace(
        found,
        ok=is_ok(found.cells, may_fail),
        offline=question.offline,
        set_aside=set_aside,
        may_fail=tuple(may_fail),
        seconds=round(seconds, 2),
    )


def _asked_about(project: str, cells: Sequence[Cell], question: Question, emit: Emit) -> Readiness:
    sources = Sources(()) if question.offline else configured_sources(question.root, emit)
    listings = Listings(sources, emit)
    answers = _answers(cells, question, listings, emit)
    return _judged(project, cells, answers, question, listings)


def split_requirements(
    requirements: Sequence[str], origin: str
) -> tuple[tuple[str, ...], Specifiers, tuple[str, ...]]:
    """Give the requirements that an index answers, their specifiers by name, and those with a URL.

    Raises ConfigurationError for one that does not parse.
    """
    listed: list[str] = []
    set_aside: list[str] = []
    specifiers: dict[str, list[SpecifierSet]] = {}
    for text in requirements:
        try:
            parsed = Requirement(text)
        except InvalidRequirement as error:
            raise ConfigurationError(
                f"the requirement {redact(text)[:200]!r} does not parse",
                where=origin,
                evidence=redact(str(error))[:500],
                hint="write it as in \"name>=1.2; python_version < '3.12'\" (PEP 508)",
            ) from error
        if parsed.url is not None:
            set_aside.append(parsed.name)
            continue
        listed.append(str(parsed))
        specifiers.setdefault(normalize(parsed.name), []).append(parsed.specifier)
    return tuple(listed), specifiers, tuple(set_aside)


def _answers(
    cells: Sequence[Cell], question: Question, listings: Listings, emit: Emit
) -> dict[Cell, CellAnswer]:
    """Ask uv about every cell that it can be asked about, and those that stand for others.

    The first alone: an index out of reach is told once, and what it fetches is in uv's cache for all.
    """
    wanted = tuple(dict.fromkeys(nearest(cell) if refusal(cell) else cell for cell in cells))

    def lookup(name: str) -> Listing:
        listings.fetch((name, *question.specifiers), _AT_ONCE)
        return listings.of(name)

    answers = {wanted[0]: resolve(wanted[0], question, lookup)}
    listings.fetch((*question.specifiers, *answers[wanted[0]].resolution), _AT_ONCE)
    for at in range(1, len(wanted), _AT_ONCE):
        emit(Progress(_STEP, at, len(wanted)))
        batch = wanted[at : at + _AT_ONCE]
        fresh = frozenset(name for each in answers.values() for name in each.resolution)
        ask = functools.partial(resolve, question=question, lookup=listings.of, fresh=fresh)
        found = process.parallel(ask, batch, workers=_AT_ONCE)
        answers |= dict(zip(batch, found, strict=True))
    emit(Progress(_STEP, len(wanted), len(wanted)))
    listings.fetch((name for each in answers.values() for name in each.resolution), _AT_ONCE)
    return answers


def _judged(
    project: str,
    cells: Sequence[Cell],
    answers: Mapping[Cell, CellAnswer],
    question: Question,
    listings: Listings,
) -> Readiness:
    specifiers = question.specifiers
    highest = ceilings(each.resolution for each in answers.values())
    gaps: Found = {}
    asked = []
    for cell in cells:
        answer, reason = _answer_for(cell, answers)
        if reason and question.offline:
            answer, reason = CellAnswer(not_cached=_NO_FILES.format(reason=reason)), ""
        if reason:
            own = gaps_by_listing(cell, answer.resolution, listings.of, specifiers)
        else:
            own = gaps_by_uv(cell, answer.resolution, listings.of, specifiers, highest)
        found = [*own, *((name, unknown_gap(cell)) for name in answer.unknown)]
        found += [(name, unknown_gap(cell, Why.UNLISTED)) for name in answer.bare]
        for name, gap in found:
            gaps.setdefault(name, []).append(gap)
        asked.append(_asked(cell, answer, reason, [gap for _name, gap in found]))
    versions = {name: str(version) for name, version in highest.items()}
    return Readiness(
        project=project,
        ok=True,
        dependencies=len({*versions, *gaps}),
        cells=tuple(asked),
        packages=tuple(
            PackageGaps(
                name=name,
                version=versions.get(name, ""),
                gaps=tuple(found),
                there=there(cells, listings.of(name), found),
                bound=" or ".join(str(e) for e in specifiers.get(name, ()) if str(e)),
                via=_via(name, answers.values()),
            )
            for name, found in sorted(gaps.items())
        ),
    )


def _via(name: str, answers: Iterable[CellAnswer]) -> tuple[str, ...]:
    """Give the packages that require one, in any cell."""
    found = (each.resolution[name].via for each in answers if name in each.resolution)
    return tuple(sorted({other for via in found for other in via}))


def _answer_for(cell: Cell, answers: Mapping[Cell, CellAnswer]) -> tuple[CellAnswer, str]:
    """Give the answer that a cell is judged by, and why that is another cell's where it is."""
    reason = refusal(cell)
    answer = answers[nearest(cell) if reason else cell]
    if answer.refused:
        reason = answer.refused
        like = cell.way.like
        other = answers.get(Cell(cell.target.release, like)) if like else None
        answer = other if other is not None and not other.refused else CellAnswer(unsolved=reason)
    return answer, reason


def _asked(cell: Cell, answer: CellAnswer, reason: str, gaps: Iterable[Gap]) -> AskedCell:
    missing = any(gap.state == "missing" for gap in gaps)
    return AskedCell(
        python=cell.python,
        platform=cell.platform,
        asked="listing" if reason else "uv",
        state="missing" if missing else _state(answer),
        packages=len(answer.resolution),
        reason=answer.not_cached or answer.unsolved or reason,
    )


def _state(answer: CellAnswer) -> Literal["ready", "unresolved", "unknown"]:
    if answer.not_cached:
        return "unknown"
    return "unresolved" if answer.unsolved else "ready"
