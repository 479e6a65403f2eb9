"""The gate: everything known of a release in, a Release or every reason against it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Record, Status
from shipwheel.indexes.known import Index
from shipwheel.indexes.named import named_in
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.publishing.case import Case, Identified, shown_by
from shipwheel.publishing.held import HeldFile
from shipwheel.publishing.index_rules import EXCUSABLE_HERE, there_notes
from shipwheel.publishing.refusal import Reason, Refused
from shipwheel.publishing.release import (
    Commit,
    JobProof,
    Release,
    ReleasedFile,
    Verified,
)
from shipwheel.publishing.rules import EXCUSABLE, RULES
from shipwheel.publishing.there import There
from shipwheel.verification.report import CheckStatus, Level, Report


def scope_for(index: Index) -> Scope:
    """Give the scope that an index is judged by: all of the release, but for loopback."""
    return Scope.LOCAL if index.loopback else Scope.RELEASE


def judge(
    plan: Plan,
    report: Report | None,
    manifest: Manifest,
    *,
    dist: tuple[HeldFile, ...],
    scope: Scope,
    index: Index,
    project: Project,
    commit: Commit | None = None,
    tools: dict[str, str] | None = None,
    there: There | None = None,
    now: dt.datetime | None = None,
) -> Release:
    """Give the Release that may be uploaded, or raise Refused with every reason at once.

    Pure: `report` is None where nothing was verified, `dist` is what `held.read_dist` found, `commit`
    what git says, `there` what the index has of the version (None where it was not asked), `now` the time
    in UTC (default: this machine's). A rule of `rules.EXCUSABLE` is set aside where
    `[tool.shipwheel.verify] ignore` gives a reason, which the Release then carries. There is no other way
    to a Release.
    """
    case = Case(
        plan=plan,
        report=report,
        manifest=manifest,
        dist=dist,
        scope=scope,
        index=index,
        commit=commit,
        private=project.private,
        there=there,
        now=now or dt.datetime.now(dt.UTC),
    )
    reasons = tuple(reason for rule in RULES for reason in rule(case))
    excuses = _excuses(project)
    standing = [reason for reason in reasons if reason.rule not in excuses]
    if not case.shipped and not standing:
        standing = [Reason(rule="missing-file", message="there is nothing to publish in dist/")]
    if standing:
        raise Refused(standing)
    release = _release(case, project, tools or {})
    return msgspec.structs.replace(
        release,
        exceptions={reason.rule: excuses[reason.rule] for reason in reasons},
        set_aside=reasons,
        excuses={rule: excuses[rule] for rule in sorted(excuses.keys() & EXCUSABLE_HERE)},
    )


def _excuses(project: Project) -> dict[str, str]:
    """Give the rules that the configuration sets aside, with the reasons; without one none is."""
    given = project.config.verify.ignore.items()
    return {rule: reason for rule, reason in given if rule in EXCUSABLE and reason.strip()}


def _release(case: Case, project: Project, tools: dict[str, str]) -> Release:
    parsed = named_in(case.shipped[0].file.filename)
    assert parsed is not None, "the rules saw the file names"
    return Release(
        project=case.plan.project.name,
        version=str(parsed[1]),
        prerelease=parsed[1].is_prerelease,
        scope=case.scope,
        index=case.index.name,
        target=case.index,
        files=tuple(
            ReleasedFile(
                id=each.id,
                filename=each.file.filename,
                sha256=each.file.sha256,
                size=each.file.size,
                builder=each.builder,
            )
            for each in case.shipped
        ),
        tests=tuple(_proofs(case)),
        verified=_verified(case.report),
        commit=case.commit,
        notes=tuple(_notes(case)),
        private=case.private,
        pythons=tuple(dict.fromkeys(job.python for job in case.needed_tests if job.python)),
        modules=_modules(project),
        smoke=project.config.verify.smoke,
        tools={**_tools(case), **tools},
        made=case.now.isoformat(timespec="seconds"),
    )


def _proofs(case: Case) -> Iterator[JobProof]:
    """Give what each test job proved of the files that ship, with those that may fail.

    So did a wheel's own job where cibuildwheel tested it inside its build.
    """
    shipped = {each.file.sha256 for each in case.shipped}
    for job in case.plan.jobs:
        record = case.manifest.record(job.id)
        if record is None or not (job.kind is JobKind.TEST or shipped & _tested_by(job, record)):
            continue
        proofs = [proof for proof in record.proofs if proof.sha256 in shipped]
        yield JobProof(
            job=job.id,
            python=record.python_version or job.python,
            platform=job.platform or record.platform,
            status=record.status,
            what=tuple(dict.fromkeys(proof.what for proof in proofs)),
            files=tuple(dict.fromkeys(proof.sha256 for proof in proofs)),
            tests_run=record.tests_run,
            allow_failure=job.allow_failure,
        )


def _tested_by(job: Job, record: Record) -> set[str]:
    """Give the hashes of the wheels that the job which made them has tested too."""
    made = job.kind is JobKind.WHEELS and record.status is Status.PASSED
    return shown_by(record) if made else set()


def _verified(report: Report | None) -> Verified:
    assert report is not None, "the rules refuse what was not verified"
    statuses = [check.status for check in report.checks]
    return Verified(
        passed=statuses.count(CheckStatus.PASSED),
        skipped=statuses.count(CheckStatus.SKIPPED),
        warnings=sum(each.level is Level.WARNING for each in report.findings),
        ignored=report.ignored,
    )


def _notes(case: Case) -> Iterator[str]:
    """Give what is no reason against the release and ought to be known of it."""
    shipped = {each.file.filename for each in case.shipped}
    for each in case.identified:
        if each.file.filename not in shipped:
            yield f"{each.file.filename} ({each.id}) lies in dist/ and is not of this scope"
    for job in case.plan.of_kind(JobKind.TEST):
        record = case.manifest.record(job.id)
        if record is not None and record.status is Status.FAILED and job not in case.needed_tests:
            may = ", as it may" if job.allow_failure or job.lowest else " on this machine"
            yield f"{job.id} failed{may}: {record.reason or 'no reason given'}"
    untested = [
        each.file.filename
        for each in case.shipped
        if each.file.is_wheel and not _is_tested(case, each)
    ]
    if untested:
        yield f"no job of the Plan tests {', '.join(untested)}"
    if case.there is not None:
        yield from there_notes(case.index, case.sent, case.there, case.now)


def _is_tested(case: Case, wheel: Identified) -> bool:
    """Say whether the scope has a test job for a wheel, or the job that made it has tested it."""
    release = case.scope is Scope.RELEASE
    jobs = case.plan.of_kind(JobKind.TEST)
    platforms = release and any(job.platform for job in jobs)
    planned = (job for job in jobs if not platforms or job.platform)
    return any(wheel.id in job.consumes for job in planned) or bool(
        wheel.builder == "cibuildwheel" and wheel.file.sha256 in shown_by(wheel.record)
    )


def _tools(case: Case) -> dict[str, str]:
    return {name: version for each in case.shipped for name, version in each.record.tools.items()}


def _modules(project: Project) -> tuple[str, ...]:
    """Give the import names to try after an install: those configured, else the packages'."""
    if project.config.verify.modules is not None:
        return project.config.verify.modules
    return tuple(each.name for each in project.packages.value if not each.stubs)
