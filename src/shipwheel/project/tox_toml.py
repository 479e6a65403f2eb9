"""tox's TOML configuration: `[tool.tox]` and `tox.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shipwheel.project.pyproject import strings, table
from shipwheel.project.recipe import Argv, Recipe
from shipwheel.project.requirement_files import Lines, install_words, read_install_words, read_line
from shipwheel.project.tree import Tree

_SUBSTITUTION = re.compile(r"\{(?P<body>[^{}]*)\}")
_TEST_NAMES = ("test", "tests", "unit", "pytest", "py", "unittest")
Substitute = Callable[[str], str]


def read_tox_table(
    tree: Tree, tox: Mapping[str, Any], where: str, substitute: Substitute
) -> Recipe | None:
    """Give the base environment's recipe, or that of the first environment named as tests."""
    base = table(tox, "env_run_base")
    environments = table(tox, "env")
    named = [name for name in environments if name in _TEST_NAMES or name.startswith(("py", "3."))]
    candidates = [("env_run_base", base)]
    candidates += [(f"env.{name}", {**base, **table(environments, name)}) for name in named]
    recipes = [
        _recipe(
            tree,
            tox,
            settings,
            f"{where[:-1]}.{name}]" if where.endswith("]") else f"{where} [{name}]",
            substitute,
        )
        for name, settings in candidates
        if settings
    ]
    if not recipes:
        return None
    return next((each for each in recipes if each.commands), recipes[0])


def _recipe(
    tree: Tree,
    tox: Mapping[str, Any],
    settings: Mapping[str, Any],
    origin: str,
    substitute: Substitute,
) -> Recipe:
    def text(value: str) -> str:
        return _SUBSTITUTION.sub(lambda found: substitute(found["body"]), value)

    needs = Lines()
    for line in _words(tox, settings.get("deps"), text):
        needs.extend(read_line(tree, line))
    for argv in _commands(tox, settings.get("commands_pre"), text):
        needs.extend(read_install_words(tree, install_words(argv)))
    environment = {
        name: text(value)
        for name, value in table(settings, "set_env").items()
        if isinstance(value, str)
    }
    return Recipe(
        origin=origin,
        commands=_commands(tox, settings.get("commands"), text),
        requirements=tuple(needs.requirements),
        extras=tuple(dict.fromkeys([*_words(tox, settings.get("extras"), text), *needs.extras])),
        groups=tuple(_words(tox, settings.get("dependency_groups"), text)),
        constraints=tuple(needs.constraints),
        environment=environment,
        folder=text(str(settings.get("change_dir", ""))),
    )


def _commands(tox: Mapping[str, Any], value: Any, text: Callable[[str], str]) -> tuple[Argv, ...]:
    commands = []
    for each in value if isinstance(value, list) else ():
        if isinstance(each, list):
            commands.append(tuple(_words(tox, each, text)))
        elif isinstance(each, Mapping) and each.get("replace") == "ref":
            commands += _commands(tox, _referenced(tox, each), text)
    return tuple(argv for argv in commands if argv)


def _words(tox: Mapping[str, Any], value: Any, text: Callable[[str], str]) -> list[str]:
    """Give a list's words; posargs stand for their default, references for what they point to."""
    words: list[str] = []
    for each in value if isinstance(value, list) else strings(value):
        if isinstance(each, str):
            words.append(text(each))
        elif isinstance(each, Mapping):
            replace = each.get("replace")
            if replace in {"posargs", "env"}:
                words += [text(word) for word in strings(each.get("default"))]
            elif replace == "ref":
                words += _words(tox, _referenced(tox, each), text)
    return [word for word in words if word]


def _referenced(tox: Mapping[str, Any], reference: Mapping[str, Any]) -> Any:
    found: Any = tox
    steps = strings(reference.get("of")) or (
        "env",
        *strings(reference.get("env")),
        *strings(reference.get("key")),
    )
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
