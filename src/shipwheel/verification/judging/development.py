"""Tools of developers among what a user installs, and who is allowed to bring them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shipwheel.data.catalog import data_text
from shipwheel.verification.dependencies import chain
from shipwheel.verification.facts import InstallFacts
from shipwheel.verification.judging.providers import providers
from shipwheel.verification.modules import is_test

# topics and frameworks by which a project says that developers are its users
_FOR_DEVELOPERS = re.compile(
    r"Topic :: (?:Software Development :: (?:Testing|Quality Assurance|Build Tools|Documentation|"
    r"Debuggers|Code Generators)|Documentation|System :: (?:Installation|Archiving :: Packaging))"
    r"|Framework :: (?:Pytest|Hypothesis|Sphinx|tox|nox|Flake8|Setuptools|Hatch|Buildout|Jupyter)",
    re.IGNORECASE,
)
# extras by whose name a project says that its users do not need them
FOR_DEVELOPERS_ALONE = frozenset(
    [
        "bench",
        "benchmark",
        "benchmarks",
        "build",
        "ci",
        "cov",
        "coverage",
        "dev",
        "develop",
        "development",
        "devel",
        "doc",
        "docs",
        "documentation",
        "format",
        "formatting",
        "lint",
        "linting",
        "mypy",
        "optional-tests",
        "packaging",
        "pre-commit",
        "qa",
        "release",
        "test",
        "testing",
        "tests",
        "type",
        "types",
        "typing",
        "typecheck",
        "type-checking",
        "check",
    ]
)
WORDS = {"test": "tests", "lint": "linting", "docs": "docs", "build": "builds"}
_PLUGINS = re.compile(r"pytest11|tox|flake8|sphinx|distutils|setuptools|mkdocs|hatch|pylint|nox")


@dataclass(frozen=True, slots=True)
class Tool:
    """A development tool that a plain install brings: its kind, and the chain of names that leads to it."""

    name: str
    kind: str
    chain: tuple[str, ...]

    @property
    def direct(self) -> bool:
        """Say whether the wheel itself requires it."""
        return len(self.chain) == 2


@cache
def _kinds() -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
    rows = tomllib.loads(data_text("development_tools"))["tool"]
    return tuple((row["kind"], frozenset(row["names"]), tuple(row["prefixes"])) for row in rows)


def kind_of(name: str) -> str:
    """Give what kind of tool a distribution is, by its normalized name; empty where it is none."""
    for kind, names, prefixes in _kinds():
        if name in names or name.startswith(prefixes):
            return kind
    return ""


def for_developers(facts: InstallFacts) -> bool:
    """Say whether the wheel is itself a tool of developers or a plugin of one, as it says of itself."""
    metadata, name = facts.wheel.metadata, facts.wheel.file.name
    groups = facts.wheel.entry_points
    said = any(_FOR_DEVELOPERS.search(each) for each in (metadata.classifiers if metadata else ()))
    plugin = any(_PLUGINS.search(group) for group in groups)
    parts = set(name.split("-"))
    named = bool(parts & {"test", "tests", "testing", "pytest", "sphinx", "dev", "build", "lint"})
    return said or plugin or named or bool(kind_of(name))


def tools_along(facts: InstallFacts) -> Iterator[Tool]:
    """Give the tools that come along with a plain install of the wheel and that it has no use for.

    One that its modules import is of use. Behind a dependency that is such a tool itself, or imports
    nothing we could see, only tools for tests count: a library may well need setuptools to run.
    """
    if for_developers(facts):
        return
    own = facts.wheel.file.name
    used = imported_distributions(facts)
    for name in facts.installed:
        kind = kind_of(name)
        if not kind or name == own or name in used:
            continue
        way = chain(own, name, facts.installed, facts.markers)
        if len(way) == 2 or (len(way) > 2 and kind == "test" and not any(map(kind_of, way[1:-1]))):
            yield Tool(name, kind, way)


def imported_distributions(facts: InstallFacts) -> frozenset[str]:
    """Give the distributions that the wheel's modules import, guarded or not; its tests do not count."""
    known = providers(facts.installed)
    paths = {path: module for module, path in facts.wheel.modules}
    found: set[str] = set()
    for member, source in facts.wheel.sources.items():
        if member in paths and not is_test(paths[member]):
            for name in source.imports:
                found |= known.get(name.partition(".")[0], frozenset())
    return frozenset(found)
