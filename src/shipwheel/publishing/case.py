"""Everything that the gate judges, in one record, and which file in `dist/` is which planned one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Record, Status
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan
from shipwheel.publishing.held import HeldFile
from shipwheel.publishing.index_rules import Sent
from shipwheel.publishing.release import Commit
from shipwheel.publishing.there import There
from shipwheel.verification.report import Report

# what a job can show of a wheel: its tests, or where no tests are known that it can be imported
TESTED = frozenset({"tests", "imports", "lowest"})

# what a job of each kind makes its files with, as its record says
BUILDERS = {JobKind.BUILD: "build", JobKind.WHEEL: "laptop", JobKind.WHEELS: "cibuildwheel"}


@dataclass(frozen=True, slots=True)
class Identified:
    """A file in `dist/` that one of our records made, as the planned file that it is."""

    file: HeldFile
    id: str
    builder: str
    record: Record


@dataclass(frozen=True)
class Case:
    """What the gate looks at; the rules are functions of it.

    `private`: a `Private ::` classifier. `there` is what the index has already, None where it was not
    asked; `now` is this machine's time in UTC.
    """

    plan: Plan
    report: Report | None
    manifest: Manifest
    dist: tuple[HeldFile, ...]
    scope: Scope
    index: Index
    commit: Commit | None
    private: bool = False
    there: There | None = None
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @cached_property
    def planned(self) -> dict[str, PlannedFile]:
        """Give the planned files of the scope by id."""
        return {file.id: file for file in self.plan.in_scope(self.scope)}

    @cached_property
    def identified(self) -> tuple[Identified, ...]:
        """Give the files in `dist/` whose very bytes a record made."""
        found = (self._identify(file) for file in self.dist)
        return tuple(each for each in found if each is not None)

    @cached_property
    def shipped(self) -> tuple[Identified, ...]:
        """Give the files that this scope sends: planned there, made by whom the scope accepts."""
        return tuple(
            each
            for each in self.identified
            if each.id in self.planned and self.accepts(each.id, each.builder)
        )

    @cached_property
    def sent(self) -> tuple[Sent, ...]:
        """Give the shipped files by name, hash and size alone."""
        return tuple(
            Sent(each.file.filename, each.file.sha256, each.file.size) for each in self.shipped
        )

    @cached_property
    def needed_tests(self) -> tuple[Job, ...]:
        """Give the test jobs that must have passed; the ones with lowest dependencies are apart.

        The local scope needs this machine's; a release those of every platform that CI tests on, or
        where there is none those of any machine on a file that ships.
        """
        jobs = self.plan.of_kind(JobKind.TEST)
        required = [job for job in jobs if not job.lowest and not job.allow_failure]
        if self.scope is Scope.LOCAL:
            return tuple(job for job in required if job.scope is Scope.LOCAL)
        of_platforms = tuple(job for job in required if job.platform is not None)
        ships = self.planned.keys()
        return of_platforms or tuple(job for job in required if ships >= set(job.consumes) > set())

    def record_of(self, job: Job) -> Record | None:
        """Give what tells of a test job: its own record, else another's that shows the same.

        A laptop's `test-3.12` is the test of its platform, where it had the very bytes that ship.
        """
        own = self.manifest.record(job.id)
        if own is not None or job.platform is None:
            return own
        ships = {each.file.sha256 for each in self.shipped if each.id in job.consumes}
        for record in self.manifest.records:
            same = record.session == job.session and record.platform == job.platform
            if same and record.status is Status.PASSED and ships and ships <= shown_by(record):
                return record
        return None

    def served(self, each: Identified) -> set[str]:
        """Give the planned files that a file's bytes were made as, by whom the scope accepts."""
        return {
            maker.made.id
            for maker in self.manifest.made()
            if maker.made.sha256 == each.file.sha256
            and maker.made.id in self.planned
            and self.accepts(maker.made.id, maker.made.builder)
        }

    def accepts(self, file_id: str, builder: str) -> bool:
        """Say whether a builder's file counts: the local scope takes any, the release the planned one."""
        return self.scope is Scope.LOCAL or builder == self.planned_builder(file_id)

    def planned_builder(self, file_id: str) -> str:
        """Give the builder that the Plan names for a file."""
        planned = self.planned[file_id]
        kinds = {job.id: job.kind for job in self.plan.jobs}
        return BUILDERS.get(kinds.get(planned.job, JobKind.WHEELS), planned.job)

    def _identify(self, file: HeldFile) -> Identified | None:
        matches = [
            Identified(file=file, id=each.made.id, builder=each.made.builder, record=record)
            for each in self.manifest.made()
            if each.made.filename == file.filename
            and each.made.sha256 == file.sha256
            and (record := self.manifest.record(each.job)) is not None
        ]
        # two builders can give the same bytes: then the one that the scope accepts speaks for them
        accepted = (
            each
            for each in matches
            if each.id in self.planned and self.accepts(each.id, each.builder)
        )
        return next(accepted, matches[0] if matches else None)


def shown_by(record: Record) -> set[str]:
    """Give the hashes of the files that a record's job has tested."""
    return {proof.sha256 for proof in record.proofs if proof.what in TESTED}
