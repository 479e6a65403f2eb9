"""uv's resolver asked about one cell, from this machine, until it names no further missing wheel."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from packaging.version import InvalidVersion, Version

from shipwheel import process
from shipwheel.deps.cells import Cell
from shipwheel.deps.readiness.judging import Specifiers, stand_in_version
from shipwheel.deps.sources import Lookup
from shipwheel.deps.stand_ins import write_stand_in
from shipwheel.deps.uv_output import (
    STAND_IN,
    Refusal,
    Resolved,
    is_not_cached,
    kind_of,
    named_packages,
    pinned_versions,
    read_resolution,
    told,
    unknown_packages,
    wants_password,
)
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure, packages_without_wheel
from shipwheel.machine.variables import for_installer
from shipwheel.project.names import normalize

_ROUNDS = 8  # each brings at least one package that uv had not named before
_SECONDS = 300  # a resolution that takes longer has met an index that does not answer
_REQUIREMENTS, _RESULT, _LEFT_OUT, _WHEELS = "asked.in", "answer.txt", "left-out.txt", "stand-ins"


class Question(msgspec.Struct, frozen=True):
    """What is asked of every cell: PEP 508 strings, and the folder whose settings of uv hold.

    `specifiers` are those of the requirements, by normalized name. `offline`: uv's cache alone is asked.
    """

    requirements: tuple[str, ...]
    specifiers: Specifiers
    root: Path
    offline: bool = False


class CellAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """uv's answer: what it resolves, stand-ins among it; packages that no index has.

    `bare` are packages without a wheel of which no listing tells why: they are left out like unknown ones.
    `refused`: uv does not know such a cell; `unsolved`: no versions fit together; `not_cached`: its cache
    does not know enough. All three are its words.
    """

    resolution: dict[str, Resolved] = {}
    unknown: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    refused: str = ""
    unsolved: str = ""
    not_cached: str = ""


def resolve(
    cell: Cell, question: Question, lookup: Lookup, fresh: frozenset[str] = frozenset()
) -> CellAnswer:
    """Resolve for a cell with wheels alone; what has none is replaced by an empty wheel of ours.

    uv names one package and stops. With a stand-in for it, which nothing but this resolution sees, it
    goes on, and says by the markers of all others whether the cell needs it at all. `fresh` are the
    packages that uv has asked the index about in this run: what rests on them alone is answered from its
    cache. Raises MachineError where the index is out of reach and was to be asked, JobError for what else
    stops uv.
    """
    stand_ins: set[tuple[str, str]] = set()
    unknown: set[str] = set()
    bare: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as name:
        folder = Path(name)
        write_text(folder / _REQUIREMENTS, "".join(f"{each}\n" for each in question.requirements))
        (folder / _WHEELS).mkdir()
        for _round in range(_ROUNDS):
            done, found = _ask(cell, folder, question, unknown | bare, fresh)
            if done.ok:
                return CellAnswer(resolution=found, unknown=_sorted(unknown), bare=_sorted(bare))
            if (refusal := _refused(done, cell, offline=question.offline)) is not None:
                return refusal
            absent = {*unknown_packages(done.output)} - unknown
            lacking = {*_missing(done.output, cell, question.specifiers, lookup)} - stand_ins
            without = _bare(done.output) - bare if question.offline else set()
            if not absent and not lacking and not without:
                break
            unknown |= absent
            bare |= without
            stand_ins |= lacking
            for package, version in lacking:
                # the local version tells it apart from what an index has
                own = f"{version.partition('+')[0]}+{STAND_IN}"
                write_stand_in(folder / _WHEELS, package, own)
    return CellAnswer(unknown=_sorted(unknown), bare=_sorted(bare), unsolved=told(done.output))


def _bare(output: str) -> set[str]:
    return {normalize(each) for each in packages_without_wheel(output, only_binary=True)}


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _missing(
    output: str, cell: Cell, specifiers: Specifiers, lookup: Lookup
) -> Iterable[tuple[str, str]]:
    """Give the packages to stand in for: named by uv or asked for directly, and without a wheel by the index.

    Where only some versions lack one, it is those that uv names.
    """
    pinned = pinned_versions(output)
    for name in dict.fromkeys((*specifiers, *named_packages(output))):
        listing = lookup(name)
        version = stand_in_version(cell, listing, specifiers.get(name, ()))
        if version is not None:
            yield name, str(version)
            continue
        for text in pinned.get(name, ()):
            release = listing.release(parsed) if (parsed := _version(text)) else None
            if release is not None and not release.fits(cell):
                yield name, str(release.version)


def command(cell: Cell, folder: Path) -> tuple[str | Path, ...]:
    """Give the command that asks about a cell; it builds nothing and looks for no other Python."""
    return (
        *(uv_command(), "pip", "compile", "--quiet", "--no-header", "--annotation-style", "line"),
        *("--only-binary", ":all:", "--python", sys.executable),
        *("--python-version", cell.full_version, "--python-platform", cell.way.uv or ""),
        *("--find-links", folder / _WHEELS, "--overrides", folder / _LEFT_OUT),
        *("-o", folder / _RESULT, folder / _REQUIREMENTS),
    )


def _ask(
    cell: Cell, folder: Path, question: Question, unknown: Iterable[str], fresh: frozenset[str]
) -> tuple[process.Completed, dict[str, Resolved]]:
    """Ask the cache first where it can be trusted: an index without cache headers costs a second a cell."""
    never = "".join(f"{name} ; python_version < '0'\n" for name in sorted(unknown))
    write_text(folder / _LEFT_OUT, never)
    for offline in (True,) if question.offline else (True, False) if fresh else (False,):
        done = _run(cell, folder, question.root, offline=offline)
        found = read_resolution((folder / _RESULT).read_text("utf-8")) if done.ok else {}
        rests_on = found or named_packages(done.output)
        if offline and fresh.issuperset(rests_on) and not is_not_cached(done.output):
            break
    return done, found


def _run(cell: Cell, folder: Path, root: Path, *, offline: bool) -> process.Completed:
    (folder / _RESULT).unlink(missing_ok=True)
    argv = (*command(cell, folder), *(("--offline",) if offline else ()))
    return process.run(argv, cwd=root, env=_variables(cell, os.environ), timeout=_SECONDS)


def _variables(cell: Cell, base: Mapping[str, str]) -> dict[str, str]:
    variables = for_installer(base)
    if cell.platform.startswith("macosx"):
        variables["MACOSX_DEPLOYMENT_TARGET"] = cell.way.floor
    return variables


def _refused(done: process.Completed, cell: Cell, *, offline: bool) -> CellAnswer | None:
    """Give the answer of a uv that does not know the cell, None where there is no solution; else raise."""
    if offline and is_not_cached(done.output):
        return CellAnswer(not_cached=told(done.output))
    match kind_of(done.output):
        case Refusal.REFUSED:
            return CellAnswer(refused=told(done.output).partition("\n")[0])
        case Refusal.NO_SOLUTION if not wants_password(done.output):
            return None
        case _:
            raise installation_failure(done.tail(60), python=cell.python, only_binary=True)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
