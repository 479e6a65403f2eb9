"""What publishing came to, as tables."""

from __future__ import annotations

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.publishing.publication import Action, Installed, Publication, PublishedFile

_TONES = {
    Action.UPLOADED: Tone.GOOD,
    Action.IDENTICAL: Tone.GOOD,
    Action.REFUSED: Tone.BAD,
    Action.PENDING: Tone.WARN,
}


def publication_tables(publication: Publication) -> tuple[Table, ...]:
    """Give each file with what became of it, the installs from the index, and the sum in a line."""
    tables = [_files_table(publication)]
    if publication.installs:
        tables.append(_installs_table(publication.installs))
    return (*tables, Table(title="", notes=(publication_line(publication),)))


def publication_line(publication: Publication) -> Cell:
    """Give the sum in a line."""
    release = f"{publication.project} {publication.version}".strip() or "the release"
    files = counted(len(publication.files), "file")
    found = ((_count(publication, action), action) for action in Action)
    counts = ", ".join(f"{count} {action}" for count, action in found if count)
    if publication.dry_run:
        tone = Tone.BAD if _count(publication, Action.REFUSED) else Tone.PLAIN
        return Cell(f"dry run: nothing was sent of {release}: {files}, {counts}", tone)
    if publication.complete:
        return Cell(f"{publication.index} has {release}, whole: {files}, {counts}", Tone.GOOD)
    return Cell(f"{publication.index} has not all of {release}: {counts}", Tone.BAD)


def _count(publication: Publication, action: Action) -> int:
    return sum(file.action is action for file in publication.files)


def _files_table(publication: Publication) -> Table:
    columns = (
        Column("file"),
        Column("sha256", keep=True),
        Column("action", keep=True),
        Column("read back", keep=True),
    )
    return Table(
        title=f"to {publication.index}",
        columns=columns,
        rows=tuple(_file_row(file, dry_run=publication.dry_run) for file in publication.files),
        empty="no file",
    )


def _file_row(file: PublishedFile, *, dry_run: bool) -> tuple[Cell, ...]:
    # in a dry run a pending file is one that would be sent: nothing is wrong with it
    tone = Tone.PLAIN if dry_run and file.action is Action.PENDING else _TONES[file.action]
    return (
        Cell(file.filename),
        Cell(file.sha256[:12], Tone.DIM),
        Cell(file.action.value, tone),
        Cell("same bytes" if file.read_back else "", Tone.GOOD),
    )


def _installs_table(installs: tuple[Installed, ...]) -> Table:
    columns = (
        Column("Python", keep=True),
        Column("install"),
        Column("got"),
        Column("time", right=True, keep=True),
    )
    rows = tuple(
        (
            Cell(each.python),
            Cell("passed", Tone.GOOD) if each.ok else Cell("FAILED", Tone.BAD),
            Cell(each.detail),
            Cell(seconds_text(each.seconds), Tone.DIM),
        )
        for each in installs
    )
    return Table(title="installed from the index", columns=columns, rows=rows)
