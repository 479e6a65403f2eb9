"""The question `patch`: one package moved in every lock that has it, and what must move with it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.deps.listing import Listing
from shipwheel.deps.lock.answer import Change
from shipwheel.deps.lock.comparing import changes
from shipwheel.deps.lock.locking import Existing, existing, younger
from shipwheel.deps.lock.pins import parents, pin_lines
from shipwheel.deps.lock.resolving import UNSOLVED, Asked, Resolved, resolve
from shipwheel.deps.lock.wanted import Wanted
from shipwheel.deps.lock.writing import merged, written
from shipwheel.deps.patch.answer import PatchedLock, Patching
from shipwheel.deps.patch.target import Target, check_version, holders, newer
from shipwheel.deps.sources import Lookup
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.project.pylock import Pylock, lock_path, parse_pylock


class _Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a patch works on: the locks that the project wants and has."""

    root: Path
    wanted: tuple[Wanted, ...]
    locks: Mapping[str, Pylock]
    asked: Asked
    target: Target


def patch(
    name: str,
    target: Target,
    wanted: Sequence[Wanted],
    *,
    root: Path,
    python: str,
    later: tuple[str, ...] = (),
    lookup: Lookup,
    cutoff: dt.datetime | None = None,
    emit: Emit = silent,
) -> Patching:
    """Move a package of the project `name`; all else stays as it is locked, but for what must move too.

    A version that is named is not too new for the cool-down. Raises ConfigurationError where there is no
    lock or none that has the package, JobError where the locks are out of date already, where the
    version was yanked or does not exist, and where it does not fit.
    """
    started = time.perf_counter()
    there = existing(root)
    _check_readable(there, root)
    having = {_file(each) for each in holders(target, there.locks)}
    before = _versions(there.locks, target.name)
    if target.version is not None and before == (str(target.version),):
        return Patching(
            project=name,
            ok=True,
            package=target.name,
            wanted=before[0],
            before=before,
            after=before,
        )
    listing = lookup(target.name)
    check_version(target, listing)
    asked = Asked(root=root, python=python, later=later, cutoff=cutoff, emit=emit)
    work = _work(target, wanted, there, asked)
    _check_current(work)
    found = _moved(work)
    texts = _texts(work, found)
    patched = _changed(work, texts, found)
    _put(root, texts, patched)
    new = {each: parse_pylock(text.encode(), each) for each, text in texts.items()}
    after = _versions(new, target.name)
    stuck = _held(work, listing, after, cutoff) if target.version is None else ""
    return Patching(
        project=name,
        ok=not stuck or any(each.changes for each in patched),
        package=target.name,
        wanted=str(target.version or ""),
        before=before,
        after=after,
        locks=tuple(each for each in patched if each.changes or each.file in having),
        held=stuck,
        offline=found.offline,
        seconds=time.perf_counter() - started,
    )


def _work(target: Target, wanted: Sequence[Wanted], there: Existing, asked: Asked) -> _Work:
    """Give the locks that are worked on, and how they are resolved: all pins are kept."""
    ours = tuple(each for each in wanted if each.name in there.locks)
    names = {each.name for each in ours}
    for name in holders(target, there.locks):
        if name not in names:
            what = f"{_file(name)}: nothing in the project asks for it, so it stays as it is"
            asked.emit(Warned(what))
    locks = {name: lock for name, lock in there.locks.items() if name in names}
    waived = () if asked.cutoff is None else younger(locks.values(), asked.cutoff)
    own = () if target.version is None else (target.name,)
    asked = msgspec.structs.replace(asked, kept=pin_lines(locks.values()), waived=(*waived, *own))
    return _Work(root=asked.root, wanted=ours, locks=locks, asked=asked, target=target)


def _check_readable(there: Existing, root: Path) -> None:
    for what in there.problems.values():
        raise ConfigurationError(what, where=str(root), hint="`shipwheel deps lock` writes it anew")
    if not there.locks:
        raise ConfigurationError(
            "there is no lock to patch",
            where=str(root),
            hint="`shipwheel deps lock` writes pylock.toml from what the project declares",
            reference="no-lock",
        )


