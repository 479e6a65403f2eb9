"""The sessions of a workspace: each member's under `PACKAGE:NAME`, and a summary of each over all."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Kind
from shipwheel.sessions.members import Member, Packages
from shipwheel.sessions.specs import SessionSpec, session_specs

_SUMMARIES = {
    JobKind.BUILD: "Build all packages.",
    JobKind.WHEEL: "Build this machine's wheels of all packages.",
    JobKind.TEST: "Run the tests of all packages.",
    JobKind.COVERAGE: "Combine the coverage of each package.",
    JobKind.LINT: "Run the linters of all packages.",
    JobKind.TYPE: "Run the type checkers of all packages.",
    JobKind.DOCS: "Build the documentation of all packages.",
    JobKind.LOCK: "Lock the dependencies of all packages.",
    JobKind.AUDIT: "Ask for advisories against the locks of all packages.",
    JobKind.FLOORS: "Find the lowest versions that the tests of each package pass with.",
    JobKind.CONFLICTS: "Show which requirements of the packages contradict each other.",
    JobKind.READINESS: "Ask where each dependency of all packages has a wheel.",
    JobKind.GRAPH: "Find cycles and undeclared imports in all packages.",
    JobKind.PRODUCTION: "Show what a production install of each package holds.",
    JobKind.PROFILE: "Show where the time of each package's install goes.",
    JobKind.API: "Hold the public API of each package against its last release.",
    JobKind.VERIFY: "Verify what was built of all packages.",
    JobKind.REHEARSE: "Rehearse the release of each package.",
    JobKind.REPRODUCE: "Build each package twice, and show what differs.",
}
_DEFAULT = frozenset({JobKind.BUILD, JobKind.WHEEL, JobKind.TEST, JobKind.VERIFY})
# nox starts sessions in this order: what others wait for comes first, over all packages
_FIRST = (JobKind.BUILD, JobKind.WHEEL, JobKind.WHEELS, JobKind.TEST)
_WHOLE = frozenset({JobKind.COVERAGE, JobKind.VERIFY})
_TOOLS = frozenset({JobKind.LINT, JobKind.TYPE, JobKind.DOCS})


def workspace_specs(packages: Packages) -> tuple[SessionSpec, ...]:
    """Give the sessions of all members and their summaries, in the order in which nox should start them."""
    own = [spec for member in packages.members for spec in _member_specs(packages, member)]
    every = [*own, *_summaries(packages, own)]
    return tuple(sorted(every, key=lambda spec: _rank(spec.kind)))


def served(plan: Plan, python: str | None) -> Job | None:
    """Give the job that makes the wheel of a package for a Python, None where it has none for it."""
    if plan.project.kind is Kind.PURE:
        return plan.job("build")
    tests = (job for job in plan.of_kind(JobKind.TEST) if job.platform is None)
    cell = next((job for job in tests if job.python == python), None)
    return plan.job(cell.needs[0]) if cell is not None and cell.needs else None


def _served_across(plan: Plan, job: Job) -> Job | None:
    """Give the job that makes a package's wheel for another architecture's Python, None where none does."""
    if plan.project.kind is Kind.PURE:
        return plan.job("build")
    jobs = [each for each in plan.of_kind(JobKind.WHEEL) if each.platform == job.platform]
    # an abi3 wheel serves more Pythons than the one that makes it
    return next((each for each in jobs if each.python == job.python), next(iter(jobs), None))


def _rank(kind: JobKind) -> int:
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _member_specs(packages: Packages, member: Member) -> Iterator[SessionSpec]:
    plan = member.opened.plan
    for spec in session_specs(plan):
        needed = [f"{member.name}:{name}" for name in spec.requires]
        job = plan.job(spec.job) if spec.job else None
        needed += _of_siblings(packages, member, job) if job else ()
        yield msgspec.structs.replace(
            spec, name=f"{member.name}:{spec.name}", requires=tuple(dict.fromkeys(needed))
        )


def _of_siblings(packages: Packages, member: Member, job: Job) -> Iterator[str]:
    """Give the sessions that make the siblings' wheels which a job installs."""
    for name in member.siblings:
        plan = packages.member(name).opened.plan
        if job.kind in _WHOLE:
            yield from (f"{name}:build", f"{name}:wheel")
        elif job.kind is JobKind.TEST or (job.kind in _TOOLS and job.consumes):
            maker = served(plan, job.python)
            yield f"{name}:{maker.session if maker else 'wheel'}"
        elif job.kind is JobKind.WHEEL and job.platform is not None:
            maker = _served_across(plan, job)  # this job tests what it makes
            yield f"{name}:{maker.session if maker else 'wheel'}"


def _summaries(packages: Packages, own: list[SessionSpec]) -> Iterator[SessionSpec]:
    names = {spec.name for spec in own}
    for kind, says in _SUMMARIES.items():
        cells = [f"{member.name}:{kind.value}" for member in packages.members]
        there = tuple(name for name in cells if name in names)
        if there:
            yield SessionSpec(
                name=kind.value,
                kind=kind,
                says=says,
                requires=there,
                default=kind in _DEFAULT,
            )
