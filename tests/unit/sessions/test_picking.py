from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.ci import CiCall, ci_call
from shipwheel.sessions.picking import picked, with_arguments
from shipwheel.sessions.specs import session_specs

LINUX = "manylinux_x86_64"
SHARD = f"wheels-{LINUX}-pr"
ODD, EVEN = "wheels-cp311-manylinux_x86_64", "wheels-cp312-win_amd64"
SHARDED = ["wheels-cp311-manylinux_x86_64", "wheels-cp312-manylinux_x86_64"]


def wheels(identifier: str) -> Job:
    return Job(
        id=f"wheels-{identifier}",
        kind=JobKind.WHEELS,
        session="wheels",
        args=("--only", identifier),
        platform=identifier.partition("-")[2],
        early_shard=SHARD if identifier.endswith(LINUX) else None,
        needs=("build",),
        scope=Scope.RELEASE,
    )


def cell(python: str, platform: str | None = None) -> Job:
    return Job(
        id=f"test-{python}{'-' + platform if platform else ''}",
        kind=JobKind.TEST,
        session=f"test-{python}",
        python=python,
        platform=platform,
        needs=("build",),
    )


PLAN = Plan(
    project=PlannedProject(
        name="demo",
        version=None,
        kind=Kind.EXTENSION,
        requires_python=None,
        backend="b",
        pythons=(),
    ),
    jobs=(
        Job(id="build", kind=JobKind.BUILD, session="build", python="3.12"),
        wheels("cp311-manylinux_x86_64"),
        wheels("cp312-manylinux_x86_64"),
        wheels("cp312-win_amd64"),
        cell("3.12"),
        cell("3.12", LINUX),
        cell("3.12", "win_amd64"),
        Job(id="verify", kind=JobKind.VERIFY, session="verify"),
        Job(id="gate", kind=JobKind.GATE, session="gate"),
    ),
    files=(PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL),),
    build_python="3.12",
)
SPECS = {spec.name: spec for spec in session_specs(PLAN)}


def ids(session: str, *args: str, named: str | None = None, platform: str = LINUX) -> list[str]:
    jobs = picked(PLAN, SPECS[session], args, platform=platform, named=named)
    return [job.id for job in jobs]


@pytest.mark.parametrize(
    ("session", "args", "named", "jobs"),
    [
        ("test-3.12", (), None, ["test-3.12"]),
        ("test-3.12", ("-k", "one"), None, ["test-3.12"]),
        ("test", (), None, []),
        ("test-3.12", (), "test-3.12-manylinux_x86_64", ["test-3.12-manylinux_x86_64"]),
        # which machine it is for is the run's own matter
        ("test-3.12", (), "test-3.12-win_amd64", ["test-3.12-win_amd64"]),
        # nox runs what the named job's session requires: that runs as itself
        ("build", (), "test-3.12-manylinux_x86_64", ["build"]),
        ("wheels", (), None, ["wheels-cp311-manylinux_x86_64", "wheels-cp312-manylinux_x86_64"]),
        ("wheels", ("--only", "cp312-win_amd64"), None, ["wheels-cp312-win_amd64"]),
        ("wheels", ("--only=cp312-win_amd64",), None, ["wheels-cp312-win_amd64"]),
        ("wheels", (), "wheels-cp312-win_amd64", ["wheels-cp312-win_amd64"]),
        # several: by identifier in any form, by the shard that CI names, by platform
        ("wheels", ("--only", "cp312-win_amd64,cp311-manylinux_x86_64"), None, [ODD, EVEN]),
        ("wheels", ("--only", "cp312-win_amd64", "cp311-manylinux_x86_64"), None, [ODD, EVEN]),
        (
            "wheels",
            ("--only=cp312-win_amd64", "--only", "cp311-manylinux_x86_64"),
            None,
            [ODD, EVEN],
        ),
        ("wheels", ("--only", "manylinux_x86_64-pr"), None, SHARDED),
        ("wheels", ("--only", "manylinux_x86_64"), None, SHARDED),
        ("wheels", (), SHARD, SHARDED),
        ("wheels", ("--only", "manylinux_x86_64-pr"), SHARD, SHARDED),
        ("build", (), SHARD, ["build"]),
        (
            "wheels",
            ("--only", "cp312-win_amd64"),
            "wheels-cp312-win_amd64",
            ["wheels-cp312-win_amd64"],
        ),
    ],
)
def test_a_session_runs_its_job_or_the_named_one_or_those_picked(session, args, named, jobs):
    assert ids(session, *args, named=named) == jobs


