"""The `[tool.shipwheel]` that `init` adds where the project's files do not say what is needed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from shipwheel.project.explain import Explanation

# key that settles a fact -> table below [tool.shipwheel], an example, and what it is for
_EXAMPLES = {
    "[tool.shipwheel.test] command": (
        "test",
        'command = ["pytest"]',
        "the command that runs the tests",
    ),
    "[tool.shipwheel.test] requires": (
        "test",
        'requires = ["pytest"]',
        "what the tests need installed",
    ),
    "[tool.shipwheel] packages": (
        "",
        'packages = { NAME = "src/NAME" }',
        "the import names, and where they lie",
    ),
    "[tool.shipwheel] pythons": ("", 'pythons = ["3.12", "3.13"]', "the Pythons to build for"),
    "[tool.shipwheel] kind": ("", 'kind = "pure"', "pure, extension or abi3"),
}
_HEADING = "# shipwheel could not find this in the project's files: name it and take the # away"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A key to set: the table below `[tool.shipwheel]` (empty: itself), an example, what it is for."""

    table: str
    example: str
    purpose: str


def suggestions(rows: Iterable[Explanation]) -> tuple[Suggestion, ...]:
    """Give what only a person can say: guesses that found nothing, where a key settles them."""
    return tuple(
        Suggestion(*_EXAMPLES[row.settle])
        for row in rows
        if row.weak and row.settle in _EXAMPLES and not found(row)
    )


def found(row: Explanation) -> bool:
    """Say whether a fact has a value at all."""
    return row.value.strip() not in {"", "none", "—"}


def pyproject_text(existing: str, wanted: tuple[Suggestion, ...]) -> str | None:
    """Give pyproject.toml with the suggestions at its end, as comments; None where nothing is to be done.

    What stands there keeps its bytes. Where the project has a table of ours already, nothing is added:
    its author knows of it.
    """
    if not wanted or "shipwheel" in tomllib.loads(existing).get("tool", {}):
        return None
    ending = "\r\n" if "\r\n" in existing else "\n"
    gap = ending if existing.endswith("\n") else ending * 2
    text = existing + gap + _lines(wanted, "tool.shipwheel").replace("\n", ending)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # an inline `tool = { … }` takes no table after it
        return None
    return text


def own_text(existing: str | None, wanted: tuple[Suggestion, ...]) -> str | None:
    """Give shipwheel.toml, for a project without pyproject.toml; None where nothing is to be done."""
    return _lines(wanted, "") if wanted and existing is None else None


def _lines(wanted: tuple[Suggestion, ...], prefix: str) -> str:
    tables = dict.fromkeys(each.table for each in sorted(wanted, key=lambda each: each.table))
    blocks = [_block(table, prefix, wanted) for table in tables]
    return "\n".join([_HEADING, *blocks]) + "\n"


def _block(table: str, prefix: str, wanted: tuple[Suggestion, ...]) -> str:
    name = ".".join(filter(None, (prefix, table)))
    lines = [f"# {each.example}  # {each.purpose}" for each in wanted if each.table == table]
    return "\n".join([*([f"[{name}]"] if name else []), *lines])
