"""What a session of the user's may say of a job, and under which name its record is written."""

from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.api import check_options, named, stands_for

PLAN = Plan(
    project=PlannedProject(
        name="demo", version=None, kind=Kind.PURE, requires_python=None, backend="b", pythons=()
    ),
    jobs=(
        Job(id="build", kind=JobKind.BUILD, session="build"),
        Job(id="test-3.11", kind=JobKind.TEST, session="test-3.11", python="3.11"),
        Job(id="test-3.12", kind=JobKind.TEST, session="test-3.12", python="3.12"),
        Job(
            id="test-3.12-win_amd64",
            kind=JobKind.TEST,
            session="test-3.12",
            python="3.12",
            platform="win_amd64",
        ),
        Job(
            id="wheels-cp312-win_amd64",
            kind=JobKind.WHEELS,
            session="wheels",
            scope=Scope.RELEASE,
            reason="cibuildwheel makes this file on the release's machines",
            remedy="`cibuildwheel` makes it",
        ),
    ),
    files=(),
    build_python="3.12",
)


@pytest.mark.parametrize(
    ("job", "name", "session", "expected"),
    [
        ("test-3.12", None, "slow", "slow"),
        ("test-3.12", None, "test-3.12", "test-3.12"),
        ("test-3.12", "integration", "slow", "integration"),
        ("test-3.12", "test-3.12", "slow", "test-3.12"),
        # what it makes is looked for under its own name
        ("build", None, "ci", "build"),
        ("build", "first", "ci", "first"),
    ],
)
def test_the_record_of_a_run(job: str, name: str | None, session: str, expected: str) -> None:
    found = named(PLAN, job, name, session)
    assert (found.id, found.session) == (expected, session)


@pytest.mark.parametrize(
    ("told", "job", "session", "stands"),
    [
        (None, "test-3.12", "test-3.12", False),
        ("test-3.12-win_amd64", "test-3.12", "test-3.12", True),
        ("test-3.12-win_amd64", "test-3.12-win_amd64", "test-3.12", True),
        ("test-3.12-win_amd64", "test-3.12", "api:test-3.12", True),
        # a session of another name, or that runs another job, has a record of its own
        ("test-3.12-win_amd64", "test-3.12", "slow", False),
        ("test-3.12-win_amd64", "test-3.11", "test-3.12", False),
        ("test-3.12-macosx_arm64", "test-3.12", "test-3.12", False),
    ],
)
def test_in_ci_a_session_that_stands_for_ours_writes_cis_record(told, job, session, stands) -> None:
    found = stands_for(PLAN, told, job, session)
    assert (found.id if found else None) == (told if stands else None)


@pytest.mark.parametrize(
    ("job", "name", "session"),
    [("test-3.12", None, "test-3.11"), ("test-3.12", "build", "slow"), ("test-3.9", None, "slow")],
)
def test_no_run_passes_for_another_job(job: str, name: str | None, session: str) -> None:
    with pytest.raises(ConfigurationError):
        named(PLAN, job, name, session)


@pytest.mark.parametrize(
    ("job", "options", "fine"),
    [
        ("test-3.12", ("command", "requires", "environment"), True),
        ("test-3.12", ("comand",), False),
        ("build", (), True),
        ("build", ("command",), False),
    ],
)
def test_options_are_those_of_the_jobs_kind(
    job: str,
    options: tuple[str, ...],
    fine: bool,  # noqa: FBT001
) -> None:
    if fine:
        check_options(PLAN.job(job), options)
    else:
        with pytest.raises(ConfigurationError, match="takes no"):
            check_options(PLAN.job(job), options)
