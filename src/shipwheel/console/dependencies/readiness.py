"""Where dependencies have wheels, as a table: a row a package that is not ready, a column a Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from packaging.version import Version

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.readiness.answer import AskedCell, Gap, PackageGaps, Readiness, Why, is_missing

_WHY = {
    Why.SDIST: "an sdist alone",
    Why.NO_WHEEL: "wheels for others, and no sdist",
    Why.REQUIRES_PYTHON: "its requires-python excludes it",
    Why.UNKNOWN: "no index that was asked has it",
    Why.UNLISTED: "uv finds no wheel; why, only the index tells",
}

_MOST_USES = 50
_MOST_CELLS = 6  # that a line names
_UNTOLD = frozenset(
    {Why.UNKNOWN, Why.UNLISTED}
)  # no files are known that would say where wheels are


def readiness_tables(found: Readiness) -> tuple[Table, ...]:
    """Give the packages that are not ready with the cells, why and where they are; the others are counted."""
    pythons = [each for each in _pythons(found.cells) if _has_gap(found, each)]
    heads = (Column("package", keep=True), Column("version", keep=True))
    table = Table(
        title=f"wheels of what {found.project} depends on",
        columns=(*heads, *(Column(each) for each in pythons)),
        rows=tuple(_row(package, pythons, found.cells) for package in found.packages),
        notes=(*_package_notes(found), *_cell_notes(found), _sum(found)),
    )
    return (table, *_own_table(found), *_warning_table(found), *_step_table(found))


def readiness_section(found: Readiness) -> Section:
    """Give the answer as a part of the report."""
    missing = [each.name for each in found.packages if is_missing(each)]
    said = f"no wheel for {', '.join(missing)}" if missing else "a wheel of everything"
    unknown = _unknown(found)
    said = f"{counted(len(unknown), 'cell')} not known" if unknown and not missing else said
    gone = len({each.name for each in found.own if each.state == "removed"})
    said += (
        f", {counted(gone, 'name')} in the own code that Python {found.own_python} lacks"
        if gone
        else ""
    )
    return Section("readiness", f"readiness: {said}", found.ok, readiness_tables(found))


def _own_table(found: Readiness) -> Iterator[Table]:
    if not found.own:
        return
    yield Table(
        title=f"what {found.project} itself uses that Python {found.own_python} lacks or warns of",
        columns=(
            Column("name", keep=True),
            Column("gone from"),
            Column("where"),
            Column("instead"),
        ),
        rows=tuple(
            (
                Cell(each.name, Tone.BAD if each.state == "removed" else Tone.WARN),
                Cell(each.removed or "deprecated"),
                Cell(f"{each.file}:{each.line}"),
                Cell(each.instead),
            )
            for each in found.own[:_MOST_USES]
        ),
        notes=_more(len(found.own) - _MOST_USES),
    )


def _warning_table(found: Readiness) -> Iterator[Table]:
    if not found.tested:
        return
    yield Table(
        title="what the tests met with deprecations as errors",
        columns=(Column("where"), Column("whose"), Column("tests", right=True), Column("said")),
        rows=tuple(
            (
                Cell(f"{each.file}:{each.line}", Tone.BAD if each.own else Tone.WARN),
                Cell("own" if each.own else "a dependency's"),
                Cell(str(each.tests)),
                Cell(f"{each.category}: {each.said}"),
            )
            for each in found.warned[:_MOST_USES]
        ),
        notes=(Cell(found.tested, Tone.DIM), *_more(len(found.warned) - _MOST_USES)),
    )


def _more(count: int) -> tuple[Cell, ...]:
    return (Cell(f"… and {count} more; --json has all", Tone.DIM),) if count > 0 else ()


def _step_table(found: Readiness) -> Iterator[Table]:
    if found.steps:
        rows = tuple((Cell(f"{at}."), Cell(each.said)) for at, each in enumerate(found.steps, 1))
        yield Table(
            title="what to do, in order", columns=(Column("", right=True), Column("")), rows=rows
        )


def _row(
    package: PackageGaps, pythons: Sequence[str], cells: Sequence[AskedCell]
) -> tuple[Cell, ...]:
    return (
        Cell(package.name),
        Cell(package.version),
        *(
            _gap_cell([gap for gap in package.gaps if gap.python == each], cells)
            for each in pythons
        ),
    )


def _gap_cell(gaps: Sequence[Gap], cells: Sequence[AskedCell]) -> Cell:
    """Name the platforms without a wheel, and those where an older version has one."""
    missing = [gap for gap in gaps if gap.state == "missing"]
    lines = [_platforms(missing, cells)] if missing else []
    older = [gap for gap in gaps if gap.state == "older"]
    lines += [
        f"{used}: {_platforms(list(each), cells)}"
        for used, each in groupby(older, lambda gap: gap.used)
    ]
    return Cell("\n".join(lines), Tone.BAD if missing else Tone.WARN)


def _platforms(gaps: Sequence[Gap], cells: Sequence[AskedCell]) -> str:
    asked = [each.platform for each in cells if each.python == gaps[0].python]
    named = [gap.platform for gap in gaps]
    return "all" if len(named) == len(asked) > 1 else "\n".join(named)


def _package_notes(found: Readiness) -> Iterator[Cell]:
    for package in found.packages:
        groups: dict[tuple[object, ...], list[Gap]] = {}
        for gap in package.gaps:
            key = (gap.state, gap.why, gap.used, gap.newest, gap.since, gap.needs)
            groups.setdefault(key, []).append(gap)
        for gaps in groups.values():
            tone = Tone.BAD if gaps[0].state == "missing" else Tone.WARN
            yield Cell(f"{package.name} on {_where(gaps, found.cells)}: {_told(gaps[0])}", tone)
        if not found.offline:
            yield Cell(f"  {_elsewhere(package)}", Tone.DIM)


def _told(gap: Gap) -> str:
    if gap.why is Why.NEWER_SYSTEM:
        said = f"its wheel wants a newer system ({gap.needs})"
    else:
        said = _WHY[gap.why]
    if gap.used is not None:
        said += f"; the older {gap.used} has a wheel"
    if gap.why in _UNTOLD:
        return said
    if gap.newest is None:
        return f"{said}; no version has a wheel"
    return f"{said}; wheels from {gap.since} to {gap.newest}"


def _elsewhere(package: PackageGaps) -> str:
    if not package.there:
        return "nor is there a wheel in any other of these cells"
    # of a Python's platforms the last to come decides: from that version on all of them have wheels
    first = {
        python: max((each.since for each in package.there if each.python == python), key=Version)
        for python in dict.fromkeys(each.python for each in package.there)
    }
    told = (
        f"{', '.join(each for each, _since in pythons)} since {since}"
        for since, pythons in groupby(first.items(), lambda item: item[1])
    )
    return f"elsewhere: {'; '.join(told)}"


def _where(gaps: Sequence[Gap], cells: Sequence[AskedCell]) -> str:
    """Name cells with Pythons of the same platforms together: `3.15, 3.15t`, or `3.15 (win32)`."""
    by_platforms: dict[str, list[str]] = {}
    for python, each in groupby(gaps, lambda gap: gap.python):
        named = _platforms(list(each), cells).replace("\n", ", ")
        by_platforms.setdefault(named, []).append(python)
    return ", ".join(
        ", ".join(pythons) if named == "all" else f"{', '.join(pythons)} ({named})"
        for named, pythons in by_platforms.items()
    )


def _cell_notes(found: Readiness) -> Iterator[Cell]:
    for cell in found.cells:
        if cell.state == "unresolved":
            words = "\n".join(f"  | {line}" for line in cell.reason.splitlines())
            yield Cell(
                f"{cell.python} on {cell.platform}: no versions fit together\n{words}", Tone.BAD
            )
    listed = [
        each for each in found.cells if each.asked == "listing" and each.state != "unresolved"
    ]
    yield from _offline_notes(found)
    for reason in dict.fromkeys(each.reason for each in listed):
        names = dict.fromkeys(_label(each, reason) for each in listed if each.reason == reason)
        yield Cell(f"{', '.join(names)}: by the index's files, since {reason}", Tone.DIM)
    if found.set_aside:
        yield Cell(f"not asked, for they come from a URL: {', '.join(found.set_aside)}", Tone.WARN)
    if found.may_fail:
        yield Cell(f"{', '.join(found.may_fail)} may fail, and does not count", Tone.DIM)


def _offline_notes(found: Readiness) -> Iterator[Cell]:
    """Say that uv's cache answered, and about which cells it could not, with its words about the first."""
    reasons = dict.fromkeys(each.reason for each in _unknown(found))
    for reason in reasons:
        cells = [
            f"{each.python} on {each.platform}" for each in _unknown(found) if each.reason == reason
        ]
        names = [*cells[:_MOST_CELLS], *_rest(len(cells) - _MOST_CELLS)]
        words = "\n".join(f"  | {line}" for line in reason.splitlines())
        yield Cell(f"{', '.join(names)}: not known to uv's cache\n{words}", Tone.BAD)
    if found.offline and len(_unknown(found)) < len(found.cells):
        yield Cell(
            "no index was reached: answered from uv's cache, which does not tell of older versions"
            " taken for want of a wheel",
            Tone.WARN,
        )


