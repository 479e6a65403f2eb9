"""What a patch is to do: the package and version that a person named, held against locks and index."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from shipwheel.deps.listing import Listing, newest
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.project.names import normalize
from shipwheel.project.pylock import Pylock

_SHOWN = 5  # versions named in a hint


class Target(msgspec.Struct, frozen=True):
    """A package by its normalized name, and the version to move it to, None for the newest that fits."""

    name: str
    version: Version | None = None

    @property
    def text(self) -> str:
        """Give it as uv takes it."""
        return self.name if self.version is None else f"{self.name}=={self.version}"


def read_target(text: str) -> Target:
    """Read `NAME` or `NAME==VERSION`; raises ConfigurationError for anything else."""
    try:
        found = Requirement(text)
        pins = list(found.specifier)
        plain = not (found.extras or found.marker or found.url) and len(pins) <= 1
        if plain and all(each.operator == "==" for each in pins):
            version = Version(pins[0].version) if pins else None
            return Target(normalize(found.name), version)
    except (InvalidRequirement, InvalidVersion):
        pass
    raise ConfigurationError(
        f"{text!r} names no package to move",
        where="patch",
        hint="write NAME, or NAME==VERSION for one version: `shipwheel deps patch urllib3==2.5.0`",
    )


def holders(target: Target, locks: Mapping[str, Pylock]) -> tuple[str, ...]:
    """Name the locks that have the package; raises ConfigurationError where none has."""
    found = tuple(name for name, lock in locks.items() if lock.named(target.name))
    if found:
        return found
    names = {each.name for lock in locks.values() for each in lock.packages}
    near = difflib.get_close_matches(target.name, names, n=1)
    guess = f"did you mean {near[0]}?" if near else "`shipwheel deps lock` locks what is declared"
    raise ConfigurationError(
        f"{target.name} is in none of the locks", where="patch", hint=guess, reference="not-locked"
    )


def check_version(target: Target, listing: Listing) -> None:
    """Raise JobError for a version that the index does not have, or that was yanked.

    An index that could not be asked has an empty listing: then uv's word stands alone.
    """
    if target.version is None or not (listing.releases or listing.yanked):
        return
    if target.version in listing.yanked:
        raise JobError(
            f"{target.name} {target.version} was yanked: whoever released it took it back",
            where="patch",
            hint=_others(target, listing),
            reference="yanked",
        )
    if listing.release(target.version) is None:
        raise JobError(
            f"no index has {target.name} {target.version}",
            where="patch",
            hint=_others(target, listing),
            reference="no-such-version",
        )


def newer(listing: Listing, before: Iterable[str]) -> Version | None:
    """Give the newest release where it is newer than all that is locked."""
    latest = newest(each.version for each in listing.releases)
    if latest is None or any(Version(each) >= latest for each in before):
        return None
    return latest


def _others(target: Target, listing: Listing) -> str:
    assert target.version is not None
    later = [each.version for each in listing.releases if each.version > target.version]
    finals = [each for each in later if not each.is_prerelease]
    if finals:
        return f"released after it: {', '.join(map(str, finals[:_SHOWN]))}"
    latest = newest(each.version for each in listing.releases)
    return f"the newest is {latest}" if latest else "no index has a release of it"
