"""Requirements and their bounds: read, raised, and written back into pyproject.toml."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

_LOWER = frozenset({">=", ">", "~=", "==", "==="})
_BOUND = re.compile(r"(?P<operator>~=|>=|>(?!=))(?P<space>\s*)(?P<version>[^\s,;)\"']+)")
_HEAD = re.compile(r"\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\])?")


def parse(text: str) -> Requirement | None:
    """Read a PEP 508 string, None where it is none."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def has_lower_bound(specifier: SpecifierSet) -> bool:
    """Say whether a specifier says how old a version may be."""
    return any(each.operator in _LOWER for each in specifier)


def is_pinned(specifier: SpecifierSet) -> bool:
    """Say whether one version alone is admitted; `==1.*` admits many."""
    return any(
        each.operator in {"==", "==="} and not each.version.endswith(".*") for each in specifier
    )


def raised(text: str, floor: str) -> str:
    """Give a requirement with its lower bound at `floor`; the rest stays as it is written.

    `~=1.2` keeps its upper end: of the same length it stays `~=`, else it becomes `>=1.2.5,==1.*`.
    """
    end = _marker(text)
    head, tail = text[:end], text[end:]
    found = list(_BOUND.finditer(head))
    if not found:
        return _with_bound(head, floor) + tail
    new = head
    for match in reversed(found[1:]):
        new = new[: match.start()].rstrip().rstrip(",") + new[match.end() :]
    first = found[0]
    return new[: first.start()] + _replacement(first, floor) + new[first.end() :] + tail


def _replacement(match: re.Match[str], floor: str) -> str:
    space = match["space"]
    if match["operator"] != "~=":
        return f">={space}{floor}"
    parts = match["version"].split(".")
    if len(parts) == len(floor.split(".")):
        return f"~={space}{floor}"
    return f">={floor},=={'.'.join(parts[:-1])}.*"


def _with_bound(head: str, floor: str) -> str:
    name = _HEAD.match(head)
    at = name.end() if name else len(head)
    rest = head[at:]
    if rest.lstrip().startswith("("):
        return head[:at] + rest.replace("(", f"(>={floor},", 1)
    space = rest[len(rest.rstrip()) :]
    given = rest.strip()
    bound = f">={floor},{given}" if given else f">={floor}"
    return f"{head[:at].rstrip()}{bound}{space}"


def _marker(text: str) -> int:
    at = text.find(";")
    return at if at >= 0 else len(text)


def changed_text(text: str, changes: Mapping[str, str]) -> str | None:
    """Give pyproject.toml's text with requirements of `[project] dependencies` changed, all else as it was.

    Only their strings are touched, and what comes out is read again: where anything but these
    requirements would be different, or one of them is not found, it is None.
    """
    wanted = _read(text) or {}
    listed = wanted.get("project", {}).get("dependencies")
    if not isinstance(listed, list) or not set(changes) <= {*map(str, listed)}:
        return None
    for old, new in changes.items():
        listed[listed.index(old)] = new
        replaced = _replaced(text, old, new, wanted)
        if replaced is None:
            return None
        text = replaced
    return text


def _replaced(text: str, old: str, new: str, wanted: Mapping[str, Any]) -> str | None:
    """Replace the one place of a string that makes the text say what is wanted: no comment, no other table."""
    for quote in ('"', "'"):
        for match in re.finditer(re.escape(f"{quote}{old}{quote}"), text):
            changed = f"{text[: match.start()]}{quote}{new}{quote}{text[match.end() :]}"
            if _read(changed) == wanted:
                return changed
    return None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def diff_of(before: str, after: str, name: str = "pyproject.toml") -> str:
    """Give the change of a file as a unified diff."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    return "\n".join(lines)


def version_of(text: str) -> Version | None:
    """Read a version, None where it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None
