"""What the cells of a job have in common, and what varies: the variables of a matrix."""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

from shipwheel.rendering.pipeline import Cell, Tool
from shipwheel.workspace import job_stem

_JOB, _SESSION, _RECORD = "SHIPWHEEL_JOB", "SHIPWHEEL_SESSION", "SHIPWHEEL_RECORD"
_PYTHON = "SHIPWHEEL_PYTHON"


Row: TypeAlias = dict[str, str | tuple[str, ...]]  # several values stand for a row each


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Cells as GitLab runs them: texts in which `$NAME` is what varies.

    `words` are the session and its arguments, `stem` is the record's file name without suffix;
    `pythons` are the Pythons to bring, one text that may hold several. `variables` are the job's,
    `matrix` what varies.
    """

    words: tuple[str, ...]
    stem: str
    pythons: str
    variables: dict[str, str]
    matrix: tuple[Row, ...]


def spread(cells: tuple[Cell, ...], tool: Tool) -> Spread:
    """Tell apart what cells share; they have equally many arguments."""
    rows = [_row(cell, tool) for cell in cells]
    texts, matrix = _texts(rows)
    records = all(row[_RECORD] == row[_JOB] for row in rows)
    spelled = {_JOB: texts[_JOB]} if records else {_JOB: texts[_JOB], _RECORD: texts[_RECORD]}
    in_matrix = {name for row in matrix for name in row}
    brings = any(cell.pythons for cell in cells)
    return Spread(
        words=tuple(texts[name] for name in rows[0] if name not in {_JOB, _RECORD, _PYTHON}),
        stem=f"${_JOB if records else _RECORD}",
        pythons=texts[_PYTHON] if brings else "",
        variables={name: text for name, text in spelled.items() if name not in in_matrix},
        matrix=matrix,
    )


def _texts(rows: list[dict[str, str]]) -> tuple[dict[str, str], tuple[Row, ...]]:
    """Give each value as a text, and the matrix: one variable where the others can be said with it."""
    varying = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    if not varying:
        return rows[0], ()
    for key in sorted(varying, key=_preference):
        said = {name: _said_with(key, name, rows) for name in rows[0]}
        told = {name: text for name, text in said.items() if text is not None}
        if len(told) == len(said):
            return told, ({key: tuple(row[key] for row in rows)},)
    matrix: tuple[Row, ...] = tuple({name: row[name] for name in varying} for row in rows)
    return {**rows[0], **{name: f"${name}" for name in varying}}, matrix


def _preference(name: str) -> int:
    """Prefer an argument, then the Python, to name a cell by: it is what GitLab shows."""
    return {_PYTHON: 1, _SESSION: 2, _JOB: 3, _RECORD: 4}.get(name, 0)


def _said_with(key: str, name: str, rows: list[dict[str, str]]) -> str | None:
    """Give one text for all rows' values, in which the key's value is `$KEY`; None if there is none."""
    if len({row[name] for row in rows}) == 1:
        return rows[0][name]
    texts = {row[name].replace(row[key], "\0") for row in rows}
    text = texts.pop()
    if texts or "\0" not in text:
        return None
    return re.sub(r"\0(?=(\w?))", lambda found: f"${{{key}}}" if found[1] else f"${key}", text)


def _row(cell: Cell, tool: Tool) -> dict[str, str]:
    """Give everything about a cell that may vary, as text; none of it is empty."""
    told = {_JOB: cell.job, _SESSION: cell.session}
    for place, word in enumerate(cell.args):
        told[_name(cell.args, place)] = word
    return {
        **told,
        _PYTHON: " ".join(cell.pythons or (tool.python,)),
        # a member's sessions write to its own folder, where its name is left out
        _RECORD: job_stem(cell.job.removeprefix(f"{cell.package}:")),
    }


def _name(args: tuple[str, ...], place: int) -> str:
    """Name an argument by the option before it: `--only cp312-…` is `SHIPWHEEL_ONLY`."""
    option = args[place - 1] if place else ""
    if option.startswith("--"):
        return f"SHIPWHEEL_{option[2:].replace('-', '_').upper()}"
    return f"SHIPWHEEL_ARGUMENT_{place + 1}"
