from __future__ import annotations

import tomllib

import pytest

from shipwheel.building.epoch import NO_COMMIT_EPOCH
from shipwheel.building.filled_in import Source
from shipwheel.building.filled_in import told as told_of
from shipwheel.building.release_settings import Configured, ProvedBy
from shipwheel.data.catalog import load_catalog
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project import facts as known
from shipwheel.project.facts import Kind, Runner

TABLE = """
[tool.cibuildwheel]
before-all = "yum install libffi-devel"
[tool.cibuildwheel.windows]
archs = ["AMD64"]
[[tool.cibuildwheel.overrides]]
select = "*-musllinux*"
test-requires = ["pytest==8"]
"""
MANY, MUSL = "manylinux_x86_64", "musllinux_x86_64"


def fact(value):
    return known.Fact(value=value, origin="pyproject.toml")


TESTS = known.TestFacts(
    runner=fact(Runner.PYTEST),
    commands=fact((("pytest",),)),
    requirements=fact(("pytest",)),
    extras=fact(("fast",)),
    paths=fact(("tests",)),
    environment=fact({}),
    coverage=fact(False),
)


def plan_of(*identifiers, tested=()):
    jobs = [
        Job(
            id=f"wheels-{each}",
            kind=JobKind.WHEELS,
            session="wheels",
            args=("--only", each),
            platform=each.partition("-")[2],
        )
        for each in identifiers
    ]
    jobs += [
        Job(id=f"t-{each}", kind=JobKind.TEST, session="t", platform="p", consumes=(each,))
        for each in tested
    ]
    about = PlannedProject(
        name="spam",
        version="1.0",
        kind=Kind.EXTENSION,
        requires_python=None,
        backend="setuptools.build_meta",
        pythons=("3.12",),
    )
    return Plan(project=about, jobs=tuple(jobs), files=(), build_python="3.12")


@pytest.fixture
def told(project):
    def groups(plan, table="", environ=None, members=("pyproject.toml", "tests/test_a.py")):
        parsed = tomllib.loads(table).get("tool", {}).get("cibuildwheel", {})
        source = Source(
            project(test=TESTS), parsed, frozenset(members), 1_700_000_000, environ or {}
        )
        return told_of(source, plan, load_catalog())

    return groups


def rows(group, *, ours):
    return {each.option: each.value for each in group.settings if each.ours is ours}


def test_wheels_are_grouped_by_what_is_said_of_them(told):
    plan = plan_of(
        f"cp312-{MANY}", f"cp312-{MUSL}", f"cp313-{MANY}", tested=(f"cp312-{MANY}", f"cp313-{MANY}")
    )
    tested, inside = told(plan, TABLE)
    assert (tested.identifiers, tested.tested_by) == (
        (f"cp312-{MANY}", f"cp313-{MANY}"),
        ProvedBy.JOB,
    )
    assert rows(tested, ours=False) == {"before-all": "yum install libffi-devel"}
    assert rows(tested, ours=True) == {
        "SOURCE_DATE_EPOCH": "1700000000",
        "log-fold-mode": "disabled",
        "enable": "all",
    }
    assert (inside.identifiers, inside.tested_by) == ((f"cp312-{MUSL}",), ProvedBy.FACTS)
    assert rows(inside, ours=False)["test-requires"] == '["pytest==8"]'
    assert rows(inside, ours=True) == {
        **rows(tested, ours=True),
        "test-command": "pytest",
        "test-sources": "tests pyproject.toml",
        "test-extras": "fast",
    }


def test_what_the_project_enables_itself_is_not_filled_in(told):
    (group,) = told(plan_of(f"cp312-{MANY}"), '[tool.cibuildwheel]\nenable = ["pypy"]\n')
    assert rows(group, ours=False)["enable"] == '["pypy"]'
    assert "enable" not in rows(group, ours=True)


def test_without_tests_in_the_tree_it_is_imported_and_said_why(told):
    (group,) = told(plan_of(f"cp312-{MUSL}"), members=())
    assert group.tested_by is ProvedBy.IMPORTS
    assert rows(group, ours=True)["test-command"] == "python -c 'import spam'"
    assert "the sdist lacks the tests" in group.why


def test_a_variable_of_the_terminal_is_named(told):
    (group,) = told(plan_of(f"cp312-{MUSL}"), environ={"CIBW_TEST_COMMAND_LINUX": "true"})
    assert group.tested_by is ProvedBy.PROJECT
    (setting,) = [each for each in group.settings if each.option == "test-command"]
    assert (setting.value, setting.origin, setting.ours) == (
        "true",
        "CIBW_TEST_COMMAND_LINUX",
        False,
    )


def test_a_plan_without_platform_wheels_tells_nothing(told):
    assert told(plan_of()) == ()


def test_the_last_place_that_sets_an_option_counts():
    table = {
        "test-command": "all",
        "before-all": "all",
        "linux": {"test-command": "linux"},
        "windows": {"before-all": "windows"},
        "overrides": [{"select": "cp312-*", "inherit": {}, "before-all": "one"}],
    }
    environ = {
        "CIBW_ENVIRONMENT_LINUX": "A=1",
        "CIBW_ENVIRONMENT": "A=2",
        "CIBW_BEFORE_ALL_WINDOWS": "no",
        "CIBW_MANYLINUX_X86_64_IMAGE": "mine",
        "HOME": "/root",
    }
    every = Configured(table, f"cp312-{MANY}", "linux", environ).every()
    assert every == {
        "test-command": ("linux", "[tool.cibuildwheel.linux]"),
        "before-all": ("one", "[[tool.cibuildwheel.overrides]] cp312-*"),
        "environment": ("A=1", "CIBW_ENVIRONMENT_LINUX"),
        "manylinux-x86_64-image": ("mine", "CIBW_MANYLINUX_X86_64_IMAGE"),
    }


@pytest.mark.parametrize(
    ("environ", "epoch", "origin"),
    [
        ({"SOURCE_DATE_EPOCH": "1700000000"}, 1_700_000_000, "this terminal"),
        ({"SOURCE_DATE_EPOCH": "now"}, 1_700_000_000, "the commit's time"),
        ({}, 1_700_000_000, "the commit's time"),
        ({}, NO_COMMIT_EPOCH, "no commit"),
    ],
)
def test_where_the_time_is_from(project, environ, epoch, origin):
    source = Source(project(test=TESTS), {}, frozenset(), epoch, environ)
    (group,) = told_of(source, plan_of(f"cp312-{MANY}"), load_catalog())
    (setting,) = [each for each in group.settings if each.option == "SOURCE_DATE_EPOCH"]
    assert (setting.value, setting.origin) == (str(epoch), origin)
