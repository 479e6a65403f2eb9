"""What was adopted of a running environment as tables: what is declared, then what a person should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.adopt.answer import Adopted, Told

_MOST_IDLE = 6  # lines about what nothing imports


def adopt_tables(found: Adopted) -> tuple[Table, ...]:
    """Give what is declared with what came of it, and what is told; a table without rows is left out."""
    told = Table(
        title="what to know of that environment",
        columns=(Column("what", keep=True), Column("name", keep=True), Column("why")),
        rows=tuple(_told(each) for each in _gathered(found.told)),
    )
    return (_declared(found), *([told] if found.told else []))


def adopt_section(found: Adopted) -> Section:
    """Give the answer as a part of the report."""
    said = f"{counted(len(found.taken), 'package')} of {found.held} declared"
    return Section("adopt", f"adopt: {said}", found.ok, adopt_tables(found))


def _gathered(told: Sequence[Told]) -> Iterator[Told]:
    """Give what is told, what nothing imports in one line where it is much: a whole machine's Python."""
    idle = [each for each in told if each.rule == "unimported"]
    if len(idle) <= _MOST_IDLE:
        yield from told
        return
    yield from (each for each in told if each.rule != "unimported")
    names = ", ".join(each.name for each in idle)
    message = f"nothing imports them: not declared ({names})"
    yield msgspec.structs.replace(idle[0], name=counted(len(idle), "package"), message=message)


def _declared(found: Adopted) -> Table:
    heads = ("package", "version", "declared as", "for")
    columns = tuple(Column(head, keep=True) for head in heads)
    return Table(
        title=f"what {found.project} needs of {found.environment} (Python {found.python})",
        columns=(*columns, Column("because")),
        rows=tuple(
            (
                Cell(each.name),
                Cell(each.version),
                Cell(each.requirement),
                Cell(f"group {each.group}" if each.group else "run time"),
                Cell(each.because, Tone.DIM),
            )
            for each in found.taken
        ),
        notes=tuple(_notes(found)),
        empty="the project's code imports nothing of it, and it holds no tools",
    )


def _notes(found: Adopted) -> Iterator[Cell]:
    if found.by_hand:
        yield Cell(f"{found.by_hand}; to add by hand:\n{_indented(found.diff)}", Tone.WARN)
    elif found.diff:
        yield Cell(f"{'written' if found.written else 'to be written'}:\n{_indented(found.diff)}")
    for each in found.locks:
        done = "written" if found.written else "would be written"
        yield Cell(f"{each.file}: {counted(each.packages, 'package')}, {done}")
    if found.tests is not None:
        tone = Tone.GOOD if found.tests.state == "passed" else Tone.BAD
        said = f"tests with what is locked: {found.tests.state} ({found.tests.why})"
        log = f"\n  {found.tests.log}" if found.tests.state == "failed" else ""
        yield Cell(f"{said}{log}", tone)
    if found.taken:
        yield Cell(f"{found.environment} was read alone ({seconds_text(found.seconds)})", Tone.DIM)


def _told(each: Told) -> tuple[Cell, ...]:
    tone = Tone.WARN if each.level == "warning" else Tone.DIM
    return Cell(each.rule, tone), Cell(each.name), Cell(each.message)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
