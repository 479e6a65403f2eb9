"""What a test command is, read from its words: the runner, where its options go, whether it measures coverage."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

Argv = tuple[str, ...]

_PYTHON = re.compile(r"^(python|pypy)(\d+(\.\d+)*)?t?(\.exe)?$")
_RUNNERS = {
    "pytest": "pytest",
    "py.test": "pytest",
    "unittest": "unittest",
    "nose2": "unittest",
    "nosetests": "unittest",
    "green": "unittest",
    "trial": "trial",
    "twisted.trial": "trial",
    "zope-testrunner": "zope-testrunner",
    "zope.testrunner": "zope-testrunner",
    "stestr": "stestr",
    "ward": "ward",
}
# never taken from PATH: there it would be another environment's, and test that
PYTHON_TOOLS = frozenset({*_RUNNERS, "coverage", "tox", "nox", "pip", "sphinx-build", "mypy"})
_COVERAGE_REPORTS = frozenset(
    {"erase", "combine", "report", "html", "xml", "json", "lcov", "annotate", "debug"}
)
_PYTHON_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_COVERAGE_VALUED = frozenset(
    {"--rcfile", "--source", "--include", "--omit", "--context", "--concurrency", "--data-file"}
)
_COVERAGE_KEEPS = frozenset({"-p", "--parallel-mode", "-a", "--append"})


class Command(msgspec.Struct, frozen=True):
    """A test command, understood as far as it can be.

    `runner` is `pytest`, `unittest`, `trial`, `zope-testrunner`, `stestr`, `ward`, or empty for what we
    do not know; its own options may be put at `options` (an index into `argv`). `run` is the index
    behind `coverage run`, 0 where coverage does not run it. `reports`: coverage's own bookkeeping, no
    test. `may_fail`: tox's leading dash, its exit code does not count.
    """

    argv: Argv
    runner: str = ""
    options: int = 0
    run: int = 0
    reports: bool = False
    may_fail: bool = False

    @property
    def tests(self) -> bool:
        """Say whether it runs tests as far as we know."""
        return bool(self.runner or self.run)


def read_command(argv: Sequence[str]) -> Command:
    """Read a command's words."""
    words = tuple(argv)
    if words and words[0].startswith("-") and len(words[0]) > 1:
        return msgspec.structs.replace(read_command((words[0][1:], *words[1:])), may_fail=True)
    if len(words) > 1 and words[0] == "-":
        return msgspec.structs.replace(read_command(words[1:]), may_fail=True)
    name, after = _program(words, 0)
    if name != "coverage":
        return Command(words, _RUNNERS.get(name, ""), after)
    verb = words[after] if after < len(words) else ""
    if verb in _COVERAGE_REPORTS:
        return Command(words, reports=True)
    if verb != "run":
        return Command(words)
    inner, behind = _module(words, after + 1, _COVERAGE_VALUED)
    return Command(words, _RUNNERS.get(inner, ""), behind, run=after + 1)


def is_python(word: str) -> bool:
    """Say whether a command's first word is a Python."""
    return bool(_PYTHON.match(_last_part(word)))


def _program(words: Argv, start: int) -> tuple[str, int]:
    """Give what is run, `-m MODULE` or a script by its last part, and the index behind its name."""
    if start >= len(words):
        return "", start
    if is_python(words[start]):
        return _module(words, start + 1, _PYTHON_VALUED)
    return _last_part(words[start]), start + 1


def _module(words: Argv, start: int, valued: frozenset[str]) -> tuple[str, int]:
    index = start
    while index < len(words):
        word = words[index]
        if word in {"-m", "--module"}:
            name = words[index + 1] if index + 1 < len(words) else ""
            return name.removesuffix(".__main__"), index + 2
        if word == "-c":
            return "", len(words)
        if not word.startswith("-"):
            return _last_part(word), index + 1
        index += 2 if word in valued else 1
    return "", len(words)


def _last_part(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")


class Settings(msgspec.Struct, frozen=True):
    """How commands are adapted: see `adapt`."""

    addopts: str = ""  # of the project's pytest configuration
    measure: bool = False  # the project measures coverage
    pytest_cov: bool = False  # is installed
    coverage: bool = False  # is installed
    junit: bool = True


def adapt(command: Command, settings: Settings, junit: str, args: Sequence[str] = ()) -> Argv:
    """Give the command as it is run: JUnit for pytest, coverage's data kept, no threshold in one cell.

    `args` stand at its end. Where the project measures coverage but this command does not, `coverage
    run` is put in front of it. A threshold (`--cov-fail-under`, `fail_under`) belongs to what all cells
    measured together.
    """
    words = list(command.argv)
    if command.runner == "pytest":
        _end_options(words, _pytest_tail(command, settings))
        if settings.junit and not _has_option(words, ("--junitxml", "--junit-xml")):
            words.insert(command.options, f"--junitxml={junit}")
    words += args
    if command.run and _COVERAGE_KEEPS.isdisjoint(words[: command.options]):
        words.insert(command.run, "--parallel-mode")
    if measured_by_us(command, settings):
        return _under_coverage(command, words)
    return tuple(words)


def measured_by_us(command: Command, settings: Settings) -> bool:
    """Say whether coverage is put before a command that does not measure by itself."""
    return settings.measure and settings.coverage and not _measures(command, settings)


def uses_pytest_cov(command: Command, settings: Settings) -> bool:
    """Say whether pytest-cov measures in this command."""
    words = (*command.argv, *settings.addopts.split())
    chosen = any(word == "--cov" or word.startswith("--cov=") for word in words)
    return command.runner == "pytest" and settings.pytest_cov and chosen and "--no-cov" not in words


def own_junit(command: Command) -> str | None:
    """Give the path of the JUnit file that the command itself names."""
    for index, word in enumerate(command.argv):
        option, _, value = word.partition("=")
        if option in {"--junitxml", "--junit-xml"}:
            return value or (command.argv[index + 1] if index + 1 < len(command.argv) else None)
    return None


def with_args(commands: Sequence[Command]) -> int:
    """Give the index of the command that takes the caller's arguments: the last that runs tests."""
    tests = [index for index, command in enumerate(commands) if command.tests]
    others = [index for index, command in enumerate(commands) if not command.reports]
    return (tests or others or [len(commands) - 1])[-1]


def _measures(command: Command, settings: Settings) -> bool:
    return bool(command.run) or uses_pytest_cov(command, settings) or not command.tests


def _under_coverage(command: Command, words: list[str]) -> Argv:
    """Put `coverage run` before a command: a script stays one, for `-m` changes the import path."""
    run = ("-m", "coverage", "run", "--parallel-mode")
    if is_python(words[0]):
        _, behind = _module(command.argv, 1, _PYTHON_VALUED)
        start = behind - (2 if words[behind - 2] in {"-m", "--module"} else 1)
        return (*words[:start], *run, *words[start:])
    # Windows' launchers are no scripts
    program = ("-m", command.runner) if words[0].endswith(".exe") else (words[0],)
    return ("python", *run, *program, *words[1:])


def _pytest_tail(command: Command, settings: Settings) -> list[str]:
    return ["--cov-fail-under=0"] if uses_pytest_cov(command, settings) else []


def _end_options(words: list[str], options: list[str]) -> None:
    """Put options last, so that they win, but before a `--`."""
    at = words.index("--") if "--" in words else len(words)
    words[at:at] = options


def _has_option(words: Sequence[str], names: tuple[str, ...]) -> bool:
    return any(word in names or word.startswith(tuple(f"{n}=" for n in names)) for word in words)
