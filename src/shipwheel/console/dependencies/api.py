"""What of the public API broke and came since a release: tables, and Markdown for the changelog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.api.answer import Added, Api, Change, Deprecation

_MOST = 60  # rows of a table; --json has all
_HEADS = (Column("object"), Column("what"), Column("before"), Column("after"), Column("where"))


def api_tables(found: Api) -> tuple[Table, ...]:
    """Give what breaks, what may be meant, what is new and what is announced to go."""
    return tuple(_tables(found))


def api_section(found: Api) -> Section:
    """Give the answer as a part of the report."""
    if found.against is None:
        said = "no release to compare with"
    elif found.unread:
        said = f"{', '.join(each.name for each in found.unread)} could not be read"
    elif found.breaking:
        said = f"{_breaks(found)} since {found.against}"
    else:
        said = f"nothing broke since {found.against}"
    return Section("api", f"api: {said}", found.ok, api_tables(found))


def changelog(found: Api) -> str:
    """Give a fragment for a changelog in Markdown: what breaks, is new, is deprecated; empty for nothing."""
    removed = [_change_line(each) for each in found.changes if each.breaks]
    added = [f"- `{each.object}` ({each.kind})" for each in found.added]
    deprecated = [_deprecation_line(each) for each in found.deprecated]
    parts = (("Breaking", removed), ("Added", added), ("Deprecated", deprecated))
    lines = [f"### {head}\n\n" + "\n".join(each) + "\n" for head, each in parts if each]
    return "\n".join(lines)


def _tables(found: Api) -> Iterator[Table]:
    verdict = tuple(_verdict(found))
    title = f"public API of {found.project}"
    if found.against is None:
        yield Table(title=title, notes=verdict)
    else:
        breaking = _cut(found.breaking)
        yield Table(
            title=f"{title} {found.version}".rstrip() + f" against {found.against}: what breaks",
            columns=_HEADS,
            rows=tuple(_change_row(each, Tone.BAD) for each in breaking),
            notes=(*_left_out(len(found.breaking)), *verdict),
        )
        meant = tuple(each for each in found.changes if not each.breaks)
        if meant:
            yield Table(
                title="changed, and no call that was right is wrong by it",
                columns=_HEADS,
                rows=tuple(_change_row(each, Tone.PLAIN) for each in _cut(meant)),
                notes=_left_out(len(meant)),
            )
        if found.added:
            yield _added_table(found.added)
    if found.deprecated:
        yield _deprecation_table(found.deprecated)


def _verdict(found: Api) -> Iterator[Cell]:
    for each in found.unread:
        side = "the release" if each.side == "release" else "the tree"
        yield Cell(f"{each.name} of {side} could not be read: {each.why}", Tone.WARN)
    due = sum(each.due for each in found.deprecated)
    if due:
        yield Cell(
            f"{counted(due, 'deprecation')} due: the version that was named has come", Tone.WARN
        )
    if found.numbering is None:
        yield Cell(f"{found.project} has no release: there is nothing that could break", Tone.GOOD)
        return
    new = f"{len(found.added)} new" if found.added else "nothing new"
    said = f"{_breaks(found) if found.breaking else 'nothing broke'}, {new} ({seconds_text(found.seconds)})"
    tone = Tone.GOOD if found.ok else Tone.BAD
    yield Cell(f"{said}; {found.numbering.scheme}: {found.numbering.said}", tone)


def _breaks(found: Api) -> str:
    count = len(found.breaking)
    return f"{counted(count, 'change')} that break{'s' if count == 1 else ''}"


def _change_row(change: Change, tone: Tone) -> tuple[Cell, ...]:
    what = f"{change.kind}, as announced" if change.deprecated else change.kind
    return (
        Cell(change.object, tone),
        Cell(what),
        Cell(change.before),
        Cell(change.after),
        Cell(_place(change.file, change.line), Tone.DIM),
    )


def _added_table(added: Sequence[Added]) -> Table:
    return Table(
        title="new",
        columns=(Column("object"), Column("what"), Column("where")),
        rows=tuple(
            (Cell(each.object), Cell(each.kind), Cell(_place(each.file, each.line), Tone.DIM))
            for each in _cut(added)
        ),
        notes=_left_out(len(added)),
    )


def _deprecation_table(deprecated: Sequence[Deprecation]) -> Table:
    ordered = sorted(deprecated, key=lambda each: not each.due)
    return Table(
        title="deprecated",
        columns=(Column("object"), Column("goes in"), Column("said"), Column("where")),
        rows=tuple(
            (
                Cell(each.object, Tone.WARN if each.due else Tone.PLAIN),
                Cell(f"{each.removal}, due" if each.due else each.removal),
                Cell(each.text),
                Cell(_place(each.file, each.line), Tone.DIM),
            )
            for each in _cut(ordered)
        ),
        notes=_left_out(len(ordered)),
    )


def _cut(rows: Sequence[Change] | Sequence[Added] | Sequence[Deprecation]) -> Sequence:  # type: ignore[type-arg]
    return rows[:_MOST]


def _left_out(count: int) -> tuple[Cell, ...]:
    return (Cell(f"… and {count - _MOST} more; --json has all", Tone.DIM),) if count > _MOST else ()


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file


def _change_line(change: Change) -> str:
    if change.before and change.after:
        return f"- `{change.object}`: {change.kind}, `{change.before}` is now `{change.after}`"
    value = change.before or change.after
    return f"- `{change.object}`: {change.kind}" + (f" (`{value}`)" if value else "")


def _deprecation_line(found: Deprecation) -> str:
    goes = f", goes in {found.removal}" if found.removal else ""
    said = f": {found.text}" if found.text and found.by != "docstring" else ""
    return f"- `{found.object}`{goes}{said}"


def fragments(every: Iterable[Api]) -> str:
    """Give the fragments of several packages, each below its name where there are several."""
    answers = tuple(every)
    if len(answers) == 1:
        return changelog(answers[0])
    return "\n".join(
        f"## {each.project}\n\n{changelog(each)}" for each in answers if changelog(each)
    )
