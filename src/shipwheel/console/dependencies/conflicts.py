"""Conflicts as tables: a row a chain, what is contested told in words, then what may be relaxed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.requirements import Requirement

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Drawing, Edge, Node, Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, often, seconds_text
from shipwheel.deps.conflicts.answer import (
    Agreement,
    Conflict,
    Conflicts,
    Contested,
    Kind,
    Link,
    Relaxation,
)

_MOST_NAMED = 6  # requirers of one bound, and versions, that a line names
_MORE = "as few others would do as well, for each conflict one of its bounds: --json has some"
_MOST_SAID = 8  # lines of uv's own words


def conflicts_section(found: Conflicts) -> Section:
    """Give the answer as a part of the report, with the chains as a drawing."""
    names = dict.fromkeys(each.package or "see below" for each in found.conflicts if each.counts)
    said = f"over {', '.join(names)}" if names else "none"
    drawing = _drawing(found)
    pictures = (drawing,) if drawing.edges else ()
    return Section("conflicts", f"conflicts: {said}", found.ok, conflicts_tables(found), pictures)


def conflicts_tables(found: Conflicts) -> tuple[Table, ...]:
    """Give who asks for what by way of whom, and below it the bounds of which one can be relaxed."""
    groups = [each for each in found.contested if len(each.bounds) > 1]
    grouped = {each.package for each in groups}
    shown = [each for each in found.conflicts if each.package not in grouped or _is_deep(each)]
    table = Table(
        title=(
            f"requirements of {found.project} that exclude one another"
            if any(each.counts for each in found.conflicts)
            else f"what {found.project} requires"
        ),
        columns=(Column("over", keep=True), Column("who asks for what, by way of whom")),
        rows=(
            *(row for each in groups for row in _contested_rows(each)),
            *(row for each in shown for row in _rows(each)),
        ),
        notes=(
            *(Cell(_contested_text(each), Tone.BAD) for each in groups),
            *(note for each in shown for note in _notes(each)),
            *_further(found),
            _sum(found),
        ),
    )
    return (table, *_ways(found))


def _is_deep(conflict: Conflict) -> bool:
    return any(len(chain) > 1 for chain in conflict.chains)


def _contested_rows(contested: Contested) -> Iterator[tuple[Cell, ...]]:
    by_bound: dict[str, list[str]] = {}
    for link in contested.bounds:
        by_bound.setdefault(_specifier(link), []).append(link.requirer)
    for at, (bound, requirers) in enumerate(by_bound.items()):
        yield (
            Cell(contested.package if at == 0 else "", Tone.BAD),
            Cell(f"{bound}: {_some(requirers)}"),
        )


def _contested_text(contested: Contested) -> str:
    return f"{contested.package}: no version meets all of these bounds"


def _rows(conflict: Conflict) -> Iterator[tuple[Cell, ...]]:
    chains = conflict.chains or tuple((each,) for each in conflict.bounds)
    name = conflict.package or "(see below)"
    for at, chain in enumerate(chains):
        lines = "\n".join(f"{'  ' * depth}{_asks(link)}" for depth, link in enumerate(chain))
        yield Cell(name if at == 0 else "", Tone.BAD if conflict.counts else Tone.WARN), Cell(lines)


def _asks(link: Link) -> str:
    version = f" {link.version}" if link.version else ""
    return f"{link.requirer}{version}: {link.requirement}"


def _notes(conflict: Conflict) -> Iterator[Cell]:
    tone = Tone.BAD if conflict.counts else Tone.WARN
    yield Cell(_told(conflict) + _where(conflict), tone)
    for agreement in conflict.agreements:
        yield Cell(f"  {_agreeing(agreement, conflict)}")
    said = conflict.kind in {Kind.OTHER, Kind.PYTHON} and (conflict.counts or not conflict.part)
    if said and conflict.said:
        for line in conflict.said.splitlines()[:_MOST_SAID]:
            yield Cell(f"  | {line}", Tone.DIM)


def _told(conflict: Conflict) -> str:
    asked = " and ".join(_specifier(chain[-1]) for chain in conflict.chains)
    near = f"; did you mean {conflict.near}?" if conflict.near else ""
    bounds = ", ".join(_asks(each) for each in conflict.bounds)
    said = {
        Kind.VERSIONS: f"no released version is {asked}",
        Kind.NO_VERSION: f"no released version is {asked}; {_released(conflict)}",
        Kind.SIBLING: f"{', '.join(conflict.released)} lies here, which is not {asked}",
        Kind.UNKNOWN: f"neither an index that was asked nor a folder has it{near}",
        Kind.PYTHON: "these have none in common",
        Kind.OTHER: "no versions fit together, says uv",
    }[conflict.kind]
    if conflict.kind is Kind.PYTHON and conflict.part and not conflict.counts:
        return f"the {conflict.part}: it holds together from a later Python on"
    if conflict.kind is Kind.PYTHON and not conflict.chains:
        said = "the lowest Python that is asked about is not for it"
    return f"{conflict.package or bounds or 'all together'}: {said}{_round(conflict)}"


def _round(conflict: Conflict) -> str:
    return "; what it requires comes back to it: a circle" if conflict.circle else ""


def _released(conflict: Conflict) -> str:
    every = conflict.released
    if not every:
        return "none that is not yanked is known"
    if len(every) <= _MOST_NAMED:
        return f"there are {', '.join(every)}"
    return f"there are {len(every)}, from {every[0]} to {every[-1]}"


def _where(conflict: Conflict) -> str:
    if conflict.apart:
        origins = dict.fromkeys(each.origin for each in conflict.bounds)
        parts = [each for each in origins if each.startswith("the ")] or ["these extras and groups"]
        return f" (only where {' and '.join(parts)} are installed together: that does not count)"
    if not conflict.counts and not conflict.cells:
        return " (in none of the cells of the plan)"
    pythons: dict[str, list[str]] = {}
    for cell in conflict.cells:
        python, _, system = cell.partition(" on ")
        pythons.setdefault(python, []).append(system)
    systems: dict[str, list[str]] = {}
    for python, every in pythons.items():
        systems.setdefault(", ".join(every), []).append(python)
    said = "; ".join(f"{', '.join(every)} on {names}" for names, every in systems.items())
    if not conflict.counts:
        said = ", ".join(pythons) if conflict.kind is Kind.PYTHON else said
        return f", not with {said}; that does not count"
    return f" (with {said})" if said else ""


def _agreeing(agreement: Agreement, conflict: Conflict) -> str:
    others = [
        _specifier(chain[-1])
        for chain in conflict.chains
        if chain[-1].requirer != agreement.package
    ]
    asked = f"{conflict.package}{' and '.join(others)}" if others else f"any {conflict.package}"
    looked = f"looked at: {agreement.looked_at} of {agreement.of} versions"
    versions = agreement.versions
    if not versions:
        return f"no {agreement.package} takes {asked} ({looked})"
    some = ", ".join(versions)
    if len(versions) > _MOST_NAMED:
        some = f"{len(versions)} versions from {versions[0]} to {versions[-1]}"
    return f"{agreement.package} takes {asked} in {some} ({looked})"


def _further(found: Conflicts) -> Iterator[Cell]:
    for note in found.notes:
        yield Cell(note, Tone.WARN)
    if found.assumed:
        yield Cell(
            f"only a build tells what these require, so nothing was assumed (--build lets uv build"
            f" them): {_some(found.assumed)}",
            Tone.WARN,
        )
    if found.set_aside:
        yield Cell(f"not asked, for they come from a URL: {', '.join(found.set_aside)}", Tone.WARN)
    if found.offline:
        yield Cell("offline: by what uv's cache held, which may be old", Tone.WARN)


def _sum(found: Conflicts) -> Cell:
    what = counted(found.requirements, "requirement")
    what += f" of {counted(found.packages, 'package')}" if found.packages else ""
    said = f"uv asked {often(found.asked)}, {seconds_text(found.seconds)}"
    if not found.conflicts:
        return Cell(f"{what}: no conflict ({said})", Tone.GOOD)
    aside = sum(not each.counts for each in found.conflicts)
    number = counted(len(found.conflicts) - aside, "conflict").replace("0 conflicts", "no conflict")
    more = f", and {aside} more for some Pythons or combinations alone" if aside else ""
    return Cell(f"{what}: {number}{more} ({said})", Tone.GOOD if found.ok else Tone.BAD)


def _ways(found: Conflicts) -> Iterator[Table]:
    if not any(each.counts for each in found.conflicts):
        return
    size = len(found.relaxations[0].bounds) if found.relaxations else 0
    if not size:
        said = "no bound here helps by being relaxed" if found.certain else "not found in the time"
        none = Table(title="what to relax", empty=said)
        if any(
            each.kind is not Kind.UNKNOWN and each.package != "Python" for each in found.conflicts
        ):
            yield none
        return
    shown = found.relaxations if size == 1 else found.relaxations[:1]
    more = (Cell(_MORE, Tone.DIM),) if len(shown) < len(found.relaxations) else ()
    least = "none smaller does" if found.certain else "a smaller one was not ruled out in the time"
    yield Table(
        title=f"what to relax: {counted(size, 'bound')}, {least}",
        columns=(Column("", keep=True), Column("bound"), Column("of"), Column("uv then takes")),
        rows=tuple(row for at, each in enumerate(shown) for row in _way_rows(at, each)),
        notes=(Cell("tried: uv finds versions for all without them", Tone.DIM), *more),
    )


def _way_rows(at: int, relaxation: Relaxation) -> Iterator[tuple[Cell, ...]]:
    for place, link in enumerate(relaxation.bounds):
        parsed = Requirement(link.requirement)
        name = next((each for each in relaxation.taken if _is_same(each, parsed.name)), "")
        yield (
            Cell(("" if at == 0 else "or") if place == 0 else "and"),
            Cell(link.requirement),
            Cell(f"{link.requirer} ({link.origin})"),
            Cell(f"{name} {relaxation.taken[name]}" if name else ""),
        )


def _is_same(normalized: str, name: str) -> bool:
    return normalized == name.lower().replace("_", "-").replace(".", "-")


def _specifier(link: Link) -> str:
    if link.requirement.startswith("Python "):
        return link.requirement
    return str(Requirement(link.requirement).specifier) or "any"


def _some(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST_NAMED - 1])} and {len(names) - _MOST_NAMED + 1} more"


def _drawing(found: Conflicts) -> Drawing:
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    for conflict in found.conflicts[:_MOST_NAMED]:
        for chain in conflict.chains:
            for link, after in zip(chain, (*chain[1:], None), strict=True):
                source = _asks(link).partition(":")[0]
                last = conflict.package
                end = _asks(after).partition(":")[0] if after is not None else last
                nodes.setdefault(source, Node(source, source))
                nodes.setdefault(end, Node(end, end, Tone.BAD if end == last else Tone.PLAIN))
                edges[Edge(source, end, label=_specifier(link))] = None
    return Drawing("who asks for what", tuple(nodes.values()), tuple(edges))
