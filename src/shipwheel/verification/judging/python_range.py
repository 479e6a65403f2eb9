"""Which Pythons a wheel is for, by its tags and its Requires-Python."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name

from shipwheel.data.catalog import load_catalog
from shipwheel.verification.facts import WheelFacts

_REQUIRED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Release = tuple[int, int]
OLDEST: Release = (3, 8)  # older ones are told by nothing that is known here
_INTERPRETER = re.compile(r"(?:py|cp|pp|ip|graalpy)(\d)(\d*)")


def pythons_of(facts: WheelFacts) -> tuple[Release, ...]:
    """Give the released Pythons since 3.8 that install the wheel, oldest first."""
    stated = facts.metadata.requires_python if facts.metadata else ""
    try:
        specifiers = SpecifierSet(stated)
    except InvalidSpecifier:  # told by metadata-fields
        specifiers = SpecifierSet()
    return tuple(
        each
        for each in known_pythons()
        if _within(each, specifiers) and any(_takes(each, tag) for tag in facts.file.tags)
    )


def known_pythons() -> tuple[Release, ...]:
    """Give the released CPythons since 3.8."""
    found = {p.release for p in load_catalog().pythons if p.released}
    return tuple(sorted(each for each in found if each >= OLDEST))


def _within(python: Release, specifiers: SpecifierSet) -> bool:
    """Say whether some release of that Python is allowed."""
    stem = f"{python[0]}.{python[1]}"
    return specifiers.contains(f"{stem}.0") or specifiers.contains(f"{stem}.99")


def _takes(python: Release, tag: Tag) -> bool:
    match = _INTERPRETER.fullmatch(tag.interpreter)
    if match is None or int(match[1]) != python[0]:
        return False
    if not match[2]:
        return True
    minor = int(match[2])
    if tag.interpreter.startswith("py") or tag.abi.startswith("abi3"):
        return python[1] >= minor
    return python[1] == minor


def required_names(facts: WheelFacts) -> frozenset[str]:
    """Give the normalized names of all that the wheel requires, extras and markers aside."""
    stated = facts.metadata.requires_dist if facts.metadata else ()
    names = (_REQUIRED.match(each) for each in stated)
    return frozenset(canonicalize_name(match[0]) for match in names if match)
