"""The smallest upgrade that mends a package: the lowest release that no advisory names and uv's resolver takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from packaging.version import Version

from shipwheel.deps.audit.answer import Advisory, Mend
from shipwheel.deps.audit.pins import Scope
from shipwheel.deps.audit.resolving import Resolver, forbidding
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.deps.listing import Listing

_MOST = 5000  # later releases of one project that are asked about; boto3 has some 2000


class Later(msgspec.Struct, frozen=True):
    """A project's later releases, lowest first: which of them no advisory that counts names."""

    name: str
    clean: tuple[Version, ...]
    named: tuple[Version, ...]


def candidates(pin: Pin, listing: Listing) -> tuple[Version, ...]:
    """Give the later releases of a project, lowest first; yanked ones are no part of a listing (PEP 592).

    Pre-releases count only where such a one is locked. Of very many the newest are left out.
    """
    locked = Version(pin.version)
    later = (
        each.version
        for each in listing.releases
        if each.version > locked and (locked.is_prerelease or not each.version.is_prerelease)
    )
    return tuple(later)[:_MOST]


def sifted(
    name: str, versions: Sequence[Version], counting: Mapping[Pin, tuple[Advisory, ...]]
) -> Later:
    """Tell a project's later releases by whether an advisory that counts names them."""
    named = tuple(each for each in versions if counting[Pin(name, each.public)])
    return Later(name, tuple(each for each in versions if each not in named), named)


def mend(pin: Pin, later: Later, scopes: Sequence[Scope], resolver: Resolver) -> Mend:
    """Find what mends a package in all of the groups that lock it.

    The same version for all of them: the highest of what each group takes at the lowest.
    """
    if not later.clean:
        named = "every later release is named by an advisory too"
        return Mend(state="none", reason=named if later.named else "there is no later release")
    lowest = str(later.clean[0])
    stray = next((scope for scope in scopes if scope.requirements is None), None)
    if stray is not None:
        reason = f"{stray.lock} is of no group that the project declares: whose bounds hold for it"
        return Mend(state="unknown", version=lowest, reason=f"{reason} is not known")
    first = _tried(pin, lowest, scopes, resolver)
    if first.state == "found":
        return first
    return _higher(pin, later, scopes, resolver, first)


def _higher(
    pin: Pin, later: Later, scopes: Sequence[Scope], resolver: Resolver, refused: Mend
) -> Mend:
    """Look for the lowest version that all groups take, where a bound forbids the one that would do."""
    wanted = later.clean[0]
    for scope in scopes:
        found = _lowest_allowed(later, scope, resolver)
        if found is None:
            return refused
        wanted = max(wanted, found)
    if wanted == later.clean[0]:
        return refused
    told = _tried(pin, str(wanted), scopes, resolver)
    reason = f"{refused.version} would do, but for this: {refused.reason}"
    return msgspec.structs.replace(told, reason=reason) if told.state == "found" else told


def _lowest_allowed(later: Later, scope: Scope, resolver: Resolver) -> Version | None:
    constraints = [f"{later.name}>={later.clean[0]}"]
    above = [each for each in later.named if each > later.clean[0]]
    constraints += [f"{later.name}!={each}" for each in above]
    found = resolver.resolve(scope, constraints, lowest=True, waived=later.name)
    if found.refusal:
        return None
    versions = (Version(each.version) for each in found.pins if each.name == later.name)
    # a resolution without the package at all is mended too: then any version will do
    return max(versions, default=later.clean[0])


def _tried(pin: Pin, version: str, scopes: Sequence[Scope], resolver: Resolver) -> Mend:
    """Resolve each group with that very version, as `patch` does: what moves with it, or who forbids it."""
    moves: list[str] = []
    for scope in scopes:
        found = resolver.resolve(scope, [f"{pin.name}=={version}"], waived=pin.name)
        if found.refusal:
            reason = forbidding(pin.name, version, scope, found.refusal)
            of = f" (group {scope.group})" if scope.group else ""
            return Mend(state="forbidden", version=version, reason=f"{reason}{of}")
        moves += _moves(pin, scope, found.pins)
    return Mend(
        state="found",
        version=version,
        moves=tuple(dict.fromkeys(moves)),
    )


def _moves(pin: Pin, scope: Scope, pins: Iterable[Pin]) -> Iterable[str]:
    """Say what else moves; a package may have several versions, each for other environments."""
    before = _versions(scope.places)
    after = _versions(pins)
    for name, versions in after.items():
        old = before.get(name, [])
        if name != pin.name and set(versions) - set(old):
            said = ", ".join(versions)
            yield f"{name} {', '.join(old)} -> {said}" if old else f"{name} {said}"


def _versions(pins: Iterable[Pin]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in pins:
        found.setdefault(each.name, []).append(each.version)
    return found
