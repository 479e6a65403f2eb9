"""Which jobs the gate's table shows."""

from __future__ import annotations

import pytest

from shipwheel.planning.job import Job, JobKind, Scope, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.context import Opened
from shipwheel.sessions.gate import jobs_table
from shipwheel.workspace import Workspace


def job(job_id, kind, **fields):
    return Job(id=job_id, kind=kind, session=job_id, **fields)


@pytest.fixture
def opened(tmp_path):
    plan = Plan(
        project=PlannedProject(
            name="demo",
            version="1.0",
            kind=Kind.PURE,
            requires_python=None,
            backend="hatchling.build",
            pythons=("3.12",),
        ),
        jobs=(
            job("build", JobKind.BUILD),
            job("test-3.12", JobKind.TEST, python="3.12"),
            job("test-lowest", JobKind.TEST, python="3.12", lowest=True),
            job(
                "test-3.12-win_amd64",
                JobKind.TEST,
                python="3.12",
                platform="win_amd64",
                scope=Scope.RELEASE,
            ),
            job("lint", JobKind.LINT),
            job("verify", JobKind.VERIFY),
        ),
        files=(),
        build_python="3.12",
    )
    return Opened(Workspace(tmp_path), None, plan, None)


@pytest.mark.parametrize(
    ("scope", "tier", "told"),
    [
        (Scope.RELEASE, None, ["build", "test-3.12-win_amd64", "verify"]),
        (Scope.RELEASE, Tier.RELEASE, ["build", "test-3.12-win_amd64", "verify"]),
        (Scope.RELEASE, Tier.PR, ["build", "test-lowest", "test-3.12-win_amd64", "verify"]),
        (Scope.LOCAL, None, ["build", "test-3.12", "test-lowest", "verify"]),
    ],
)
def test_only_what_runs_there_is_asked_for_a_record(opened, scope, tier, told):
    assert [row[0].text for row in jobs_table(opened, scope, tier).rows] == told
