from __future__ import annotations

import pytest

from shipwheel.building.release_settings import (
    Configured,
    ProvedBy,
    container_engine,
    release_settings,
)
from shipwheel.building.release_settings import test_sources as sources_of
from shipwheel.data.catalog import load_catalog
from shipwheel.project import config as settings_of
from shipwheel.project import facts as known
from shipwheel.project.config import Config, VerifyConfig
from shipwheel.project.facts import Package, Runner

MEMBERS = {
    "PKG-INFO",
    "pyproject.toml",
    "tox.ini",
    "conftest.py",
    "src/spam/__init__.py",
    "tests/test_a.py",
    "tests/data/a.txt",
}


def fact(value):
    return known.Fact(value=value, origin="pyproject.toml")


def configured(table=None, identifier="cp312-musllinux_x86_64", environ=None):
    return Configured(table or {}, identifier, "linux", environ or {})


def facts(**changes):
    values = {
        "runner": fact(Runner.PYTEST),
        "commands": fact((("pytest", "-k", "not slow"),)),
        "requirements": fact(("pytest>=8", 'tomli; python_version < "3.11"')),
        "extras": fact(("fast", "more")),
        "paths": fact(("tests",)),
        "environment": fact({"MODE": "two words"}),
        "coverage": fact(False),
    }
    return known.TestFacts(**(values | changes))


def decide(project, table=None, environ=None, *, elsewhere=False, platform="musllinux_x86_64"):
    return release_settings(
        project,
        configured(table, f"cp312-{platform}", environ),
        load_catalog().platform(platform),
        MEMBERS,
        tested_elsewhere=elsewhere,
        epoch=1_700_000_000,
    )


def test_what_nobody_tests_is_tested_with_what_we_found(project):
    settings = decide(project(test=facts(), requires_python=fact(">=3.9")))
    assert settings.tested_by is ProvedBy.FACTS
    assert settings.variables == {
        "SOURCE_DATE_EPOCH": "1700000000",
        "CIBW_LOG_FOLD_MODE": "disabled",
        "CIBW_PROJECT_REQUIRES_PYTHON": ">=3.9",
        "CIBW_TEST_COMMAND": "pytest -k 'not slow'",
        "CIBW_TEST_SOURCES": "tests pyproject.toml tox.ini conftest.py",
        "CIBW_TEST_REQUIRES": "'pytest>=8' 'tomli; python_version < \"3.11\"'",
        "CIBW_TEST_EXTRAS": "fast,more",
        "CIBW_TEST_ENVIRONMENT": "MODE='two words'",
    }


@pytest.mark.parametrize(
    ("platform", "folder"),
    [("musllinux_x86_64", "/project/"), ("macosx_arm64", ""), ("win_amd64", "")],
)
def test_its_constraints_hold_there_too(project, platform, folder):
    found = facts(environment=fact({}), constraint_files=("tests/data/a.txt", "tox.ini"))
    settings = decide(project(test=found), platform=platform)
    both = f"'{folder}tests/data/a.txt {folder}tox.ini'"
    assert settings.variables["CIBW_TEST_ENVIRONMENT"] == (
        f"PIP_CONSTRAINT={both} UV_CONSTRAINT={both}"
    )
    assert settings.unconstrained == ()


def test_constraints_that_the_sdist_lacks_are_told_and_the_projects_own_variable_stays(project):
    found = facts(
        environment=fact({"UV_CONSTRAINT": "mine"}), constraint_files=("old.txt", "tox.ini")
    )
    settings = decide(project(test=found))
    assert settings.unconstrained == ("old.txt",)
    assert settings.variables["CIBW_TEST_ENVIRONMENT"] == (
        "UV_CONSTRAINT=mine PIP_CONSTRAINT=/project/tox.ini"
    )
    assert decide(project(test=found), elsewhere=True).unconstrained == ()


def test_what_a_job_tests_is_not_tested_twice(project):
    settings = decide(project(test=facts()), elsewhere=True)
    assert settings.tested_by is ProvedBy.JOB
    assert not [name for name in settings.variables if name.startswith("CIBW_TEST")]


@pytest.mark.parametrize(
    ("table", "environ"),
    [
        ({"test-command": "pytest {project}/tests"}, {}),
        ({"linux": {"test-command": "true"}}, {}),
        ({"overrides": [{"select": "*-musllinux*", "test-command": "true"}]}, {}),
        ({"overrides": [{"select": ["cp31{1,2}-*"], "test-command": "true"}]}, {}),
        ({}, {"CIBW_TEST_COMMAND": "true"}),
        ({}, {"CIBW_TEST_COMMAND_LINUX": "true"}),
        ({"test-command": ""}, {"CIBW_TEST_COMMAND": "true"}),
    ],
)
@pytest.mark.parametrize("elsewhere", [True, False])
def test_the_projects_own_command_stays(project, table, environ, elsewhere):
    settings = decide(project(test=facts()), table, environ, elsewhere=elsewhere)
    assert settings.tested_by is ProvedBy.PROJECT
    assert not [name for name in settings.variables if name.startswith("CIBW_TEST")]


