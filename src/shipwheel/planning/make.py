"""The Plan from the facts: `make_plan` is pure, the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.cells import Cells, cells_of
from shipwheel.planning.cross import cross_jobs, with_cross
from shipwheel.planning.dependencies import dependency_jobs
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.planning.matrix import Matrix, matrix_of
from shipwheel.planning.notices import notices
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.planning.platforms import ci_platform, ci_runner
from shipwheel.planning.select import Selection, is_ordinary, select
from shipwheel.planning.shards import sharding_of, with_shards
from shipwheel.planning.shipping import left_out_notice, shipped_identifiers
from shipwheel.planning.support import supported
from shipwheel.planning.target import parse_target
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

    `identifiers` are all of cibuildwheel's build identifiers for the shipped platforms (empty for a pure
    project); `remedy` says what would bring a missing Python; `today` is an ISO date. Raises
    ConfigurationError for Pythons and platforms that do not exist, and where no wheel is left to ship.

    What CI runs (`Plan.ci_jobs`) is the same for every machine that has the same Pythons of the project,
    and its tests, wheels and gate for any.
    """
    targets = supported(project, catalog, identifiers)
    selection = select(project, targets, machine)
    chosen = shipped_identifiers(project, targets, identifiers)
    cells = cells_of(project, selection, machine, chosen)
    crossed = cross_jobs(project, selection, machine, cells)
    cells = msgspec.structs.replace(cells, local_jobs=with_cross(cells, crossed))
    matrix = matrix_of(project, catalog, targets, cells)
    foreign = tuple(job for _file, job in crossed)
    jobs = _jobs(project, catalog, (selection, cells, matrix), remedy, foreign)
    return Plan(
        project=_planned_project(project, selection),
        jobs=jobs,
        files=_files(project, selection, cells),
        build_python=selection.builder.text if selection.builder else None,
        sharding=sharding_of(project).why if cells.shipped else "",
        notices=(
            *notices(project, catalog, selection, matrix, jobs, today=today),
            *left_out_notice(identifiers, chosen),
        ),
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


def _jobs(
    project: Project,
    catalog: Catalog,
    decided: tuple[Selection, Cells, Matrix],
    remedy: Remedy,
    foreign: tuple[Job, ...],
) -> tuple[Job, ...]:
    selection, cells, matrix = decided
    here = ci_runner(catalog)
    build = _build_job(project, selection, here)
    own = [_wheel_job(selection, target, remedy) for target in cells.wheel_targets]
    wheels = [*own, *foreign]
    shipped = [_shipped_job(each, catalog, matrix, cells) for each in cells.shipped]
    shipped = with_shards(project, catalog, shipped)
    tests = [_test_job(project, selection, cells, each.text, remedy) for each in selection.targets]
    lowest = _lowest_job(project, selection, cells)
    tested = tuple(job.id for job in tests if job.scope is Scope.LOCAL)
    first = _runner(catalog, ci_platform(project, catalog))
    extra = [*([lowest] if lowest else []), *_coverage_job(project, tested)]
    tools = _tool_jobs(project, catalog, selection, cells)
    return (
        build,
        *wheels,
        *shipped,
        *tests,
        *(msgspec.structs.replace(job, runner=first) for job in extra if job.lowest),
        *matrix.tests,
        *(msgspec.structs.replace(job, runner=first) for job in extra if not job.lowest),
        *(msgspec.structs.replace(job, runner=first if job.consumes else here) for job in tools),
        *dependency_jobs(project),
        *_last_jobs(build, wheels, shipped, tests, matrix),
    )


def _last_jobs(
    build: Job, wheels: list[Job], shipped: list[Job], tests: list[Job], matrix: Matrix
) -> tuple[Job, ...]:
    """Give what looks at all files: verify, rehearse, reproduce, and the gate in front of publish.

    `verify` and `rehearse` judge what is here; a release needs every shipped wheel, and every test of
    CI's that must pass. A Plan without a platform to test on needs a machine's own tests of what ships.
    """
    made = (build.id, *(job.id for job in wheels if job.scope is Scope.LOCAL))
    local = tuple(job.id for job in tests if job.scope is Scope.LOCAL)
    ships = tuple(job.id for job in shipped)
    released = {"any", *(each.args[-1] for each in shipped)}
    cells = (job.id for job in tests if not job.allow_failure and released & set(job.consumes))
    proved = matrix.required or tuple(cells)
    where = {"scope": build.scope, "runner": build.runner}
    return (
        _last(JobKind.VERIFY, (*made, *ships), **where),
        _last(JobKind.REHEARSE, ("verify", *local), scope=build.scope),
        _last(JobKind.REPRODUCE, (), scope=build.scope),
        _last(
            JobKind.GATE,
            ("verify", *ships, *proved),
            runner=build.runner,
            tier=Tier.RELEASE,
        ),
        _last(
            JobKind.PUBLISH,
            ("verify", "gate", *ships, *proved),
            runner=build.runner,
            tier=Tier.RELEASE,
        ),
    )


def _last(kind: JobKind, needs: tuple[str, ...], **fields: Any) -> Job:
    return Job(id=kind.value, kind=kind, session=kind.value, needs=needs, **fields)


def _runner(catalog: Catalog, platform: str) -> str | None:
    found = catalog.platform(platform)
    return found.runner if found is not None else None


def _build_job(project: Project, selection: Selection, runner: str) -> Job:
    here = selection.builder is not None
    return Job(
        id="build",
        kind=JobKind.BUILD,
        session="build",
        python=selection.builder.text if selection.builder else None,
        runner=runner,
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


def _shipped_job(identifier: str, catalog: Catalog, matrix: Matrix, cells: Cells) -> Job:
    platform = identifier.partition("-")[2]
    return Job(
        id=f"wheels-{identifier}",
        kind=JobKind.WHEELS,
        session="wheels",
        args=("--only", identifier),
        also=cells.also.get(identifier, ()),
        platform=platform,
        runner=_runner(catalog, platform),
        tier=matrix.tier_of(identifier),
        needs=("build",),
        consumes=("sdist",),
        scope=Scope.RELEASE,
        reason="cibuildwheel makes this file on the release's machines",
        remedy=f"`nox -s wheels -- --only {identifier}` makes it, on such a machine",
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
        consumes=cells.consumed(text),
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
    released = (each for each in selection.here if cells.is_shipped(each))
    oldest = next(released, selection.oldest_here)
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


def _tool_jobs(project: Project, catalog: Catalog, selection: Selection, cells: Cells) -> list[Job]:
    """Give the jobs of the project's own tools, with the wheel of their Python where they import it."""
    tools = {
        JobKind.LINT: project.lint.value,
        JobKind.TYPE: project.type.value,
        JobKind.DOCS: project.docs.value,
    }
    python = _tools_python(selection, cells, catalog)
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


def _tools_python(selection: Selection, cells: Cells, catalog: Catalog) -> str | None:
    """Choose the Python that CI has anyway, else the builder, else any whose wheel ships from here."""
    here = [each.text for each in selection.here]
    builder = [selection.builder.text] if selection.builder else []
    ordinary = [each.text for each in reversed(selection.here) if is_ordinary(each)]
    wanted = [each for each in (catalog.ci_python, *builder, *ordinary) if each in here]
    shipped = (each for each in wanted if cells.is_shipped(parse_target(each)))
    return next(shipped, builder[0] if builder else None)


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
