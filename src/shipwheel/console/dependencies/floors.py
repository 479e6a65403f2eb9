"""The lowest versions of dependencies as tables: a row a dependency, then what is wrong with the bounds."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.floors.answer import Floor, Floors, Remark

_A = {"library": "a library", "application": "an application"}
_OUTCOMES = {
    "static": "",
    "holds": "the declared lowest versions pass",
    "found": "the floors pass together",
    "red": "the tests fail at the newest versions too: mend them first, nothing was searched",
    "flaky": "the same versions passed and failed: mend what is left to chance, nothing is proposed",
    "apart": "each floor passes alone, not all together, and no single one mends that: nothing is proposed",
}


def floors_tables(found: Floors) -> tuple[Table, ...]:
    """Give the floors and the remarks, a table each; a table without rows is left out."""
    tables = [_remarks(found)]
    if found.state != "static":
        tables.insert(0, _floors(found))
    return tuple(tables)


def floors_section(found: Floors) -> Section:
    """Give the answer as a part of the report."""
    named = [each.name for each in found.floors if each.proposed]
    warned = sum(each.level == "warning" for each in found.remarks)
    said = "nothing to say against the bounds" if found.state == "static" else "the bounds are true"
    if found.state in {"red", "flaky", "apart"}:
        said = _OUTCOMES[found.state].partition(":")[0]
    elif named:
        said = f"other bounds for {', '.join(named)}"
    elif warned:
        said = counted(warned, "warning")
    return Section("floors", f"floors: {said}", found.ok, floors_tables(found))


def _floors(found: Floors) -> Table:
    heads = ("package", "declared", "floor", "newest", "propose")
    return Table(
        title=f"lowest versions that the tests of {found.project} pass with, on Python {found.python}",
        columns=tuple(Column(head, keep=True) for head in heads),
        rows=tuple(_row(each) for each in found.floors),
        notes=tuple(_floor_notes(found)),
        empty="no dependency whose versions could be tried" if found.state == "holds" else "",
    )


def _row(each: Floor) -> tuple[Cell, ...]:
    return (
        Cell(each.name),
        Cell(each.declared or "no bound", Tone.PLAIN if each.declared else Tone.WARN),
        Cell(each.floor, Tone.WARN if each.proposed else Tone.GOOD),
        Cell(each.newest),
        Cell(f'"{each.proposed}"' if each.proposed else ""),
    )


def _floor_notes(found: Floors) -> Iterator[Cell]:
    for each in found.floors:
        if each.below:
            yield Cell(f"{each.name} {each.below}: {each.why}", Tone.DIM)
        elif each.why:
            yield Cell(f"{each.name}: {each.why}", Tone.DIM)
    if found.state in {"red", "flaky", "apart"} and found.runs:
        failed = next((run for run in reversed(found.runs) if not run.passed), found.runs[-1])
        yield Cell(f"{failed.what}: {failed.why}\n  {failed.log}", Tone.BAD)
    if found.diff:
        said = "written to pyproject.toml" if found.written else "to declare them (--write does)"
        yield Cell(f"{said}:\n{_indented(found.diff)}")
    if found.by_hand:
        yield Cell(found.by_hand, Tone.WARN)
    runs = f"{counted(len(found.runs), 'run')} of the tests ({seconds_text(found.seconds)})"
    well = found.state in {"holds", "found"}
    yield Cell(f"{_OUTCOMES[found.state]}; {runs}", Tone.GOOD if well else Tone.BAD)


def _remarks(found: Floors) -> Table:
    return Table(
        title=f"bounds of {found.project}, as the index lists the releases",
        columns=(Column("requirement", keep=True), Column("what", keep=True), Column("why")),
        rows=tuple(_remark(each) for each in found.remarks),
        notes=(Cell(f"judged as bounds of {_A[found.kind]}: {found.kind_origin}", Tone.DIM),),
        empty="nothing to say against them",
    )


def _remark(each: Remark) -> tuple[Cell, ...]:
    tone = Tone.WARN if each.level == "warning" else Tone.DIM
    return Cell(each.requirement), Cell(each.rule, tone), Cell(each.message)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
