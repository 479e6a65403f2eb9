"""Which released versions of a requirer would take what all the others ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from shipwheel.deps.conflicts.answer import Agreement
from shipwheel.deps.conflicts.house import target
from shipwheel.deps.conflicts.released import Released, Required, chosen
from shipwheel.deps.conflicts.walking import Chain, Environment, holding
from shipwheel.project.names import normalize

MOST_VERSIONS = 60  # whose metadata is fetched: a project may have thousands


def agreements(
    chains: Sequence[Chain], released: Released, environment: Environment, here: Mapping[str, str]
) -> tuple[Agreement, ...]:
    """Give for each released package at the end of a chain which of its versions agree with the other chains."""
    found = []
    for chain in chains:
        name = chain[-1].requirer
        if len(chain) == 1 or name in here:
            continue
        others = [each[-1].requirement for each in chains if each is not chain]
        found.append(_agreement(name, target(chain[-1]), others, released, environment))
    return tuple(found)


def _agreement(
    name: str, package: str, others: Sequence[str], released: Released, environment: Environment
) -> Agreement:
    every = [each.version for each in released.listing(name).releases]
    finals = [each for each in every if not each.is_prerelease] or every
    looked_at = chosen(finals, MOST_VERSIONS)
    released.fetch(name, looked_at)
    specifier = SpecifierSet()
    for text in others:
        specifier &= Requirement(text).specifier
    versions = [each.version for each in released.listing(package).releases]
    allowed = [each for each in versions if specifier.contains(each, prereleases=True)]
    agreeing = [
        each
        for each in looked_at
        if admits_one(released.required(name, each), package, allowed, environment)
    ]
    return Agreement(
        package=name,
        versions=tuple(str(each) for each in sorted(agreeing)),
        looked_at=len(looked_at),
        of=len(finals),
    )


def admits_one(
    required: Required, package: str, allowed: Sequence[Version], environment: Environment
) -> bool:
    """Say whether a version's requirements on a package admit one of those allowed; unknown ones do not."""
    if not required.known:
        return False
    specifier = SpecifierSet()
    for text in holding(required.requires, environment, frozenset()):
        try:
            parsed = Requirement(text)
        except InvalidRequirement:
            return False
        if normalize(parsed.name) == package:
            specifier &= parsed.specifier
    return any(specifier.contains(each, prereleases=True) for each in allowed)
