"""`gate`: the records of all jobs merged, the release judged, `release.json` written; nothing is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from shipwheel.console.layout import Table, show
from shipwheel.console.markdown import append_summary, markdown
from shipwheel.console.matrix import matrix_table, release_tables
from shipwheel.console.refused import reasons_table
from shipwheel.console.terminal import look_of
from shipwheel.dists.manifest import load_manifest
from shipwheel.dists.record import FileRef, Proof
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Job, JobKind, Scope, Tier
from shipwheel.publishing.gate import scope_for
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Release
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.judging import judge_release
from shipwheel.sessions.publish import index_of, parse

# the jobs whose records the gate looks at
_JUDGED = frozenset({JobKind.BUILD, JobKind.WHEEL, JobKind.WHEELS, JobKind.TEST, JobKind.VERIFY})


def run(run: JobRun) -> Release:
    """Judge `dist/` for the index that `-- --to` names, else the configured one.

    `-- --dry-run`, or an empty `SHIPWHEEL_TAG`, lets a version without a tag pass, into a Release that
    no upload takes. Raises Refused with every reason against the release.
    """
    options = parse(run.args, run.job.session)
    index = index_of(run.opened, options.to)
    scope = judged_scope(index, run.ci.tier)
    with run.step("gate", f"{scope.value} scope, for {index.name}") as said:
        release = _judged(run, index, scope, rehearsal=options.dry_run or run.ci.untagged)
        said.append(f"{len(release.files)} files of {release.project} {release.version}")
    for file in release.files:
        run.consumed.append(
            FileRef(id=file.id, filename=file.filename, sha256=file.sha256, size=file.size)
        )
        run.proofs.append(Proof(what="gate", sha256=file.sha256))
    _tell("release", (jobs_table(run.opened, scope, run.ci.tier), *release_tables(release)))
    return release


def judged_scope(index: Index, tier: Tier | None) -> Scope:
    """Give the scope that is judged: the release's, but for an index on loopback outside a release."""
    return Scope.RELEASE if tier is Tier.RELEASE else scope_for(index)


def jobs_table(opened: Opened, scope: Scope, tier: Tier | None = None) -> Table:
    """Give the jobs that a scope rests on with what their records say.

    No release runs the tests with the lowest dependencies: they are about a change, not about a file.
    """
    manifest = load_manifest(opened.workspace.records)
    return matrix_table(_judged_jobs(opened, scope, tier), manifest)


def _judged_jobs(opened: Opened, scope: Scope, tier: Tier | None) -> Iterator[Job]:
    plan = opened.plan
    if scope is Scope.RELEASE:
        tier = tier or Tier.RELEASE
        changes = tier is not Tier.RELEASE
        jobs = tuple(job for job in plan.ci_jobs(tier) if changes or not job.lowest)
    else:
        jobs = tuple(job for job in plan.jobs if job.scope is scope)
    yield from (job for job in jobs if job.kind in _JUDGED)


def _judged(run: JobRun, index: Index, scope: Scope, *, rehearsal: bool) -> Release:
    """Judge, and where the release is refused tell with the reasons what became of each job."""
    try:
        return judge_release(
            run.opened, index, scope, run.emit, tag=run.ci.tag, rehearsal=rehearsal, ask=True
        )
    except Refused as refused:
        table = jobs_table(run.opened, scope, run.ci.tier)
        append_summary(markdown("release: refused", (table, reasons_table(refused))))
        look = look_of(sys.stdout)
        show(sys.stdout, (table,), look)
        raise


def _tell(title: str, tables: tuple[Table, ...]) -> None:
    show(sys.stdout, tables, look_of(sys.stdout))
    append_summary(markdown(title, tables))
