from __future__ import annotations

import pytest

from shipwheel.testing.command import Settings, adapt, own_junit, read_command, with_args

# command: runner, index for options, index behind `coverage run`, reports, may fail
READ = {
    "pytest -q": ("pytest", 1, 0, False, False),
    "py.test": ("pytest", 1, 0, False, False),
    "/env/bin/pytest x": ("pytest", 1, 0, False, False),
    "python -m pytest tests": ("pytest", 3, 0, False, False),
    "python3.12 -W error -X dev -bb -m pytest": ("pytest", 8, 0, False, False),
    "/env/bin/python -m pytest": ("pytest", 3, 0, False, False),
    "python -m unittest discover -s x": ("unittest", 3, 0, False, False),
    "python tests/__init__.py": ("", 2, 0, False, False),
    "python -c pass": ("", 3, 0, False, False),
    "coverage run -m pytest tests": ("pytest", 4, 2, False, False),
    "coverage run --source a --branch -m pytest": ("pytest", 7, 2, False, False),
    "python -m coverage run -p -m unittest": ("unittest", 7, 4, False, False),
    "coverage run setup.py test": ("", 3, 2, False, False),
    "coverage report --fail-under=90": ("", 0, 0, True, False),
    "python -m coverage combine": ("", 0, 0, True, False),
    "zope-testrunner --test-path=src": ("zope-testrunner", 1, 0, False, False),
    "trial pkg": ("trial", 1, 0, False, False),
    "make test": ("", 1, 0, False, False),
    "-pytest": ("pytest", 1, 0, False, True),
    "- pytest": ("pytest", 1, 0, False, True),
}


@pytest.mark.parametrize("line", READ)
def test_read_command(line: str) -> None:
    read = read_command(line.split())
    assert (read.runner, read.options, read.run, read.reports, read.may_fail) == READ[line]


PLAIN = Settings()
MEASURED = Settings(measure=True, coverage=True)
COV = Settings(addopts="-ra --cov=pkg", measure=True, coverage=True, pytest_cov=True)

ADAPTED = [
    ("pytest -q", PLAIN, "", "pytest --junitxml=J -q"),
    ("pytest -q", PLAIN, "-k a", "pytest --junitxml=J -q -k a"),
    ("pytest --junitxml=own.xml", PLAIN, "", "pytest --junitxml=own.xml"),
    ("pytest -q", Settings(junit=False), "", "pytest -q"),
    ("make test", PLAIN, "V=1", "make test V=1"),
    ("make test", MEASURED, "", "make test"),
    ("/e/pytest", MEASURED, "a", "python -m coverage run --parallel-mode /e/pytest --junitxml=J a"),
    (
        "/e/pytest.exe",
        MEASURED,
        "",
        "python -m coverage run --parallel-mode -m pytest --junitxml=J",
    ),
    (
        "/e/python -W error -m pytest",
        MEASURED,
        "",
        "/e/python -W error -m coverage run --parallel-mode -m pytest --junitxml=J",
    ),
    (
        "/e/python -m unittest",
        MEASURED,
        "-v",
        "/e/python -m coverage run --parallel-mode -m unittest -v",
    ),
    ("coverage run -m pytest", MEASURED, "", "coverage run --parallel-mode -m pytest --junitxml=J"),
    ("coverage run -a -m pytest", MEASURED, "", "coverage run -a -m pytest --junitxml=J"),
    ("pytest x", COV, "", "pytest --junitxml=J x --cov-fail-under=0"),
    ("pytest -- x", COV, "", "pytest --junitxml=J --cov-fail-under=0 -- x"),
    (
        "pytest --no-cov",
        COV,
        "",
        "python -m coverage run --parallel-mode pytest --junitxml=J --no-cov",
    ),
]


@pytest.mark.parametrize(("line", "settings", "args", "expected"), ADAPTED)
def test_adapt(line: str, settings: Settings, args: str, expected: str) -> None:
    adapted = adapt(read_command(line.split()), settings, "J", args.split())
    assert " ".join(adapted) == expected


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("pytest", None),
        ("pytest --junitxml=a.xml", "a.xml"),
        ("pytest --junit-xml b.xml", "b.xml"),
        ("pytest --junitxml", None),
    ],
)
def test_own_junit(line: str, path: str | None) -> None:
    assert own_junit(read_command(line.split())) == path


@pytest.mark.parametrize(
    ("lines", "index"),
    [
        (["pytest"], 0),
        (["make build", "pytest a", "pytest b"], 2),
        (["coverage erase", "coverage run -m pytest", "coverage report"], 1),
        (["coverage run x.py", "coverage report"], 0),
        (["./a", "./b", "coverage report"], 1),
    ],
)
def test_arguments_go_to_the_last_command_that_tests(lines: list[str], index: int) -> None:
    assert with_args([read_command(line.split()) for line in lines]) == index
