"""What the gate is given: the Plan, the last Report, the records, `dist/` and the commit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from shipwheel.dists.manifest import Manifest, load_manifest
from shipwheel.dists.record import read_record
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, Warned
from shipwheel.indexes.known import Index
from shipwheel.indexes.named import named_in
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.planning.job import Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.publishing.commit import read_commit
from shipwheel.publishing.credentials import reading
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import HeldFile, read_dist
from shipwheel.publishing.provenance import PROVENANCE, provenance_of, write_provenance
from shipwheel.publishing.release import Commit, Release, as_rehearsal, write_release
from shipwheel.publishing.sbom import SBOM, write_sbom
from shipwheel.publishing.sources import as_reader
from shipwheel.publishing.there import There, there_on
from shipwheel.sessions.ci import owner_of
from shipwheel.sessions.context import Opened
from shipwheel.sessions.siblings import names_in_workspace
from shipwheel.verification.report import Report, read_report
from shipwheel.workspace import job_stem

# what the Release says of a version that no tag has, where a person started the workflow by hand
_BY_HAND = "a dry run: judged without a tag, and never sent"


def judge_release(
    opened: Opened,
    index: Index,
    scope: Scope,
    emit: Emit,
    *,
    tag: str | None = None,
    rehearsal: bool = False,
    ask: bool = False,
    keep: bool = True,
) -> Release:
    """Give the Release of what lies in `dist/`, and write it to `.shipwheel/release.json`.

    Beside it lie then the bill of materials and the record of where the files come from.
    Where nothing was verified the gate lists that with the rest. `tag` is the one that CI names;
    `rehearsal` lets a version without a tag pass, into a Release that no upload takes. `ask`: what the
    index has counts too. `keep` False writes nothing. Raises Refused with every reason; an older
    `release.json` is gone then.
    """
    workspace = opened.workspace
    if keep:
        for name in ("release.json", SBOM, PROVENANCE):
            (workspace.state / name).unlink(missing_ok=True)
    check_names(workspace.records)
    manifest = load_manifest(workspace.records)
    manifest = by_makers(opened.plan, manifest) if scope is Scope.RELEASE else manifest
    report = read_report(workspace.state / "verify.json")
    # nothing built is one more thing that is missing, and the gate names them all
    dist = read_dist(workspace.dist) if workspace.dist.is_dir() else ()
    release = judge(
        opened.plan,
        report,
        manifest,
        dist=dist,
        scope=scope,
        index=index,
        project=excused(opened.project) if rehearsal else opened.project,
        commit=commit_of(opened, tag),
        there=ask_index(index, opened.project.name.value, dist, emit) if ask else None,
    )
    release = as_rehearsal(release) if rehearsal else release
    if keep:
        _keep(opened, release, manifest, report)
    for note in release.notes:
        emit(Notice(note))
    return release


def _keep(opened: Opened, release: Release, manifest: Manifest, report: Report | None) -> None:
    """Write what is known of the release, and `release.json` last: that is what an upload asks for."""
    workspace = opened.workspace
    write_sbom(workspace.state, release, workspace.dist)
    told = provenance_of(release, opened.plan, manifest, report, os.environ)
    write_provenance(workspace.state, told)
    write_release(workspace.state / "release.json", release)


def ask_index(index: Index, project: str, dist: tuple[HeldFile, ...], emit: Emit) -> There | None:
    """Give what an index has of the version in `dist`, None where it cannot be asked just now.

    That is told, and no reason against a release: publishing asks again, and stops before the first
    upload. Where `dist` holds several versions there is nothing to ask.
    """
    named = (named_in(each.filename) for each in dist)
    versions = {each[1] for each in named if each is not None}
    if len(versions) != 1:
        return None
    ours = {each.filename for each in dist}
    try:
        with SimpleIndex(index, reading(index, as_reader(index)), sleep=_briefly) as reader:
            return there_on(reader.page(project), versions.pop(), ours, reader.sha256)
    except ShipwheelError as error:
        emit(
            Warned(
                f"{index.name} could not be asked what it has: {error.what}",
                hint="publishing asks it again before the first upload",
            )
        )
        return None


def _briefly(seconds: float) -> None:
    """Wait less than the reader asks for: the gate can do without an answer, and publishing cannot."""
    time.sleep(min(seconds, 0.5))


def commit_of(opened: Opened, tag: str | None) -> Commit | None:
    """Give the commit that a release is made from, without the tags of a workspace's other packages."""
    commit = read_commit(opened.workspace.root, tag=tag)
    names = names_in_workspace(opened)
    return commit if commit is None or names is None else without_others(commit, *names)


def without_others(commit: Commit, package: str, packages: Iterable[str]) -> Commit:
    """Give a commit without the tags of the workspace's other packages: they release nothing of this one.

    `core-v*` is the pattern of `core` and fits `core-viewer-v1.0` too.
    """
    known = tuple(packages)
    tags = tuple(tag for tag in commit.tags if owner_of(tag, known) in {None, package})
    return replace(commit, tags=tags)


def check_names(folder: Path) -> None:
    """Raise JobError for a record that lies under another job's name, and for two of one job.

    Each job hands over its own file. One that speaks for another job was not written by that one: a test
    runs code of many people, and must not be able to say what the build made.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else ():
        record = read_record(path)
        if record is None:
            continue
        if path.stem != job_stem(record.job):
            raise _misplaced(
                f"the record in {path.name} says that it is of {record.job}", str(path)
            )
        if record.job in found:
            where = f"{found[record.job]} and {path}"
            raise _misplaced(f"there are two records of {record.job}", where)
        found[record.job] = path


def _misplaced(what: str, where: str) -> JobError:
    return JobError(
        what,
        where=where,
        hint="take the records as the jobs wrote them, one file a job",
        reference="record-name",
    )


def by_makers(plan: Plan, manifest: Manifest) -> Manifest:
    """Give the records with the planned files that each job makes by the Plan: no other made one.

    In the local scope a session of the user's own may build them too.
    """
    makers: dict[str, set[str]] = {}
    for file in plan.files:
        makers.setdefault(file.id, set()).update({file.job, file.local_job or file.job})
    records = (
        replace(
            record,
            made=tuple(
                each for each in record.made if record.job in makers.get(each.id, {record.job})
            ),
        )
        for record in manifest.records
    )
    return Manifest(records=tuple(records))


def excused(project: Project) -> Project:
    """Give a project that sets the tag's rule aside, and no other."""
    verify = project.config.verify
    ignore = {"version-tag": _BY_HAND, **verify.ignore}
    config = replace(project.config, verify=replace(verify, ignore=ignore))
    return replace(project, config=config)
