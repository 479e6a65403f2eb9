"""A data file as text, so that an updater changes one value and the diff is one line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence


def rewrite(text: str, rows: Sequence[Mapping[str, object]] | None = None) -> str:
    """Give a data file anew: its header of comments, then `rows` (its own by default) as tables.

    A file is one array of tables; a value is flat, or an array of strings or numbers. Raises ValueError for any other form.
    """
    parsed = tomllib.loads(text)
    if len(parsed) != 1:
        raise ValueError("a data file holds one array of tables")
    ((table, own),) = parsed.items()
    blocks = [header_of(text)]
    blocks += [_block(table, row) for row in (own if rows is None else rows)]
    return "\n".join(blocks)


def header_of(text: str) -> str:
    """Give the comments at the top of a data file: where its facts come from."""
    lines = text.splitlines(keepends=True)
    end = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:end])


def _block(table: str, row: Mapping[str, object]) -> str:
    return f"[[{table}]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in row.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # TOML's basic strings escape as JSON does
    if isinstance(value, (list, tuple)) and all(isinstance(each, (str, int)) for each in value):
        return f"[{', '.join(_value(each) for each in value)}]"
    raise ValueError(f"no flat value: {value!r}")