@pytest.mark.parametrize(
    "table",
    [
        {"windows": {"test-command": "true"}},
        {"overrides": [{"select": "*-manylinux*", "test-command": "true"}]},
        {"test-skip": "*-manylinux* cp39-*"},
    ],
)
def test_what_is_set_for_others_is_not_set(project, table):
    assert decide(project(test=facts()), table).tested_by is ProvedBy.FACTS


def test_an_option_of_the_projects_stays_beside_ours(project):
    table = {"test-requires": ["pytest==8.0"], "linux": {"test-extras": []}}
    variables = decide(project(test=facts()), table).variables
    assert "CIBW_TEST_COMMAND" in variables
    assert "CIBW_TEST_REQUIRES" not in variables
    assert "CIBW_TEST_EXTRAS" not in variables


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"test-command": ""}, "empty"),
        ({"test-skip": "*-musllinux*"}, "test-skip"),
        ({"test-skip": ["*-musllinux*"], "test-command": "true"}, "test-skip"),
    ],
)
def test_a_project_may_leave_it_untested_and_that_is_said(project, table, why):
    settings = decide(project(test=facts()), table)
    assert settings.tested_by is ProvedBy.NOBODY
    assert why in settings.why


def test_on_windows_the_command_is_for_its_shell(project):
    argv = ("python3", "-m", "pytest", "-k", "not slow")
    found = decide(project(test=facts(commands=fact((argv,)))), platform="win_arm64")
    assert found.variables["CIBW_TEST_COMMAND"] == 'python -m pytest -k "not slow"'


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"runner": fact(Runner.NONE)}, "no tests are known"),
        ({"runner": fact(Runner.OTHER)}, "is not known"),
        ({"paths": fact(("checks",))}, "the sdist lacks the tests (checks)"),
        ({"paths": fact(())}, "none are known by path"),
        ({"paths": fact(("src/spam/tests", "tests"))}, "lacks the tests (src/spam/tests)"),
        ({"paths": fact((".",))}, "lie with its packages"),
        ({"commands": fact((("pytest", "src/"),))}, "lie with its packages (src)"),
    ],
)
def test_what_cannot_be_tested_there_is_imported(project, changes, why):
    made = project(test=facts(**changes))
    assert why in sources_of(made, MEMBERS)[1]
    settings = decide(made)
    assert settings.tested_by is ProvedBy.IMPORTS
    assert settings.variables["CIBW_TEST_COMMAND"] == "python -c 'import spam'"
    assert "CIBW_TEST_SOURCES" not in settings.variables
    assert "test-command" in settings.why


def test_stubs_are_not_imported_and_the_configured_modules_are(project):
    packages = fact((Package(name="spam", path="src/spam"), Package(name="s-stubs", stubs=True)))
    assert (
        decide(project(packages=packages)).variables["CIBW_TEST_COMMAND"].endswith("'import spam'")
    )
    config = Config(verify=VerifyConfig(modules=("spam._c", "spam")))
    named = decide(project(config=config, packages=packages))
    assert named.variables["CIBW_TEST_COMMAND"] == "python -c 'import spam._c, spam'"


def test_what_the_configuration_asks_for_is_installed_too(project):
    config = Config(test=settings_of.TestConfig(requires=("extra", "pytest>=8")))
    found = decide(project(test=facts(), config=config)).variables["CIBW_TEST_REQUIRES"]
    assert found.split(" ")[0] == "'pytest>=8'"
    assert found.endswith(" extra")


@pytest.mark.parametrize(
    ("table", "environ", "engine"),
    [
        ({}, {}, "docker"),
        ({"container-engine": "podman"}, {}, "podman"),
        ({"container-engine": {"name": "podman", "create-args": ["--x"]}}, {}, "podman"),
        ({}, {"CIBW_CONTAINER_ENGINE": "podman; create_args: --network=host"}, "podman"),
        ({}, {"CIBW_CONTAINER_ENGINE_LINUX": "name: podman"}, "podman"),
        ({"linux": {"container-engine": "podman"}}, {"CIBW_CONTAINER_ENGINE": "docker"}, "docker"),
    ],
)
def test_the_container_engine(table, environ, engine):
    assert container_engine(configured(table, environ=environ)) == engine
