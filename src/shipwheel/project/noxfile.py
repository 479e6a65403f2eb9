"""A noxfile's test session, read without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from shipwheel.project.expressions import unhandled
from shipwheel.project.recipe import Argv, Recipe
from shipwheel.project.requirement_files import Lines, install_words, read_install_words
from shipwheel.project.source import Script
from shipwheel.project.tree import Tree
from shipwheel.project.values import UNKNOWN, Symbol

NOXFILE = "noxfile.py"
_NAMES = (
    "tests",
    "test",
    "pytest",
    "unit",
    "unit_tests",
    "unittest",
    "unittests",
    "py",
    "default",
    "check",
)
_RUNNERS = re.compile(r"pytest|unittest|\btrial\b|testrunner|\bward\b|stestr|py\.test|nose")
_BESIDES = re.compile(
    r"lint|doc|type|mypy|cover|report|release|build|bench|style|downstream|mutation|minimum|lowest"
)
_SESSION = "<session>"


def read_nox(tree: Tree) -> Recipe | None:
    """Give what the session that runs the tests installs and runs; None where there is none."""
    if not tree.is_file(NOXFILE):
        return None
    script = Script(tree, NOXFILE, _quiet)
    script.run()
    for function in _candidates(script, tree.read(NOXFILE) or ""):
        recipe = _follow(tree, script, function)
        if any(_RUNNERS.search(" ".join(argv)) for argv in recipe.commands):
            return recipe
    return None


def _quiet(_name: str, _args: list[Any], _kwargs: dict[str, Any]) -> Any:
    return unhandled()


def _candidates(script: Script, text: str) -> list[ast.FunctionDef]:
    """Give the sessions that may be the tests', the likeliest first."""
    sessions = [each for each in script.functions.values() if _is_session(each)]
    lines = text.splitlines()
    running = [
        each
        for each in sessions
        if _RUNNERS.search("\n".join(lines[each.lineno - 1 : each.end_lineno]))
    ]
    names = {name: index for index, name in enumerate(_NAMES)}

    def order(function: ast.FunctionDef) -> tuple[int, int]:
        return names.get(_name(function), len(names)), int(bool(_BESIDES.search(_name(function))))

    helped = [each for each in sessions if each not in running and _name(each) in names]
    return sorted([*running, *helped], key=order)


def _name(function: ast.FunctionDef) -> str:
    for decorator in function.decorator_list:
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return function.name


def _is_session(function: ast.FunctionDef) -> bool:
    return any("session" in ast.dump(decorator) for decorator in function.decorator_list)


class _Session:
    """What a session's body does, gathered call by call."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.needs = Lines()
        self.commands: list[Argv] = []
        self.environment: dict[str, str] = {}
        self.folder = ""

    def on_call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Take what the session is told to do; leave all other calls to the reader."""
        method = name.removeprefix(f"{_SESSION}.")
        words = [str(each) for each in args if isinstance(each, str | int | float)]
        if name == f"{_SESSION}.posargs.copy":
            return []
        if method in {"install", "conda_install"} and method != name:
            self._install(words)
        elif method in {"run", "run_always", "run_install"} and method != name:
            self._run(words, kwargs)
        elif method in {"chdir", "cd"} and method != name:
            self.folder = words[0] if words else ""
        elif name.endswith("dependency_groups"):
            self.needs.groups += words
            return []
        else:
            return unhandled() if not name.startswith(_SESSION) else None
        return None

    def _install(self, words: Sequence[str]) -> None:
        self.needs.extend(read_install_words(self.tree, words))

    def _run(self, words: list[str], kwargs: dict[str, Any]) -> None:
        if isinstance(kwargs.get("env"), dict):
            self.environment.update(
                {key: each for key, each in kwargs["env"].items() if isinstance(each, str)}
            )
        if words[:2] in (
            ["uv", "sync"],
            ["pdm", "install"],
            ["pdm", "sync"],
            ["poetry", "install"],
        ):
            self._sync(words)
        elif install_words(words):
            self._install(install_words(words))
        elif words:
            self.commands.append(tuple(words))

    def _sync(self, words: list[str]) -> None:
        for index, word in enumerate(words):
            flag, _, value = word.partition("=")
            names = (value or "".join(words[index + 1 : index + 2])).split(",")
            if flag in {"--group", "--with", "--only", "--only-group", "-G", "-dG"}:
                self.needs.groups += names
            elif flag in {"--extra", "--extras", "-E"}:
                self.needs.extras += names


class _Reader(Script):
    """Follows a session; of two ways to run the tests that it cannot decide between, the first."""

    def __init__(self, tree: Tree, session: _Session) -> None:
        super().__init__(tree, NOXFILE, session.on_call)
        self._session = session

    def _both(self, node: ast.If) -> str:
        before = len(self._session.commands)
        ended = self._block(node.body)
        if len(self._session.commands) > before:
            return ""
        return "" if ended else self._block(node.orelse)


def _follow(tree: Tree, script: Script, function: ast.FunctionDef) -> Recipe:
    session = _Session(tree)
    reader = _Reader(tree, session)
    reader.names = script.names
    reader.functions = script.functions
    parameters = [each.arg for each in function.args.args]
    scope: dict[str, Any] = dict.fromkeys(parameters, UNKNOWN)
    if parameters:
        scope[parameters[0]] = Symbol(_SESSION)
    reader.call(function, scope)
    return Recipe(
        origin=f"{NOXFILE} session {_name(function)!r}",
        commands=tuple(session.commands),
        requirements=tuple(session.needs.requirements),
        extras=tuple(dict.fromkeys(session.needs.extras)),
        groups=tuple(dict.fromkeys(session.needs.groups)),
        constraints=tuple(session.needs.constraints),
        environment=session.environment,
        folder=session.folder,
        notes=tuple(f"{NOXFILE}: {each!r} is left out" for each in session.needs.ignored),
    )
