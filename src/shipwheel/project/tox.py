"""tox's configuration: the base test environment, with its substitutions and conditions resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shipwheel.project.factors import chosen_factors, expand, holds, marker_of
from shipwheel.project.names import with_marker
from shipwheel.project.pyproject import PYPROJECT, read_toml, table
from shipwheel.project.recipe import Argv, Recipe, split
from shipwheel.project.requirement_files import Lines, install_words, read_install_words, read_line
from shipwheel.project.setup_cfg import Sections, read_ini
from shipwheel.project.tox_toml import read_tox_table
from shipwheel.project.tree import Tree

TOX_INI = "tox.ini"
_CONDITION = re.compile(r"(?P<factors>[!\w.,{}\s-]+?):(?:\s+|$)(?P<rest>.*)", re.DOTALL)
_SUBSTITUTION = re.compile(r"(?<!\\)\{(?P<body>[^{}]*)\}")
_TEST_NAMES = re.compile(r"(?:py|pypy|test|tests|unit|pytest|unittest|default|main)\w*\b")
_NO_TESTS = re.compile(
    r"lint|style|doc|type|mypy|flake|check|cov|report|release|build|bench|clean|package"
)
_ROOTS = ("toxinidir", "tox_root", "toxrootdir", "package_root", "setupdir")
_FIXED = {
    **dict.fromkeys(_ROOTS, "."),
    **dict.fromkeys(("envpython", "env_python"), "python"),
    **dict.fromkeys(("envbindir", "env_bin_dir"), "<bin>"),
    "/": "/",
    ":": ":",
    "": "",
}
Resolve = Callable[[str], str]


@dataclass(frozen=True)
class _Ini:
    """An INI configuration of tox and the section of the environment that we follow."""

    file: str
    sections: Sections
    section: str
    factors: frozenset[str]

    def get(self, *names: str) -> str:
        """Give a setting of the environment, from the base where it has none."""
        for section in (self.section, "testenv"):
            for name in names:
                if name in self.sections.get(section, {}):
                    return self.sections[section][name]
        return ""

    def lines(self, *names: str) -> list[tuple[str, str]]:
        """Give a setting's lines whose conditions can hold, each with the marker that remains."""
        found = []
        for line in _joined(self.get(*names)):
            # as tox does: what a condition lets in may stand for lines with conditions of their own
            outer, kept = self._condition(line)
            for inner in _joined(self.resolve(kept)):
                marker, rest = self._condition(inner)
                if rest and not rest.startswith("#"):
                    both = list(dict.fromkeys(each for each in (outer, marker) if each))
                    joined = " and ".join(f"({each})" for each in both)
                    found.append((rest, joined if len(both) > 1 else "".join(both)))
        return found

    def _condition(self, line: str) -> tuple[str | None, str]:
        """Split `py38: this` into the marker of its factors and the rest; no rest where it can't hold."""
        found = _CONDITION.match(line)
        if found is None or "://" in line[: found.end("factors") + 3]:
            return None, line
        alternatives = expand(found["factors"].replace(" ", ""))
        if holds(alternatives, self.factors):
            return None, found["rest"].strip()
        marker = marker_of(alternatives, self.factors)
        return marker, found["rest"].strip() if marker else ""

    def resolve(self, text: str, depth: int = 6) -> str:
        """Put in what substitutions stand for; those that only tox knows keep their braces."""
        for _ in range(depth):
            replaced = _SUBSTITUTION.sub(lambda found: self._value(found["body"]), text)
            if replaced == text:
                break
            text = replaced
        return text

    def _value(self, body: str) -> str:
        if body.startswith("["):
            section, _, key = body[1:].partition("]")
            return self.sections.get(section, {}).get(key, "")
        return substitution(body)


def _joined(text: str) -> list[str]:
    return [line.strip() for line in re.sub(r"\\\n\s*", " ", text).splitlines()]


def substitution(body: str) -> str:
    """Give what one of tox's substitutions stands for outside tox; unknown ones come back in braces."""
    name, _, rest = body.partition(":")
    if name == "posargs":
        return rest
    if name in {"env", "tty"}:  # {env:NAME:default}, {tty:this:otherwise}
        return rest.partition(":")[2]
    return _FIXED.get(body, f"<{body}>")


