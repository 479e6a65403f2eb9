"""Commands as projects write them, turned into ones that run in our environments, in the overlay's root."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shipwheel.project.facts import Package, Runner
from shipwheel.project.recipe import Argv, Recipe
from shipwheel.project.tree import Tree, join

_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
_PYTHON = re.compile(r"(?:.*[/\\])?python[\d.]*(?:\.exe)?$|<bin>/python[\d.]*$")
_UNRESOLVED = re.compile(r"<[\w:. -]+>|\$[({]?\w|\{[\w:]+\}")
_SITE = re.compile(r"<(?:env_site_packages_dir|envsitepackagesdir)>/(?P<path>.+)")
_WRAPPERS = ("poetry", "pdm", "hatch", "uv", "pipenv", "rye")
# options of `uv run` and the like that take a value
_WRAPPER_VALUES = frozenset(
    {"--group", "--extra", "--with", "-p", "--python", "--package", "-e", "--env"}
)
_INTERPRETER_VALUES = frozenset({"-W", "-X"})
_COVERAGE_VALUES = frozenset(
    {"--source", "--rcfile", "--omit", "--include", "--concurrency", "--context", "--data-file"}
)
# programs that are test runners, with what brings each
RUNNERS = {
    "pytest": "pytest",
    "zope-testrunner": "zope.testrunner",
    "trial": "twisted",
    "ward": "ward",
    "stestr": "stestr",
    "nose2": "nose2",
    "green": "green",
    "behave": "behave",
    "xdoctest": "xdoctest",
    "testtools.run": "testtools",
    "twisted.trial": "twisted",
    "zope.testrunner": "zope.testrunner",
    "robot": "robotframework",
    "avocado": "avocado-framework",
    "unittest2": "unittest2",
}
_FOREIGN = ("TOX_", "PIP_", "UV_", "COVERAGE_", "NOX_", "VIRTUAL")
_TERMINAL = frozenset({"FORCE_COLOR", "NO_COLOR", "PY_COLORS", "PATH", "HOME", "TMPDIR", "TERM"})
_BUILT_IN = ("unittest", "doctest")
# options of pytest whose work is ours (reports, coverage) or another job's (linters); with a value: True
_NOT_OURS = {
    "--cov": None,
    "--cov-report": True,
    "--cov-config": True,
    "--cov-context": True,
    "--cov-fail-under": True,
    "--cov-append": False,
    "--cov-branch": False,
    "--no-cov": False,
    "--no-cov-on-fail": False,
    "--basetemp": True,
    "--junitxml": True,
    "--junit-xml": True,
    "--html": True,
    "--self-contained-html": False,
    "--color": True,
    "--tb": True,
    "--durations": True,
    "-v": False,
    "-vv": False,
    "-vvv": False,
    "-q": False,
    "-qq": False,
    "--verbose": False,
    "--quiet": False,
    "--mypy": False,
    "--flake8": False,
    "--flakes": False,
    "--pep8": False,
    "--pycodestyle": False,
    "--pylint": False,
    "--ruff": False,
    "--ruff-format": False,
    "--black": False,
    "--isort": False,
    "--codestyle": False,
    "--docstyle": False,
}
LINTER_PLUGINS = frozenset(
    [
        "pytest-mypy",
        "pytest-flake8",
        "pytest-flakes",
        "pytest-pep8",
        "pytest-pycodestyle",
        "pytest-pylint",
        "pytest-ruff",
        "pytest-black",
        "pytest-isort",
        "pytest-checkdocs",
        "pytest-enabler",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Commands that run the tests and nothing else; `dropped` are those that were something else.

    `measured`: they ran under coverage, which is left to the coverage job. `removed` are options
    that were taken out.
    """

    commands: tuple[Argv, ...] = ()
    dropped: tuple[Argv, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    measured: bool = False
    removed: tuple[str, ...] = ()


def settle(tree: Tree, recipe: Recipe, packages: tuple[Package, ...]) -> Settled:
    """Keep a recipe's commands that run tests, in the words of our environments."""
    kept: list[Argv] = []
    dropped: list[Argv] = []
    removed: list[str] = []
    environment: list[tuple[str, str]] = []
    measured = False
    for command in recipe.commands:
        argv, variables = _bare(command)
        argv = tuple(_placed(word, packages) for word in argv)
        is_coverage = _is_coverage(argv)
        measured = measured or is_coverage or any(word.startswith("--cov") for word in argv)
        argv = _without_coverage(argv) if is_coverage else argv
        argv = _named(argv)
        runner = runner_of(tree, argv)
        if runner is Runner.NONE:
            dropped += [command] if not is_coverage else []
            continue
        cleaned, out = _cleaned(argv, runner)
        cleaned = _in_folder(tree, cleaned, runner, recipe.folder)
        if any(_UNRESOLVED.search(word) for word in cleaned):
            dropped.append(command)
            continue
        kept.append(cleaned)
        removed += out
        environment += variables
    return Settled(
        commands=tuple(dict.fromkeys(kept)),
        dropped=tuple(dropped),
        environment=tuple(environment),
        measured=measured,
        removed=tuple(dict.fromkeys(removed)),
    )


def runner_of(tree: Tree, argv: Argv) -> Runner:
    """Say what runs the tests in a command; NONE where it runs none."""
    words = _after_interpreter(argv)
    if not words:
        return Runner.NONE
    if argv[0] == "python":
        return _python_runner(tree, words)
    if argv[0] == "pytest":
        return Runner.PYTEST
    return Runner.OTHER if argv[0] in RUNNERS else Runner.NONE


def _python_runner(tree: Tree, words: list[str]) -> Runner:
    if words[0] == "-m" and len(words) > 1:
        module = words[1]
        if module == "pytest":
            return Runner.PYTEST
        if module in _BUILT_IN:
            return Runner.UNITTEST if module == "unittest" else Runner.OTHER
        return Runner.OTHER if module in RUNNERS or "test" in module.split(".")[-1] else Runner.NONE
    script = words[0].removeprefix("./")
    if not script.endswith(".py") or "test" not in script or not tree.is_file(script):
        return Runner.OTHER if words[:2] == ["manage.py", "test"] else Runner.NONE
    text = tree.read(script) or ""
    if "pytest" in text:
        return Runner.OTHER
    return Runner.UNITTEST if "unittest" in text else Runner.OTHER


def _after_interpreter(argv: Argv) -> list[str]:
    """Give what an interpreter is told to run, its own options skipped; other commands whole."""
    words = list(argv)
    if not words or words[0] != "python":
        return words
    words = words[1:]
    while words and words[0].startswith("-") and words[0] not in {"-m", "-c"}:
        words = words[2 if words[0] in _INTERPRETER_VALUES else 1 :]
    return words


def _bare(command: Argv) -> tuple[Argv, list[tuple[str, str]]]:
    """Take off what stands before a command: variables, `env`, `poetry run`; name Python plainly."""
    words = list(command)
    variables: list[tuple[str, str]] = []
    while words:
        assignment = _ASSIGNMENT.fullmatch(words[0])
        if assignment is not None:
            variables.append((assignment["name"], assignment["value"]))
            words = words[1:]
        elif words[0] in {"env", "xvfb-run", "time", "exec", "command", "-", "catchsegv"}:
            words = words[1:]
            while words and words[0].startswith("-"):
                words = words[1:]
        elif words[0] in _WRAPPERS and "run" in words[1:3]:
            words = words[words.index("run") + 1 :]
            while words and words[0].startswith("-"):
                words = words[2 if words[0] in _WRAPPER_VALUES else 1 :]
        else:
            break
    if words and _PYTHON.match(words[0]):
        words[0] = "python"
    return tuple(words), variables


def _named(argv: Argv) -> Argv:
    """Give a command by its present name: `py.test`, `<bin>/pytest`, a path into an environment."""
    if not argv:
        return argv
    name = argv[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    name = {"py.test": "pytest", "py.test3": "pytest", "pytest-3": "pytest"}.get(name, name)
    return (name if name in RUNNERS else argv[0], *argv[1:])


def _placed(word: str, packages: tuple[Package, ...]) -> str:
    """Give the place in the tree of what a command looked for among installed packages."""
    found = _SITE.search(word)
    if found is None:
        return word[2:] if word.startswith("./") and len(word) > 2 else word
    wanted = found["path"].replace("/", ".").removesuffix(".py")
    for package in packages:
        if wanted == package.name and package.path:
            return package.path
        if wanted.startswith(f"{package.name}.") and package.path:
            return f"{package.path}/{wanted[len(package.name) + 1 :].replace('.', '/')}"
    return word


def _is_coverage(argv: Argv) -> bool:
    words = _after_interpreter(argv)
    return bool(words) and (words[0] == "coverage" or words[:2] == ["-m", "coverage"])


def _without_coverage(argv: Argv) -> Argv:
    """Give what `coverage run` runs; nothing for coverage's other commands."""
    words = list(argv)
    rest = words[words.index("coverage") + 1 :]
    if not rest or rest[0] != "run":
        return ()
    rest = rest[1:]
    while rest and rest[0].startswith("-") and rest[0] not in {"-m", "--module"}:
        rest = rest[2 if rest[0] in _COVERAGE_VALUES else 1 :]
    if (
        rest
        and rest[0] not in {"-m", "--module"}
        and rest[0].replace("\\", "/").endswith("/pytest")
    ):
        return ("pytest", *rest[1:])
    return ("python", *("-m" if word == "--module" else word for word in rest)) if rest else ()


def _cleaned(argv: Argv, runner: Runner) -> tuple[Argv, list[str]]:
    """Take out warnings filters of the interpreter and, of pytest, what is ours or another job's."""
    if argv[0] == "python":
        rest = _after_interpreter(argv)
        argv = ("python", *rest)
    if runner is not Runner.PYTEST:
        return argv, []
    start = 1 if argv[0] == "pytest" else 3
    kept: list[str] = []
    removed: list[str] = []
    words = list(argv[start:])
    while words:
        word = words.pop(0)
        name, separator, _ = word.partition("=")
        if name not in _NOT_OURS and not (name == word and word.startswith("--cov-")):
            if not (separator and word.startswith("-") and _UNRESOLVED.search(word)):
                kept.append(word)
            continue
        removed.append(name)
        takes = _NOT_OURS.get(name, False)
        # --cov takes its value only where the next word is no option
        wants = takes is True or (takes is None and words[:1] and not words[0].startswith("-"))
        if wants and not separator and words:
            words.pop(0)
    return (*argv[:start], *kept), removed


def _in_folder(tree: Tree, argv: Argv, runner: Runner, folder: str) -> Argv:
    """Let a command that started in a folder of the tree start in the root instead."""
    folder = folder.strip().removeprefix("./").strip("/")
    if folder in {"", "."} or not tree.is_dir(folder):
        return argv
    paths = [
        word for word in argv[1:] if not word.startswith("-") and tree.is_dir(join(folder, word))
    ]
    moved = tuple(join(folder, word) if word in paths else word for word in argv)
    if runner is Runner.PYTEST and not paths:
        return (*moved, folder)
    if argv == ("python", "-m", "unittest"):
        return (*argv, "discover", "-s", folder)
    return moved


def usable_environment(
    values: Mapping[str, str], source_folders: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Leave out variables that only the other tool can fill, or that are about it, colour or coverage.

    `source_folders` are taken off PYTHONPATH: it is the wheel that is tested.
    """
    found = {
        name: value
        for name, value in values.items()
        if not _UNRESOLVED.search(value) and not name.startswith(_FOREIGN) and name not in _TERMINAL
    }
    if "PYTHONPATH" in found:
        parts = found.pop("PYTHONPATH").split(":")
        entries = (each.removeprefix("./").rstrip("/") for each in parts)
        kept = [each for each in entries if each and each not in source_folders]
        if kept:
            found["PYTHONPATH"] = os.pathsep.join(kept)
    return found
