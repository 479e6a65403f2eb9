"""Which questions about dependencies a project can be asked: a job each, on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.planning.job import DEPENDENCY_KINDS, Job, JobKind
from shipwheel.project.facts import Project

_OF_CODE = frozenset({JobKind.READINESS, JobKind.GRAPH, JobKind.API})
_OF_LOCKS = frozenset({JobKind.LOCK, JobKind.PATCH, JobKind.AUDIT})


def dependency_jobs(project: Project) -> list[Job]:
    """Give the jobs that ask about what a project depends on.

    What is asked of the project's own code can always be; locks need something to lock, and a project
    that declares nothing may adopt what a running environment holds.
    """
    return [
        Job(id=kind.value, kind=kind, session=kind.value)
        for kind in DEPENDENCY_KINDS
        if kind in {*_asked(project)}
    ]


def _asked(project: Project) -> Iterator[JobKind]:
    yield from _OF_CODE
    declared = bool(project.dependencies.value)
    if declared or any(project.extras.value.values()) or any(project.groups.value.values()):
        yield from _OF_LOCKS
    if declared:
        yield from {*DEPENDENCY_KINDS} - _OF_CODE - _OF_LOCKS - {JobKind.ADOPT}
    else:
        yield JobKind.ADOPT