def _check_current(work: _Work) -> None:
    """Refuse locks that are out of date: more than the package would move, and nobody asked for it."""
    asked = msgspec.structs.replace(work.asked, cutoff=None, said="what is locked now")
    found = resolve(work.wanted, asked)
    old = [
        each.lock
        for each in work.wanted
        if changes(work.locks[each.name], parse_pylock(found.texts[each.name].encode(), each.lock))
    ]
    if old:
        raise JobError(
            f"{', '.join(old)} {'is' if len(old) == 1 else 'are'} out of date, so that more than"
            f" {work.target.name} would move",
            where=str(work.root),
            hint="`shipwheel deps lock` first brings the locks to what is declared",
            reference="outdated",
        )


def _moved(work: _Work) -> Resolved:
    asked = msgspec.structs.replace(
        work.asked, upgrade=(work.target.text,), said=f"with {work.target.text}"
    )
    try:
        return resolve(work.wanted, asked)
    except JobError as error:
        if error.reference != UNSOLVED:
            raise
        raise JobError(
            f"{work.target.text} does not fit what the project requires",
            where=error.where,
            evidence=error.evidence,
            hint="loosen the bound that is named, or choose another version;"
            " the locks are as they were",
            reference=UNSOLVED,
        ) from error


def _texts(work: _Work, found: Resolved) -> dict[str, str]:
    """Give the new text of each lock by its file, entries that do not move as they were."""
    texts = {}
    for each in work.wanted:
        before = (work.root / each.lock).read_text("utf-8")
        after = written(found.texts[each.name], each.origin)
        texts[each.lock] = merged(before, after, each.lock)
        by = work.locks[each.name].created_by
        if by != "uv" and texts[each.lock] == after:
            work.asked.emit(Notice(f"{each.lock} was written by {by or 'another tool'}: now by uv"))
    return texts


def _changed(work: _Work, texts: Mapping[str, str], found: Resolved) -> tuple[PatchedLock, ...]:
    by = parents(found.together)
    result = []
    for each in work.wanted:
        after = parse_pylock(texts[each.lock].encode(), each.lock)
        told = changes(work.locks[each.name], after)
        names = frozenset(change.package for change in told)
        result.append(
            PatchedLock(
                file=each.lock,
                changes=tuple(_explained(change, names, work.target.name, by) for change in told),
            )
        )
    return tuple(result)


def _explained(
    change: Change, moved: frozenset[str], target: str, by: Mapping[str, tuple[str, ...]]
) -> Change:
    if change.package == target:
        why = "asked for"
    elif not change.after:
        why = "nothing requires it any more"
    else:
        who = [each for each in by.get(change.package, ()) if each in moved or each == target]
        why = f"required by {', '.join(who)}" if who else f"to fit {target}"
    return msgspec.structs.replace(change, why=why)


def _put(root: Path, texts: Mapping[str, str], patched: Sequence[PatchedLock]) -> None:
    for each in patched:
        if each.changes:
            write_text(root / each.file, texts[each.file])


def _held(
    work: _Work, listing: Listing, before: tuple[str, ...], cutoff: dt.datetime | None
) -> str:
    """Say why the package is not at its newest release, nothing where it is."""
    latest = newer(listing, before)
    if latest is None:
        return ""
    # the question alone: what it says meanwhile is no news
    asked = msgspec.structs.replace(work.asked, emit=silent)
    target = Target(work.target.name, latest)
    try:
        found = _moved(msgspec.structs.replace(work, target=target, asked=asked))
    except JobError as error:
        return f"{latest} does not fit\n{error.evidence or error.what}"
    if found.apart:
        return (
            f"{latest} does not fit every group; `shipwheel deps patch {target.text}` moves it"
            " where it does"
        )
    if cutoff is not None:
        return (
            f"{latest} is younger than the cool-down allows;"
            f" `shipwheel deps patch {work.target.name}=={latest}` takes it all the same"
        )
    return ""


def _versions(locks: Mapping[str, Pylock], name: str) -> tuple[str, ...]:
    found = (each.version for lock in locks.values() for each in lock.named(name))
    return tuple(dict.fromkeys(found))


def _file(name: str) -> str:
    return lock_path(Path(), name).name
