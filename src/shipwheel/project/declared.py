"""What one file says of a project: parts of the facts, each with its origin, before they are joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shipwheel.project.facts import Fact

T = TypeVar("T")
Requirements = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The metadata in one file; a field is None where the file does not speak of it.

    A weak fact says that the file computes the value and only the backend knows it whole. `raw` holds
    what is particular to the file's own format (packages, extension modules, tests_require).
    """

    file: str
    name: Fact[str] | None = None
    version: Fact[str | None] | None = None
    requires_python: Fact[str | None] | None = None
    classifiers: Fact[tuple[str, ...]] | None = None
    dependencies: Fact[Requirements] | None = None
    extras: Fact[dict[str, Requirements]] | None = None
    entry_points: Fact[dict[str, dict[str, str]]] | None = None
    raw: dict[str, Any] = field(default_factory=dict)


def first(values: Iterable[Fact[T] | None], otherwise: Fact[T]) -> Fact[T]:
    """Give the first fact that is there and certain, else the first that is there, else `otherwise`."""
    there = [value for value in values if value is not None]
    for value in there:
        if not value.weak:
            return value
    return there[0] if there else otherwise


def parse_entry_points(value: Any) -> dict[str, dict[str, str]]:
    """Give entry points from setuptools' forms: a mapping of lists, of mappings, or INI text."""
    if isinstance(value, str):
        return _entry_points_text(value)
    if not isinstance(value, dict):
        return {}
    groups: dict[str, dict[str, str]] = {}
    for group, entries in value.items():
        lines = entries.splitlines() if isinstance(entries, str) else entries
        found = dict(lines) if isinstance(lines, dict) else _entry_lines(lines or ())
        if found and isinstance(group, str):
            groups[group] = {str(key): str(target) for key, target in found.items()}
    return groups


def _entry_lines(lines: Iterable[Any]) -> dict[str, str]:
    found = {}
    for line in lines:
        if isinstance(line, str) and "=" in line and not line.lstrip().startswith("#"):
            name, _, target = line.partition("=")
            found[name.strip()] = target.strip()
    return found


def _entry_points_text(text: str) -> dict[str, dict[str, str]]:
    groups: dict[str, list[str]] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group:
            groups.setdefault(group, []).append(line)
    return {name: found for name, lines in groups.items() if (found := _entry_lines(lines))}
