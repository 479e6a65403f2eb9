"""What the gate is given: the Plan, the last Report, the records, `dist/` and the commit."""

from __future__ import annotations

from shipwheel.dists.manifest import load_manifest
from shipwheel.events import Emit, Notice
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Scope
from shipwheel.publishing.commit import read_commit
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import read_dist
from shipwheel.publishing.release import Release, write_release
from shipwheel.sessions.context import Opened
from shipwheel.verification.report import read_report


def judge_release(opened: Opened, index: Index, scope: Scope, emit: Emit) -> Release:
    """Give the Release of what lies in `dist/`, and write it to `.shipwheel/release.json`.

    Where nothing was verified the gate lists that with the rest. Raises Refused with every reason.
    """
    workspace = opened.workspace
    release = judge(
        opened.plan,
        read_report(workspace.state / "verify.json"),
        load_manifest(workspace.records),
        # nothing built is one more thing that is missing, and the gate names them all
        dist=read_dist(workspace.dist) if workspace.dist.is_dir() else (),
        scope=scope,
        index=index,
        project=opened.project,
        commit=read_commit(workspace.root),
    )
    write_release(workspace.state / "release.json", release)
    for note in release.notes:
        emit(Notice(note))
    return release
