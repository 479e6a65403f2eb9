"""Which sessions a Plan has, as values: what `register` hands to nox, and what `init` compares names with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.planning.plan import Plan

_SAYS = {
    JobKind.BUILD: "Build the sdist{pure}, unless nothing changed.",
    JobKind.WHEEL: "Build this machine's wheel for Python {python} from the sdist, and repair it.",
    JobKind.WHEELS: "Build this platform's shipped wheels with cibuildwheel (-- --only ID for one).",
    JobKind.TEST: "Run the project's tests against the built wheel on Python {python}.",
    JobKind.COVERAGE: "Combine the coverage of all test cells, failed ones too.",
    JobKind.LINT: "Run the project's linters.",
    JobKind.TYPE: "Run the project's type checker.",
    JobKind.DOCS: "Build the documentation.",
    JobKind.LOCK: "Lock every group of dependencies in its pylock file (-- --check: compare alone).",
    JobKind.PATCH: "Move one locked package, and what must move with it, then run the tests (-- NAME).",
    JobKind.AUDIT: "Ask for advisories against what is locked, and for the smallest upgrade that mends each.",
    JobKind.FLOORS: "Find the lowest versions of the direct dependencies that the tests pass with.",
    JobKind.CONFLICTS: "Show which requirements contradict each other, and the smallest way out.",
    JobKind.READINESS: "Ask where each dependency has a wheel (-- 3.15 win_arm64 for some cells).",
    JobKind.GRAPH: "Find cycles, and undeclared, unused and private imports; draw the graph.",
    JobKind.PRODUCTION: "Show what a production install holds beside what is declared.",
    JobKind.PROFILE: "Show where an install's time goes, a package a row.",
    JobKind.API: "Hold the public API against the last release.",
    JobKind.ADOPT: "Declare and lock what a running environment holds (-- PYTHON).",
    JobKind.VERIFY: "Verify what was built: the set, the archives, a wheel-only install.",
    JobKind.REHEARSE: "Rehearse the release against a throw-away index on this machine (-- --fake: with stand-ins).",
    JobKind.REPRODUCE: "Build everything twice, in other folders, and show what differs.",
    JobKind.GATE: "Judge the release and write release.json, sending nothing (-- --to NAME, -- --dry-run).",
    JobKind.PUBLISH: "Publish: gate, upload, read back (-- --to NAME, -- --dry-run).",
}
FAKE = "--fake"  # an argument of `rehearse`: with stand-ins, so that nothing is built for it
_LOWEST = "Run the tests with the lowest declared direct dependencies, on Python {python}."
_CROSS = "Compile the wheel of Python {python} for another architecture with zig, and test it below qemu."
_DEFAULT = frozenset({"build", "wheel", "test", "verify"})
# what writes to the whole of dist/ or talks to an index runs by itself
_ALONE = frozenset(
    {
        *(JobKind.WHEELS, JobKind.COVERAGE, JobKind.REHEARSE, JobKind.REPRODUCE),
        *(JobKind.GATE, JobKind.PUBLISH),
        # these write pyproject.toml or locks, or measure time
        *(JobKind.LOCK, JobKind.PATCH, JobKind.PROFILE, JobKind.ADOPT),
    }
)


class SessionSpec(msgspec.Struct, frozen=True):
    """One nox session. `job` is the Plan's job it runs, None for a summary of `requires`.

    `wheels` stands for a job an identifier, and has no `job` either: its arguments pick.
    `first` are sessions of ours that are needed and not registered: the session runs their jobs itself.
    """

    name: str
    kind: JobKind
    says: str
    requires: tuple[str, ...]
    first: tuple[str, ...] = ()
    job: str | None = None
    default: bool = False
    parallel: bool = True


def session_specs(plan: Plan) -> tuple[SessionSpec, ...]:
    """Give a Plan's sessions in the order in which nox should start them."""
    cells = [_cell(plan, job) for job in plan.jobs if _has_session(job)]
    head = [spec for spec in cells if spec.kind in {JobKind.BUILD, JobKind.WHEEL}]
    tests = [spec for spec in cells if spec.kind is JobKind.TEST]
    tail = [spec for spec in cells if spec not in head and spec not in tests]
    return (
        *head,
        _summary(plan, JobKind.WHEEL),
        *_wheels(plan),
        *tests,
        _summary(plan, JobKind.TEST),
        *tail,
    )


def needs_nothing(spec: SessionSpec, args: Iterable[str]) -> bool:
    """Say whether a session, called with these arguments, needs none of those that it requires.

    `rehearse` takes `--fake` alone, and need not wait for tests to refuse another. A workspace's summary
    is what it requires.
    """
    return spec.kind is JobKind.REHEARSE and spec.job is not None and any(args)


