"""What the gate is given: the Plan, the last Report, the records, `dist/` and the commit."""

from __future__ import annotations

from msgspec.structs import replace

from shipwheel.dists.manifest import load_manifest
from shipwheel.events import Emit, Notice
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Scope
from shipwheel.project.facts import Project
from shipwheel.publishing.commit import read_commit
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import read_dist
from shipwheel.publishing.release import Release, as_rehearsal, write_release
from shipwheel.sessions.context import Opened
from shipwheel.verification.report import read_report


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
) -> Release:
    """Give the Release of what lies in `dist/`, and write it to `.shipwheel/release.json`.

    Where nothing was verified the gate lists that with the rest. `tag` is the one that CI names;
    `rehearsal` lets a version without a tag pass, into a Release that no upload takes. Raises Refused
    with every reason; an older `release.json` is gone then.
    """
    workspace = opened.workspace
    (workspace.state / "release.json").unlink(missing_ok=True)
    release = judge(
        opened.plan,
        read_report(workspace.state / "verify.json"),
        load_manifest(workspace.records),
        # nothing built is one more thing that is missing, and the gate names them all
        dist=read_dist(workspace.dist) if workspace.dist.is_dir() else (),
        scope=scope,
        index=index,
        project=excused(opened.project) if rehearsal else opened.project,
        commit=read_commit(workspace.root, tag=tag),
    )
    release = as_rehearsal(release) if rehearsal else release
    write_release(workspace.state / "release.json", release)
    for note in release.notes:
        emit(Notice(note))
    return release


def excused(project: Project) -> Project:
    """Give a project that sets the tag's rule aside, and no other."""
    verify = project.config.verify
    ignore = {"version-tag": _BY_HAND, **verify.ignore}
    config = replace(project.config, verify=replace(verify, ignore=ignore))
    return replace(project, config=config)
