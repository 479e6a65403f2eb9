"""Locks as tables: a row a lock, and a row a package that is otherwise than before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.lock.answer import Change, Locking, LockState, State

_TONES = {
    State.NEW: Tone.GOOD,
    State.CHANGED: Tone.GOOD,
    State.UNCHANGED: Tone.PLAIN,
    State.MISSING: Tone.BAD,
    State.OUTDATED: Tone.BAD,
    State.UNUSED: Tone.WARN,
}
_WORDS = {State.NEW: "written", State.CHANGED: "written", State.OUTDATED: "out of date"}


def lock_section(found: Locking) -> Section:
    """Give the answer as a part of the report."""
    wrong = [each.file for each in found.locks if _is_wrong(each)]
    said = f"{', '.join(wrong)} out of date" if wrong else "the locks say what is declared"
    return Section("lock", f"lock: {said}", found.ok, lock_tables(found))


def lock_tables(found: Locking) -> tuple[Table, ...]:
    """Give the locks, and what each has otherwise than before."""
    locks = Table(
        title=f"locks of {found.project}",
        columns=(
            Column("lock", keep=True),
            Column("from"),
            Column("packages", right=True),
            Column("state"),
        ),
        rows=tuple(_row(each) for each in found.locks),
        notes=tuple(_notes(found)),
    )
    changed = changes_table(
        "what differs" if found.checked else "what changed",
        ((each.file, change) for each in found.locks for change in each.changes),
        heads=("locked", "would be") if found.checked else ("from", "to"),
    )
    return (locks, changed) if changed.rows else (locks,)


def changes_table(
    title: str,
    changes: Iterable[tuple[str, Change]],
    *,
    heads: tuple[str, str] = ("from", "to"),
    why: bool = False,
) -> Table:
    """Give a row a package that changed, with the locks in which it did."""
    found: dict[Change, list[str]] = {}
    for file, change in changes:
        found.setdefault(change, []).append(file)
    return Table(
        title=title,
        columns=(
            Column("package", keep=True),
            Column(heads[0], keep=True),
            Column(heads[1], keep=True),
            *((Column("why"),) if why else ()),
            Column("in"),
        ),
        rows=tuple(_change_row(change, files, why=why) for change, files in found.items()),
    )


def _row(lock: LockState) -> tuple[Cell, ...]:
    state = _WORDS.get(lock.state, lock.state.value)
    return (
        Cell(lock.file),
        Cell(lock.origin),
        Cell(str(lock.packages) if lock.packages else ""),
        Cell(lock.problem or state, _TONES[lock.state]),
    )


def _change_row(change: Change, files: list[str], *, why: bool) -> tuple[Cell, ...]:
    before, after = _versions(change.before), _versions(change.after)
    if change.rehashed:
        after = f"{after}, with another hash"
    elif change.before == change.after:
        after = f"{after}, in other environments"
    return (
        Cell(change.package),
        Cell(before, Tone.DIM),
        Cell(after),
        *((Cell(change.why),) if why else ()),
        Cell(", ".join(files), Tone.DIM),
    )


def _versions(versions: tuple[str, ...]) -> str:
    return ", ".join(versions) or "-"


def _notes(found: Locking) -> Iterator[Cell]:
    yield from (
        Cell(f"{each.file}: nothing in the project asks for it; remove it, if nobody else does")
        for each in found.locks
        if each.state is State.UNUSED
    )
    if found.apart:
        yield Cell(
            "not all groups fit together: a package may differ between these locks", Tone.WARN
        )
    if found.cutoff:
        yield Cell(f"releases after {found.cutoff} do not count (exclude-newer)", Tone.DIM)
    if found.offline:
        yield Cell("no index was reached: answered from uv's cache", Tone.WARN)
    if found.checked:
        said = "up to date" if found.ok else "`shipwheel deps lock` mends this"
    else:
        said = f"for Python {found.python} and later, on every platform"
    tone = Tone.GOOD if found.ok else Tone.BAD
    yield Cell(f"{counted(len(found.locks), 'lock')}: {said} ({seconds_text(found.seconds)})", tone)


def _is_wrong(lock: LockState) -> bool:
    return lock.state in {State.MISSING, State.OUTDATED}
