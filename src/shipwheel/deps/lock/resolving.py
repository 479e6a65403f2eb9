"""Locks resolved by uv: all requirements together first, so that every lock has the same versions."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.lock.wanted import Wanted
from shipwheel.deps.uv_output import told, unknown_packages
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, Warned
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import INDEX, installation_failure
from shipwheel.machine.variables import for_installer, is_offline

_SECONDS = 600
_WORKERS = 4
UNSOLVED = "unsolved"  # the reference of the error that says that no versions fit together


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How locks are resolved.

    `kept` are pins to hold to as far as the requirements allow, in lines; `upgrade` are packages that
    may move (`name` or `name==version`), `everything` lets all move. Files uploaded after `cutoff` do
    not count, but for the packages in `waived`. `later` are Pythons above `python` that a group which does
    not fit that may be locked for. `offline`: uv asks its cache alone.
    """

    root: Path
    python: str
    kept: tuple[str, ...] = ()
    upgrade: tuple[str, ...] = ()
    everything: bool = False
    cutoff: dt.datetime | None = None
    waived: tuple[str, ...] = ()
    emit: Emit
    later: tuple[str, ...] = ()
    offline: bool = False
    said: str = ""  # what this resolution is for, where there are several


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """The text of each lock by its name, and what was resolved for all, with who requires what.

    `apart`: not all of them fit together. `offline`: uv's cache answered, for no index did.
    """

    texts: Mapping[str, str]
    together: str
    apart: bool = False
    offline: bool = False


class _Solved(msgspec.Struct, frozen=True):
    """Pins that fit together, in lines with who requires each; the locks and the lowest Python they are for."""

    text: str
    wanted: tuple[Wanted, ...]
    python: str


def resolve(wanted: Sequence[Wanted], asked: Asked) -> Resolved:
    """Resolve all locks.

    Raises JobError where requirements do not fit together, MachineError where the index is out of reach
    and uv's cache does not know enough.
    """
    began = dt.datetime.now(dt.UTC)
    said = asked.said or f"for Python {asked.python} and later, every platform"
    asked.emit(StepStarted("resolve", said))
    if is_offline(os.environ):
        asked = msgspec.structs.replace(asked, offline=True)
    try:
        found = _resolve(wanted, asked)
    except MachineError as error:
        if error.reference != INDEX:
            raise
        found = _from_cache(wanted, asked, error)
    seconds = (dt.datetime.now(dt.UTC) - began).total_seconds()
    count = len(found.texts)
    asked.emit(StepDone("resolve", seconds, f"{count} lock{'' if count == 1 else 's'}"))
    return found


def _from_cache(wanted: Sequence[Wanted], asked: Asked, reached: MachineError) -> Resolved:
    try:
        found = _resolve(wanted, msgspec.structs.replace(asked, offline=True))
    except ShipwheelError:
        raise reached from None
    asked.emit(Warned(f"{reached.what}: uv's cache answered", "what is newer is not known to it"))
    return found


def _resolve(wanted: Sequence[Wanted], asked: Asked) -> Resolved:
    with tempfile.TemporaryDirectory(prefix="shipwheel-lock-") as name:
        folder = Path(name)
        solved = _solved(wanted, asked, folder)
        jobs = [(each, part) for part in solved for each in part.wanted]
        texts = process.parallel(
            lambda job: _lock_text(job[0], job[1], asked, folder), jobs, workers=_WORKERS
        )
    return Resolved(
        texts={each.name: text for (each, _part), text in zip(jobs, texts, strict=True)},
        together="\n".join(part.text for part in solved),
        apart=len(solved) > 1,
        offline=asked.offline,
    )


def _solved(wanted: Sequence[Wanted], asked: Asked, folder: Path) -> tuple[_Solved, ...]:
    """Resolve all together; where they do not fit, each with the run time's, else alone."""
    try:
        return (_Solved(_pins(wanted, asked, folder, "all"), tuple(wanted), asked.python),)
    except JobError as error:
        if error.reference != UNSOLVED or len(wanted) == 1:
            raise
    main = [each for each in wanted if not each.name]
    first = _Solved(_pins(main, asked, folder, "main"), tuple(main), asked.python) if main else None
    asked.emit(
        Notice("not all groups and extras fit together: each is locked with the run time's alone")
    )
    if first is not None:
        asked = msgspec.structs.replace(asked, kept=_with_pins(first.text, asked.kept))
    rest = process.parallel(
        lambda each: _beside(each, main, asked, folder),
        [each for each in wanted if each.name],
        workers=_WORKERS,
    )
    return tuple(rest) if first is None else (first, *rest)


def _with_pins(text: str, kept: Sequence[str]) -> tuple[str, ...]:
    """Give the pins of a resolution, and the others of `kept`: what fits is the same in every lock."""
    lines = [each.partition("  #")[0].rstrip() for each in text.splitlines() if "==" in each]
    names = {each.partition("==")[0] for each in lines}
    return (*lines, *(each for each in kept if each.partition("==")[0] not in names))


