"""What the gate is given: the Plan, the last Report, the records, `dist/` and the commit."""

from __future__ import annotations

import msgspec

from shipwheel.dists.manifest import load_manifest
from shipwheel.events import Emit, Notice
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Scope
from shipwheel.publishing.commit import read_commit
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import read_dist
from shipwheel.publishing.release import Release, write_release
from shipwheel.sessions.context import Opened
from shipwheel.verification.report import Report


def judge_release(opened: Opened, index: Index, scope: Scope, emit: Emit) -> Release:
    """Give the Release of what lies in `dist/`, and write it to `.shipwheel/release.json`.

    Raises Refused with every reason.
    """
    workspace = opened.workspace
    manifest = load_manifest(workspace.records)
    release = judge(
        opened.plan,
        _last_report(opened),
        manifest,
        dist=read_dist(workspace.dist),
        scope=scope,
        index=index,
        project=opened.project,
        commit=read_commit(workspace.root),
    )
    write_release(workspace.state / "release.json", release)
    for note in release.notes:
        emit(Notice(note))
    return release


def _last_report(opened: Opened) -> Report | None:
    """Give what `verify` said last, None where it said nothing: the gate lists that with the rest."""
    try:
        return msgspec.json.decode(
            (opened.workspace.state / "verify.json").read_bytes(), type=Report
        )
    except (OSError, msgspec.DecodeError):
        return None
