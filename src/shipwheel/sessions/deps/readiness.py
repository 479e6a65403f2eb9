"""`readiness`: where each dependency has a wheel, asked for every cell of the Plan from this machine."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import msgspec
from packaging.version import Version

from shipwheel.console.dependencies.readiness import readiness_section
from shipwheel.data.catalog import Catalog, Platform, load_catalog
from shipwheel.deps.cells import Cell, cells_of
from shipwheel.deps.readiness.answer import Readiness, is_missing
from shipwheel.deps.readiness.asking import readiness
from shipwheel.deps.readiness.stdlib import uses_below
from shipwheel.deps.readiness.steps import steps
from shipwheel.errors import ConfigurationError, JobError, MachineError
from shipwheel.events import Emit
from shipwheel.machine.failures import INDEX, installation_failure
from shipwheel.planning.platforms import shipped_platforms
from shipwheel.planning.support import check_exists
from shipwheel.planning.target import parse_target
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.as_errors import with_tests
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.requirements import run_time_requirements
from shipwheel.sessions.jobrun import JobRun

WARNINGS = "--warnings"


def run(run: JobRun) -> Readiness:
    """Ask, and show the table; arguments name Pythons and platforms to ask about.

    Raises JobError where a dependency has no wheel.
    """
    return answer_in_session(run, READINESS)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Readiness:
    """Ask about a project's dependencies in the cells of its Plan, or in those that `words` name.

    With `--warnings` the tests run too, with deprecations as errors, on the newest Python that is here.
    Raises ConfigurationError for a word that is neither a Python nor a platform.
    """
    project, catalog = opened.project, load_catalog()
    pythons, platforms = named([each for each in words if each != WARNINGS], catalog)
    cells = chosen_cells(opened, catalog, pythons, platforms)
    found = readiness(
        project.name.value,
        run_time_requirements(opened),
        cells,
        root=opened.workspace.root,
        origin=project.dependencies.origin,
        may_fail=tuple(each for each in project.config.allow_failure if each not in pythons),
        emit=emit,
    )
    if WARNINGS in words:
        found = with_tests(opened, found, emit)
    return with_own_code(opened, found, pythons)


def with_own_code(opened: Opened, found: Readiness, named_pythons: Sequence[str]) -> Readiness:
    """Add what the project's own code uses that the newest of the Pythons lacks, and what to do in order.

    A Python that may fail does not count, unless it is named.
    """
    project, declared = opened.project, opened.plan.project.pythons
    counting = [each for each in declared if each not in project.config.allow_failure]
    asked = named_pythons or counting or declared
    releases = [parse_target(each).release for each in asked]
    python = max(releases, key=Version, default="")
    if not python:
        return found
    packages = [each.path for each in project.packages.value if each.path]
    tests = [each for each in project.test.paths.value if each]
    own = uses_below(opened.workspace.root, (*packages, *tests), python)
    grown = msgspec.structs.replace(
        found,
        ok=found.ok
        and not any(each.state == "removed" for each in own)
        and not any(each.own for each in found.warned),
        own_python=python,
        own=own,
    )
    todo = steps(grown, named_pythons, declared, project.requires_python.value or "")
    return msgspec.structs.replace(grown, steps=todo)


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


def unanswered(found: Readiness) -> MachineError | None:
    """Give the error for cells about which neither an index nor uv's cache answered, None where none counts."""
    unknown = [
        each
        for each in found.cells
        if each.state == "unknown" and each.python not in found.may_fail
    ]
    if not unknown:
        return None
    reached = installation_failure(found.unreached, python=unknown[0].python)
    what = "uv's cache does not hold what is needed to answer"
    return MachineError(
        f"an index is out of reach, and {what}" if found.unreached else f"{what} offline",
        where=f"Python {unknown[0].python} on {unknown[0].platform}",
        evidence=found.unreached or unknown[0].reason,
        hint=reached.hint or "ask once with the network, or leave UV_OFFLINE out",
        reference=INDEX,
    )


def _failure(found: Readiness, kept: str) -> JobError:
    lacking = [each.name for each in found.packages if is_missing(each)]
    lacking += [
        f"{each.name} at {each.file}:{each.line}" for each in found.own if each.state == "removed"
    ]
    lacking += [f"{each.file}:{each.line}, which warns" for each in found.warned if each.own]
    return JobError(
        f"not everything is ready: {', '.join(lacking[:8]) or 'see the table'}",
        where=kept,
        evidence="\n".join(f"{at}. {each.said}" for at, each in enumerate(found.steps[:10], 1))
        or None,
        hint="what to do stands above, in order; a Python may be left out or put into [tool.shipwheel]"
        " allow-failure until it is done",
    )


def _neither(word: str, catalog: Catalog, where: str) -> ConfigurationError:
    names = [each.id for each in catalog.platforms]
    near = difflib.get_close_matches(word, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return ConfigurationError(
        f"{word!r} is neither a Python nor a platform",
        where=where,
        hint=f"{guess}Pythons are written as 3.15, 3.14t or pypy3.11; platforms are {', '.join(names)}",
    )


READINESS = Asked("readiness", ask, readiness_section, _failure, unanswered)
