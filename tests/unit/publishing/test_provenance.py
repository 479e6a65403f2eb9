"""The record of a release, from values."""

from __future__ import annotations

import json

import msgspec
import pytest

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import FileRef, Made, Proof, Record, Status
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.publishing.provenance import (
    Provenance,
    Run,
    provenance_of,
    run_of,
    write_provenance,
)
from shipwheel.publishing.release import Commit, Release, ReleasedFile, Verified
from shipwheel.verification.report import CheckResult, CheckStatus, Finding, Level, Report

SDIST, WHEEL = "demo-1.0.tar.gz", "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
A, B = "a" * 64, "b" * 64
LINUX = "cp312-manylinux_x86_64"

RELEASE = Release(
    project="demo",
    version="1.0",
    scope=Scope.RELEASE,
    index="pypi",
    files=(
        ReleasedFile(id="sdist", filename=SDIST, sha256=A, size=1, builder="build"),
        ReleasedFile(id=LINUX, filename=WHEEL, sha256=B, size=2, builder="cibuildwheel"),
    ),
    verified=Verified(passed=1, skipped=1, warnings=1),
    commit=Commit(id="c1", tags=("v1.0",)),
    exceptions={"dirty-tree": "a reason"},
    made="2026-01-02T03:04:05+00:00",
)
PLAN = Plan(
    project=PlannedProject(
        name="demo",
        version=None,
        kind=Kind.EXTENSION,
        requires_python=None,
        backend="b",
        pythons=("3.12",),
    ),
    jobs=(Job(id="build", kind=JobKind.BUILD, session="build"),),
    files=(PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL),),
    build_python="3.12",
)
FROM = FileRef(id="sdist", filename=SDIST, sha256=A, size=1)


def made(builder: str, sha256: str = B) -> tuple[Made, ...]:
    return (Made(id=LINUX, filename=WHEEL, sha256=sha256, size=2, builder=builder),)


def record(job: str, **fields) -> Record:
    return Record(job=job, session=job, status=Status.PASSED, **fields)


RECORDS = (
    record("wheel-3.12", made=made("laptop"), tools={"gcc": "13"}),
    record(
        "wheels-linux",
        made=made("cibuildwheel"),
        consumed=(FROM,),
        tools={"cibuildwheel": "4"},
        python_version="3.12.1",
        platform="manylinux_x86_64",
    ),
    record("test-3.12", proofs=(Proof(what="tests", sha256=B),)),
    record("test-other", proofs=(Proof(what="tests", sha256=A),)),
)
REPORT = Report(
    ok=True,
    files=(),
    checks=(
        CheckResult(id="record-hash", file=WHEEL, status=CheckStatus.PASSED),
        CheckResult(id="record-hash", file=SDIST, status=CheckStatus.SKIPPED, reason="no RECORD"),
        CheckResult(id="a-rule", file=WHEEL, status=CheckStatus.PASSED),
    ),
    findings=(Finding(rule="a-rule", level=Level.WARNING, file=WHEEL, message="odd"),),
    ignored={"b-rule": "why"},
)


def found(**changes) -> Provenance:
    given = {"manifest": Manifest(records=RECORDS), "report": REPORT, "environ": {}, **changes}
    return provenance_of(RELEASE, PLAN, **given)


def test_a_file_comes_from_the_job_that_the_gate_took():
    wheel, sdist = found().files
    assert wheel.filename == WHEEL, "in the order of sending"
    assert (wheel.job, wheel.tools) == ("wheels-linux", {"cibuildwheel": "4"})
    assert (wheel.python, wheel.platform) == ("3.12.1", "manylinux_x86_64")
    assert wheel.made_from == (FROM,)
    assert wheel.tested_by == ("test-3.12",)
    assert (sdist.job, sdist.sha256, sdist.tested_by) == (None, A, ("test-other",))


def test_other_bytes_of_the_same_file_are_not_its_origin():
    other = Manifest(records=(record("wheels-linux", made=made("cibuildwheel", A)),))
    assert found(manifest=other).files[0].job is None


def test_the_whole_of_plan_records_and_verification():
    told = found()
    assert told.plan == PLAN
    assert told.records == RECORDS
    assert told.commit == RELEASE.commit
    assert told.exceptions == RELEASE.exceptions
    assert told.verification is not None
    assert told.verification.rules == {
        "a-rule": {"passed": 1},
        "record-hash": {"passed": 1, "skipped": 1},
    }
    assert told.verification.findings == REPORT.findings
    assert told.verification.ignored == {"b-rule": "why"}
    assert found(report=None).verification is None


GITHUB = {
    "GITHUB_RUN_ID": "77",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "me/demo",
    "GITHUB_WORKFLOW_REF": "me/demo/.github/workflows/release.yml@refs/tags/v1.0",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_TOKEN": "ghs_geheim",
}
GITLAB = {
    "CI_PIPELINE_URL": "https://gitlab.com/me/demo/-/pipelines/5",
    "CI_CONFIG_PATH": ".gitlab-ci.yml",
    "CI_PIPELINE_SOURCE": "push",
    "CI_JOB_TOKEN": "glcbt-geheim",
}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"CI": "true"}, None),
        (
            GITHUB,
            Run(
                provider="github",
                url="https://github.com/me/demo/actions/runs/77",
                workflow="me/demo/.github/workflows/release.yml@refs/tags/v1.0",
                attempt="2",
                trigger="push",
            ),
        ),
        (
            GITLAB,
            Run(
                provider="gitlab",
                url="https://gitlab.com/me/demo/-/pipelines/5",
                workflow=".gitlab-ci.yml",
                trigger="push",
            ),
        ),
    ],
)
def test_the_run_that_judged(environ, expected):
    assert run_of(environ) == expected
    assert b"geheim" not in msgspec.json.encode(found(environ=environ))


def test_what_is_written_is_read(tmp_path):
    path = write_provenance(tmp_path, found())
    assert msgspec.json.decode(path.read_bytes(), type=Provenance) == found()
    assert json.loads(path.read_text())["schema"] == 1
