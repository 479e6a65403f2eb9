"""How a tree of a few lines is taken to be tested."""

from __future__ import annotations

import pytest

from shipwheel.project.facts import Runner

HEAD = """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "thing"
version = "1"
dependencies = ["six"]
"""
PYTEST = "import pytest\ndef test_a(): pass\n"
UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"
BARE = "def test_a(): pass\n"


def files(rest="", **more):
    given = {"pyproject.toml": HEAD + rest, "thing.py": "", "tests/test_a.py": PYTEST}
    return {
        **given,
        **{name.replace("__", "/").replace("_dot_", "."): text for name, text in more.items()},
    }


GROUP = '[dependency-groups]\ntest = ["pytest", "coverage"]\n'
DEV = '[dependency-groups]\ndev = ["ruff", "pytest", "pytest-mock"]\n'
DEV_WITHOUT = '[dependency-groups]\ndev = ["ruff", "tox"]\n'
EXTRA = '[project.optional-dependencies]\ntest = ["thing[more]"]\nmore = ["pytest"]\n'
POETRY = '[tool.poetry.group.test.dependencies]\npytest = "^8"\n'
PDM = '[tool.pdm.dev-dependencies]\ntest = ["pytest>=8"]\n'
HATCH = '[tool.hatch.envs.test]\ndependencies = ["pytest", "hypothesis"]\n[tool.hatch.envs.test.scripts]\nrun = "pytest {args:tests}"\n'
TOX = "[testenv]\ndeps = pytest\n    pytest-mock\nextras = cli\ncommands = pytest -s {posargs}\n"
NOX = """
import nox
@nox.session(python=["3.12"])
def tests(session):
    session.install(".[cli]", "-r", "req.txt", "pytest")
    session.run("python", "-m", "pytest", *session.posargs)
@nox.session
def lint(session):
    session.install("ruff")
    session.run("ruff", "check")
"""
CLI = '[project.optional-dependencies]\ncli = ["click"]\n'


@pytest.mark.parametrize(
    ("given", "commands", "requirements", "extras"),
    [
        (files(GROUP), ["pytest"], ["pytest", "coverage"], []),
        (files(EXTRA), ["pytest"], [], ["test"]),
        (files(DEV), ["pytest"], ["pytest", "pytest-mock"], []),
        (files(DEV_WITHOUT), ["pytest"], ["pytest"], []),
        (files(POETRY), ["pytest"], ["pytest>=8,<9"], []),
        (files(PDM), ["pytest"], ["pytest>=8"], []),
        (files(HATCH), ["pytest tests"], ["pytest", "hypothesis"], []),
        (files(CLI, tox_dot_ini=TOX), ["pytest -s"], ["pytest", "pytest-mock"], ["cli"]),
        (
            files(GROUP + CLI, tox_dot_ini=TOX),
            ["pytest -s"],
            ["pytest", "coverage", "pytest-mock"],
            ["cli"],
        ),
        (
            files(DEV_WITHOUT + CLI, tox_dot_ini=TOX),
            ["pytest -s"],
            ["pytest", "pytest-mock"],
            ["cli"],
        ),
        (
            files(CLI, noxfile_dot_py=NOX, req_dot_txt="mock\n"),
            ["python -m pytest"],
            ["mock", "pytest"],
            ["cli"],
        ),
        (files(**{"requirements-test_dot_txt": "pytest<9\n"}), ["pytest"], ["pytest<9"], []),
        (
            files(
                requirements__test_dot_txt="-r ../requirements.txt\npytest\n",
                requirements_dot_txt="six==1.1\nmock\n",
            ),
            ["pytest"],
            ["pytest", "mock"],
            [],
        ),
        (files(), ["pytest"], ["pytest"], []),
    ],
)
def test_where_requirements_come_from(read, given, commands, requirements, extras):
    test = read(given).test
    assert [" ".join(argv) for argv in test.commands.value] == commands
    assert list(test.requirements.value) == requirements
    assert list(test.extras.value) == extras
    assert test.runner.value is Runner.PYTEST


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        (
            '[tool.pytest.ini_options]\naddopts = "--cov=thing -n 2"\n',
            {"pytest-cov", "pytest-xdist"},
        ),
        ('[tool.pytest]\naddopts = ["-p", "pytest_cov"]\n', {"pytest-cov"}),
        ('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n', {"pytest-asyncio"}),
        (
            '[tool.pytest.ini_options]\nrequired_plugins = ["pytest-timeout>=2"]\n',
            {"pytest-timeout>=2"},
        ),
        (
            '[tool.pytest.ini_options]\naddopts = "-n0 --doctest-plus"\n',
            {"pytest-xdist", "pytest-doctestplus"},
        ),
        (
            '[tool.pytest.ini_options]\naddopts = "--doctest-modules -ra --strict-markers -p no:cacheprovider"\n',
            set(),
        ),
        (
            '[tool.pytest.ini_options]\nfilterwarnings = ["error", "ignore::hypothesis.errors.X"]\n',
            {"hypothesis"},
        ),
    ],
)
def test_options_bring_their_plugins(read, settings, needed):
    assert set(read(files(settings)).test.requirements.value) == {"pytest", *needed}


def test_settings_settle_everything(read):
    rest = """
    [project.optional-dependencies]
    speed = ["x"]
    [dependency-groups]
    test = ["pytest"]
    other = ["nose2"]
    [tool.shipwheel.test]
    command = ["nose2", "-v"]
    groups = ["other"]
    extras = ["speed"]
    requires = ["more"]
    environment = {A = "1"}
    """.replace("    ", "")
    test = read(files(rest)).test
    assert test.commands.value == (("nose2", "-v"),)
    assert test.requirements.value == ("nose2", "pytest", "more")
    assert test.extras.value == ("speed",)
    assert test.environment.value == {"A": "1"}
    assert test.runner.value is Runner.OTHER


