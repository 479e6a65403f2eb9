"""What a production install holds: a row a distribution, heaviest first, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Bar, Bars, Part, Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, size_text
from shipwheel.deps.production.answer import Found, Package, Production

_TONES = {"error": Tone.BAD, "warning": Tone.WARN, "note": Tone.PLAIN}
_DRAWN = 40
_PARTS = ("python", "compiled", "tests", "other")
_MB = 1e6


def production_section(found: Production) -> Section:
    """Give the answer as a part of the report."""
    errors = [each for each in found.found if each.level == "error"]
    others = len(found.packages) - 1
    said = f"{size_text(found.size)} in {counted(others, 'package')} beside the project"
    if errors:
        said = f"{counted(len(errors), 'error')}, {said}"
    tables = (_packages(found), *([_found(found)] if found.found else []))
    return Section("production", f"production: {said}", found.ok, tables, (_bars(found),))


def _packages(found: Production) -> Table:
    extras = f"[{','.join(found.extras)}]" if found.extras else ""
    by = f"with {found.lock}" if found.lock else "as uv resolves it"
    columns = (
        Column("package", keep=True),
        Column("version", keep=True),
        Column("installed", right=True, keep=True),
        Column("wheel", right=True, keep=True),
        Column("files", right=True),
        Column("tests", right=True, spare=True),
        Column("required by"),
    )
    return Table(
        title=f"a production install of {found.project}{extras} on Python {found.python},"
        f" {found.platform}, {by}",
        columns=columns,
        rows=tuple(_row(each, found) for each in found.packages),
        notes=tuple(_notes(found)),
    )


def _row(each: Package, found: Production) -> tuple[Cell, ...]:
    tests = size_text(each.weight.tests) if each.weight.tests else ""
    wheel = "built" if each.built else "" if each.wheel is None else size_text(each.wheel)
    return (
        Cell(each.name, _tone(each, found)),
        Cell(each.version),
        Cell(size_text(each.weight.total)),
        Cell(wheel, Tone.WARN if each.built else Tone.PLAIN),
        Cell(str(each.files)),
        Cell(tests, Tone.DIM),
        _wanted_by(each),
    )


def _tone(each: Package, found: Production) -> Tone:
    """Give the tone of the worst that was found of a package; notes leave it as it is."""
    levels = [one.level for one in found.found if each.name in one.packages]
    return Tone.BAD if "error" in levels else Tone.WARN if "warning" in levels else Tone.PLAIN


def _wanted_by(each: Package) -> Cell:
    if not each.chain:
        return Cell("nobody", Tone.WARN)
    if len(each.chain) == 1:
        return Cell("the project itself", Tone.DIM)
    if len(each.chain) == 2:
        return Cell(", ".join(each.required_by) or each.chain[0])
    more = len(each.required_by) - 1
    return Cell(f"{' → '.join(each.chain[:-1])}" + (f" (and {more} more)" if more > 0 else ""))


def _notes(found: Production) -> Iterator[Cell]:
    wheels = sum(each.wheel or 0 for each in found.packages if not each.built)
    files = sum(each.files for each in found.packages)
    tests = sum(each.weight.tests for each in found.packages)
    told = all(each.built or each.wheel is not None for each in found.packages)
    said = f"{counted(len(found.packages), 'package')}, {size_text(found.size)} installed without bytecode,"
    said += f" {size_text(wheels)} downloaded," if told else ""
    said += f" {counted(files, 'file')}"
    if found.offline:
        yield Cell(
            "an index is out of reach: this is what uv's cache has, which may be old", Tone.WARN
        )
    if tests:
        said += f"; {size_text(tests)} of it are tests within packages"
    yield Cell(f"{said} ({seconds_text(found.seconds)})", Tone.GOOD if found.ok else Tone.BAD)


def _found(found: Production) -> Table:
    return Table(
        title="what was found",
        columns=(Column("level", keep=True), Column("finding")),
        rows=tuple(_finding(each) for each in found.found),
    )


def _finding(each: Found) -> tuple[Cell, Cell]:
    said = f"{each.message}\n{each.hint}" if each.hint else each.message
    return Cell(each.level, _TONES[each.level]), Cell(said)


def _bars(found: Production) -> Bars:
    bars = tuple(
        Bar(
            each.name,
            tuple(Part(name, getattr(each.weight, name) / _MB) for name in _PARTS),
            size_text(each.weight.total),
        )
        for each in found.packages[:_DRAWN]
    )
    return Bars("size of each package, installed", "MB", bars)