def read_tox(tree: Tree, tables: Mapping[str, Any]) -> Recipe | None:
    """Give how tox runs the tests: from tox.ini, setup.cfg, tox.toml or `[tool.tox]`, as tox looks.

    None where tox is not configured. What only tox can know stands as `<name>` in the commands.
    """
    for file in (TOX_INI, "setup.cfg"):
        sections = read_ini(tree, file)
        if any(name == "testenv" or name.startswith("testenv:") for name in sections):
            return _from_ini(tree, file, sections)
    legacy = table(tables, "tool", "tox").get("legacy_tox_ini")
    if isinstance(legacy, str):
        import configparser  # noqa: PLC0415

        parser = configparser.RawConfigParser(strict=False, interpolation=None, allow_no_value=True)
        try:
            parser.read_string(legacy)
        except configparser.Error:
            return None
        sections = {name: {k: v or "" for k, v in parser.items(name)} for name in parser.sections()}
        return _from_ini(tree, f"{PYPROJECT} [tool.tox] legacy_tox_ini", sections)
    if table(tables, "tool", "tox"):
        return read_tox_table(
            tree, table(tables, "tool", "tox"), f"{PYPROJECT} [tool.tox]", substitution
        )
    toml = read_toml(tree, "tox.toml")
    return read_tox_table(tree, toml, "tox.toml", substitution) if toml else None


def _from_ini(tree: Tree, file: str, sections: Sections) -> Recipe:
    core = sections.get("tox", sections.get("tox:tox", {}))
    factors = chosen_factors(core.get("envlist", core.get("env_list", "")))
    recipes = [_recipe(tree, _Ini(file, sections, name, factors)) for name in _candidates(sections)]
    return next((each for each in recipes if each.commands), recipes[0])


def _candidates(sections: Sections) -> list[str]:
    """Give the base environment, then those whose names say that they test."""
    names = [name for name in sections if name.startswith("testenv:")]
    tests = [
        name
        for name in names
        if _TEST_NAMES.match(inner := name.removeprefix("testenv:")) and not _NO_TESTS.search(inner)
    ]
    return ["testenv", *tests]


def _recipe(tree: Tree, ini: _Ini) -> Recipe:
    needs = Lines()
    for line, marker in ini.lines("deps"):
        found = read_line(tree, line)
        found.requirements = [with_marker(each, marker) for each in found.requirements]
        needs.extend(found)
    for line, _ in (*ini.lines("commands_pre"), *ini.lines("commands")):
        needs.extend(read_install_words(tree, install_words(split(line.lstrip("-!@ ")))))
    extras = [each for line, _ in ini.lines("extras") for each in re.split(r"[\s,]+", line) if each]
    groups = [
        each
        for line, _ in ini.lines("dependency_groups")
        for each in re.split(r"[\s,]+", line)
        if each
    ]
    name = "[testenv]" if ini.section == "testenv" else f"[{ini.section}]"
    return Recipe(
        origin=f"{ini.file} {name}",
        commands=_commands(ini),
        requirements=tuple(needs.requirements),
        extras=tuple(dict.fromkeys([*extras, *needs.extras])),
        groups=tuple(groups),
        constraints=tuple(needs.constraints),
        environment=_environment(ini),
        folder=ini.resolve(ini.get("changedir", "change_dir")).strip(),
        notes=tuple(f"{ini.file}: {each!r} is left out" for each in needs.ignored),
    )


def _commands(ini: _Ini) -> tuple[Argv, ...]:
    lines = [line for line, _ in ini.lines("commands")]
    return tuple(argv for line in lines if (argv := split(line.lstrip("-!@ "))))


def _environment(ini: _Ini) -> dict[str, str]:
    found = {}
    for line, marker in ini.lines("setenv", "set_env"):
        name, separator, value = line.partition("=")
        # what holds for all but some Python is set; what is for one Python alone cannot be said here
        if separator and "==" not in marker:
            found[name.strip()] = value.strip()
    return found
