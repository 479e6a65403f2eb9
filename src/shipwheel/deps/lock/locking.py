"""The question `lock`: a project's locks written, or held against what it declares."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.deps.lock.answer import Change, Locking, LockState, State
from shipwheel.deps.lock.comparing import changes
from shipwheel.deps.lock.pins import pin_lines
from shipwheel.deps.lock.resolving import Asked, resolve
from shipwheel.deps.lock.wanted import Wanted, compiled_pins
from shipwheel.deps.lock.writing import machine_paths, written
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit, Warned, silent
from shipwheel.files import write_text
from shipwheel.project.pylock import Pylock, locks_of, parse_pylock, read_pylock

_MOST_PINS = 4 << 20  # characters of a file that pip-tools compiled


class Existing(msgspec.Struct, frozen=True, kw_only=True):
    """The locks that are there: those that can be read, and why the others cannot."""

    locks: Mapping[str, Pylock]
    problems: Mapping[str, str]


def lock(
    name: str,
    wanted: Sequence[Wanted],
    *,
    root: Path,
    python: str,
    later: tuple[str, ...] = (),
    check: bool = False,
    upgrade: bool = False,
    cutoff: dt.datetime | None = None,
    emit: Emit = silent,
) -> Locking:
    """Write the locks of the project `name`, or look with `check` whether they still say what is declared.

    Pins that are there are kept as far as the requirements allow, unless `upgrade`; so a check finds
    nothing where something newer was released, and everything that the declarations no longer admit. A
    group that does not fit `python` is locked for the first of the `later` ones that it fits. A check
    writes nothing, and no file is too new for it. Raises as `resolve` does.
    """
    started = time.perf_counter()
    if not wanted:
        raise _nothing(root)
    there = existing(root)
    if check and all(each.name not in there.locks for each in wanted):
        states = tuple(_looked_at(each, there, None) for each in wanted)
        return Locking(project=name, ok=False, checked=True, locks=states, python=python)
    asked = Asked(
        root=root,
        python=python,
        later=later,
        kept=kept_pins(root, wanted, there),
        everything=upgrade,
        cutoff=None if check else cutoff,
        waived=() if upgrade or cutoff is None else younger(there.locks.values(), cutoff),
        emit=emit,
    )
    found = resolve(wanted, asked)
    # all are parsed before the first is written
    new = {each.name: parse_pylock(found.texts[each.name].encode(), each.lock) for each in wanted}
    if check:
        states = tuple(_looked_at(each, there, new[each.name]) for each in wanted)
    else:
        states = tuple(_put(root, each, there, found.texts[each.name], emit) for each in wanted)
    every = (*states, *_unused(root, wanted, there))
    return Locking(
        project=name,
        ok=all(each.state not in {State.MISSING, State.OUTDATED} for each in every),
        checked=check,
        locks=every,
        python=python,
        cutoff="" if asked.cutoff is None else asked.cutoff.isoformat(timespec="seconds"),
        apart=found.apart,
        offline=found.offline,
        seconds=time.perf_counter() - started,
    )


def _nothing(root: Path) -> ConfigurationError:
    return ConfigurationError(
        "the project declares nothing that could be locked",
        where=str(root),
        hint="name what it needs in [project] dependencies, or in requirements.in",
        reference="nothing-to-lock",
    )


def existing(root: Path) -> Existing:
    """Read the locks that are there; one that cannot be read is named with the reason."""
    locks: dict[str, Pylock] = {}
    problems: dict[str, str] = {}
    for name, path in locks_of(root).items():
        try:
            locks[name] = read_pylock(path)
        except ConfigurationError as error:
            problems[name] = error.what
    return Existing(locks=locks, problems=problems)


def kept_pins(root: Path, wanted: Sequence[Wanted], there: Existing) -> tuple[str, ...]:
    """Give the pins to hold to: those of the locks, else those that pip-tools compiled."""
    if there.locks:
        return pin_lines(there.locks.values())
    lines: list[str] = []
    for path in compiled_pins(root, wanted):
        text = path.read_text("utf-8", "replace")[:_MOST_PINS]
        plain = (line.partition(" #")[0].rstrip("\\ ") for line in text.splitlines())
        lines += [line for line in plain if "==" in line and not line.startswith((" ", "-", "#"))]
    return tuple(dict.fromkeys(lines))


def younger(locks: Iterable[Pylock], cutoff: dt.datetime) -> tuple[str, ...]:
    """Name the locked packages whose files are younger than the cool-down: what is locked stays so."""
    names = (
        package.name
        for each in locks
        for package in each.packages
        if any(_is_younger(file.upload_time, cutoff) for file in package.files)
    )
    return tuple(dict.fromkeys(names))


def _is_younger(moment: dt.datetime | None, cutoff: dt.datetime) -> bool:
    if moment is None:
        return False
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) > cutoff


def _looked_at(wanted: Wanted, there: Existing, new: Pylock | None) -> LockState:
    """Give what a check says of one lock."""
    old = there.locks.get(wanted.name)
    problem = there.problems.get(wanted.name, "")
    if old is None or new is None:
        state = State.OUTDATED if problem else State.MISSING
        return LockState(file=wanted.lock, origin=wanted.origin, state=state, problem=problem)
    found = _differences(old, new)
    state = State.OUTDATED if found else State.UNCHANGED
    return _state(wanted, state, old, found)


def _put(root: Path, wanted: Wanted, there: Existing, text: str, emit: Emit) -> LockState:
    """Write one lock where it says something else than before."""
    old = there.locks.get(wanted.name)
    text = written(text, wanted.origin)
    path = root / wanted.lock
    if old is not None and path.read_bytes() == text.encode():
        return _state(wanted, State.UNCHANGED, old, ())
    new = parse_pylock(text.encode(), wanted.lock)
    for name in machine_paths(new):
        emit(Warned(f"{wanted.lock}: {name} lies on this machine, where others do not have it"))
    if wanted.name in there.problems:
        emit(Warned(f"{there.problems[wanted.name]}: written anew, and no version of it is kept"))
    write_text(path, text)
    if old is None:
        return _state(wanted, State.NEW, new, ())
    return _state(wanted, State.CHANGED, new, _differences(old, new))


def _differences(old: Pylock, new: Pylock) -> tuple[Change, ...]:
    found = changes(old, new)
    # pip's locks name no Pythons, which says nothing of what they are for
    if old.requires_python in {"", new.requires_python}:
        return found
    pythons = Change(
        package="python",
        before=(old.requires_python,),
        after=(new.requires_python,) if new.requires_python else (),
    )
    return (pythons, *found)


def _unused(root: Path, wanted: Sequence[Wanted], there: Existing) -> tuple[LockState, ...]:
    names = {each.name for each in wanted}
    return tuple(
        LockState(
            file=path.name,
            origin="nothing in the project",
            state=State.UNUSED,
            problem=there.problems.get(name, ""),
        )
        for name, path in locks_of(root).items()
        if name not in names
    )


def _state(wanted: Wanted, state: State, lock_now: Pylock, found: tuple[Change, ...]) -> LockState:
    return LockState(
        file=wanted.lock,
        origin=wanted.origin,
        state=state,
        packages=len(lock_now.versions()),
        sha256=lock_now.sha256,
        changes=found,
    )
