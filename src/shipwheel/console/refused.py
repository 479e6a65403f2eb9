"""Why a release is refused, as a table: for a job's summary, where the error's lines are not seen."""

from __future__ import annotations

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.publishing.refusal import Refused


def reasons_table(refused: Refused) -> Table:
    """Give each reason with its rule and its mend."""
    return Table(
        title=refused.what,
        columns=(Column("rule", keep=True), Column("what is wrong"), Column("next")),
        rows=tuple(
            (Cell(each.rule, Tone.BAD), Cell(each.message), Cell(each.hint))
            for each in refused.reasons
        ),
    )
