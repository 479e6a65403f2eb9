"""The question `adopt`: an environment read, declared, locked at its versions, and tried."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.deps.adopt.answer import Adopted, Locked, Taken, Told, is_well
from shipwheel.deps.adopt.deciding import beside, closure, decide
from shipwheel.deps.adopt.declaring import declare, lines_of
from shipwheel.deps.adopt.imports import uses_of
from shipwheel.deps.adopt.running import Running, locate, read_running
from shipwheel.deps.floors.bounds import diff_of
from shipwheel.deps.lock.resolving import Asked, Resolved, resolve
from shipwheel.deps.lock.wanted import Wanted
from shipwheel.deps.lock.writing import written
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import write_bytes, write_text
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.project.pylock import locks_of, parse_pylock
from shipwheel.testing.listing import staged_files
from shipwheel.verification.judging.development import kind_of

PYPROJECT = "pyproject.toml"
_DESCRIBING = ("setup.py", "setup.cfg")


class Made(msgspec.Struct, frozen=True):
    """What is to be written: files by name with their text."""

    answer: Adopted
    files: Mapping[str, str]


def adopt(project: Project, named: str | None, emit: Emit = silent) -> Made:
    """Read the environment that is meant and decide everything; writes nothing.

    Raises ConfigurationError where the project declares or locks its dependencies already, or there is
    no environment; JobError where the environment's versions do not resolve; MachineError where the
    index is out of reach.
    """
    started = time.perf_counter()
    root, own = Path(project.root), normalize(project.name.value)
    check_bare(project)
    running = _read(locate(named, root, os.environ, sys.prefix), emit)
    uses = uses_of(project, staged_files(root), running.release)
    every, told = decide(own, running, uses, kind_of)
    taken, apart = beside(every, project.groups.value)
    before = _text(root / PYPROJECT)
    described = any((root / name).is_file() for name in _DESCRIBING)
    declared = declare(before, own, running.release, taken, described=described)
    files, locks, more = _locked(project, running, taken, emit) if taken else ({}, (), ())
    told = (*told, *apart, *more)
    if taken and declared.text is not None and declared.text != (before or ""):
        files = {**files, PYPROJECT: declared.text}
    diff = lines_of(taken) if declared.text is None else diff_of(before or "", declared.text)
    answer = Adopted(
        project=project.name.value,
        ok=is_well(told, declared.why, None),
        environment=running.place,
        python=running.version,
        held=len(running.held),
        taken=taken,
        told=told,
        locks=locks,
        diff=diff if taken else "",
        by_hand=declared.why if taken else "",
        seconds=round(time.perf_counter() - started, 3),
    )
    return Made(answer, files)


def _read(python: Path, emit: Emit) -> Running:
    started = time.perf_counter()
    emit(StepStarted("read", str(python)))
    running = read_running(python)
    emit(StepDone("read", time.perf_counter() - started, f"{len(running.held)} distributions"))
    return running


def _locked(
    project: Project, running: Running, taken: Sequence[Taken], emit: Emit
) -> tuple[dict[str, str], tuple[Locked, ...], tuple[Told, ...]]:
    """Give the locks' texts by file, the locks, and what they hold otherwise than the environment."""
    wanted = _wanted(taken, project)
    resolved, refused = _resolved(Path(project.root), running, wanted, emit)
    if resolved is None:
        return {}, (), refused
    texts = {each.lock: written(resolved.texts[each.name], each.origin) for each in wanted}
    locks = (
        Locked(file=name, packages=len(parse_pylock(text.encode(), name).packages))
        for name, text in texts.items()
    )
    return texts, tuple(locks), tuple(_differing(resolved, running, taken))


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write the locks and then pyproject.toml, each aside and renamed."""
    for name in sorted(files, key=lambda each: each == PYPROJECT):
        if name == PYPROJECT:
            write_bytes((root / name).resolve(), files[name].encode("utf-8"))
        else:
            write_text(root / name, files[name])


def check_bare(project: Project) -> None:
    """Raise ConfigurationError where there is nothing to adopt: the project says what it needs."""
    locks = locks_of(Path(project.root))
    if not project.dependencies.value and not locks:
        return
    where = project.dependencies.origin
    if locks:
        where = ", ".join(path.name for path in locks.values())
    raise ConfigurationError(
        "the project says already what it depends on",
        where=where,
        hint="`shipwheel deps lock` locks what is declared; `shipwheel deps graph` compares it with the imports",
    )


def _resolved(
    root: Path, running: Running, wanted: Sequence[Wanted], emit: Emit
) -> tuple[Resolved | None, tuple[Told, ...]]:
    """Resolve with the environment's versions to hold to, for its Python and later."""
    pins = tuple(
        f"{each.name}=={each.version}" for each in running.held.values() if each.origin == "index"
    )
    asked = Asked(root=root, python=running.release, kept=pins, emit=emit)
    try:
        return resolve(wanted, asked), ()
    except JobError as error:
        why = " ".join((error.evidence or error.what).split())[:400]
        message = f"no lock: the indexes do not give what was declared ({why})"
        return None, (Told(rule="unresolved", name="", level="warning", message=message),)


def _wanted(taken: Sequence[Taken], project: Project) -> tuple[Wanted, ...]:
    """Give the locks to make: the run time's, one a new group, and one a group that is there."""
    groups: dict[str, tuple[str, ...]] = {
        group: tuple(each.requirement for each in taken if each.group == group)
        for group in dict.fromkeys(["", *(each.group for each in taken)])
    }
    groups |= project.groups.value
    return tuple(
        Wanted(
            name=normalize(group),
            origin=f"{PYPROJECT} [{f'dependency-groups] {group}' if group else 'project] dependencies'}",
            requirements=lines,
        )
        for group, lines in groups.items()
        if lines
    )


def _differing(resolved: Resolved, running: Running, taken: Sequence[Taken]) -> Iterator[Told]:
    """Name what the locks hold for this environment in another version than it has."""
    locked: dict[str, set[str]] = {}
    for name, text in resolved.texts.items():
        for each in parse_pylock(text.encode(), name).packages:
            if each.version and each.applies(running.markers):
                locked.setdefault(each.name, set()).add(each.version)
    names = closure((each.name for each in taken), running)
    for name, versions in sorted(locked.items()):
        there = running.held.get(name)
        if there is None:
            message = f"{', '.join(sorted(versions))} is locked, and the environment lacks it"
            yield Told(rule="differs", name=name, level="note", message=message)
        elif there.version not in versions and there.origin == "index":
            message = (
                f"{', '.join(sorted(versions))} is locked; the environment has {there.version}"
            )
            yield Told(rule="differs", name=name, level="warning", message=message)
    for name in sorted(names - locked.keys()):
        message = f"{running.held[name].version} is required there, and the lock has none of it"
        yield Told(rule="differs", name=name, level="note", message=message)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path.name} cannot be read",
            where=str(path),
            evidence=str(error),
            hint="it has to be UTF-8 text that this user may read",
        ) from error
