from __future__ import annotations

from textwrap import dedent

import pytest

from shipwheel.project.factors import chosen_factors, expand, expand_names, holds, marker_of
from shipwheel.project.pyproject import parse_toml
from shipwheel.project.tox import read_tox
from shipwheel.project.tree import Tree


def ini(tmp_path, text):
    (tmp_path / "tox.ini").write_text(dedent(text))
    return read_tox(Tree(tmp_path), {})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("py{38,39}, lint", ["py38", "py39", "lint"]),
        ("py3{8-10}-{a,b}", ["py38-a", "py38-b", "py39-a", "py39-b", "py310-a", "py310-b"]),
        ("py\npypy3", ["py", "pypy3"]),
    ],
)
def test_env_lists(text, names):
    assert expand_names(text) == names


@pytest.mark.parametrize(
    ("env_list", "factors"),
    [
        ("py310,py311-django42", set()),
        ("py{310,311}-django{32,42}", {"django42"}),
        ("py{310,311,312}-django{42,52}, py312-django60, py312-latest, lint", {"django52"}),
        ("py3{13,12}-{cython,pure}, pypy3-pure", {"cython"}),
        ("py310-pure,py310-lowest", set()),
        ("lint", set()),
    ],
)
def test_the_environment_that_stands_for_the_tests(env_list, factors):
    assert chosen_factors(env_list) == factors


@pytest.mark.parametrize(
    ("condition", "always", "marker"),
    [
        ("py", True, None),
        ("cython", True, None),
        ("!pure", True, None),
        ("pure", False, None),
        ("py38", False, 'python_version == "3.8"'),
        ("!py38", False, 'python_version != "3.8"'),
        (
            "py38,pypy3",
            False,
            '(python_version == "3.8") or (platform_python_implementation == "PyPy")',
        ),
        ("py38-pure", False, None),
        ("py38-cython", False, 'python_version == "3.8"'),
        ("!pure-!pypy3", False, 'platform_python_implementation != "PyPy"'),
    ],
)
def test_conditions_become_markers(condition, always, marker):
    alternatives = expand(condition)
    factors = frozenset({"cython"})
    assert holds(alternatives, factors) is always
    if not always:
        assert marker_of(alternatives, factors) == marker


def test_substitutions_references_and_conditions(tmp_path):
    recipe = ini(
        tmp_path,
        """
        [tox]
        envlist = py{39,310}-{new,pure}
        [base]
        deps =
            pytest
            py39: tomli
        [main]
        deps =
            https://host/one.tar.gz
            https://host/two.tar.gz
        [testenv]
        deps =
            {[base]deps}
            pure: nothing
            main: {[main]deps}
            new: something
            -c{toxinidir}/constraints.txt
        extras = test, more
        setenv =
            A = {env:UNSET:b}
            pure: C = 1
        changedir = {toxinidir}/tests
        commands =
            -{envpython} -m pytest {posargs:tests} \\
                --basetemp={envtmpdir}
        """,
    )
    assert recipe.commands == (("python", "-m", "pytest", "tests", "--basetemp=<envtmpdir>"),)
    assert recipe.requirements == ("pytest", 'tomli ; python_version == "3.9"', "something")
    assert recipe.extras == ("test", "more")
    assert recipe.environment == {"A": "b"}
    assert recipe.folder == "./tests"


def test_where_the_base_environment_tests_nothing_a_test_environment_does(tmp_path):
    recipe = ini(
        tmp_path,
        """
        [testenv]
        deps = pytest
        [testenv:lint]
        commands = flake8
        [testenv:unit]
        commands = pytest
        """,
    )
    assert recipe.origin == "tox.ini [testenv:unit]"
    assert recipe.requirements == ("pytest",)


def test_what_the_commands_install(tmp_path):
    recipe = ini(
        tmp_path,
        """
        [testenv]
        commands_pre = pip install -r more.txt
        commands =
            pip install -U -e .[test]
            pytest
        """,
    )
    assert recipe.extras == ("test",)


TOML = """
[tool.tox]
env_list = ["3.12", "lint"]
[tool.tox.env_run_base]
deps = ["pytest"]
dependency_groups = ["tests"]
set_env = { A = "{tox_root}/x" }
commands = [["pytest", "--basetemp={env_tmp_dir}", { replace = "posargs", default = ["tests"], extend = true }]]
[tool.tox.env.cov]
commands = [{ replace = "ref", of = ["tool", "nothing"] }]
"""


def test_toml(tmp_path):
    recipe = read_tox(Tree(tmp_path), parse_toml(TOML, "pyproject.toml"))
    assert recipe.commands == (("pytest", "--basetemp=<env_tmp_dir>", "tests"),)
    assert recipe.groups == ("tests",)
    assert recipe.environment == {"A": "./x"}
    assert recipe.origin == "pyproject.toml [tool.tox.env_run_base]"


def test_no_tox(tmp_path):
    assert read_tox(Tree(tmp_path), {}) is None
