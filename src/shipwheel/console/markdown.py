"""Tables as Markdown, for the summary that GitHub shows of a job; names come from strangers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone, printable
from shipwheel.redaction import redact

SUMMARY = "GITHUB_STEP_SUMMARY"

# all that Markdown, HTML or GitHub (mentions, issues, short names of emoji, formulas) takes for more than
# text; an underscore within a word means nothing, and `manylinux_x86_64` stays legible in the source
_MEANING = re.compile(r"[&<>|`*\[\]~\\#@!$^{}]|(?<![^\W_])_|_(?![^\W_])|:(?=[\w/+-])|(?<=www)\.")
_MARKS = {Tone.GOOD: "✅ ", Tone.BAD: "❌ ", Tone.WARN: "⚠️ "}
_LARGEST = 256 << 10  # bytes; GitHub drops the whole summary of a step above 1 MiB


def escaped(text: str) -> str:
    """Give text that Markdown shows as it is, in one line, without credentials."""
    line = printable(" ".join(redact(text).split()))
    return _MEANING.sub(lambda match: f"&#{ord(match[0])};", line)


def markdown(title: str, tables: Sequence[Table]) -> str:
    """Give tables under a heading; without rows a table is its `empty` line."""
    return "\n".join(
        [f"### {escaped(title)}", "", *(line for each in tables for line in _lines(each))]
    )


def append_summary(text: str, environ: Mapping[str, str] | None = None) -> bool:
    """Add a section to the job's summary where there is one, and say whether there is.

    What does not fit, or cannot be written, is no reason for a job to fail.
    """
    path = (os.environ if environ is None else environ).get(SUMMARY)
    if not path:
        return False
    data = f"{text}\n"
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            if file.tell() + len(data.encode()) <= _LARGEST:
                file.write(data)
    except OSError:
        return False
    return True


def _lines(table: Table) -> Iterator[str]:
    if table.title:
        yield from (f"**{escaped(table.title)}**", "")
    if table.rows:
        yield _row([escaped(column.head) or " " for column in table.columns])
        yield _row([_rule(column) for column in table.columns])
        yield from (_row([_cell(cell) for cell in row]) for row in table.rows)
        yield ""
    elif table.empty:
        yield from (escaped(table.empty), "")
    for note in table.notes:
        yield f"- {_cell(note)}"
    if table.notes:
        yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(column: Column) -> str:
    return "---:" if column.right else "---"


def _cell(cell: Cell) -> str:
    return f"{_MARKS.get(cell.tone, '')}{escaped(cell.text)}"
