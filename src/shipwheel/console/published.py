"""What publishing came to, as tables."""

from __future__ import annotations

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, size_text
from shipwheel.publishing.publication import (
    Action,
    Installed,
    Intent,
    Publication,
    PublishedFile,
)

_TONES = {
    Action.UPLOADED: Tone.GOOD,
    Action.IDENTICAL: Tone.GOOD,
    Action.REFUSED: Tone.BAD,
    Action.PENDING: Tone.WARN,
}

# what would become of a file, in a dry run
_INTENDED = {
    Action.UPLOADED: ("left, it is on its way", Tone.GOOD),
    Action.IDENTICAL: ("left, same bytes", Tone.GOOD),
    Action.REFUSED: ("refused, there is", Tone.BAD),
    Action.PENDING: ("uploaded", Tone.PLAIN),
}


def publication_tables(publication: Publication) -> tuple[Table, ...]:
    """Give each file with what became of it, the installs from the index, and the sum in a line.

    Of a dry run: each file in the order of sending with what would become of it, who we would be to the
    index, and what stands against it.
    """
    if publication.intent is not None:
        return _dry_run_tables(publication, publication.intent)
    tables = [_files_table(publication)]
    if publication.installs:
        tables.append(_installs_table(publication.installs))
    return (*tables, Table(title="", notes=(publication_line(publication),)))


def publication_line(publication: Publication) -> Cell:
    """Give the sum in a line."""
    release = f"{publication.project} {publication.version}".strip() or "the release"
    files = counted(len(publication.files), "file")
    found = ((_count(publication, action), action) for action in Action)
    words = {Action.PENDING: "to be uploaded"} if publication.dry_run else {}
    counts = ", ".join(f"{count} {words.get(action, action)}" for count, action in found if count)
    if publication.dry_run:
        tone = Tone.PLAIN if publication.passes else Tone.BAD
        return Cell(f"dry run: nothing was sent of {release}: {files}, {counts}", tone)
    if publication.complete and not all(each.read_back for each in publication.files):
        return Cell(
            f"{publication.index} took {release}, not read back: {files}, {counts}", Tone.WARN
        )
    if publication.complete:
        return Cell(f"{publication.index} has {release}, whole: {files}, {counts}", Tone.GOOD)
    return Cell(f"{publication.index} has not all of {release}: {counts}", Tone.BAD)


def _count(publication: Publication, action: Action) -> int:
    return sum(file.action is action for file in publication.files)


def _dry_run_tables(publication: Publication, intent: Intent) -> tuple[Table, ...]:
    told = (
        ("uploads go to", intent.upload),
        ("credentials", intent.credentials),
        ("attestations", intent.attestations),
        ("order", "as listed; wheels first, so that nobody compiles the sdist meanwhile"),
    )
    reasons = tuple(Cell(f"REFUSED {reason}", Tone.BAD) for reason in intent.reasons)
    return (
        Table(
            title=f"would go to {publication.index}",
            columns=(
                Column("", right=True, keep=True),
                Column("file"),
                Column("size", right=True, keep=True),
                Column("sha256", keep=True),
                Column("would be", keep=True),
            ),
            rows=tuple(
                _intended_row(place, file) for place, file in enumerate(publication.files, 1)
            ),
            empty="no file",
        ),
        Table(
            title="how",
            columns=(Column("", keep=True), Column("")),
            rows=tuple((Cell(name, Tone.DIM), Cell(text)) for name, text in told),
        ),
        Table(title="", notes=(*reasons, publication_line(publication))),
    )


def _intended_row(place: int, file: PublishedFile) -> tuple[Cell, ...]:
    word, tone = _INTENDED[file.action]
    return (
        Cell(str(place), Tone.DIM),
        Cell(file.filename),
        Cell("" if file.size is None else size_text(file.size)),
        Cell(file.sha256[:12], Tone.DIM),
        Cell(f"{word} {file.found[:12]}" if file.found else word, tone),
    )


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
        rows=tuple(_file_row(file) for file in publication.files),
        empty="no file",
    )


def _file_row(file: PublishedFile) -> tuple[Cell, ...]:
    return (
        Cell(file.filename),
        Cell(file.sha256[:12], Tone.DIM),
        Cell(file.action.value, _TONES[file.action]),
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
