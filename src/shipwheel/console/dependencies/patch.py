"""A patch as tables: a row a package that moved, with the reason; a row a test job."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.dependencies.lock import changes_table
from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.patch.answer import Patching

_TONES = {"passed": Tone.GOOD, "failed": Tone.BAD, "skipped": Tone.WARN}


def patch_section(found: Patching) -> Section:
    """Give the answer as a part of the report."""
    return Section("patch", f"patch: {_said(found)}", found.ok, patch_tables(found))


def patch_tables(found: Patching) -> tuple[Table, ...]:
    """Give what moved, and what the tests say."""
    rows = ((each.file, change) for each in found.locks for change in each.changes)
    moved = changes_table(f"what moved with {found.package}", rows, why=True)
    table = Table(
        title=moved.title if moved.rows else f"patch of {found.package}",
        columns=moved.columns,
        rows=moved.rows,
        notes=tuple(_notes(found)),
    )
    return (table, _tests(found)) if found.tests else (table,)


def _tests(found: Patching) -> Table:
    return Table(
        title=f"tests with {found.package} {', '.join(found.after)}",
        columns=(Column("job", keep=True), Column("result"), Column("")),
        rows=tuple(
            (Cell(each.job), Cell(each.state, _TONES[each.state]), Cell(each.said))
            for each in found.tests
        ),
    )


def _notes(found: Patching) -> Iterator[Cell]:
    first, *rest = found.held.splitlines() or [""]
    if found.held:
        newest = "not at the newest" if found.moved else "stays"
        lines = [f"{found.package} {newest}: {first}", *(f"  | {each}" for each in rest)]
        yield Cell("\n".join(lines), Tone.WARN if found.moved else Tone.BAD)
    if found.offline:
        yield Cell("no index was reached: answered from uv's cache", Tone.WARN)
    yield Cell(
        f"{_said(found)} ({seconds_text(found.seconds)})", Tone.GOOD if found.ok else Tone.BAD
    )


def _said(found: Patching) -> str:
    if not found.moved:
        already = "" if found.held else " already"
        newest = "" if found.wanted or found.held else ", and nothing newer is there"
        return f"{found.package} is at {', '.join(found.before)}{already}{newest}"
    written = [each.file for each in found.locks if each.changes]
    others = {change.package for each in found.locks for change in each.changes} - {found.package}
    along = f", {counted(len(others), 'package')} with it" if others else ", nothing else"
    said = f"{found.package} {', '.join(found.before)} -> {', '.join(found.after)}{along}, in {', '.join(written)}"
    failed = [each.job for each in found.tests if each.state == "failed"]
    return f"{said}; {', '.join(failed)} failed" if failed else said
