"""A session of a workspace, run: a member's, or the summary of one kind over all of them."""

from __future__ import annotations

import sys

import msgspec

from shipwheel.console.layout import show
from shipwheel.console.tables import records_table
from shipwheel.console.terminal import look_of
from shipwheel.dists.record import read_record
from shipwheel.sessions.dispatch import run_job, run_session
from shipwheel.sessions.members import Member, Packages
from shipwheel.sessions.specs import SessionSpec, needs_nothing


def run_in_workspace(
    packages: Packages, spec: SessionSpec, args: tuple[str, ...], *, parallel: bool = False
) -> None:
    """Run a session of a workspace; raises as `run_session` does."""
    for name in () if needs_nothing(spec, args) else spec.first:
        member, session = packages.located(name)
        jobs = member.opened.plan.jobs
        needed = next(job for job in jobs if job.session == session)
        run_job(member.opened, needed, parallel=parallel)
    if ":" not in spec.name:
        _summarize(packages, spec)
        return
    member, session = packages.located(spec.name)
    plain = msgspec.structs.replace(spec, name=session, first=())
    run_session(member.opened, plain, args, parallel=parallel)


def _summarize(packages: Packages, spec: SessionSpec) -> None:
    """Show what became of the jobs of a kind, a table a package."""
    look = look_of(sys.stdout)
    for member in packages.members:
        records = [
            record
            for job in member.opened.plan.of_kind(spec.kind)
            if (record := read_record(member.opened.workspace.record(job.id)))
        ]
        if records:
            show(sys.stdout, (records_table(_title(member), records),), look)


def _title(member: Member) -> str:
    return f"{member.name} ({member.directory})"
