"""Laws of the Plan, over all kinds of projects and machines."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.files import to_json
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.make import make_plan
from shipwheel.planning.plan import Plan
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Runner, ToolFacts

TODAY = "2026-11-21"
PLATFORMS = ("manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win_amd64")
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t")
IDENTIFIERS = tuple(
    f"cp{text.replace('.', '')}-{platform}"
    for platform, text in itertools.product(PLATFORMS, PYTHONS)
)


def plan_of(project, machine, identifiers=()):
    return make_plan(
        project,
        load_catalog(),
        machine,
        identifiers,
        remedy=lambda target: f"install {target}",
        today=TODAY,
    )


projects = st.fixed_dictionaries(
    {
        "requires_python": st.sampled_from(
            [None, ">=3.9", ">=3.10", ">=3.12,<3.14", ">=3.10.2", "<3.9"]
        ),
        "kind": st.sampled_from(list(Kind)),
        "abi3_floor": st.sampled_from([None, "3.9", "3.11"]),
        "runner": st.sampled_from(list(Runner)),
        "coverage": st.booleans(),
    }
)
machines = st.lists(st.sampled_from(PYTHONS), unique=True)
identifiers = st.lists(st.sampled_from(IDENTIFIERS), unique=True).map(
    lambda chosen: tuple(each for each in IDENTIFIERS if each in chosen)
)


@given(projects, machines, identifiers)
def test_the_plan_keeps_its_laws(project, machine, facts, here, chosen):
    plan = plan_of(project(**facts), machine(*here), chosen)
    ids = [job.id for job in plan.jobs]
    assert len(ids) == len(set(ids)), "job ids are unique"
    seen: set[str] = set()
    for job in plan.jobs:
        assert set(job.needs) <= seen, f"{job.id} needs what comes later, or nothing has"
        seen.add(job.id)
        assert (
            job.scope is Scope.LOCAL
            or job.reason
            or job.kind
            in {
                JobKind.VERIFY,
                JobKind.REHEARSE,
                JobKind.REPRODUCE,
            }
        ), f"{job.id} cannot run here and does not say why"
    files = [file.id for file in plan.files]
    assert len(files) == len(set(files)), "one producer a file"
    for file in plan.files:
        assert file.job in ids
        assert (file.local_job is None) == (file.scope is Scope.RELEASE)
        assert file.local_job is None or file.local_job in ids
    publish = plan.job("publish")
    needed = {job.id for job in plan.of_kind(JobKind.TEST) if job.platform}
    assert {"verify", "gate", *needed} <= set(publish.needs)
    assert msgspec.json.decode(to_json(plan), type=Plan) == plan
    assert to_json(plan_of(project(**facts), machine(*here), chosen)) == to_json(plan)


@given(projects, machines, identifiers)
def test_every_local_test_consumes_a_file_that_a_local_job_makes(
    project, machine, facts, here, chosen
):
    plan = plan_of(project(**facts), machine(*here), chosen)
    local = {file.id: file.local_job for file in plan.files if file.local_job}
    for job in plan.of_kind(JobKind.TEST, Scope.LOCAL):
        assert [local.get(file) for file in job.consumes] == list(job.needs)


@given(projects, identifiers, st.sampled_from(PYTHONS))
def test_one_more_python_here_does_not_reshuffle_the_rest(project, machine, facts, chosen, more):
    before = plan_of(project(**facts), machine("3.11"), chosen)
    after = plan_of(project(**facts), machine("3.11", more), chosen)
    order = [job.id for job in after.jobs]
    kept = [job.id for job in before.jobs if job.id in order]
    assert kept == [each for each in order if each in kept]


def test_a_pure_project_has_two_files_and_a_test_a_python(project, machine):
    plan = plan_of(project(), machine("3.11", "3.12"))
    assert [file.id for file in plan.files] == ["sdist", "any"]
    local = [job.id for job in plan.jobs if job.scope is Scope.LOCAL]
    assert local == [
        "build",
        "test-3.11",
        "test-3.12",
        "test-lowest",
        "readiness",
        "graph",
        "api",
        "adopt",
        "verify",
        "rehearse",
        "reproduce",
        "gate",
        "publish",
    ]
    absent = plan.job("test-3.13")
    assert (absent.reason, absent.remedy) == ("Python 3.13 is not on this machine", "install 3.13")


def test_an_extension_ships_what_cibuildwheel_names_and_tests_what_is_here(project, machine):
    chosen = ("cp312-manylinux_x86_64", "cp313-manylinux_x86_64", "cp313-win_amd64")
    plan = plan_of(project(kind=Kind.EXTENSION), machine("3.11", "3.12"), chosen)
    assert [(file.id, file.local_job, file.ships) for file in plan.files] == [
        ("sdist", "build", True),
        ("cp312-manylinux_x86_64", "wheel-3.12", True),
        ("cp313-manylinux_x86_64", None, True),
        ("cp313-win_amd64", None, True),
        ("cp311-manylinux_x86_64", "wheel-3.11", False),
    ]
    assert [file.id for file in plan.in_scope(Scope.RELEASE)] == ["sdist", *chosen]


def test_an_abi3_project_ships_one_wheel_a_platform_and_one_for_free_threading(project, machine):
    plan = plan_of(
        project(kind=Kind.ABI3, abi3_floor="3.11"),
        machine("3.12", "3.13"),
        ("cp310-win_amd64", "cp311-win_amd64", "cp312-win_amd64", "cp314t-win_amd64"),
    )
    shipped = [file.id for file in plan.in_scope(Scope.RELEASE)]
    assert shipped == ["sdist", "cp310-win_amd64", "cp311-win_amd64", "cp314t-win_amd64"]
    assert plan.job("test-3.13").needs == ("wheel-3.12",)


@pytest.mark.parametrize(
    ("requires_python", "classifiers", "first"),
    [
        (">=3.11", (), "3.11"),
        (">=3.6", (), "3.9"),
        (None, ("3.12", "3.13"), "3.12"),
        (None, (), "3.9"),
        (">=3.10.5", (), "3.10"),
    ],
)
def test_the_oldest_python_comes_from_the_bound_or_the_classifiers(
    project, machine, requires_python, classifiers, first
):
    facts = project(requires_python=requires_python, classifiers=classifiers)
    assert plan_of(facts, machine()).project.pythons[0] == first


@pytest.mark.parametrize(
    ("pythons", "what"), [(("3.99",), "3.99"), (("4.0",), "4.0"), (("three",), "three")]
)
def test_a_python_that_does_not_exist_is_refused(project, machine, pythons, what):
    with pytest.raises(ConfigurationError) as caught:
        plan_of(project(config=Config(pythons=pythons)), machine("3.12"))
    assert what in caught.value.what
    assert caught.value.where == "[tool.shipwheel] pythons"


def test_no_python_at_all_is_a_plan_that_says_so(project, machine):
    plan = plan_of(project(requires_python=">=3.6,<3.7"), machine("3.12"))
    build = plan.job("build")
    assert plan.build_python is None
    assert "requires-python '>=3.6,<3.7'" in str(build.reason)


def test_a_python_past_its_end_is_said_with_the_date(project, machine):
    plan = plan_of(project(requires_python=">=3.9"), machine("3.12"))
    assert any("3.9" in notice and "2025-10" in notice for notice in plan.notices)


@pytest.mark.parametrize(
    ("kind", "needs", "consumes"),
    [
        (Kind.PURE, ("build",), ("any",)),
        (Kind.EXTENSION, ("wheel-3.12",), ("cp312-manylinux_x86_64",)),
    ],
)
def test_a_tool_that_imports_the_project_gets_the_wheel_of_its_own_python(
    project, machine, kind, needs, consumes
):
    docs = ToolFacts(commands=(("sphinx-build",),), installs_project=True)
    facts = msgspec.structs.replace(project(kind=kind), docs=Fact(value=docs, origin="the test"))
    job = plan_of(facts, machine("3.11", "3.12")).job("docs")
    assert (job.python, job.needs, job.consumes) == ("3.12", needs, consumes)