def _rest(count: int) -> tuple[str, ...]:
    return (f"{count} more",) if count > 0 else ()


def _unknown(found: Readiness) -> tuple[AskedCell, ...]:
    return tuple(each for each in found.cells if each.state == "unknown")


def _label(cell: AskedCell, reason: str) -> str:
    return cell.platform if cell.platform in reason else cell.python


def _sum(found: Readiness) -> Cell:
    if not found.cells:
        return Cell("no dependency that an index has: nothing to ask", Tone.GOOD)
    unknown = len(_unknown(found))
    if unknown == len(found.cells):
        return Cell("not known: no index was reached, and uv's cache does not know", Tone.BAD)
    missing = sum(any(gap.state == "missing" for gap in each.gaps) for each in found.packages)
    older = len(found.packages) - missing
    bad = sum(each.state != "ready" for each in found.cells) - unknown
    noun = "known cell" if unknown else "cell"
    said = (
        f"{found.dependencies - missing - older} of {counted(found.dependencies, 'package')} have"
        f" wheels in all {counted(len(found.cells) - unknown, noun)}"
    )
    said += f", {older} more an older version in some" if older else ""
    said += f"; {bad} of the cells lack something" if bad else ""
    return Cell(f"{said} ({seconds_text(found.seconds)})", Tone.GOOD if found.ok else Tone.BAD)


def _pythons(cells: Iterable[AskedCell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.python for each in cells))


def _has_gap(found: Readiness, python: str) -> bool:
    return any(gap.python == python for package in found.packages for gap in package.gaps)
