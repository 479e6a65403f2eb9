"""The graph as tables: circles and where to cut them, imports that nobody declared, private names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shipwheel.console.dependencies.graph_picture import graph_drawings
from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.graph.answer import (
    Arrow,
    Circle,
    Graph,
    Level,
    Mismatch,
    Place,
    Private,
    When,
    Why,
)

_MOST_MEMBERS = 6
_MOST_PLACES = 3
_MOST_CUTS = 12
_MOST_PRIVATE = 20
_ARROW = "\N{RIGHTWARDS ARROW}"

_WHY = {
    Why.UNDECLARED: "undeclared",
    Why.OPTIONAL: "undeclared, and needed in part",
    Why.MISPLACED: "declared for development alone",
    Why.TRANSITIVE: "by way of another",
    Why.UNUSED: "never imported",
}
_TODO = {
    Why.UNDECLARED: "add it to dependencies",
    Why.OPTIONAL: "declare an extra, or catch the ImportError",
    Why.MISPLACED: "add it to dependencies",
    Why.TRANSITIVE: "declare it too: what another requires may change",
    Why.UNUSED: "leave it out, if nothing starts it",
}
_LOOSE = {
    When.ALWAYS: "import names of one another that are there by then",
    When.WHOLE: "import one another as whole modules",
    When.LATER: "import one another in functions or below conditions",
    When.TYPES: "import one another for type checkers",
}


def graph_section(found: Graph) -> Section:
    """Give the answer as a part of the report."""
    return Section(
        "graph",
        f"graph: {_said(found)}",
        found.ok,
        graph_tables(found),
        graph_drawings(found),
    )


def graph_tables(found: Graph) -> tuple[Table, ...]:
    """Give a table of circles, one of imports and one of private names; what has nothing to tell is left out."""
    tables = [
        *_circle_tables(found),
        *_mismatch_tables(found.mismatches),
        *_private_tables(found.privates),
    ]
    notes = [Cell(each, Tone.WARN) for each in found.incomplete]
    whole = Cell(_sum(found), Tone.GOOD if found.ok else Tone.BAD)
    return (
        *tables,
        Table(title="" if tables else f"graph of {found.project}", notes=(*notes, whole)),
    )


def _said(found: Graph) -> str:
    circles = sum(each.error for each in found.circles)
    undeclared = [each.module for each in found.mismatches if each.error]
    said = [counted(circles, "circle")] if circles else []
    said += [f"undeclared: {', '.join(undeclared)}"] if undeclared else []
    return "; ".join(said) or _nothing_wrong(found)


def _nothing_wrong(found: Graph) -> str:
    """Say that all is well, and not more than that where circles or imports are told that are no fault."""
    circle = "no circle at import" if any(map(_is_told, found.circles)) else "no circle"
    in_part = any(each.why is Why.OPTIONAL for each in found.mismatches)
    return f"{circle}, and nothing undeclared" + (" that is always needed" if in_part else "")


def _circle_tables(found: Graph) -> Iterator[Table]:
    told = [each for each in found.circles if _is_told(each)]
    rows = [row for number, each in enumerate(told, 1) for row in _circle_rows(number, each)]
    notes = [*_proofs(told), *_loose(found.circles)]
    if rows or notes:
        yield Table(
            title=f"circles in {found.project}",
            columns=(
                Column("circle"),
                Column(f"cut {_ARROW}", keep=False),
                Column("where"),
                Column("names", spare=True),
            ),
            rows=tuple(rows),
            notes=tuple(notes),
        )


def _is_told(circle: Circle) -> bool:
    """Say whether a circle has rows of its own: at import, of sub-packages, or of distributions."""
    return circle.error or circle.level is not Level.MODULES


def _circle_rows(number: int, circle: Circle) -> Iterator[tuple[Cell, ...]]:
    tone = Tone.BAD if circle.error else Tone.WARN
    first = Cell(f"{number}: {_kind(circle)}\n{_members(circle)}", tone)
    for place, arrow in enumerate(circle.cut[:_MOST_CUTS]):
        yield (
            first if not place else Cell(""),
            Cell(f"{arrow.source}\n{_ARROW} {arrow.target}"),
            Cell(_places(arrow.places) or arrow.said),
            Cell(_names(arrow)),
        )
    if len(circle.cut) > _MOST_CUTS:
        more = f"and {len(circle.cut) - _MOST_CUTS} more (--json has all)"
        yield (Cell(""), Cell(more, Tone.DIM), Cell(""), Cell(""))


def _kind(circle: Circle) -> str:
    noun = {
        Level.MODULES: "modules",
        Level.PACKAGES: "packages",
        Level.DISTRIBUTIONS: "distributions",
    }
    said = {Level.MODULES: ", at import", Level.PACKAGES: ", their modules in no circle"}.get(
        circle.level, ""
    )
    if circle.level is Level.DISTRIBUTIONS and circle.when is not When.ALWAYS:
        said = ", with extras or groups"
    return f"{len(circle.members)} {noun[circle.level]}{said}"


def _members(circle: Circle) -> str:
    shown = list(circle.members[:_MOST_MEMBERS])
    more = len(circle.members) - len(shown)
    return "\n".join([*(f"  {each}" for each in shown), *([f"  and {more} more"] if more else [])])


def _names(arrow: Arrow) -> str:
    shown = ", ".join(arrow.names[:4])
    return f"{shown}, …" if len(arrow.names) > 4 else shown


def _places(places: Sequence[Place]) -> str:
    shown = [f"{each.file}:{each.line}" if each.line else each.file for each in places]
    more = len(shown) - _MOST_PLACES
    return "\n".join([*shown[:_MOST_PLACES], *([f"and {more} more"] if more > 0 else [])])


def _proofs(circles: Sequence[Circle]) -> Iterator[Cell]:
    """Say of which cuts it is known that none is smaller."""
    unproven = [str(number) for number, each in enumerate(circles, 1) if not each.proven]
    if not circles:
        return
    if not unproven:
        yield Cell("every cut is the smallest there is, counted in statements", Tone.DIM)
    else:
        said = ", ".join(unproven)
        yield Cell(f"the cut of {said} is a good one, and may not be the smallest", Tone.DIM)


def _loose(circles: Iterable[Circle]) -> Iterator[Cell]:
    """Count the circles that do no harm at import."""
    for when, said in _LOOSE.items():
        each = [c for c in circles if c.when is when and c.level is Level.MODULES and not c.error]
        if each:
            sizes = _sizes([len(c.members) for c in each])
            also = {When.ALWAYS: "", When.WHOLE: ", which Python allows"}.get(when, " alone")
            yield Cell(f"{sizes} {said}{also}: no fault", Tone.DIM)


def _sizes(members: Sequence[int]) -> str:
    """Give how many modules each circle has: `6 modules`, `2 groups of 6 and 11 modules`."""
    if len(members) == 1:
        return f"{members[0]} modules"
    *most, last = members
    return f"{len(members)} groups of {', '.join(map(str, most))} and {last} modules"


def _mismatch_tables(found: Sequence[Mismatch]) -> Iterator[Table]:
    if not found:
        return
    rows = (
        (
            Cell(each.module, Tone.BAD if each.error else Tone.WARN),
            Cell(_WHY[each.why]),
            Cell(_brought(each)),
            Cell(_places(each.places)),
            Cell(_TODO[each.why]),
        )
        for each in found
    )
    yield Table(
        title="imports and requirements that do not fit",
        columns=(
            Column("name", keep=True),
            Column("is"),
            Column("brought by"),
            Column("where"),
            Column("next", spare=True),
        ),
        rows=tuple(rows),
    )


def _brought(found: Mismatch) -> str:
    if found.why is Why.UNUSED:
        return found.where
    by = ", ".join(found.distributions)
    if found.through:
        return f"{by}, which {', '.join(found.through)} requires"
    if found.where:
        return f"{by} ({found.where})".strip()
    return by or "nothing that is declared"


def _private_tables(found: Sequence[Private]) -> Iterator[Table]:
    if not found:
        return
    shown = found[:_MOST_PRIVATE]
    notes = []
    if len(found) > len(shown):
        notes.append(Cell(f"and {len(found) - len(shown)} more (--json has all)", Tone.DIM))
    notes.append(Cell("their owners may change them with any release", Tone.DIM))
    yield Table(
        title="private names of others",
        columns=(Column("name", keep=True), Column("whose"), Column("where")),
        rows=tuple(
            (
                Cell(each.name, Tone.PLAIN if each.library else Tone.WARN),
                Cell("the standard library's" if each.library else each.name.partition(".")[0]),
                Cell(_places(each.places)),
            )
            for each in shown
        ),
        notes=tuple(notes),
    )


def _sum(found: Graph) -> str:
    parts = []
    if found.modules:
        parts.append(
            f"{counted(len(found.modules), 'module')} with {counted(len(found.imports), 'import')}"
        )
    if found.distributions:
        parts.append(
            f"{counted(len(found.distributions), 'distribution')} with {counted(len(found.requirements), 'requirement')}"
        )
    what = ", ".join(parts) or "neither modules nor requirements"
    return f"{what}: {_said(found)} ({seconds_text(found.seconds)})"
