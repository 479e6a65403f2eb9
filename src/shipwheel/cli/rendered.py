"""What `render` found and did, as tables: a line a file, why it differs, and the mend."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.rendering.offer import FileState, Rendering
from shipwheel.rendering.rendered import Drift

_SHOWN = 40  # lines of a diff; `--diff` shows all
_WORDS: dict[str, tuple[str, Tone]] = {
    "written": ("written", Tone.GOOD),
    "unchanged": ("unchanged", Tone.DIM),
    "pending": ("differs", Tone.WARN),
    "refused": ("left alone", Tone.BAD),
    "yours": ("yours", Tone.WARN),
}


def rendering_tables(found: Rendering, *, whole_diffs: bool) -> Iterator[Table]:
    """Give the files with their state, the diffs of those that differ, and what is worth knowing."""
    columns = (Column("", keep=True), Column("", keep=True), Column(""))
    rows = tuple(_row(each) for each in found.files)
    empty = "nothing is rendered: [tool.shipwheel.ci] providers is empty"
    yield Table(title="workflows", columns=columns, rows=rows, empty=empty)
    if not found.written:
        for each in found.files:
            if each.diff and (whole_diffs or Drift.ABSENT not in each.drifts):
                yield Table(title=f"diff of {each.path}", notes=tuple(_diff(each, whole_diffs)))
    if found.notices:
        yield Table(title="worth knowing", notes=tuple(map(_notice, found.notices)))
    yield Table(title="", notes=(summary(found),))


def summary(found: Rendering) -> Cell:
    """Give what came of it in a line."""
    count = {action: sum(each.action == action for each in found.files) for action in _WORDS}
    refused, pending = count["refused"], count["pending"]
    if found.written:
        if refused:
            return Cell(f"{counted(refused, 'file')} left alone: see above", Tone.BAD)
        if count["written"]:
            return Cell(f"{counted(count['written'], 'file')} written", Tone.GOOD)
        return Cell("nothing to write: every file is as it should be", Tone.GOOD)
    if found.ok:
        return Cell("no drift: every file is as it should be", Tone.GOOD)
    differing = refused + pending or count["yours"]
    verb = "is not as it" if differing == 1 else "are not as they"
    return Cell(f"drift: {counted(differing, 'file')} {verb} should be", Tone.BAD)


def _row(state: FileState) -> tuple[Cell, ...]:
    word, tone = _WORDS[state.action]
    drifts = [each for each in state.drifts if each is not Drift.NONE]
    if state.action in {"unchanged", "written"} and not drifts:
        return (Cell(state.path), Cell(word, tone), Cell(""))
    if state.action == "written":
        return (Cell(state.path), Cell(word, tone), Cell(", ".join(drifts), Tone.DIM))
    told = f"{', '.join(drifts)}: {state.message}" if drifts else state.message
    mend = "".join(f"\nnext: {line}" for line in [state.mend.replace("\n", "\n      ")] if line)
    return (Cell(state.path), Cell(word, tone), Cell(told + mend, tone))


def _diff(state: FileState, whole: bool) -> Iterator[Cell]:  # noqa: FBT001
    lines = state.diff.splitlines()
    shown = lines if whole else lines[:_SHOWN]
    for line in shown:
        yield Cell(line, _tone(line))
    if len(shown) < len(lines):
        yield Cell(f"… {len(lines) - len(shown)} more lines: `shipwheel render --diff`", Tone.DIM)


def _tone(line: str) -> Tone:
    if line.startswith(("+++", "---", "@@")):
        return Tone.DIM
    return {"+": Tone.GOOD, "-": Tone.BAD}.get(line[:1], Tone.PLAIN)


def _notice(text: str) -> Cell:
    return Cell(f"! {text}", Tone.WARN)
