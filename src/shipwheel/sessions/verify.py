"""`verify`: the local scope's set, archives, metadata, and a wheel-only install on each Python here."""

from __future__ import annotations

import sys

import msgspec

from shipwheel.console.layout import show
from shipwheel.console.markdown import append_summary, markdown
from shipwheel.console.matrix import matrix_table
from shipwheel.console.reports.junit import report_junit
from shipwheel.console.reports.page import report_html
from shipwheel.console.reports.told import tell
from shipwheel.console.terminal import look_of
from shipwheel.dists.manifest import load_manifest
from shipwheel.dists.record import FileRef, Proof
from shipwheel.dists.sibling import required
from shipwheel.errors import JobError
from shipwheel.files import write_text
from shipwheel.planning.job import Scope, Tier
from shipwheel.planning.plan import Plan
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import kept_sections
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.siblings import supply_of
from shipwheel.verification.report import CheckStatus, Report, write_report
from shipwheel.verification.run import verify

_STRICT = "--strict"


def run(run: JobRun, *, scope: Scope = Scope.LOCAL) -> Report:
    """Verify `dist/` against the Plan's `scope`, in CI against the files that this pipeline's tier makes.

    The Report goes to `.shipwheel/verify.json` and `report.html`, and a proof of each file's bytes to
    the record. Raises JobError where a finding is an error, with `-- --strict` also for a warning.
    """
    opened = run.opened
    plan, scope = expected(opened.plan, run.ci.tier, scope)
    siblings = supply_of(opened)
    run.workspace.cache.mkdir(parents=True, exist_ok=True)
    with run.step("verify", _told(run.ci.tier, scope)) as said:
        report = verify(
            [run.workspace.dist],
            plan=plan,
            project=opened.project,
            machine=opened.machine,
            manifest=load_manifest(run.workspace.records),
            scope=scope,
            siblings=siblings,
            folder=run.workspace.cache,
            log=run.log,
            emit=run.emit,
        )
        ran = sum(check.status is not CheckStatus.SKIPPED for check in report.checks)
        said.append(f"{ran} checks of {len(report.files)} files")
    tell(report, sys.stdout, title=run.job.id)
    _tell_ci(run)
    _keep(opened, report)
    _note(run, report)
    brought = (
        each.file
        for wheels in siblings.values()
        for each in required(wheels, opened.project.dependencies.value)
    )
    run.consumed.extend(dict.fromkeys(brought))
    _raise(run, report)
    return report


def _tell_ci(run: JobRun) -> None:
    """Show in a pipeline's log and summary what became of the jobs whose records were handed over."""
    if run.ci.tier is None:
        return
    manifest = load_manifest(run.workspace.records)
    jobs = [job for job in run.opened.plan.ci_jobs(run.ci.tier) if manifest.record(job.id)]
    table = matrix_table(jobs, manifest)
    show(sys.stdout, (table,), look_of(sys.stdout))
    append_summary(markdown("what was verified", (table,)))


def expected(plan: Plan, tier: Tier | None, scope: Scope) -> tuple[Plan, Scope]:
    """Give the Plan whose files must be there, and their scope.

    A pipeline of a tier has the release's makers and some of the release's files: it is judged as a
    release of these.
    """
    if tier is None:
        return plan, scope
    return msgspec.structs.replace(plan, files=plan.in_tier(tier)), Scope.RELEASE


def _told(tier: Tier | None, scope: Scope) -> str:
    return f"{scope.value} scope" if tier is None else f"what the tier {tier.value} makes"


def _keep(opened: Opened, report: Report) -> None:
    """Write the Report where the gate and a person find it; answers about dependencies stay in the page."""
    state = opened.workspace.state
    write_report(state / "verify.json", report)
    page = report_html(report, sections=kept_sections(opened.workspace))
    write_text(state / "report.html", page)


def _note(run: JobRun, report: Report) -> None:
    write_text(run.workspace.junit(run.job.id), report_junit(report))
    failed = {finding.file for finding in report.errors}
    for file in report.files:
        run.consumed.append(
            FileRef(id=file.kind, filename=file.filename, sha256=file.sha256, size=file.size)
        )
        if file.filename not in failed:
            run.proofs.append(Proof(what="verify", sha256=file.sha256))


def _raise(run: JobRun, report: Report) -> None:
    counted = report.findings if _STRICT in run.args else report.errors
    if not counted:
        return
    rules = ", ".join(dict.fromkeys(each.rule for each in counted))
    raise JobError(
        f"{len(counted)} finding{'s' if len(counted) > 1 else ''} in what was built: {rules}",
        where=str(run.workspace.dist),
        hint=f"{run.workspace.state / 'report.html'} has each with its evidence;"
        ' a reasoned exception goes to `[tool.shipwheel.verify] ignore = { "RULE" = "why" }`',
    )
