"""How project managers and CI tools say that tests are run: hatch, PDM, Poetry, task runners, cibuildwheel, make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shipwheel.project.poetry import poetry_groups
from shipwheel.project.pyproject import PYPROJECT, strings, table
from shipwheel.project.recipe import Argv, Recipe, split
from shipwheel.project.requirement_files import Lines, read_line
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree

TASKS = ("test", "tests", "pytest", "unittest", "run-tests", "run_tests", "unit", "check")
CIBUILDWHEEL = f"{PYPROJECT} [tool.cibuildwheel]"
_HATCH_ARGS = re.compile(r"\{args(?::(?P<default>[^{}]*))?\}")
_HATCH_ROOT = re.compile(r"\{root(?::(?:uri|real|parent)*)?\}")
_TARGET = re.compile(r"^(?P<name>[\w.-]+)\s*:(?!=)(?P<needs>[^=\n]*)$")
_VARIABLE = re.compile(r"\$[({](?P<name>\w+)[)}]")


def read_hatch(sources: Sources) -> Recipe | None:
    """Give hatch's test environment: `test`, `hatch-test` or `default` with a script that tests.

    hatch.toml stands in for `[tool.hatch]` where there is one.
    """
    environments = sources.tool("hatch", "envs")
    for name in ("test", "tests", "testing", "hatch-test", "dev", "default"):
        found = _hatch_environment(environments, name)
        if found is not None:
            return found
    return None


def _hatch_environment(environments: Mapping[str, Any], name: str) -> Recipe | None:
    chain = _templates(environments, name)
    if not chain or name not in environments:
        return None
    scripts: dict[str, Any] = {}
    requirements: list[str] = []
    features: list[str] = []
    groups: list[str] = []
    environment: dict[str, str] = {}
    for settings in reversed(chain):
        scripts.update(table(settings, "scripts"))
        environment.update(
            {k: v for k, v in table(settings, "env-vars").items() if isinstance(v, str)}
        )
        for key in ("dependencies", "extra-dependencies"):
            requirements += strings(settings.get(key))
        features += strings(settings.get("features"))
        groups += strings(settings.get("dependency-groups"))
    commands = _script(scripts, (*TASKS, "run", "cov", "test-cov", "default", "full"))
    if name == "hatch-test":
        # hatch's own test environment brings these
        requirements += [
            "pytest",
            "pytest-mock",
            "pytest-randomly",
            "pytest-rerunfailures",
            "pytest-xdist",
        ]
    if not commands and not any("pytest" in each for each in requirements):
        return None
    return Recipe(
        origin=f"{PYPROJECT} [tool.hatch.envs.{name}]",
        commands=commands,
        requirements=tuple(dict.fromkeys(requirements)),
        extras=tuple(dict.fromkeys(features)),
        groups=tuple(dict.fromkeys(groups)),
        environment=environment,
    )


def _templates(environments: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Give an environment's settings and those of the templates it stands on, nearest first."""
    chain: list[dict[str, Any]] = []
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        settings = table(environments, name)
        chain.append(settings)
        if settings.get("detached"):
            break
        name = str(settings.get("template", "default"))
    return chain


def _script(scripts: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Argv, ...]:
    for name in names:
        if name in scripts:
            lines = [line for each in _lines(scripts[name]) for line in _inlined(scripts, each, 5)]
            return tuple(argv for line in lines if (argv := split(_without_args(line))))
    return ()


