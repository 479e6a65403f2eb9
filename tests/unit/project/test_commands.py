from __future__ import annotations

import pytest

from shipwheel.project.commands import runner_of, settle, usable_environment
from shipwheel.project.facts import Package, Runner
from shipwheel.project.recipe import Recipe, split
from shipwheel.project.tree import Tree


@pytest.fixture
def root(tmp_path):
    for folder in ("tests", "src/pkg"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests" / "run_tests.py").write_text("import unittest\nunittest.main()\n")
    return Tree(tmp_path)


PACKAGES = (Package(name="pkg", path="src/pkg"),)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("pytest -v --tb=short --basetemp=<env_tmp_dir>", "pytest"),
        ("py.test tests", "pytest tests"),
        ("<bin>/pytest", "pytest"),
        ("python3.11 -m pytest", "python -m pytest"),
        ("python -m pytest --cov pkg --cov tests --cov-report html -k x", "python -m pytest -k x"),
        ("pytest --cov=pkg --cov-append tests", "pytest tests"),
        ("pytest --mypy --flake8", "pytest"),
        ("coverage run -p -m unittest discover -s src", "python -m unittest discover -s src"),
        ("coverage run --source pkg -m pytest tests", "python -m pytest tests"),
        ("python -W error -W ignore::x -m coverage run -m pytest tests", "python -m pytest tests"),
        ("poetry run pytest tests/", "pytest tests/"),
        ("uv run --group test -- pytest", "pytest"),
        ("env A=1 pytest", "pytest"),
        ("A=1 pytest", "pytest"),
        ("xvfb-run -a pytest", "pytest"),
        ("pytest <env_site_packages_dir>/pkg tests", "pytest src/pkg tests"),
        ("pytest -n auto --dist loadscope", "pytest -n auto --dist loadscope"),
        ("python tests/run_tests.py", "python tests/run_tests.py"),
        ("trial pkg", "trial pkg"),
        ("zope-testrunner --test-path=src", "zope-testrunner --test-path=src"),
        ("python -m unittest", "python -m unittest"),
        ("coverage report", None),
        ("coverage erase", None),
        ("pip install .", None),
        ("mypy src", None),
        ("pre-commit run", None),
        ("sphinx-build -b doctest docs out", None),
        ("python setup.py test", None),
        ("python -c 'import pkg'", None),
        ("python gone/run_tests.py", None),
        ("nosetests", None),
        ("pytest <envdir>/there", None),
        ("bash ./run-tests.sh", None),
    ],
)
def test_what_is_kept_of_a_command(root, line, kept):
    settled = settle(root, Recipe(origin="here", commands=(split(line),)), PACKAGES)
    assert settled.commands == ((split(kept),) if kept else ())


def test_a_folder_becomes_a_path(root):
    def moved(line):
        recipe = Recipe(origin="here", commands=(split(line),), folder="./tests")
        return " ".join(settle(root, recipe, PACKAGES).commands[0])

    assert moved("pytest") == "pytest tests"
    assert moved("python -m unittest") == "python -m unittest discover -s tests"


def test_what_was_measured_and_set(root):
    recipe = Recipe(origin="here", commands=(split("A=1 coverage run -m pytest"),))
    settled = settle(root, recipe, PACKAGES)
    assert settled.measured
    assert settled.environment == (("A", "1"),)


@pytest.mark.parametrize(
    ("line", "runner"),
    [
        ("pytest", Runner.PYTEST),
        ("python -X dev -m pytest", Runner.PYTEST),
        ("python -m unittest -v", Runner.UNITTEST),
        ("python tests/run_tests.py", Runner.UNITTEST),
        ("python -m pkg.tests", Runner.OTHER),
        ("ward", Runner.OTHER),
        ("flake8", Runner.NONE),
    ],
)
def test_runners(root, line, runner):
    assert runner_of(root, split(line)) is runner


def test_variables_that_are_of_use():
    values = {"A": "1", "B": "<envdir>/x", "TOX_X": "1", "NO_COLOR": "1", "PYTHONPATH": "src"}
    assert usable_environment(values, frozenset({"src"})) == {"A": "1"}
    assert usable_environment({"PYTHONPATH": "./src:."}, frozenset({"src"})) == {"PYTHONPATH": "."}
