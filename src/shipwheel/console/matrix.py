"""What became of a pipeline's jobs, of one job, and of a release: as tables, for logs and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, size_text
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import FileRef, Made, Record, Status
from shipwheel.planning.job import Job
from shipwheel.publishing.held import HeldFile
from shipwheel.publishing.release import Release, ReleasedFile

_TONES = {Status.PASSED: Tone.GOOD, Status.FAILED: Tone.BAD, Status.SKIPPED: Tone.WARN}


def job_table(record: Record) -> Table:
    """Give one run: Python, platform, result, time, tests; and why it did not pass."""
    tests = "" if record.tests_run is None else str(record.tests_run)
    row = (
        Cell(record.job),
        Cell(record.python_version or record.python or ""),
        Cell(record.platform or ""),
        Cell(record.status.value, _TONES[record.status]),
        Cell(tests),
        Cell(seconds_text(record.seconds), Tone.DIM),
    )
    notes = [Cell(record.reason, _TONES[record.status])] if record.reason else []
    notes += [Cell(text, Tone.WARN) for text in record.warnings]
    notes += [Cell(text) for text in record.notes]
    return Table(title="", columns=_columns("time"), rows=(row,), notes=tuple(notes))


def matrix_table(jobs: Iterable[Job], manifest: Manifest) -> Table:
    """Give each job with what its record says; one without a record did not hand it over."""
    rows = tuple(_job_row(job, manifest.record(job.id)) for job in jobs)
    return Table(title="jobs", columns=_columns("reason"), rows=rows, empty="no job")


def files_table(title: str, files: Iterable[Made | FileRef | HeldFile | ReleasedFile]) -> Table:
    """Give files with size and whole sha256: it is there to be compared."""
    columns = (Column("file"), Column("size", right=True, keep=True), Column("sha256", keep=True))
    rows = tuple(
        (Cell(file.filename), Cell(size_text(file.size)), Cell(file.sha256)) for file in files
    )
    return Table(title=title, columns=columns, rows=rows, empty="no file")


def release_tables(release: Release) -> tuple[Table, ...]:
    """Give a release: its files, and under which reservations it passed."""
    name = f"{release.project} {release.version}"
    notes = [Cell(line) for line in _set_aside(release)]
    notes += [Cell(note) for note in release.notes]
    if release.rehearsal:
        notes.append(Cell("judged as a dry run: no upload takes this release", Tone.WARN))
    else:
        said = f"{name} may go to {release.index}: {counted(len(release.files), 'file')}"
        notes.append(Cell(said, Tone.GOOD))
    return (files_table(f"release {name}", release.in_order), Table(title="", notes=tuple(notes)))


def _set_aside(release: Release) -> Iterator[str]:
    """Give each rule that a reason set aside, and below it what the rule had said."""
    for rule, why in release.exceptions.items():
        yield f"{rule} is set aside: {why}"
        yield from (f"  {each.message}" for each in release.set_aside if each.rule == rule)


def _columns(last: str) -> tuple[Column, ...]:
    return (
        Column("job", keep=True),
        Column("Python", keep=True),
        Column("platform", keep=True),
        Column("result", keep=True),
        Column("tests", right=True, keep=True),
        Column(last),
    )


def _job_row(job: Job, record: Record | None) -> tuple[Cell, ...]:
    if record is None:
        result, tests, reason = Cell("no record", Tone.WARN), "", ""
    else:
        result = Cell(record.status.value, _TONES[record.status])
        tests = "" if record.tests_run is None else str(record.tests_run)
        reason = record.reason or ""
    return (
        Cell(job.id),
        Cell((record.python_version if record else None) or job.python or ""),
        Cell(job.platform or (record.platform if record else None) or ""),
        result,
        Cell(tests),
        Cell(f"may fail: {reason}" if job.allow_failure and reason else reason),
    )