@pytest.mark.parametrize(
    ("session", "args", "named", "what", "hint"),
    [
        ("test-3.12", (), "test-3.12-win_arm64", "has no job", "test-3.12-win_amd64"),
        ("verify", (), "test-3.12-win_amd64", "of the session test-3.12, not of verify", "nox -s"),
        ("test-3.12", (), "gate", "of the session gate, not of test-3.12", "nox -s gate"),
        ("wheels", ("--only",), None, "takes no argument '--only'", "--only IDENTIFIER"),
        ("wheels", ("cp312",), None, "takes no argument 'cp312'", "--only IDENTIFIER"),
        (
            "wheels",
            ("--only", "cp312-win_amd64", "-x"),
            None,
            "takes no argument",
            "--only ONE,OTHER",
        ),
        (
            "wheels",
            ("--only", "cp312-win_amd64,cp39-win_amd64"),
            None,
            "no wheel 'cp39",
            "cp312-win_",
        ),
        ("wheels", ("--only", "manylinux_x86_64"), SHARD, f"{SHARD} is run with", "leave"),
        ("test-3.12", (), SHARD, "of the session wheels, not of test-3.12", "did you mean"),
        ("wheels", ("--only", "cp312-win_arm64"), None, "ships no wheel", "cp312-win_amd64"),
        (
            "wheels",
            ("--only", "cp312-win_amd64"),
            "wheels-cp312-manylinux_x86_64",
            "not with --only cp312-win_amd64",
            "leave the arguments out",
        ),
    ],
)
def test_what_is_no_job_of_the_session_is_refused_with_the_nearest(
    session, args, named, what, hint
):
    with pytest.raises(ConfigurationError) as caught:
        ids(session, *args, named=named)
    assert what in caught.value.what
    assert hint in str(caught.value.hint)


def test_bare_wheels_on_a_platform_without_any_says_which_there_are():
    with pytest.raises(MachineError) as caught:
        ids("wheels", platform="macosx_arm64")
    assert caught.value.what == "this project ships no wheel for macosx_arm64"
    assert "manylinux_x86_64, win_amd64" in str(caught.value.hint)


def test_a_wheels_job_gets_its_own_arguments_whatever_was_typed():
    assert with_arguments(PLAN.job("wheels-cp312-win_amd64"), ()) == ("--only", "cp312-win_amd64")
    assert with_arguments(PLAN.job("test-3.12"), ("-x",)) == ("-x",)


@pytest.mark.parametrize(
    ("environ", "call"),
    [
        ({}, CiCall()),
        ({"SHIPWHEEL_JOB": "", "SHIPWHEEL_TIER": "", "SHIPWHEEL_TAG": ""}, CiCall(untagged=True)),
        (
            {"SHIPWHEEL_JOB": "gate", "SHIPWHEEL_TIER": "release", "SHIPWHEEL_TAG": "v1.0"},
            CiCall(job="gate", tier=Tier.RELEASE, tag="v1.0"),
        ),
    ],
)
def test_an_empty_variable_is_none_and_an_empty_tag_is_a_run_by_hand(environ, call):
    assert ci_call(environ) == call


@pytest.mark.parametrize(
    ("package", "tag", "own"),
    [
        (None, "v1.0", True),
        (None, "api-v1.0", True),
        ("api", "api-v1.0", True),
        ("api", "API/1.0", True),
        ("api", "v1.0", False),
        ("api", "core-v1.0", False),
        # another package, whose name begins alike
        ("api", "api-extra-v1.0", False),
        ("api-extra", "api-extra-v1.0", True),
    ],
)
def test_a_packages_tag_says_nothing_of_the_others(package, tag, own):
    assert ci_call({"SHIPWHEEL_TAG": tag}, package=package).tag == (tag if own else None)


def test_a_packages_job_is_none_of_the_others():
    environ = {"SHIPWHEEL_JOB": "api:test-3.12-win_amd64"}
    assert ci_call(environ, package="api").job == "test-3.12-win_amd64"
    assert ci_call(environ, package="core").job is None


def test_an_unknown_tier_is_refused():
    with pytest.raises(ConfigurationError) as caught:
        ci_call({"SHIPWHEEL_TIER": "nightly"})
    assert "pr, main, release" in str(caught.value.hint)
