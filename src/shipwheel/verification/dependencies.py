"""An environment's distributions: what each requires and brings, and whether they satisfy each other."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_MOST_FILES = 100_000
_LARGEST = 32 << 20  # bytes of a file of metadata; the RECORD of 100,000 files has some 10 MiB
_NOT_OURS = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json"}


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution of the environment; `requires` are PEP 508 strings, `extras` normalized.

    `files` are those of its RECORD, relative to site-packages, without what the installer adds;
    `digests` their sha256 as RECORD writes it (urlsafe base64), where it has one.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


class _Bounded(PathDistribution):
    """A distribution whose metadata a stranger wrote: bounded, and what is no UTF-8 in it replaced."""

    def read_text(self, filename: str | os.PathLike[str]) -> str | None:
        """Give a file of the metadata, None where there is none that can be read."""
        try:
            with Path(str(self._path), filename).open("rb") as file:
                return file.read(_LARGEST).decode("utf-8", "replace")
        except OSError:
            return None


def distributions_in(folder: str | Path) -> Iterator[Distribution]:
    """Give the distributions of a site-packages folder; their metadata is read as it comes, whoever wrote it.

    A folder without metadata, as an uninstall that broke off leaves it, is none.
    """
    for each in distributions(path=[str(folder)]):
        place = getattr(each, "_path", None)  # a zipped egg's is no Path
        found = _Bounded(place) if isinstance(place, Path) else each
        if found.metadata:
            yield found


def read_installed(site_packages: Path) -> dict[str, Installed]:
    """Give the distributions below a folder by normalized name; nothing of theirs is run."""
    found: dict[str, Installed] = {}
    for each in distributions_in(site_packages):
        name = each.metadata["Name"]
        if name:
            extras = frozenset(
                map(canonicalize_name, each.metadata.get_all("Provides-Extra") or ())
            )
            requires = tuple(each.requires or ())
            digests = dict(_files(each))
            found[canonicalize_name(name)] = Installed(
                name, each.version, requires, extras, tuple(digests), digests
            )
    return found


def _files(distribution: Distribution) -> Iterator[tuple[str, str]]:
    """Give what its RECORD lists, with the digest; an installer has read it before, so that it is whole."""
    lines = (distribution.read_text("RECORD") or "").splitlines()[:_MOST_FILES]
    for row in _rows(lines):
        if row and not (".dist-info/" in row[0] and row[0].rpartition("/")[2] in _NOT_OURS):
            digest = row[1] if len(row) > 1 else ""
            yield row[0].replace("\\", "/"), digest.removeprefix("sha256=")


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    with contextlib.suppress(csv.Error):  # a name too long for any file
        yield from csv.reader(lines)


def parsed(lines: Iterable[str]) -> Iterator[Requirement]:
    """Give the requirements that parse."""
    for text in lines:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue


def applies(requirement: Requirement, markers: Mapping[str, str], extra: str = "") -> bool:
    """Say whether a requirement counts in an environment with these marker values, for an extra."""
    if requirement.marker is None:
        return True
    return requirement.marker.evaluate({**markers, "extra": extra})


def unmet(installed: Iterable[Installed], markers: Mapping[str, str]) -> list[str]:
    """Give each requirement that is missing or met by the wrong version, as sentences.

    `markers` are the environment's marker values (PEP 508). Requirements of extras do not count.
    """
    known: dict[str, Installed] = {canonicalize_name(each.name): each for each in installed}
    return [
        sentence
        for each in known.values()
        for text in each.requires
        if (sentence := _unmet(each, text, known, markers))
    ]


def _unmet(
    owner: Installed, text: str, known: Mapping[str, Installed], markers: Mapping[str, str]
) -> str:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return f"{owner.name} {owner.version} has the requirement {text!r}, which does not parse"
    if not applies(requirement, markers):
        return ""
    there = known.get(canonicalize_name(requirement.name))
    if there is None:
        return f"{owner.name} {owner.version} requires {text}, which is not installed"
    try:
        met = requirement.specifier.contains(Version(there.version), prereleases=True)
    except InvalidVersion:
        met = False
    return (
        "" if met else f"{owner.name} {owner.version} requires {text}, but {there.version} is there"
    )


def chain(
    start: str, wanted: str, installed: Mapping[str, Installed], markers: Mapping[str, str]
) -> tuple[str, ...]:
    """Give the shortest way by requirements from one distribution to another, both included.

    Names are normalized; empty where no requirement leads there.
    """
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for name in required_by(installed[way[-1]], markers) if way[-1] in installed else ():
            if name == wanted:
                return (*way, name)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def required_by(each: Installed, markers: Mapping[str, str]) -> tuple[str, ...]:
    """Give the normalized names that a distribution requires in this environment, extras left out."""
    lines = (line for line in parsed(each.requires) if applies(line, markers))
    return tuple(dict.fromkeys(canonicalize_name(line.name) for line in lines))
