"""An index's listing of one project, read for one question: which version has a wheel for a cell."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from shipwheel.deps.cells import Cell, supported_tags
from shipwheel.indexes.page import IndexFile

_LONGEST_NAME = 255  # of a file: a name is a stranger's, and its tags multiply
_MOST_TAGS = 512


@dataclass(slots=True)
class VersionFiles:
    """A version's files: the tags and requires-python of each wheel, requires-python of the sdist."""

    version: Version
    wheels: list[tuple[frozenset[Tag], str]] = field(default_factory=list)
    sdists: list[str] = field(default_factory=list)

    def fits(self, cell: Cell) -> bool:
        """Say whether it has a wheel that an installer takes in the cell."""
        supported = supported_tags(cell)
        return any(
            not tags.isdisjoint(supported) and admits(requires, cell.full_version)
            for tags, requires in self.wheels
        )

    def newer_system(self, cell: Cell) -> str | None:
        """Give the platform tag of a wheel that would fit the cell on a newer system, None where there is none."""
        family, _, machine = cell.platform.partition("_")
        pattern = re.compile(rf"{family}_(\d+)_(\d+)_(?:{machine}|universal2)")
        pythons = {(tag.interpreter, tag.abi) for tag in supported_tags(cell)}
        found = [
            (int(match[1]), int(match[2]), tag.platform)
            for tags, requires in self.wheels
            if admits(requires, cell.full_version)
            for tag in tags
            if (tag.interpreter, tag.abi) in pythons and (match := pattern.fullmatch(tag.platform))
        ]
        return min(found)[2] if found else None

    def admits(self, cell: Cell) -> bool:
        """Say whether it is for the cell's Python at all."""
        every = [*(requires for _tags, requires in self.wheels), *self.sdists]
        return any(admits(requires, cell.full_version) for requires in every)


class Listing:
    """A project's releases on an index, oldest first; yanked files do not count (PEP 592).

    `yanked` are the versions of which every file is.
    """

    def __init__(
        self, releases: Iterable[VersionFiles] = (), yanked: Iterable[Version] = ()
    ) -> None:
        self.yanked = frozenset(yanked)
        self.releases = tuple(sorted(releases, key=lambda each: each.version))
        self._by_version = {each.version: each for each in self.releases}
        self._fitting: dict[Cell, tuple[Version, ...]] = {}

    def release(self, version: Version) -> VersionFiles | None:
        """Give a version's files, None where it has none."""
        return self._by_version.get(version)

    def fitting(self, cell: Cell) -> tuple[Version, ...]:
        """Give the versions with a wheel for the cell, oldest first."""
        if cell not in self._fitting:
            self._fitting[cell] = tuple(each.version for each in self.releases if each.fits(cell))
        return self._fitting[cell]

    def allowed(self, specifiers: Sequence[SpecifierSet]) -> tuple[Version, ...]:
        """Give the versions that one of the specifiers admits (any, where there is none), oldest first.

        Pre-releases are left out unless there is nothing else, as installers do (PEP 440).
        """
        versions = [each.version for each in self.releases]
        chosen = {
            version
            for specifier in specifiers or (SpecifierSet(),)
            for version in specifier.filter(versions)
        }
        return tuple(sorted(chosen))


def read_listing(files: Iterable[IndexFile], name: str) -> Listing:
    """Read an index's files of the project `name` (normalized); files that are no distribution are skipped."""
    releases: dict[Version, VersionFiles] = {}
    yanked: dict[Version, VersionFiles] = {}
    for file in files:
        if len(file.filename) <= _LONGEST_NAME:
            _add(releases if file.yanked is None else yanked, file, name)
    return Listing(releases.values(), yanked.keys() - releases.keys())


@functools.lru_cache(maxsize=4096)
def admits(requires: str, version: str) -> bool:
    """Say whether a requires-python admits a version; one that does not parse admits all, as for pip."""
    try:
        return SpecifierSet(requires).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def _add(releases: dict[Version, VersionFiles], file: IndexFile, name: str) -> None:
    requires = file.requires_python or ""
    try:
        if file.filename.endswith(".whl"):
            if _tag_count(file.filename) > _MOST_TAGS:
                return
            found, version, _build, tags = parse_wheel_filename(file.filename)
            if found == name:
                releases.setdefault(version, VersionFiles(version)).wheels.append((tags, requires))
        else:
            found, version = parse_sdist_filename(file.filename)
            if found == name:
                releases.setdefault(version, VersionFiles(version)).sdists.append(requires)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
        return  # an egg, an installer, a name from before PEP 427


def _tag_count(filename: str) -> int:
    count = 1
    for part in filename.removesuffix(".whl").split("-")[-3:]:
        count *= part.count(".") + 1
    return count


def newest(versions: Iterable[Version]) -> Version | None:
    """Give the newest final version, else the newest pre-release, None of none."""
    every = list(versions)
    finals = [each for each in every if not each.is_prerelease]
    return max(finals or every, default=None)
