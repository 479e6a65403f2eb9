"""The Plan itself."""

from __future__ import annotations

import msgspec

from shipwheel.planning.job import DEPENDENCY_KINDS, Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.project.facts import Kind

# a person's own questions and rehearsals, and the cells of one machine
_AT_HOME = frozenset({JobKind.WHEEL, JobKind.REHEARSE, JobKind.REPRODUCE, *DEPENDENCY_KINDS})


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
    sharding: str = ""  # why CI makes so many wheels a job, empty where none ship
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

    def cells(self, kind: JobKind) -> tuple[Job, ...]:
        """Give the jobs of a kind that are this machine's own: CI has others, a platform each."""
        return tuple(job for job in self.jobs if job.kind is kind and job.platform is None)

    def ci_jobs(self, tier: Tier = Tier.RELEASE) -> tuple[Job, ...]:
        """Give the jobs that CI runs in a tier: all but this machine's own cells, `rehearse` and `readiness`.

        Their needs are those of CI: what a job takes comes from the release's maker of that file. A job
        that needs a wheel which no release makes is left out.
        """
        tiers = frozenset(each for each in Tier if each.rank <= tier.rank)
        runs = {job.id: job for job in self.jobs if job.tier in tiers and self._in_ci(job)}
        makers = {file.id: file.job for file in self.files}
        replaced = ((job, self._ci_needs(job, makers)) for job in runs.values())
        return tuple(
            msgspec.structs.replace(job, needs=tuple(each for each in needs if each in runs))
            for job, needs in replaced
            if all(makers.get(each) in runs for each in job.consumes)
        )

    def in_tier(self, tier: Tier) -> tuple[PlannedFile, ...]:
        """Give the files that ship and that CI makes in a tier; the sdist and a pure wheel always."""
        makers = {job.id: job.tier for job in self.jobs}
        return tuple(
            file for file in self.files if file.ships and makers[file.job].rank <= tier.rank
        )

    def _in_ci(self, job: Job) -> bool:
        if job.kind is JobKind.TEST:
            return job.platform is not None or job.lowest
        return job.kind not in _AT_HOME

    def _ci_needs(self, job: Job, makers: dict[str, str]) -> tuple[str, ...]:
        if job.kind is JobKind.COVERAGE:
            first = next((each.platform for each in self.jobs if _is_ci_test(each)), None)
            return tuple(f"{each}-{first}" for each in job.needs)
        made = [makers[each] for each in job.consumes if each in makers]
        return tuple(dict.fromkeys(made)) if made else job.needs


def _is_ci_test(job: Job) -> bool:
    return job.kind is JobKind.TEST and job.platform is not None
