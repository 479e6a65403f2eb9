"""Pins as uv takes them to keep or to hold to: `name==version ; marker`, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shipwheel.deps.uv_output import read_resolution
from shipwheel.project.pylock import LockedPackage, Pylock


def pin_lines(locks: Iterable[Pylock]) -> tuple[str, ...]:
    """Give the pins of several locks, each once; what does not come from an index has none."""
    lines = (pin_line(each) for lock in locks for each in lock.packages if is_pin(each))
    return tuple(dict.fromkeys(lines))


def pin_line(package: LockedPackage) -> str:
    """Give a package's pin with its marker."""
    marker = f" ; {package.marker}" if package.marker else ""
    return f"{package.name}=={package.version}{marker}"


def is_pin(package: LockedPackage) -> bool:
    """Say whether a version tells the package whole."""
    # of a lock that holds several groups the markers are the lock's own: no requirement can have them
    named = "dependency_groups" in package.marker or "extras" in package.marker
    return bool(package.version) and not package.elsewhere and not named


def parents(text: str) -> Mapping[str, tuple[str, ...]]:
    """Give by whom each package of a resolution with annotations in the line is required."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        for name, each in read_resolution(line).items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *each.via)))
    return found
