"""What an index's listing shows of a bound, for libraries and applications apart; no test is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from shipwheel.deps.cells import Cell
from shipwheel.deps.floors.answer import Level, Remark
from shipwheel.deps.floors.bounds import has_lower_bound, is_pinned, parse, version_of
from shipwheel.deps.floors.kind import ProjectKind
from shipwheel.deps.listing import Listing, newest
from shipwheel.redaction import redact

_NAMES_ONE = frozenset({">=", "==", "~="})


class Judged(msgspec.Struct, frozen=True):
    """A requirement beside its project's releases: all final versions, and where it is judged."""

    text: str
    requirement: Requirement
    listing: Listing
    cell: Cell
    kind: ProjectKind

    @property
    def versions(self) -> tuple[Version, ...]:
        """Give the releases, oldest first; pre-releases only where there is nothing else."""
        return self.listing.allowed(())

    @property
    def admitted(self) -> tuple[Version, ...]:
        """Give the releases that the requirement admits, oldest first."""
        return self.listing.allowed((self.requirement.specifier,))


def remarks_on(
    texts: Sequence[str], lookup: Callable[[str], Listing], cell: Cell, kind: ProjectKind
) -> tuple[Remark, ...]:
    """Judge requirements (PEP 508) by what the index has; `lookup` takes a normalized name."""
    found: list[Remark] = []
    for text in texts:
        requirement = parse(text)
        if requirement is None:
            continue
        if requirement.url is not None:
            found.append(
                _remark(redact(text), "url", "note", "comes from a URL: its bounds are not judged")
            )
            continue
        listing = lookup(canonicalize_name(requirement.name))
        found += _remarks(Judged(text, requirement, listing, cell, kind))
    return tuple(found)


def tried_versions(specifier: SpecifierSet, listing: Listing, cell: Cell) -> tuple[Version, ...]:
    """Give the versions that a search may try, oldest first: admitted, final, installable in the cell.

    Those with a wheel for the cell where there is any, else those with an sdist for its Python.
    """
    admitted = listing.allowed((specifier,))
    fitting = set(listing.fitting(cell))
    with_wheel = tuple(each for each in admitted if each in fitting)
    if with_wheel:
        return with_wheel
    return tuple(
        each for each in admitted if (files := listing.release(each)) and files.admits(cell)
    )


def _remarks(judged: Judged) -> Iterator[Remark]:
    if not judged.listing.releases:
        message = "no index that was asked has a release of it"
        yield _remark(judged.text, "unlisted", "warning", message)
        return
    if not judged.admitted:
        last = newest(judged.versions)
        message = f"no release satisfies it; the newest is {last}"
        yield _remark(judged.text, "unsatisfied", "warning", message)
        return
    if has_lower_bound(judged.requirement.specifier):
        yield from _yanked(judged)
        yield from _no_wheel(judged)
    else:
        level: Level = "warning" if judged.kind == "library" else "note"
        message = f"says nothing of how old it may be: {judged.admitted[0]} would do"
        yield _remark(judged.text, "unbounded", level, message)
    yield from _tight(judged)


def _yanked(judged: Judged) -> Iterator[Remark]:
    for each in judged.requirement.specifier:
        version = version_of(each.version)
        if each.operator in _NAMES_ONE and version in judged.listing.yanked:
            message = f"{version} was taken back by its authors (yanked)"
            yield _remark(judged.text, "yanked", "warning", message)


def _counts(judged: Judged) -> bool:
    """Say whether a requirement's marker is true for the cell's Python."""
    marker, target = judged.requirement.marker, judged.cell.target
    values = {"python_version": target.release, "python_full_version": f"{target.release}.0"}
    return marker is None or marker.evaluate({**values, "extra": ""})


def _no_wheel(judged: Judged) -> Iterator[Remark]:
    if not _counts(judged):
        return
    fitting = set(judged.listing.fitting(judged.cell))
    lowest = judged.admitted[0]
    first = next((each for each in judged.admitted if each in fitting), None)
    if first is not None and first != lowest:
        message = f"{lowest} has no wheel for Python {judged.cell}; {first} is the first that has"
        yield _remark(judged.text, "no-wheel", "warning", message)


def _tight(judged: Judged) -> Iterator[Remark]:
    """Name what admits less than there is: it keeps a library's users from what they need."""
    specifier = judged.requirement.specifier
    library = judged.kind == "library"
    if is_pinned(specifier):
        if library:
            message = "pins one version: who needs another beside it cannot install the library"
            yield _remark(judged.text, "pinned", "warning", message)
        return
    last = newest(judged.versions)
    if last is not None and not specifier.contains(last, prereleases=True) and _caps(specifier):
        level: Level = "warning" if library else "note"
        message = (
            f"excludes the newest release, {last}; {judged.admitted[-1]} is the last it admits"
        )
        yield _remark(judged.text, "capped", level, message)
    elif library and _caps(specifier):
        message = "excludes releases that nobody has seen yet"
        yield _remark(judged.text, "capped", "note", message)


def _caps(specifier: SpecifierSet) -> bool:
    wild = (each.operator == "==" and each.version.endswith(".*") for each in specifier)
    return any(each.operator in {"<", "<=", "~="} for each in specifier) or any(wild)


def _remark(text: str, rule: str, level: Level, message: str) -> Remark:
    return Remark(requirement=text, rule=rule, level=level, message=message)