def _beside(wanted: Wanted, main: Sequence[Wanted], asked: Asked, folder: Path) -> _Solved:
    """Resolve one lock with the run time's, else alone; without the upgrade where that does not fit it."""
    ways = ([*main, wanted], [wanted]) if main else ([wanted],)
    still = _served(ways, wanted, msgspec.structs.replace(asked, upgrade=()), folder)
    if not asked.upgrade:
        return still
    try:
        return _first(ways, wanted, msgspec.structs.replace(asked, python=still.python), folder)
    except JobError as error:
        asked.emit(_stays(wanted, asked, error))
        return still


def _served(
    ways: Sequence[Sequence[Wanted]], wanted: Wanted, asked: Asked, folder: Path
) -> _Solved:
    """Resolve for the lowest Python that the requirements fit; raises JobError for the project's own."""
    try:
        return _first(ways, wanted, asked, folder)
    except JobError as error:
        failed = error
    for python in asked.later:
        with contextlib.suppress(JobError):
            found = _first(ways, wanted, msgspec.structs.replace(asked, python=python), folder)
            asked.emit(
                Notice(f"{wanted.lock} is for Python {python} and later: earlier ones do not fit")
            )
            return found
    raise failed


def _first(ways: Sequence[Sequence[Wanted]], wanted: Wanted, asked: Asked, folder: Path) -> _Solved:
    """Give the first way of resolving a lock that there is; raises JobError where there is none."""
    for together in ways:
        try:
            return _Solved(_pins(together, asked, folder, wanted.name), (wanted,), asked.python)
        except JobError as error:
            if error.reference != UNSOLVED:
                raise
            failed = error
    raise failed


def _stays(wanted: Wanted, asked: Asked, error: JobError) -> Warned:
    what = ", ".join(asked.upgrade)
    return Warned(f"{wanted.lock} stays as it is: {what} does not fit it", error.evidence or "")


def _pins(wanted: Sequence[Wanted], asked: Asked, folder: Path, stem: str) -> str:
    """Give what fits together, in lines; what is there of pins is kept as far as that may be."""
    source, result = folder / f"{stem}.pins.in", folder / f"{stem}.pins.txt"
    write_text(source, "".join(f"{line}\n" for each in wanted for line in _lines(each, asked.root)))
    kept = () if asked.everything else asked.kept
    write_text(result, "".join(f"{line}\n" for line in kept))
    upgrades = [part for each in asked.upgrade for part in ("--upgrade-package", each)]
    command = (*_command(asked), "--annotation-style", "line", *upgrades, "-o")
    done = _run((*command, str(result), str(source)), asked)
    if not done.ok:
        raise failure(done, ", ".join(dict.fromkeys(each.origin for each in wanted)), asked.python)
    return result.read_text("utf-8")


def _lock_text(wanted: Wanted, part: _Solved, asked: Asked, folder: Path) -> str:
    """Give a lock's text: its requirements alone, at the versions that fit for all."""
    name = wanted.name or "main"
    own = folder / name
    own.mkdir()
    source, held, result = own / "wanted.in", own / "held.txt", own / wanted.lock
    write_text(source, "".join(f"{line}\n" for line in _lines(wanted, asked.root)))
    write_text(held, part.text)
    asked = msgspec.structs.replace(asked, python=part.python)
    command = (*_command(asked), "--format", "pylock.toml", "-c", str(held), "-o")
    done = _run((*command, str(result), str(source)), asked)
    if not done.ok:
        raise failure(done, wanted.origin, asked.python)
    return result.read_text("utf-8")


def failure(done: process.Completed, origin: str, python: str) -> ShipwheelError:
    """Give the error for a resolution that failed."""
    if "Git operation failed" in done.output:
        return MachineError(
            "a git repository that is required cannot be read",
            where=origin,
            evidence=told(done.output),
            hint="is the network there, is its address right, and has it that revision?",
            reference=INDEX,
        )
    found = installation_failure(done.tail(60), python=python)
    if isinstance(found, JobError) and (unknown := unknown_packages(done.output)):
        return JobError(
            f"no index has {', '.join(unknown)}",
            where=origin,
            evidence=told(done.output),
            hint="is the name right, and was it taken back? an index of one's own stands in [tool.uv]"
            " or UV_INDEX",
            reference=UNSOLVED,
        )
    if isinstance(found, JobError) and "could not be resolved" in found.what:
        return JobError(
            "the requirements do not fit together",
            where=origin,
            evidence=told(done.output),
            hint="loosen one of the bounds that are named;"
            " `shipwheel deps conflicts` says which ones would do",
            reference=UNSOLVED,
        )
    return found


def _lines(wanted: Wanted, root: Path) -> tuple[str, ...]:
    return (f"-r {(root / wanted.file).as_posix()}",) if wanted.file else wanted.requirements


def _command(asked: Asked) -> tuple[str, ...]:
    """Give the command that both resolutions share; uv finds the project's settings in its folder."""
    options = ["--universal", "--quiet", "--no-header"]
    options += ["--python", sys.executable, "--python-version", asked.python]
    if asked.cutoff is not None:
        options += ["--exclude-newer", asked.cutoff.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for name in asked.waived:
            options += ["--exclude-newer-package", f"{name}=false"]
    if asked.offline:
        options.append("--offline")
    return (uv_command(), "pip", "compile", *options)


def _run(command: Sequence[str], asked: Asked) -> process.Completed:
    return process.run(command, cwd=asked.root, env=for_installer(os.environ), timeout=_SECONDS)
