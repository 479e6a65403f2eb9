"""The Plan from the facts: `make_plan` is pure, the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.cells import Cells, cells_of
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.planning.select import Selection, select
from shipwheel.planning.support import end_of_life_notices, supported
from shipwheel.project.facts import Kind, Project, Runner

Remedy = Callable[[str], str]


def make_plan(
    project: Project,
    catalog: Catalog,
    machine: Machine,
    identifiers: tuple[str, ...] = (),
    *,
    remedy: Remedy,
    today: str,
) -> Plan:
    """Decide jobs and files for a project.

    `identifiers` are cibuildwheel's build identifiers for the shipped platforms (empty for a pure
    project); `remedy` says what would bring a missing Python; `today` is an ISO date. Raises
    ConfigurationError for Pythons that do not exist.
    """
    targets = supported(project, catalog)
    selection = select(project, targets, machine)
    cells = cells_of(project, selection, machine, identifiers)
    return Plan(
        project=_planned_project(project, selection),
        jobs=_jobs(project, selection, cells, remedy),
        files=_files(project, selection, cells),
        build_python=selection.builder.text if selection.builder else None,
        notices=_notices(project, selection, catalog, today),
    )


def _planned_project(project: Project, selection: Selection) -> PlannedProject:
    return PlannedProject(
        name=project.name.value,
        version=project.version.value,
        kind=project.kind.value,
        requires_python=project.requires_python.value,
        backend=project.backend.value,
        pythons=tuple(target.text for target in selection.targets),
    )


def _jobs(project: Project, selection: Selection, cells: Cells, remedy: Remedy) -> tuple[Job, ...]:
    build = _build_job(project, selection)
    wheels = [_wheel_job(selection, target, remedy) for target in cells.wheel_targets]
    shipped = [_shipped_job(identifier) for identifier in cells.shipped]
    tests = [_test_job(project, selection, cells, each.text, remedy) for each in selection.targets]
    lowest = _lowest_job(project, selection, cells)
    checks = [build.id, *(job.id for job in wheels if job.scope is Scope.LOCAL)]
    verify = Job(
        id="verify", kind=JobKind.VERIFY, session="verify", needs=tuple(checks), scope=build.scope
    )
    tested = tuple(job.id for job in tests if job.scope is Scope.LOCAL)
    rehearse = Job(
        id="rehearse",
        kind=JobKind.REHEARSE,
        session="rehearse",
        needs=("verify", *tested),
        scope=build.scope,
    )
    publish = Job(
        id="publish",
        kind=JobKind.PUBLISH,
        session="publish",
        needs=("verify", *(job.id for job in shipped), *(job.id for job in tests)),
    )
    return (
        build,
        *wheels,
        *shipped,
        *tests,
        *([lowest] if lowest else []),
        *_coverage_job(project, tested),
        *_tool_jobs(project, selection, cells),
        verify,
        rehearse,
        publish,
    )


def _build_job(project: Project, selection: Selection) -> Job:
    here = selection.builder is not None
    return Job(
        id="build",
        kind=JobKind.BUILD,
        session="build",
        python=selection.builder.text if selection.builder else None,
        scope=Scope.LOCAL if here else Scope.RELEASE,
        reason=None if here else _nothing_here(project, selection),
        remedy=None if here else _bring_one(selection),
    )


def _nothing_here(project: Project, selection: Selection) -> str:
    wanted = ", ".join(target.text for target in selection.targets)
    bound = project.requires_python.value or "no bound"
    if not wanted:
        return f"no Python that shipwheel knows satisfies requires-python {bound!r}"
    return f"none of this project's Pythons ({wanted}; requires-python {bound!r}) is here"


def _bring_one(selection: Selection) -> str:
    if selection.targets:
        return "install one of them, or widen requires-python"
    return "widen requires-python to a Python that exists"


def _wheel_job(selection: Selection, text: str, remedy: Remedy) -> Job:
    job = Job(
        id=f"wheel-{text}",
        kind=JobKind.WHEEL,
        session=f"wheel-{text}",
        python=text,
        needs=("build",),
        consumes=("sdist",),
    )
    return _where(job, selection, remedy)


def _shipped_job(identifier: str) -> Job:
    return Job(
        id=f"wheels-{identifier}",
        kind=JobKind.WHEELS,
        session="wheels",
        args=("--only", identifier),
        platform=identifier.partition("-")[2],
        needs=("build",),
        consumes=("sdist",),
        scope=Scope.RELEASE,
        reason="cibuildwheel makes this file on the release's machines",
        remedy=f"`cibuildwheel --only {identifier} dist/SDIST` makes it, on that platform",
    )


def _test_job(
    project: Project, selection: Selection, cells: Cells, text: str, remedy: Remedy
) -> Job:
    wheel = cells.wheel_job(text)
    job = Job(
        id=f"test-{text}",
        kind=JobKind.TEST,
        session=f"test-{text}",
        python=text,
        needs=(wheel,),
        consumes=(cells.file_id(text),),
        allow_failure=text in project.config.allow_failure,
    )
    return _where(job, selection, remedy)


def _where(job: Job, selection: Selection, remedy: Remedy) -> Job:
    """Give a cell its scope, and where its Python is not here the reason and what would bring it."""
    text = str(job.python)
    if any(target.text == text for target in selection.here):
        return job
    return msgspec.structs.replace(
        job,
        scope=Scope.RELEASE,
        reason=f"Python {text} is not on this machine",
        remedy=remedy(text),
    )


def _lowest_job(project: Project, selection: Selection, cells: Cells) -> Job | None:
    oldest = selection.oldest_here
    if oldest is None or project.test.runner.value is Runner.NONE:
        return None
    return Job(
        id="test-lowest",
        kind=JobKind.TEST,
        session="test-lowest",
        python=oldest.text,
        needs=(cells.wheel_job(oldest.text),),
        consumes=(cells.file_id(oldest.text),),
        lowest=True,
    )


def _coverage_job(project: Project, tested: tuple[str, ...]) -> list[Job]:
    if not project.test.coverage.value or not tested:
        return []
    return [Job(id="coverage", kind=JobKind.COVERAGE, session="coverage", needs=tested)]


def _tool_jobs(project: Project, selection: Selection, cells: Cells) -> list[Job]:
    """Give the jobs of the project's own tools: on the builder's Python, with its wheel where they import it."""
    tools = {
        JobKind.LINT: project.lint.value,
        JobKind.TYPE: project.type.value,
        JobKind.DOCS: project.docs.value,
    }
    python = selection.builder.text if selection.builder else None
    return [
        Job(
            id=kind.value,
            kind=kind,
            session=kind.value,
            python=python,
            needs=(cells.wheel_job(python),) if facts.installs_project and python else (),
            consumes=(cells.file_id(python),) if facts.installs_project and python else (),
        )
        for kind, facts in tools.items()
        if facts is not None
    ]


def _files(project: Project, selection: Selection, cells: Cells) -> tuple[PlannedFile, ...]:
    scope = Scope.LOCAL if selection.builder else Scope.RELEASE
    local = "build" if selection.builder else None
    sdist = PlannedFile(id="sdist", kind="sdist", job="build", scope=scope, local_job=local)
    if project.kind.value is Kind.PURE:
        pure = PlannedFile(id="any", kind="wheel", job="build", scope=scope, local_job=local)
        return (sdist, pure)
    return (sdist, *(_wheel_file(cells, identifier) for identifier in cells.all_identifiers))


def _wheel_file(cells: Cells, identifier: str) -> PlannedFile:
    local = cells.local_jobs.get(identifier)
    ships = identifier in cells.shipped
    return PlannedFile(
        id=identifier,
        kind="wheel",
        job=f"wheels-{identifier}" if ships else str(local),
        scope=Scope.LOCAL if local else Scope.RELEASE,
        local_job=local,
        ships=ships,
    )


def _notices(
    project: Project, selection: Selection, catalog: Catalog, today: str
) -> tuple[str, ...]:
    notices = [*project.notes, *end_of_life_notices(selection.targets, catalog, today)]
    absent = [each.text for each in selection.targets if each not in selection.here]
    if absent and selection.here:
        notices.append(f"not on this machine: Python {', '.join(absent)}")
    return tuple(notices)
