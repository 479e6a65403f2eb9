"""The project's folder as git sees it, to hold an sdist against."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterator
from pathlib import Path

from shipwheel.project.facts import Project
from shipwheel.project.listing import ask_git, parse_listing
from shipwheel.verification.facts import Distribution, Tree


def with_tree(
    distributions: tuple[Distribution, ...], project: Project | None
) -> tuple[Distribution, ...]:
    """Add what git says of the project's folder to its sdists; nothing where there is no git."""
    sdists = [each for each in distributions if each.sdist is not None]
    if project is None or not sdists or not Path(project.root).is_dir():
        return distributions
    tracked = _listed(project, "--cached")
    ignored = _listed(project, "--others", "--ignored", "--exclude-standard", "--directory")
    if tracked is None or ignored is None or not tracked:
        return distributions
    return tuple(_added(each, frozenset(tracked), frozenset(ignored)) for each in distributions)


def _added(
    distribution: Distribution, tracked: frozenset[str], ignored: frozenset[str]
) -> Distribution:
    sdist = distribution.sdist
    if sdist is None:
        return distribution
    strays = {path for path in sdist.paths - tracked if not ignored.isdisjoint(_spellings(path))}
    tree = Tree(tracked=tracked, ignored=frozenset(strays))
    return dataclasses.replace(distribution, sdist=dataclasses.replace(sdist, tree=tree))


def _spellings(path: str) -> Iterator[str]:
    """Give the path, and each folder above it as git lists a folder that it ignores whole."""
    yield path
    while (path := posixpath.dirname(path)).strip("/"):  # dirname("/") is "/"
        yield f"{path}/"


def _listed(project: Project, *which: str) -> set[str] | None:
    answer = ask_git(Path(project.root), *which)
    if answer is None or answer.returncode != 0:
        return None
    return {path for _, path in parse_listing(answer.output)}