def _lines(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("cmd", value.get("shell", value.get("composite", ())))
    return strings(value)


def _inlined(scripts: Mapping[str, Any], line: str, depth: int) -> Iterator[str]:
    """Put another script's lines where a line calls it."""
    first, _, rest = line.strip().lstrip("-").strip().partition(" ")
    if first in scripts and depth:
        for inner in _lines(scripts[first]):
            yield from _inlined(scripts, f"{inner} {rest}".strip(), depth - 1)
    else:
        yield line.lstrip("- ")


def _without_args(line: str) -> str:
    line = _HATCH_ARGS.sub(lambda found: found["default"] or "", line)
    return _HATCH_ROOT.sub(".", line)


def read_pdm(sources: Sources) -> Recipe | None:
    """Give PDM's development groups and its script that tests."""
    pdm = sources.tool("pdm")
    scripts = {
        name: _pdm_script(value) for name, value in table(pdm, "scripts").items() if name != "_"
    }
    groups = {name: strings(value) for name, value in table(pdm, "dev-dependencies").items()}
    commands = _script(scripts, TASKS)
    name = _group_name(groups)
    if not commands and name is None:
        return None
    needs = Lines()
    for line in groups.get(name or "", ()):
        needs.extend(read_line(sources.tree, line))
    key = "dev-dependencies" if name else "scripts"
    return Recipe(
        origin=f"{PYPROJECT} [tool.pdm.{key}]{f' {name}' if name else ''}",
        commands=commands,
        requirements=tuple(needs.requirements),
        extras=tuple(needs.extras),
    )


def _pdm_script(value: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("cmd"), list):
        return " ".join(strings(value["cmd"]))
    return value


def read_poetry_tests(sources: Sources) -> Recipe | None:
    """Give Poetry's group of test dependencies: `test`, `tests`, `testing`, else `dev`."""
    groups = poetry_groups(sources.tables)
    name = _group_name(groups)
    if name is None:
        return None
    return Recipe(
        origin=f"{PYPROJECT} [tool.poetry.group.{name}.dependencies]", requirements=groups[name]
    )


def _group_name(groups: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((name for name in ("test", "tests", "testing", "dev") if name in groups), None)


def read_tasks(sources: Sources) -> Recipe | None:
    """Give the test task of taskipy, poethepoet, or rye."""
    for keys in (("taskipy", "tasks"), ("poe", "tasks"), ("rye", "scripts"), ("thx", "jobs")):
        tasks = sources.tool(*keys)
        commands = _script({name: _joined(value) for name, value in tasks.items()}, TASKS)
        if commands:
            return Recipe(origin=f"{PYPROJECT} [tool.{'.'.join(keys)}]", commands=commands)
    return None


def _joined(value: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("cmd"), list):
        return " ".join(strings(value["cmd"]))
    return value


def read_cibuildwheel(sources: Sources) -> Recipe | None:
    """Give the tests that cibuildwheel runs on each wheel."""
    settings = sources.tool("cibuildwheel")
    settings = {**settings, **table(settings, "linux")}
    keys = ("test-command", "test-requires", "test-extras", "test-groups")
    if not any(key in settings for key in keys):
        return None
    needs = Lines()
    given = settings.get("test-requires")
    for line in given.split() if isinstance(given, str) else strings(given):
        needs.extend(read_line(sources.tree, line))
    lines = [part for each in strings(settings.get("test-command")) for part in each.split("&&")]
    return Recipe(
        origin=CIBUILDWHEEL,
        commands=tuple(
            split(
                line.replace("{project}/", "")
                .replace("{package}/", "")
                .replace("{project}", ".")
                .replace("{package}", ".")
            )
            for line in lines
        ),
        requirements=tuple(needs.requirements),
        extras=_words(settings.get("test-extras")),
        groups=_words(settings.get("test-groups")),
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else strings(value)


def read_make(tree: Tree) -> Recipe | None:
    """Give the recipe of a Makefile's test target, its plain variables put in."""
    for path in ("Makefile", "makefile", "GNUmakefile"):
        text = tree.read(path)
        if text is not None:
            return _make_recipe(text, path)
    return None


def _make_recipe(text: str, path: str) -> Recipe | None:
    targets, variables = _makefile(text)
    for name in TASKS:
        if name in targets:
            commands = [_variables(line.lstrip("@-"), variables) for line in targets[name]]
            argvs = tuple(
                argv for line in commands for argv in map(split, line.split("&&")) if argv
            )
            if argvs:
                return Recipe(origin=f"{path} target {name!r}", commands=argvs)
    return None


def _makefile(text: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    targets: dict[str, list[str]] = {}
    variables = {"PYTHON": "python", "MAKE": "make"}
    current: list[str] = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        found = _TARGET.match(line)
        if line.startswith("\t"):
            current.append(line.strip())
        elif found is not None:
            current = targets.setdefault(found["name"], [])
        elif "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            variables[name.rstrip(" :?+")] = value.strip()
    return targets, variables


def _variables(line: str, variables: Mapping[str, str]) -> str:
    for _ in range(3):
        line = _VARIABLE.sub(lambda found: variables.get(found["name"], ""), line)
    return line
