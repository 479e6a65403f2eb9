"""The Plan, and what came of its jobs, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.dists.record import Record, Status
from shipwheel.planning.job import Job, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject

_RESULTS = {
    Status.PASSED: Cell("passed", Tone.GOOD),
    Status.FAILED: Cell("FAILED", Tone.BAD),
    Status.SKIPPED: Cell("skipped", Tone.WARN),
}


def plan_tables(plan: Plan) -> tuple[Table, ...]:
    """Give the Plan: the project in a line, its jobs, the planned files, and the notices."""
    return (_jobs_table(plan), _files_table(plan))


def project_line(project: PlannedProject) -> str:
    """Give the project in a line: name, version, kind, backend, Pythons."""
    version = project.version or "(version from the backend, once built)"
    pythons = ", ".join(project.pythons) or "none"
    return f"{project.name} {version}: {project.kind}, {project.backend}, Pythons {pythons}"


def records_table(title: str, records: Sequence[Record]) -> Table:
    """Give what jobs did: job, Python, file, result, seconds, in the order they are given."""
    columns = (
        Column("job", keep=True),
        Column("Python", keep=True),
        Column("file"),
        Column("result"),
        Column("time", right=True, keep=True),
    )
    failed = sum(record.status is Status.FAILED for record in records)
    tone = Tone.BAD if failed else Tone.GOOD
    spent = seconds_text(sum(record.seconds for record in records))
    note = f"{counted(len(records), 'job')}, {failed or 'none'} failed, {spent} of work"
    return Table(
        title=title,
        columns=columns,
        rows=tuple(_record_row(record) for record in records),
        notes=(Cell(note, tone),) if records else (),
        empty="no job has run yet",
    )


def _record_row(record: Record) -> tuple[Cell, ...]:
    files = [made.filename for made in record.made] or [each.filename for each in record.consumed]
    return (
        Cell(record.job),
        Cell(record.python_version or record.python or ""),
        Cell("\n".join(dict.fromkeys(files))),
        _result_cell(record),
        Cell(seconds_text(record.seconds), Tone.DIM),
    )


def _result_cell(record: Record) -> Cell:
    word, tone = _RESULTS[record.status]
    if record.status is Status.PASSED and record.tests_run is not None:
        return Cell(f"{counted(record.tests_run, 'test')} {word}", tone)
    return Cell(f"{word}: {record.reason}" if record.reason else word, tone)


def _jobs_table(plan: Plan) -> Table:
    other = any(_call(job) for job in plan.jobs)
    columns = [
        Column("job", keep=True),
        Column("Python", keep=True),
        Column("platform"),
        Column("needs"),
    ]
    if other:
        columns.append(Column("runs"))
    columns.append(Column("scope", keep=True))
    local = sum(job.scope is Scope.LOCAL for job in plan.jobs)
    summary = Cell(f"{counted(len(plan.jobs), 'job')}, {local} of them on this machine", Tone.DIM)
    return Table(
        title=project_line(plan.project),
        columns=tuple(columns),
        rows=tuple(_job_row(job, other=other) for job in plan.jobs),
        notes=(summary, *_absences(plan), *(Cell(f"notice: {text}") for text in plan.notices)),
        empty="no job: no Python of the project's is known",
    )


def _job_row(job: Job, *, other: bool) -> tuple[Cell, ...]:
    tone = Tone.PLAIN if job.scope is Scope.LOCAL else Tone.DIM
    name = f"{job.id} (may fail)" if job.allow_failure else job.id
    texts = [name, job.python or "", job.platform or "", ", ".join(job.needs)]
    if other:
        texts.append(_call(job))
    return tuple(Cell(text, tone) for text in (*texts, job.scope.value))


def _call(job: Job) -> str:
    """Give session and arguments where they are not told by the job's id."""
    words = [job.session, *(["--", *job.args] if job.args else [])]
    return "" if words == [job.id] else " ".join(words)


def _absences(plan: Plan) -> list[Cell]:
    """Give a line a reason for the jobs that cannot run here, with what would bring them."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for job in plan.jobs:
        if job.reason:
            reasons.setdefault((job.reason, job.remedy or ""), []).append(job.id)
    lines = []
    for (reason, remedy), jobs in reasons.items():
        named = ", ".join(jobs) if len(jobs) < 4 else f"{jobs[0]} and {len(jobs) - 1} more"
        lines.append(Cell(f"not here: {named}: {reason}", Tone.WARN))
        if remedy:
            lines.append(Cell(f"  next: {remedy}"))
    return lines


def _files_table(plan: Plan) -> Table:
    columns = (
        Column("file"),
        Column("kind"),
        Column("made by"),
        Column("here by"),
        Column("scope"),
    )
    ships = [file for file in plan.files if file.ships]
    local = sum(file.scope is Scope.LOCAL for file in ships)
    summary = f"{counted(len(ships), 'file')} in a release, {local} of them made on this machine"
    return Table(
        title="planned files",
        columns=columns,
        rows=tuple(_file_row(file) for file in plan.files),
        notes=(Cell(summary, Tone.DIM),),
        empty="none",
    )


def _file_row(file: PlannedFile) -> tuple[Cell, ...]:
    tone = Tone.PLAIN if file.scope is Scope.LOCAL else Tone.DIM
    scope = file.scope.value if file.ships else f"{file.scope}, not shipped"
    texts = (file.id, file.kind, file.job, file.local_job or "", scope)
    return tuple(Cell(text, tone) for text in texts)
