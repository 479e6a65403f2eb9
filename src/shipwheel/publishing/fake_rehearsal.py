"""The whole release with stand-ins: every planned name through the rules, the gate, an upload and back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from shipwheel.data.catalog import load_catalog
from shipwheel.dists.artifact import SDIST_ID
from shipwheel.dists.manifest import Manifest, load_manifest
from shipwheel.events import Emit, Event, Notice, Progress, StepDone, StepStarted, Warned, silent
from shipwheel.indexes.known import find_index
from shipwheel.indexes.named import named_in
from shipwheel.indexes.server import throw_away_index
from shipwheel.planning.job import Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import read_dist
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import Commit, Release
from shipwheel.publishing.stand_ins import make_stand_ins
from shipwheel.verification.check import Context, Subject
from shipwheel.verification.checking import Checking
from shipwheel.verification.facts import Distribution, SetFacts
from shipwheel.verification.gate_rules import GATE_RULES
from shipwheel.verification.reading.distributions import read_distributions
from shipwheel.verification.report import Level, Report, VerifiedFile
from shipwheel.verification.run import identified
from shipwheel.workspace import Workspace

_WHY = "a rehearsal with stand-ins"
_NO_VERSION = "0"  # where the backend decides on it and nothing was built yet


def rehearse_fake(
    plan: Plan,
    project: Project,
    *,
    workspace: Workspace,
    commit: Commit | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> Publication:
    """Take a tiny stand-in of every file that the release plans through all that a release goes through.

    Verification's rules about names and the set, the gate with the rules of the project's index, an upload
    to an index of our own on loopback, and reading back. No file of `dist/` is touched, no `release.json`
    written, nothing installed. What the gate would say of `commit` is told, and does not stop it. Raises
    as `publish` does, Refused with every reason that the Plan itself gives.
    """
    workspace.prepare()
    workspace.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="fake-", dir=workspace.cache, ignore_cleanup_errors=True
    ) as scratch:
        dist, served = Path(scratch) / "dist", Path(scratch) / "index"
        dist.mkdir()
        served.mkdir()
        manifest = make_stand_ins(plan, _version(plan, workspace, emit), dist)
        report = verify_stand_ins(plan, dist, manifest, emit)
        release = _judged(plan, project, report, manifest, dist=dist, commit=commit)
        _tell(release, emit)
        with throw_away_index(served, log=log, name="rehearsal") as index:
            emit(Notice(f"a throw-away index answers at {index.simple}"))
            return publish(release, index, dist=dist, state=Path(scratch), emit=_short(emit))


def verify_stand_ins(plan: Plan, dist: Path, manifest: Manifest, emit: Emit = silent) -> Report:
    """Run verify's rules about names and the set: the stand-ins hold nothing that others look at."""
    checking = Checking(Context(plan=plan, scope=Scope.RELEASE), {})
    read = read_distributions(sorted(dist.iterdir()))
    distributions: tuple[Distribution, ...] = tuple(
        identified(each, None, manifest) for each in read
    )
    for each in distributions:
        checking.run(Subject.FILE, each.file, each.file.filename)
    checking.run(Subject.SET, SetFacts(distributions), "")
    emit(Notice(f"{len(checking.results)} checks of names and of the set"))
    return Report(
        ok=not any(finding.level is Level.ERROR for finding in checking.findings),
        files=tuple(
            VerifiedFile(
                filename=each.file.filename,
                kind=each.file.kind,
                sha256=each.file.sha256,
                size=each.file.size,
            )
            for each in distributions
        ),
        checks=tuple(checking.results),
        findings=tuple(checking.findings),
        scope=Scope.RELEASE.value,
    )


def _judged(
    plan: Plan,
    project: Project,
    report: Report,
    manifest: Manifest,
    *,
    dist: Path,
    commit: Commit | None,
) -> Release:
    """Judge the whole release for the project's own index, with the commit as it is set aside."""
    verify = msgspec.structs.replace(project.config.verify, ignore=dict.fromkeys(GATE_RULES, _WHY))
    config = msgspec.structs.replace(project.config, verify=verify)
    configured = project.config.publish.index
    return judge(
        plan,
        report,
        manifest,
        dist=read_dist(dist),
        scope=Scope.RELEASE,
        index=find_index(configured, load_catalog().indexes, project.config.index),
        project=msgspec.structs.replace(project, config=config),
        commit=commit,
    )


def _version(plan: Plan, workspace: Workspace, emit: Emit) -> str:
    """Give the Plan's version, else that of the sdist that was built last, else none to speak of."""
    if plan.project.version is not None:
        return plan.project.version
    for maker in load_manifest(workspace.records).makers(SDIST_ID):
        named = named_in(maker.made.filename)
        if named is not None:
            return str(named[1])
    emit(Notice(f"nothing was built yet that says the version: the stand-ins are {_NO_VERSION}"))
    return _NO_VERSION


def _tell(release: Release, emit: Emit) -> None:
    for reason in release.set_aside:
        text = f"a release would be refused now: {reason.rule}: {reason.message}"
        emit(Warned(text, hint=reason.hint))
    for note in release.notes:
        emit(Notice(note))


def _short(emit: Emit) -> Emit:
    """Leave out the steps: sixty files sent and fetched are a hundred and twenty lines of nothing."""

    def told(event: Event) -> None:
        if not isinstance(event, StepStarted | StepDone | Progress):
            emit(event)

    return told
