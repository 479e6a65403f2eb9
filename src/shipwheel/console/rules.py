"""The rules of `verify`, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.verification.check import Rule
from shipwheel.verification.report import Level


def rules_table(rules: Sequence[Rule]) -> Table:
    """Give a row a rule: its id, its level, and what holds where it finds nothing."""
    warnings = sum(rule.level is Level.WARNING for rule in rules)
    return Table(
        title="what `shipwheel verify` looks at",
        columns=(Column("rule", keep=True), Column("level", keep=True), Column("")),
        rows=tuple(_row(rule) for rule in rules),
        notes=(Cell(f"{counted(len(rules), 'rule')}, {warnings} of them a warning"),),
    )


def _row(rule: Rule) -> tuple[Cell, ...]:
    tone = Tone.WARN if rule.level is Level.WARNING else Tone.PLAIN
    return (Cell(rule.id), Cell(rule.level.value, tone), Cell(rule.title))
