"""What `doctor` found, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.machine.diagnosis import Diagnosis, State

_STATES: dict[State, tuple[str, Tone]] = {
    "ok": ("✓", Tone.GOOD),
    "notice": ("!", Tone.WARN),
    "missing": ("✗", Tone.BAD),
}


def checkup_tables(project: str, rows: Sequence[Diagnosis]) -> tuple[Table, ...]:
    """Give a row a thing that the Plan needs, with its mend below it, and the sum in a line."""
    table = Table(
        title=f"what {project} needs",
        columns=(Column("", keep=True), Column("", keep=True), Column("")),
        rows=tuple(_row(row) for row in rows),
        notes=(checkup_line(rows),),
    )
    return (table,)


def checkup_line(rows: Sequence[Diagnosis]) -> Cell:
    """Give the sum in a line."""
    missing = sum(row.state == "missing" for row in rows)
    notices = sum(row.state == "notice" for row in rows)
    if missing:
        verb = "is" if missing == 1 else "are"
        return Cell(f"{counted(missing, 'thing')} {verb} missing: `nox` cannot run here", Tone.BAD)
    if notices:
        return Cell(f"`nox` can run here, with {counted(notices, 'notice')}", Tone.WARN)
    return Cell("nothing is missing: `nox` can run here", Tone.GOOD)


def _row(row: Diagnosis) -> tuple[Cell, ...]:
    symbol, tone = _STATES[row.state]
    detail = f"{row.detail}\nnext: {row.mend}" if row.mend and row.state != "ok" else row.detail
    return (
        Cell(symbol, tone),
        Cell(row.what),
        Cell(detail, Tone.DIM if row.state == "ok" else tone),
    )
