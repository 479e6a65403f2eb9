"""What cibuildwheel is told for each shipped wheel: by the project, and by us where that says nothing.

`shipwheel plan --explain` shows it before anything is built, so that the paths are the tree's: should the
sdist lack the tests, its wheels are imported only.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.building.epoch import NO_COMMIT_EPOCH, source_epoch, told_epoch
from shipwheel.building.members import list_members
from shipwheel.building.release_settings import Configured, ProvedBy, release_settings
from shipwheel.building.repository import find_repository
from shipwheel.data.catalog import Catalog, Platform
from shipwheel.planning.job import JobKind
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project

_EPOCH = "SOURCE_DATE_EPOCH"
# variables that do not reach it: one identifier a call, into a folder of ours
_DROPPED = frozenset(
    f"CIBW_{each}"
    for each in ("BUILD", "SKIP", "ENABLE", "ARCHS", "PLATFORM", "ALLOW_EMPTY", "OUTPUT_DIR")
)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """An option of cibuildwheel's, its value as text, and who says so; `ours`: the project says nothing."""

    option: str
    value: str
    origin: str
    ours: bool


# prereleases, free-threaded Pythons, PyPy: where the Plan has a wheel, `--only` enables its group
_ENABLE = Setting(option="enable", value="all", origin="the Plan names each wheel", ours=True)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Wheels that cibuildwheel is told the same for; `why` says what keeps their tests from running there."""

    identifiers: tuple[str, ...]
    tested_by: ProvedBy
    settings: tuple[Setting, ...]
    why: str = ""


class Source(msgspec.Struct, frozen=True):
    """What is the same for every identifier of a project.

    `table` is `[tool.cibuildwheel]`, `members` the paths that an sdist of the tree would hold, `epoch` its
    time in seconds, `environ` what of this terminal's variables reaches cibuildwheel.
    """

    project: Project
    table: Mapping[str, Any]
    members: Collection[str]
    epoch: int
    environ: Mapping[str, str]


def filled_in(project: Project, plan: Plan, catalog: Catalog) -> tuple[Group, ...]:
    """Give the shipped platform wheels of a Plan in groups, each with all that cibuildwheel is told.

    Nothing for a pure project. Raises MachineError where git refuses the tree.
    """
    if not plan.of_kind(JobKind.WHEELS):
        return ()
    root = Path(project.root)
    packages = [each.path for each in project.packages.value]
    environ = _of_this_terminal()
    source = Source(
        project,
        _own_table(root),
        frozenset(list_members(root, packages)),
        source_epoch(root, environ, find_repository(root)),
        environ,
    )
    return told(source, plan, catalog)


def told(source: Source, plan: Plan, catalog: Catalog) -> tuple[Group, ...]:
    """Give what `filled_in` gives, from what was read; what differs in its identifiers alone is a group."""
    found: dict[Group, list[str]] = {}
    for job in plan.of_kind(JobKind.WHEELS):
        identifier = job.args[-1]
        platform = catalog.platform(identifier.partition("-")[2])
        if platform is not None:
            group = _of(identifier, platform, source, plan)
            found.setdefault(group, []).append(identifier)
    return tuple(
        msgspec.structs.replace(group, identifiers=tuple(ids)) for group, ids in found.items()
    )


def tested_elsewhere(plan: Plan, identifier: str) -> bool:
    """Say whether a job of the Plan tests these bytes on their platform.

    A test job without a platform is this machine's own, and tests this machine's own wheel.
    """
    return any(
        job.platform is not None and identifier in job.consumes
        for job in plan.of_kind(JobKind.TEST)
    )


def _of(identifier: str, platform: Platform, source: Source, plan: Plan) -> Group:
    configured = Configured(source.table, identifier, platform.os, source.environ)
    decided = release_settings(
        source.project,
        configured,
        platform,
        source.members,
        tested_elsewhere=tested_elsewhere(plan, identifier),
        epoch=source.epoch,
    )
    own = tuple(_set(configured))
    ours = [*_ours(decided.variables, source), _ENABLE]
    known = {each.option for each in own}
    settings = (*own, *(each for each in ours if each.option not in known))
    return Group(identifiers=(), tested_by=decided.tested_by, settings=settings, why=decided.why)


def _set(configured: Configured) -> Iterator[Setting]:
    """Give what the project or this terminal sets, each option with the last place that does."""
    for option, (value, origin) in configured.every().items():
        yield Setting(option=option, value=_text(value), origin=origin, ours=False)


def _ours(variables: Mapping[str, str], source: Source) -> Iterator[Setting]:
    """Give what we say: a variable of this terminal stays before ours, and is among what is set."""
    origins = _origins(source.project)
    for name, value in variables.items():
        option = name.removeprefix("CIBW_").replace("_", "-").lower()
        if name == _EPOCH:
            yield Setting(option=_EPOCH, value=value, origin=_dated(source), ours=True)
        elif name not in source.environ:
            yield Setting(option=option, value=value, origin=origins.get(option, ""), ours=True)


def _dated(source: Source) -> str:
    if told_epoch(source.environ) is not None:
        return "this terminal"
    return "no commit" if source.epoch == NO_COMMIT_EPOCH else "the commit's time"


def _origins(project: Project) -> dict[str, str]:
    test = project.test
    more = " and [tool.shipwheel.test] requires" if project.config.test.requires else ""
    return {
        "log-fold-mode": "its lines come through us",
        "project-requires-python": project.requires_python.origin,
        "test-command": test.commands.origin,
        "test-sources": test.paths.origin,
        "test-requires": f"{test.requirements.origin}{more}",
        "test-extras": test.extras.origin,
        "test-environment": test.environment.origin,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _own_table(root: Path) -> Mapping[str, Any]:
    path = root / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    table: Mapping[str, Any] = tomllib.loads(text).get("tool", {}).get("cibuildwheel", {})
    return table


def _of_this_terminal() -> Mapping[str, str]:
    """Give the variables that reach cibuildwheel from here: its own options, and the epoch."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == _EPOCH or (name.startswith("CIBW_") and name not in _DROPPED)
    }
