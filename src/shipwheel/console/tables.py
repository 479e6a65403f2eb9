"""The Plan, and what came of its jobs, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, times
from shipwheel.dists.record import Record, Status
from shipwheel.planning.job import DEPENDENCY_KINDS, Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.planning.target import from_tag

_NAMED = 3  # so many of a kind are named, more are counted
_CELLS = frozenset({JobKind.WHEEL, JobKind.TEST})
_TIERS = {Tier.PR: "for a pull request", Tier.MAIN: "for the main branch", Tier.RELEASE: "in all"}
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
        Column("runner", keep=True, spare=True),
        Column("needs", spare=True),
        Column("in CI", keep=True),
        Column("scope", keep=True),
    )
    local = sum(job.scope is Scope.LOCAL for job in plan.jobs)
    ran = plan.ci_jobs()
    in_ci = {job.id: job.tier for job in ran}
    shards = {job.shard or job.id: job.tier for job in ran}  # those of a shard are one there
    told = ", ".join(
        f"{sum(each.rank <= tier.rank for each in shards.values())} {words}"
        for tier, words in _TIERS.items()
    )
    summary = f"{counted(len(plan.jobs), 'job')}, {local} of them on this machine; in CI {told}"
    return Table(
        title=project_line(plan.project),
        columns=columns,
        rows=_job_rows(plan, in_ci),
        notes=(
            *_on_request(plan),
            Cell(summary, Tone.DIM),
            *_absences(plan),
            *(Cell(f"notice: {text}") for text in plan.notices),
        ),
        empty="no job: no Python of the project's is known",
    )


def _on_request(plan: Plan) -> list[Cell]:
    """Name what can be asked about dependencies: a row each would say nothing more."""
    names = [job.id for job in plan.jobs if job.kind in DEPENDENCY_KINDS]
    return [Cell(f"about what it depends on: {', '.join(names)}", Tone.DIM)] if names else []


def _grouped_jobs(plan: Plan) -> list[list[Job]]:
    """Give the jobs, those that are alike as one: a platform's wheels and tests, and many cells."""
    cells = Counter(_cell_key(job) for job in plan.jobs)
    groups: dict[object, list[Job]] = {}
    for job in plan.jobs:
        if job.kind in DEPENDENCY_KINDS:
            continue
        alike: object = job.id
        if job.platform is not None:
            alike = (job.kind, job.platform, job.allow_failure, job.scope)
        elif job.kind in _CELLS and cells[_cell_key(job)] > _NAMED:
            alike = _cell_key(job)
        groups.setdefault(alike, []).append(job)
    return list(groups.values())


def _cell_key(job: Job) -> tuple[object, ...]:
    own = job.platform is None and not job.lowest
    return (job.kind, job.scope, job.allow_failure) if own else (job.id,)


def _job_rows(plan: Plan, tiers: Mapping[str, Tier]) -> tuple[tuple[Cell, ...], ...]:
    kinds = {job.id: job.kind.value for job in plan.jobs}
    return tuple(_job_row(plan, jobs, kinds, tiers) for jobs in _grouped_jobs(plan))


def _job_row(
    plan: Plan, jobs: list[Job], kinds: Mapping[str, str], tiers: Mapping[str, Tier]
) -> tuple[Cell, ...]:
    job = jobs[0]
    tone = Tone.PLAIN if job.scope is Scope.LOCAL else Tone.DIM
    name = job.id if len(jobs) == 1 else times(len(jobs), job.kind.value)
    name = f"{name} on {job.platform}" if job.platform and len(jobs) > 1 else name
    name = f"{name} (may fail)" if job.allow_failure else name
    texts = (
        name,
        _pythons(plan, jobs),
        job.runner or "",
        _needs(jobs, kinds),
        _in_ci(jobs, tiers),
        job.scope.value,
    )
    return tuple(Cell(text, tone) for text in texts)


def _pythons(plan: Plan, jobs: list[Job]) -> str:
    """Give the Pythons of jobs: each, or the first and last where all between them are there too.

    What wheels ship for is cibuildwheel's to say, and all of it in the table of files.
    """
    found = [each for job in jobs if (each := job.python or _built_for(job))]
    known = list(plan.project.pythons)
    if len(found) <= _NAMED:
        return ", ".join(found)
    first = known.index(found[0]) if found[0] in known else 0
    if jobs[0].kind is not JobKind.WHEELS and known[first : first + len(found)] != found:
        return ", ".join(found)
    return f"{found[0]} \N{HORIZONTAL ELLIPSIS} {found[-1]}"


def _built_for(job: Job) -> str:
    """Give the Python of a shipped wheel's job, as cibuildwheel's identifier says it."""
    tag = job.args[-1].partition("-")[0] if job.args else ""
    target = from_tag(tag)
    return target.text if target else tag


def _in_ci(jobs: list[Job], tiers: Mapping[str, Tier]) -> str:
    """Say in which tiers CI starts to run jobs; nothing for this machine's own."""
    found = {tiers.get(job.id) for job in jobs}
    return ", ".join(tier.value for tier in Tier if tier in found)


def _needs(jobs: list[Job], kinds: Mapping[str, str]) -> str:
    """Name what jobs need; more than three of a kind are counted."""
    needed: dict[str, list[str]] = {}
    for need in dict.fromkeys(need for job in jobs for need in job.needs):
        needed.setdefault(kinds.get(need, need), []).append(need)
    named = (
        ", ".join(needs) if len(needs) <= _NAMED else times(len(needs), kind)
        for kind, needs in needed.items()
    )
    return ", ".join(named)


def _absences(plan: Plan) -> list[Cell]:
    """Give a line a reason for the jobs that cannot run here, with what would bring them."""
    reasons: dict[str, list[Job]] = {}
    for job in plan.jobs:
        if job.reason:
            reasons.setdefault(job.reason, []).append(job)
    lines = []
    for reason, jobs in reasons.items():
        many = times(len(jobs), jobs[0].kind.value)
        named = ", ".join(job.id for job in jobs) if len(jobs) <= _NAMED else many
        lines.append(Cell(f"not here: {named}: {reason}", Tone.WARN))
        if jobs[0].remedy:
            lines.append(Cell(f"  next: {jobs[0].remedy}"))
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