def _has_session(job: Job) -> bool:
    """Say whether a job has a session to itself: one of CI's platforms runs in its Python's."""
    return job.kind is not JobKind.WHEELS and (job.kind is not JobKind.TEST or job.platform is None)


def chosen(
    specs: Iterable[SessionSpec],
    only: Iterable[str] | None,
    skip: Iterable[str],
    replaced: Iterable[str] = (),
) -> tuple[SessionSpec, ...]:
    """Give the specs that `only` and `skip` leave.

    What they require stays required where it is left too, or `replaced` by a session of the user's that
    does ours. Of the rest a summary is replaced by its cells, and a job is run by what needs it: a
    session of another purpose that happens to be called `build` makes nothing that we could test.
    """
    every = tuple(specs)
    wanted = None if only is None else set(only)
    left_out = set(skip)
    left = [
        spec
        for spec in every
        if (wanted is None or spec.name in wanted) and spec.name not in left_out
    ]
    there = {*(spec.name for spec in left), *replaced}
    gone = {spec.name: spec for spec in every if spec.name not in there}
    return tuple(_rewired(spec, gone) for spec in left)


def _rewired(spec: SessionSpec, gone: Mapping[str, SessionSpec]) -> SessionSpec:
    if gone.keys().isdisjoint(spec.requires):
        return spec
    requires, first = _needed(spec, gone)
    return msgspec.structs.replace(
        spec, requires=tuple(dict.fromkeys(requires)), first=tuple(dict.fromkeys(first))
    )


def _needed(spec: SessionSpec, gone: Mapping[str, SessionSpec]) -> tuple[list[str], list[str]]:
    """Give the sessions to require and, innermost first, those whose jobs are to be run instead."""
    requires: list[str] = []
    first: list[str] = []
    for name in spec.requires:
        if name not in gone:
            requires.append(name)
            continue
        inner = _needed(gone[name], gone)
        requires += inner[0]
        first += inner[1]
        if gone[name].job is not None:
            first.append(name)
    return requires, first


def _cell(plan: Plan, job: Job) -> SessionSpec:
    return SessionSpec(
        name=job.session,
        kind=job.kind,
        says=_says(plan, job),
        requires=_requires(plan, job),
        job=job.id,
        default=job.session in _DEFAULT,
        parallel=job.kind not in _ALONE,
    )


def _says(plan: Plan, job: Job) -> str:
    crossed = job.kind is JobKind.WHEEL and job.platform is not None
    pattern = _LOWEST if job.lowest else _CROSS if crossed else _SAYS[job.kind]
    pure = " and the wheel from it" if any(file.id == "any" for file in plan.files) else ""
    text = pattern.format(python=job.python or "?", pure=pure)
    if job.reason and job.kind in {JobKind.WHEEL, JobKind.TEST}:
        return f"{text[:-1]} (not here: {job.remedy})."
    return text


def _requires(plan: Plan, job: Job) -> tuple[str, ...]:
    if job.kind in {JobKind.GATE, JobKind.PUBLISH}:
        return ()  # it builds nothing, and says what is missing
    if job.kind is JobKind.COVERAGE:
        # nox aborts what requires a failed session: coverage runs the missing cells itself
        return ("build", *_local_sessions(plan, JobKind.WHEEL))
    if job.kind is JobKind.VERIFY:
        return ("build", "wheel")
    if job.kind is JobKind.REHEARSE:
        return ("verify", "test")
    return tuple(plan.job(need).session for need in job.needs)


def _summary(plan: Plan, kind: JobKind) -> SessionSpec:
    wheel = kind is JobKind.WHEEL
    cells = _local_sessions(plan, kind, foreign=wheel)
    what = "Build this machine's wheels" if wheel else "Run the tests"
    return SessionSpec(
        name=kind.value,
        kind=kind,
        says=f"{what}: all cells of the Pythons that are here.",
        requires=cells or ("build",),
        default=True,
    )


def _wheels(plan: Plan) -> tuple[SessionSpec, ...]:
    """Give the one session of all shipped wheels: on one platform a name each would be forty lines."""
    jobs = plan.of_kind(JobKind.WHEELS)
    if not jobs:
        return ()
    return (
        SessionSpec(
            name=jobs[0].session,
            kind=JobKind.WHEELS,
            says=_SAYS[JobKind.WHEELS],
            requires=("build",),
            parallel=False,
        ),
    )


def _local_sessions(plan: Plan, kind: JobKind, *, foreign: bool = False) -> tuple[str, ...]:
    """Give the sessions of a kind's cells; `foreign`: also those of another architecture's wheels."""
    cells = plan.of_kind(kind, Scope.LOCAL)
    return tuple(
        job.session for job in cells if (job.platform is None or foreign) and not job.lowest
    )
