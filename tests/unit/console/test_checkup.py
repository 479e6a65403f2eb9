from __future__ import annotations

import pytest

from shipwheel.console.checkup import checkup_line, checkup_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look, Tone
from shipwheel.machine.diagnosis import Diagnosis

UV = Diagnosis(what="uv", state="ok", detail="0.13.8", mend="not told: it is there")
ABSENT = Diagnosis(
    what="Python 3.14", state="notice", detail="not here", mend="uv python install 3.14"
)
COMPILER = Diagnosis(what="C compiler", state="missing", detail="not there", mend="install gcc")


def test_each_thing_with_its_mend() -> None:
    [table] = checkup_tables("small", [UV, ABSENT, COMPILER])
    assert list(plain_lines(table, Look())) == [
        "what small needs",
        "  ✓  uv           0.13.8",
        "  !  Python 3.14  not here",
        "                  next: uv python install 3.14",
        "  ✗  C compiler   not there",
        "                  next: install gcc",
        "  1 thing is missing: `nox` cannot run here",
    ]


@pytest.mark.parametrize(
    ("rows", "text", "tone"),
    [
        ([UV], "nothing is missing: `nox` can run here", Tone.GOOD),
        ([UV, ABSENT], "`nox` can run here, with 1 notice", Tone.WARN),
        ([COMPILER, COMPILER], "2 things are missing: `nox` cannot run here", Tone.BAD),
    ],
)
def test_the_sum(rows: list[Diagnosis], text: str, tone: Tone) -> None:
    assert checkup_line(rows) == (text, tone)
