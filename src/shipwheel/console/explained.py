"""Where each fact and decision came from, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.explain import Explanation

if TYPE_CHECKING:
    from shipwheel.building.filled_in import Group

# cibuildwheel's selectors are not imported for a word: these are the values of ProvedBy
_TESTED = {
    "project": "tested inside it, by the project's own test-command",
    "facts": "tested inside it, with the tests that were found",
    "imports": "imported only",
    "job": "tested by jobs of the Plan",
    "nobody": "tested by nobody",
}


def explain_tables(rows: Sequence[Explanation], plan: Plan, machine: Machine) -> tuple[Table, ...]:
    """Give the facts with their origin, what was decided from them, and the guesses to settle."""
    tables = [_facts_table(rows), _decisions_table(plan, machine)]
    guesses = guess_lines(rows)
    if guesses:
        tables.append(Table(title="guesses", notes=guesses))
    return tuple(tables)


def wheels_tables(groups: Sequence[Group]) -> tuple[Table, ...]:
    """Give a table a group of wheels: what cibuildwheel is told for them, by the project and by us."""
    return tuple(_wheels_table(group) for group in groups)


def _wheels_table(group: Group) -> Table:
    count = len(group.identifiers)
    wheels = f"{count} wheel{'' if count == 1 else 's'}"
    return Table(
        title=f"cibuildwheel, {wheels}: {_TESTED[group.tested_by]}",
        columns=(Column("option", keep=True), Column("value"), Column("from")),
        rows=tuple(
            (
                Cell(each.option),
                Cell(each.value),
                Cell(f"filled in: {each.origin}" if each.ours else each.origin, Tone.DIM),
            )
            for each in group.settings
        ),
        notes=tuple(_wheels_lines(group)),
    )


def _wheels_lines(group: Group) -> Iterator[Cell]:
    """Give the wheels, a line a platform, and why they are not tested."""
    if group.why:
        yield Cell(group.why, Tone.WARN)
    platforms: dict[str, list[str]] = {}
    for each in group.identifiers:
        python, _, platform = each.partition("-")
        platforms.setdefault(platform, []).append(python)
    for platform, pythons in platforms.items():
        yield Cell(f"{platform}: {' '.join(pythons)}", Tone.DIM)


def guess_lines(rows: Sequence[Explanation]) -> tuple[Cell, ...]:
    """Give a line a weak fact: what was guessed from what, and the key that settles it."""
    lines: list[Cell] = []
    for row in rows:
        if row.weak:
            lines.append(
                Cell(f"{row.name}: {row.value or 'nothing found'} ({row.origin})", Tone.WARN)
            )
            if row.settle:
                lines.append(Cell(f"  next: if that is wrong, set {row.settle}"))
    return tuple(lines)


def _facts_table(rows: Sequence[Explanation]) -> Table:
    return Table(
        title="facts",
        columns=(Column("fact", keep=True), Column("value"), Column("from")),
        rows=tuple(_fact_row(row) for row in rows),
        empty="none",
    )


def _fact_row(row: Explanation) -> tuple[Cell, ...]:
    if row.weak:
        return (Cell(row.name), Cell(row.value, Tone.WARN), Cell(f"guess: {row.origin}", Tone.WARN))
    return (Cell(row.name), Cell(row.value), Cell(row.origin, Tone.DIM))


def _decisions_table(plan: Plan, machine: Machine) -> Table:
    rows = [_python_row(target, plan, machine) for target in plan.project.pythons]
    if plan.build_python:
        rows.append(
            (
                "built with",
                f"Python {plan.build_python}",
                "the newest of the project's that is here",
            )
        )
    wheels = plan.of_kind(JobKind.WHEELS)
    if wheels:
        count = len({job.shard or job.id for job in wheels})
        rows.append(("wheels in CI", f"{len(wheels)} in {count} jobs", plan.sharding))
    rows.append(("platform here", machine.platform, "this machine"))
    return Table(
        title="decisions",
        columns=(Column("decision", keep=True), Column("value"), Column("from")),
        rows=tuple((Cell(name), Cell(value), Cell(why, Tone.DIM)) for name, value, why in rows),
    )


def _python_row(target: str, plan: Plan, machine: Machine) -> tuple[str, str, str]:
    found = machine.interpreter(target)
    if found is not None:
        return (f"Python {target}", f"{found.version}, {found.executable}", found.origin)
    job = next(
        (each for each in plan.of_kind(JobKind.TEST, Scope.RELEASE) if each.python == target), None
    )
    reason = job.reason if job and job.reason else "not on this machine"
    return (f"Python {target}", "release scope only", reason)
