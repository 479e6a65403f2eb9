"""A wheel of another package of the same repository, which stands in for what an index has under its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.dists.record import FileRef
from shipwheel.files import write_text
from shipwheel.machine.installer import direct_reference

_FILE = "siblings.txt"


class Sibling(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel that was built beside the project's own.

    `name` is normalized, `file` names the bytes (its id is `PACKAGE:ID`), `requires` are the wheel's
    Requires-Dist.
    """

    name: str
    version: str
    path: Path
    file: FileRef
    requires: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """Give the requirement of exactly these bytes."""
        return direct_reference(self.name, self.path, self.file.sha256)


Supply = Mapping[str, tuple[Sibling, ...]]  # target -> the siblings' wheels for that Python


def each_file(supply: Supply) -> tuple[Sibling, ...]:
    """Give the siblings' wheels for all Pythons, each file once."""
    return tuple({each.path: each for wheels in supply.values() for each in wheels}.values())


def references(siblings: Iterable[Sibling]) -> tuple[str, ...]:
    """Give the requirements of exactly these bytes."""
    return tuple(each.reference for each in siblings)


def constraint_file(folder: Path, siblings: Sequence[Sibling]) -> tuple[str, ...]:
    """Write the file of constraints that put the siblings in the place of an index's releases.

    uv and pip both hold to a constraint's URL and hash, for what others require too. No file where
    there is no sibling.
    """
    if not siblings:
        return ()
    path = folder / _FILE
    write_text(path, "\n".join(references(siblings)) + "\n")
    return (str(path),)


def among(siblings: Iterable[Sibling], names: Collection[str]) -> tuple[Sibling, ...]:
    """Give the siblings of these (normalized) names."""
    return tuple(each for each in siblings if each.name in names)


def required(siblings: Sequence[Sibling], requires: Iterable[str]) -> tuple[Sibling, ...]:
    """Give the siblings that requirements bring where nobody asks for an extra, and what those bring."""
    found: dict[str, Sibling] = {}
    queue = list(requires)
    by_name = {each.name: each for each in siblings}
    while queue:
        parsed = _parse(queue.pop(0))
        if parsed is None or (parsed.marker and "extra" in str(parsed.marker)):
            continue
        each = by_name.get(canonicalize_name(parsed.name))
        if each is not None and each.name not in found:
            found[each.name] = each
            queue += each.requires
    return tuple(found.values())


def contradictions(
    siblings: Sequence[Sibling],
    requires: Mapping[str, Iterable[str]],
    environment: Mapping[str, str],
    *,
    extras: Collection[str] = (),
) -> Iterator[tuple[str, str, Sibling]]:
    """Give each requirement of a sibling that what was built does not satisfy.

    `requires` maps who requires to its PEP 508 strings, to which the siblings' own are added;
    `environment` are marker values. Yields who requires, the requirement, and the sibling.
    """
    by_name = {each.name: each for each in siblings}
    everyone = {**requires, **{each.name: each.requires for each in siblings}}
    for owner, lines in everyone.items():
        for line in lines:
            parsed = _parse(line)
            sibling = by_name.get(canonicalize_name(parsed.name)) if parsed else None
            if parsed is None or sibling is None or not _applies(parsed, environment, extras):
                continue
            if not parsed.specifier.contains(sibling.version, prereleases=True):
                yield owner, f"{parsed.name}{parsed.specifier}", sibling


def _applies(
    requirement: Requirement, environment: Mapping[str, str], extras: Collection[str]
) -> bool:
    values = ({**environment, "extra": canonicalize_name(each)} for each in ("", *extras))
    return requirement.marker is None or any(map(requirement.marker.evaluate, values))


def _parse(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
