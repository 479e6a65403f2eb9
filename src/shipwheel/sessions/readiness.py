"""`readiness`: where each dependency has a wheel, asked for every cell of the Plan from this machine."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping, Sequence

from shipwheel.console.layout import show
from shipwheel.console.readiness import readiness_tables
from shipwheel.console.terminal import look_of
from shipwheel.data.catalog import Catalog, Platform, load_catalog
from shipwheel.deps.asking import readiness
from shipwheel.deps.cells import Cell, cells_of
from shipwheel.deps.readiness import Gap, Readiness
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.files import to_json, write_bytes
from shipwheel.planning.platforms import shipped_platforms
from shipwheel.planning.support import check_exists
from shipwheel.planning.target import parse_target
from shipwheel.project.facts import Project
from shipwheel.project.layout import find_root
from shipwheel.project.names import requirement_name
from shipwheel.project.siblings import own_name
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.members import open_packages


def run(run: JobRun) -> Readiness:
    """Ask, and show the table; `.shipwheel/readiness.json` has all of it.

    Arguments name Pythons and platforms to ask about. Raises JobError where a dependency has no wheel.
    """
    found = ask(run.opened, run.args, run.emit)
    write_bytes(run.workspace.state / "readiness.json", to_json(as_json((found,))))
    show(sys.stdout, readiness_tables(found), look_of(sys.stdout))
    if not found.ok:
        lacking = [each.name for each in found.packages if _is_missing(each.gaps)]
        raise JobError(
            f"not every dependency has a wheel everywhere: {', '.join(lacking) or 'see the table'}",
            where=str(run.workspace.state / "readiness.json"),
            hint="whoever installs the project there has to build that; a Python may be left out or"
            " put into [tool.shipwheel] allow-failure until its wheels are there",
        )
    return found


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Readiness:
    """Ask about a project's dependencies in the cells of its Plan, or in those that `words` name.

    Raises ConfigurationError for a word that is neither a Python nor a platform.
    """
    project, catalog = opened.project, load_catalog()
    pythons, platforms = named(words, catalog)
    cells = chosen_cells(opened, catalog, pythons, platforms)
    return readiness(
        project.name.value,
        requirements_of(project, _others(opened)),
        cells,
        root=opened.workspace.root,
        origin=project.dependencies.origin,
        may_fail=tuple(each for each in project.config.allow_failure if each not in pythons),
        emit=emit,
    )


def as_json(found: Iterable[Readiness]) -> dict[str, object]:
    """Give the answers of all projects as the JSON that scripts read."""
    every = tuple(found)
    return {"schema": 1, "ok": all(each.ok for each in every), "projects": every}


def chosen_cells(
    opened: Opened, catalog: Catalog, pythons: Sequence[str], platforms: Sequence[Platform]
) -> tuple[Cell, ...]:
    """Give the cells to ask about: the Plan's Pythons on the platforms that ship, or those named."""
    shipped = shipped_platforms(opened.project, catalog) or catalog.default_platforms
    wanted = platforms or [each for name in shipped if (each := catalog.platform(name))]
    return cells_of(pythons or opened.plan.project.pythons, wanted)


def named(words: Sequence[str], catalog: Catalog) -> tuple[list[str], list[Platform]]:
    """Tell Pythons (`3.15`, `3.14t`) and platforms (`win_arm64`) apart; raises ConfigurationError."""
    pythons: list[str] = []
    platforms: list[Platform] = []
    where = "the cells that are asked about"
    for word in words:
        platform = catalog.platform(word)
        if platform is not None:
            platforms.append(platform)
            continue
        if not word[:1].isdigit() and not word.startswith("pypy"):
            raise _neither(word, catalog, where)
        target = parse_target(word, where=where)
        check_exists(target, catalog, where=where)
        pythons.append(target.text)
    return pythons, platforms


def requirements_of(project: Project, others: Mapping[str, Project]) -> tuple[str, ...]:
    """Give a project's run-time requirements; in place of a package of its repository, what that requires."""
    found: list[str] = []
    seen = {own_name(project)}
    queue = list(project.dependencies.value)
    while queue:
        text = queue.pop(0)
        name = requirement_name(text) or ""
        if name not in others:
            found.append(text)
        elif name not in seen:
            seen.add(name)
            queue += others[name].dependencies.value
    return tuple(dict.fromkeys(found))


def _others(opened: Opened) -> dict[str, Project]:
    root = find_root(opened.workspace.root)
    packages = open_packages(root) if root is not None else None
    if packages is None or packages.at(opened.workspace.root) is None:
        return {}
    return {own_name(each.project): each.project for each in packages.every}


def _is_missing(gaps: Iterable[Gap]) -> bool:
    return any(gap.state == "missing" for gap in gaps)


def _neither(word: str, catalog: Catalog, where: str) -> ConfigurationError:
    names = [each.id for each in catalog.platforms]
    near = difflib.get_close_matches(word, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return ConfigurationError(
        f"{word!r} is neither a Python nor a platform",
        where=where,
        hint=f"{guess}Pythons are written as 3.15, 3.14t or pypy3.11; platforms are {', '.join(names)}",
    )