def without_pytest(**tests):
    return {
        "pyproject.toml": HEAD,
        "thing.py": "",
        **{k.replace("__", "/") + ".py": v for k, v in tests.items()},
    }


@pytest.mark.parametrize(
    ("given", "runner", "command"),
    [
        (without_pytest(), Runner.NONE, None),
        (
            {"pyproject.toml": HEAD, "thing.py": "", "tests/test_a.py": UNITTEST},
            Runner.UNITTEST,
            "python -m unittest discover -s tests",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "tests/test_a.py": UNITTEST,
                "tests/__init__.py": "",
            },
            Runner.UNITTEST,
            "python -m unittest discover -s tests -t .",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing/__init__.py": "",
                "thing/tests/__init__.py": "",
                "thing/tests/test_a.py": UNITTEST,
            },
            Runner.UNITTEST,
            "python -m unittest discover -s thing -t .",
        ),
        ({"pyproject.toml": HEAD, "thing.py": "", "test_thing.py": BARE}, Runner.PYTEST, "pytest"),
        (
            {"pyproject.toml": HEAD, "thing.py": "", "test.py": BARE},
            Runner.PYTEST,
            "pytest test.py",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "test.py": UNITTEST + "if __name__ == '__main__':\n    unittest.main()\n",
            },
            Runner.UNITTEST,
            "python test.py",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "Makefile": "test:\n\t$(PYTHON) tests/run_tests.py\n",
                "tests/run_tests.py": UNITTEST,
            },
            Runner.UNITTEST,
            "python tests/run_tests.py",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "tox.ini": "[testenv]\ncommands = pytest tests\n",
            },
            Runner.NONE,
            None,
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            },
            Runner.PYTEST,
            "pytest",
        ),
        (
            {
                "pyproject.toml": HEAD,
                "thing.py": "",
                "tests/test_a.py": UNITTEST,
                "tox.ini": "[testenv]\ndeps = zope.testrunner\ncommands = zope-testrunner --test-path=src\n",
            },
            Runner.OTHER,
            "zope-testrunner --test-path=src",
        ),
    ],
)
def test_runners_without_a_word_of_pytest(read, given, runner, command):
    test = read(given).test
    assert test.runner.value is runner
    assert [" ".join(argv) for argv in test.commands.value] == ([command] if command else [])


def test_no_tests_is_said(read):
    project = read(without_pytest())
    assert any("no test files were found" in note for note in project.notes)
    assert project.test.requirements.value == ()


def test_an_import_that_nobody_declares_is_told_and_never_installed(read):
    project = read(files(tests__test_b_dot_py="import unheard_of\nimport yaml\n"))
    assert project.test.requirements.value == ("pytest", "PyYAML")
    assert any("unheard_of" in note for note in project.notes)


@pytest.mark.parametrize(
    ("rest", "more", "measured"),
    [
        ("[tool.coverage.run]\nbranch = true\n", {}, True),
        ("", {".coveragerc": "[run]\n"}, True),
        ('[tool.pytest.ini_options]\naddopts = "--cov"\n', {}, True),
        ("", {"tox.ini": "[testenv]\ncommands = coverage run -m pytest\n"}, True),
        ("", {}, False),
    ],
)
def test_coverage(read, rest, more, measured):
    assert read({**files(rest), **more}).test.coverage.value is measured


def test_tools_only_where_they_are_configured(read):
    bare = read(files())
    assert (bare.lint.value, bare.type.value, bare.docs.value) == (None, None, None)
    rest = '[tool.ruff]\nline-length = 80\n[tool.mypy]\nfiles = ["thing.py"]\n[dependency-groups]\nlint = ["ruff==0.1"]\n'
    full = read(files(rest, docs__conf_dot_py="", docs__requirements_dot_txt="furo\n"))
    assert full.lint.value.requirements == ("ruff==0.1",)
    assert full.type.value.commands == (("mypy",),)
    assert full.docs.value.requirements == ("sphinx", "furo")


INI = "[tool.pytest.ini_options]\ntestpaths = 'tests'\n"


@pytest.mark.parametrize(
    ("command", "chosen"),
    [
        ("python {project}/tests/run_test.py", "python tests/run_test.py"),
        ("python -m unittest discover -s {package}/tests", "python -m unittest discover -s tests"),
        # a smaller choice, an import alone, and what we cannot see into give way to pytest's table
        ("pytest {project}/tests/test_a.py", "pytest"),
        ("python -c 'import thing'", "pytest"),
        ("python -m unittest && bash {project}/more.sh", "pytest"),
    ],
)
def test_what_cibuildwheel_runs_on_wheels_goes_before_a_table_for_pytest(read, command, chosen):
    rest = f'{INI}[tool.cibuildwheel]\ntest-command = "{command}"\n'
    project = read(files(rest, tests__run_test_dot_py=UNITTEST))
    assert [" ".join(each) for each in project.test.commands.value] == [chosen]


@pytest.mark.parametrize(
    ("rest", "command"),
    [
        ("", "pytest --ignore=examples"),
        # what the project tells pytest itself is all that it wants told
        ("[tool.pytest.ini_options]\naddopts = '-ra'\n", "pytest"),
        ("[tool.pytest.ini_options]\ntestpaths = ['tests', 'examples']\n", "pytest"),
    ],
)
def test_examples_that_look_like_tests_are_left_out_of_a_pytest_that_nobody_configured(
    read, rest, command
):
    given = files(rest, examples__web__test_shop_dot_py="import django\n", tools__a_dot_py="")
    project = read(given)
    assert [" ".join(each) for each in project.test.commands.value] == [command]
