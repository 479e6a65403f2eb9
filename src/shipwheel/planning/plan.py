"""The Plan itself."""

from __future__ import annotations

import msgspec

from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.project.facts import Kind


class PlannedProject(msgspec.Struct, frozen=True, kw_only=True):
    """What the Plan says of the project itself; `version` is None until something is built."""

    name: str
    version: str | None
    kind: Kind
    requires_python: str | None
    backend: str
    pythons: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs and planned files: all that sessions, workflows and the gate know."""

    schema: int = 1
    project: PlannedProject
    jobs: tuple[Job, ...]
    files: tuple[PlannedFile, ...]
    build_python: (
        str | None
    )  # the target that builds the sdist and a pure wheel; None: none is here
    notices: tuple[str, ...] = ()

    def job(self, job_id: str) -> Job:
        """Give a job by id; raises KeyError."""
        for job in self.jobs:
            if job.id == job_id:
                return job
        raise KeyError(job_id)

    def of_kind(self, kind: JobKind, scope: Scope | None = None) -> tuple[Job, ...]:
        """Give the jobs of a kind, of one scope where it is named."""
        return tuple(job for job in self.jobs if job.kind is kind and scope in {None, job.scope})

    def in_scope(self, scope: Scope) -> tuple[PlannedFile, ...]:
        """Give the planned files of a scope: `release` is all that ships, `local` what is made here."""
        if scope is Scope.RELEASE:
            return tuple(file for file in self.files if file.ships)
        return tuple(file for file in self.files if file.scope is Scope.LOCAL)
