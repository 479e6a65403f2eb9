"""What a version number has to say of what changed (https://semver.org/)."""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

from shipwheel.deps.api.answer import Numbering

_CALENDAR_FROM = 2000


def numbering(
    before: str, now: str, *, breaks: bool, adds: bool, uploaded: str | None = None
) -> Numbering:
    """Judge the version `now` of a tree that has breaking changes, or additions, since the release `before`.

    `uploaded` is when the release was (ISO 8601): a first number that is its year is a calendar's, and
    promises nothing. Below 1.0 the second number tells what breaks (SemVer 4 leaves it open; Cargo and
    Poetry read it so). A development version counts as the version that it leads to; one that only the build knows
    is held against nothing.
    """
    old, new = Version(before), _version(now)
    if is_calendar(old, uploaded):
        said = f"{before} counts by the calendar, so its numbers promise nothing of the API"
        return Numbering(scheme="calendar", tells=True, needed="", said=said)
    first = old.major == 0
    needed = next_version(old, breaks=breaks, adds=adds)
    tells = not breaks or new is None or Version(new.base_version) >= needed
    return Numbering(
        scheme="semantic 0.x" if first else "semantic",
        tells=tells,
        needed=str(needed),
        said=_said(old, new, needed, breaks=breaks, adds=adds),
    )


def next_version(old: Version, *, breaks: bool, adds: bool) -> Version:
    """Give the least version after `old` for breaking changes, for additions, or for neither."""
    epoch = f"{old.epoch}!" if old.epoch else ""
    if breaks:
        return Version(
            f"{epoch}{old.major + 1}.0.0" if old.major else f"{epoch}0.{old.minor + 1}.0"
        )
    if adds and old.major:
        return Version(f"{epoch}{old.major}.{old.minor + 1}.0")
    return Version(f"{epoch}{old.major}.{old.minor}.{old.micro + 1}")


def is_calendar(version: Version, uploaded: str | None) -> bool:
    """Say whether a first number is a year: 2025 always, 25 where it was uploaded in 2025."""
    if _CALENDAR_FROM <= version.major < _CALENDAR_FROM + 200:
        return True
    year = re.match(r"(\d{4})-", uploaded or "")
    return year is not None and version.major > 0 and int(year[1]) % 100 == version.major


def _said(old: Version, new: Version | None, needed: Version, *, breaks: bool, adds: bool) -> str:
    if not breaks and not adds and (new is None or Version(new.base_version) >= old):
        return f"nothing that the API promises changed since {old}: the next may be {needed}"
    what = "what broke" if breaks else "what was added" if adds else "what changed"
    if new is None:
        return f"the version is known to the build alone: {what} asks for {needed} at least"
    own = Version(new.base_version)
    if own < old:
        return f"{new} is older than the release {old} that it is compared with"
    if own >= needed:
        return f"{new} says so: {what} since {old} asks for {needed} at least"
    if own == old:
        return f"{new} is released already: {what} asks for {needed} at least"
    return f"{new} does not say so: {what} since {old} asks for {needed}"


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
