"""The Plan, and what came of its jobs, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, times
from shipwheel.dists.record import Record, Status
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject

_NAMED = 3  # so many of a kind are named, more are counted
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
        Cell(
            files[0] if len(set(files)) == 1 else counted(len(set(files)), "file") if files else ""
        ),
        _result_cell(record),
        Cell(seconds_text(record.seconds), Tone.DIM),
    )


def _result_cell(record: Record) -> Cell:
    word, tone = _RESULTS[record.status]
    if record.status is Status.PASSED and record.tests_run is not None:
        return Cell(f"{counted(record.tests_run, 'test')} {word}", tone)
    return Cell(f"{word}: {record.reason}" if record.reason else word, tone)


def _jobs_table(plan: Plan) -> Table:
    columns = (
        Column("job", keep=True),
        Column("Python", keep=True),
        Column("platform"),
        Column("needs"),
        Column("scope", keep=True),
    )
    local = sum(job.scope is Scope.LOCAL for job in plan.jobs)
    summary = Cell(f"{counted(len(plan.jobs), 'job')}, {local} of them on this machine", Tone.DIM)
    return Table(
        title=project_line(plan.project),
        columns=columns,
        rows=tuple(_job_row(plan, jobs) for jobs in _grouped_jobs(plan)),
        notes=(summary, *_absences(plan), *(Cell(f"notice: {text}") for text in plan.notices)),
        empty="no job: no Python of the project's is known",
    )


def _grouped_jobs(plan: Plan) -> list[list[Job]]:
    """Give the jobs, those of one platform's shipped wheels as one: there are dozens, all alike."""
    groups: dict[object, list[Job]] = {}
    for job in plan.jobs:
        key = (job.platform, job.scope) if job.kind is JobKind.WHEELS else job.id
        groups.setdefault(key, []).append(job)
    return list(groups.values())


def _job_row(plan: Plan, jobs: list[Job]) -> tuple[Cell, ...]:
    job = jobs[0]
    tone = Tone.PLAIN if job.scope is Scope.LOCAL else Tone.DIM
    name = job.id if len(jobs) == 1 else times(len(jobs), job.session)
    name = f"{name} (may fail)" if job.allow_failure else name
    texts = (name, job.python or "", job.platform or "", _needs(plan, job), job.scope.value)
    return tuple(Cell(text, tone) for text in texts)


def _needs(plan: Plan, job: Job) -> str:
    """Name what a job needs; more than three of a kind are counted."""
    kinds: dict[str, list[str]] = {}
    known = {each.id: each.kind.value for each in plan.jobs}
    for need in job.needs:
        kinds.setdefault(known.get(need, need), []).append(need)
    named = (
        ", ".join(needs) if len(needs) <= _NAMED else times(len(needs), kind)
        for kind, needs in kinds.items()
    )
    return ", ".join(named)


def _absences(plan: Plan) -> list[Cell]:
    """Give a line a reason for the jobs that cannot run here, with what would bring them."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for job in plan.jobs:
        if job.reason:
            reasons.setdefault((job.reason, job.remedy or ""), []).append(job.id)
    lines = []
    for (reason, remedy), jobs in reasons.items():
        named = ", ".join(jobs) if len(jobs) <= _NAMED else f"{jobs[0]} and {len(jobs) - 1} more"
        lines.append(Cell(f"not here: {named}: {reason}", Tone.WARN))
        if remedy:
            lines.append(Cell(f"  next: {remedy}"))
    return lines


def _files_table(plan: Plan) -> Table:
    columns = (
        Column("file"),
        Column("kind", keep=True),
        Column("made by"),
        Column("here by", keep=True),
        Column("scope", keep=True),
    )
    ships = [file for file in plan.files if file.ships]
    local = sum(file.scope is Scope.LOCAL for file in ships)
    summary = f"{counted(len(ships), 'file')} in a release, {local} of them made on this machine"
    return Table(
        title="planned files",
        columns=columns,
        rows=tuple(_file_row(files) for files in _grouped_files(plan)),
        notes=(Cell(summary, Tone.DIM),),
        empty="none",
    )


def _grouped_files(plan: Plan) -> list[list[PlannedFile]]:
    """Give the files, those of one platform that are made elsewhere as one."""
    groups: dict[object, list[PlannedFile]] = {}
    for file in plan.files:
        platform = file.id.partition("-")[2]
        away = file.scope is Scope.RELEASE and file.ships and platform
        groups.setdefault((platform,) if away else file.id, []).append(file)
    return list(groups.values())


def _file_row(files: list[PlannedFile]) -> tuple[Cell, ...]:
    file = files[0]
    tone = Tone.PLAIN if file.scope is Scope.LOCAL else Tone.DIM
    scope = file.scope.value if file.ships else f"{file.scope}, not shipped"
    name, job = file.id, "wheels" if file.job.startswith("wheels-") else file.job
    if len(files) > 1:
        tags = [each.id.partition("-")[0] for each in files]
        name = f"{' '.join(tags)} on {file.id.partition('-')[2]}"
        job = times(len(files), "wheels")
    texts = (name, file.kind, job, file.local_job or "", scope)
    return tuple(Cell(text, tone) for text in texts)
