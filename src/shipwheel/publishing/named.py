"""The versions that a tag and a distribution's filename name."""

from __future__ import annotations

import re

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version


def versions_in(tag: str) -> set[Version]:
    """Give the versions that a tag can be read as: `v1.2`, `1.2`, `name-1.2`, `release/1.2`."""
    starts = (match.start() for match in re.finditer(r"(?<![0-9.])(?=[0-9])", tag))
    found = (version_of(tag[start:]) for start in starts)
    return {version for version in found if version is not None}


def named_in(filename: str) -> tuple[str, Version] | None:
    """Give name and version of a distribution by its file's name, None where it is none."""
    try:
        if filename.endswith(".whl"):
            name, version, *_ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return str(name), version


def version_of(text: str) -> Version | None:
    """Give a version (PEP 440), None for what is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None
