"""The table of backends, made from the list that the integration tests go through."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "harness"))

from backends import CASES, BackendCase

_HEAD = ("backend", "written in", "recognized by", "planned as", "built and repaired to", "cache")


def table() -> str:
    """Give the table as Markdown: a row a project of `tests/projects`."""
    rows = [_row(each) for each in CASES]
    lines = [_HEAD, ("---",) * len(_HEAD), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _row(case: BackendCase) -> tuple[str, ...]:
    return (
        case.backend,
        case.written_in,
        f"`{case.told_by}`",
        f"`{case.kind}`",
        f"`{case.tag.format(cp='cp312')}-manylinux_…`",
        "yes" if case.cache else "",
    )
