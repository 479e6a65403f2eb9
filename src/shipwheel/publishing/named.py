"""The versions that a tag names."""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version


def versions_in(tag: str) -> set[Version]:
    """Give the versions that a tag can be read as: `v1.2`, `1.2`, `name-1.2`, `release/1.2`."""
    starts = (match.start() for match in re.finditer(r"(?<![0-9.])(?=[0-9])", tag))
    found = (version_of(tag[start:]) for start in starts)
    return {version for version in found if version is not None}


def version_of(text: str) -> Version | None:
    """Give a version (PEP 440), None for what is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None
