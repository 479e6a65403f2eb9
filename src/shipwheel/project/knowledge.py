"""All that a project's files say of testing, read once and handed to what decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shipwheel.project.commands import Settled
from shipwheel.project.facts import Package
from shipwheel.project.pytest_settings import PytestSettings
from shipwheel.project.recipe import Recipe
from shipwheel.project.sources import Sources
from shipwheel.project.suite import TestFiles

Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """The evidence.

    `tried` are the recipes whose commands come first (tox, nox, hatch …), `checks` those that are taken
    only where nothing better is known (cibuildwheel's, a Makefile's); `recipes` are all that say what
    tests need, in precedence.
    """

    name: str
    sources: Sources
    packages: tuple[Package, ...]
    extras: Groups
    groups: Groups
    dependencies: tuple[str, ...]
    settings: PytestSettings
    files: TestFiles
    tried: tuple[tuple[Recipe, Settled], ...] = ()
    checks: tuple[tuple[Recipe, Settled], ...] = ()
    recipes: tuple[Recipe, ...] = ()
