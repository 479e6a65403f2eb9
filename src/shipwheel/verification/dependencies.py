"""Whether an environment's distributions satisfy each other, as `pip check` asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution of the environment; `requires` are PEP 508 strings."""

    name: str
    version: str
    requires: tuple[str, ...] = ()


def read_installed(site_packages: Path) -> dict[str, Installed]:
    """Give the distributions below a folder by normalized name; nothing of theirs is run."""
    found: dict[str, Installed] = {}
    for each in distributions(path=[str(site_packages)]):
        name = each.metadata["Name"]
        if name:
            requires = tuple(each.requires or ())
            found[canonicalize_name(name)] = Installed(name, each.version, requires)
    return found


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
    if requirement.marker is not None and not requirement.marker.evaluate({**markers, "extra": ""}):
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
