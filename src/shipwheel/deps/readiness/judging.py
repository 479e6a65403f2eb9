"""What a cell's resolution and the index's listings say together: which packages are not ready there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from shipwheel.deps.cells import Cell
from shipwheel.deps.listing import Listing, VersionFiles, newest
from shipwheel.deps.readiness.answer import Gap, There, Why
from shipwheel.deps.sources import Lookup
from shipwheel.deps.uv_output import Resolved

Specifiers = Mapping[str, Sequence[SpecifierSet]]


def ceilings(resolutions: Iterable[Mapping[str, Resolved]]) -> dict[str, Version]:
    """Give the newest version of each package that any cell takes, or would take."""
    found: dict[str, Version] = {}
    for resolution in resolutions:
        for each in resolution.values():
            version = Version(each.version)
            found[each.name] = max(version, found.get(each.name, version))
    return found


def gaps_by_uv(
    cell: Cell,
    resolution: Mapping[str, Resolved],
    lookup: Lookup,
    specifiers: Specifiers,
    highest: Mapping[str, Version],
) -> Iterator[tuple[str, Gap]]:
    """Give what uv had to take a stand-in for, and what it took an older version of for want of a wheel."""
    for each in resolution.values():
        listing, version = lookup(each.name), Version(each.version)
        if each.missing:
            yield each.name, _gap(cell, listing, version, None)
            continue
        held = [
            release.version
            for release in listing.releases
            if version < release.version <= highest[each.name]
            and release.admits(cell)
            and not release.fits(cell)
        ]
        wanted = {*held} & {*listing.allowed(specifiers.get(each.name, ()))}
        if wanted:
            yield each.name, _gap(cell, listing, max(wanted), each.version)


def gaps_by_listing(
    cell: Cell, resolution: Mapping[str, Resolved], lookup: Lookup, specifiers: Specifiers
) -> Iterator[tuple[str, Gap]]:
    """Give the packages of the nearest cell's resolution without a wheel in this one.

    An older version that has one is looked for among those that the project itself allows.
    """
    for each in resolution.values():
        listing, version = lookup(each.name), Version(each.version)
        release = listing.release(version)
        if release is None or release.fits(cell):
            continue  # what no index lists, uv found somewhere else
        allowed = {*listing.allowed(specifiers.get(each.name, ()))}
        older = [found for found in listing.fitting(cell) if found < version and found in allowed]
        used = newest(older)
        yield each.name, _gap(cell, listing, version, None if used is None else str(used))


def unknown_gap(cell: Cell, why: Why = Why.UNKNOWN) -> Gap:
    """Give the gap of a package that no index has, or of one whose files nobody lists."""
    return Gap(python=cell.python, platform=cell.platform, state="missing", why=why)


def stand_in_version(
    cell: Cell, listing: Listing, specifiers: Sequence[SpecifierSet]
) -> Version | None:
    """Give the version that a stand-in takes the place of; None where a real wheel will do, or nothing."""
    allowed = listing.allowed(specifiers)
    fitting = {*listing.fitting(cell)}
    if not allowed or fitting & {*allowed}:
        return None
    return newest(each for each in allowed if _admits(listing, each, cell)) or newest(allowed)


def there(cells: Iterable[Cell], listing: Listing, gaps: Iterable[Gap]) -> tuple[There, ...]:
    """Give the cells without a gap for which the index has wheels."""
    lacking = {(gap.python, gap.platform) for gap in gaps}
    return tuple(
        There(
            python=cell.python,
            platform=cell.platform,
            since=str(fitting[0]),
            newest=str(newest(fitting)),
        )
        for cell in cells
        if (cell.python, cell.platform) not in lacking and (fitting := listing.fitting(cell))
    )


def _gap(cell: Cell, listing: Listing, version: Version, used: str | None) -> Gap:
    fitting, release = listing.fitting(cell), listing.release(version)
    why = _why(cell, release)
    return Gap(
        python=cell.python,
        platform=cell.platform,
        state="missing" if used is None else "older",
        why=why,
        used=used,
        newest=str(newest(fitting)) if fitting else None,
        since=str(fitting[0]) if fitting else None,
        needs=release.newer_system(cell) if release and why is Why.NEWER_SYSTEM else None,
    )


def _why(cell: Cell, release: VersionFiles | None) -> Why:
    if release is None:
        return Why.UNKNOWN
    if not release.admits(cell):
        return Why.REQUIRES_PYTHON
    if release.newer_system(cell):
        return Why.NEWER_SYSTEM
    return Why.SDIST if release.sdists else Why.NO_WHEEL


def _admits(listing: Listing, version: Version, cell: Cell) -> bool:
    release = listing.release(version)
    return release is not None and release.admits(cell)
