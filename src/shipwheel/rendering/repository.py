"""A repository as rendering sees it: its packages, each with the Plan that every machine would make."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from pathlib import Path

import msgspec

from shipwheel import __version__
from shipwheel.data.catalog import Catalog, load_catalog
from shipwheel.errors import ConfigurationError, MachineError, ShipwheelError
from shipwheel.files import digest_of, write_bytes
from shipwheel.planning.plan import Plan
from shipwheel.project.config import CiConfig
from shipwheel.project.facts import Project
from shipwheel.project.layout import find_root, root_settings
from shipwheel.project.pylock import locks_of
from shipwheel.project.tree import Tree, witnesses_hold
from shipwheel.rendering.member import Member
from shipwheel.workspace import Workspace

_DECIDING = ("project", "planning", "data")


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """The packages of a repository and its settings; `source` is the file that holds those."""

    root: Path
    source: str
    ci: CiConfig
    members: tuple[Member, ...]
    catalog: Catalog

    @property
    def name(self) -> str:
        """Give the name that a person knows it by."""
        return self.members[0].project.name.value if len(self.members) == 1 else self.root.name


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A package's facts and its Plan for CI, between calls."""

    key: str
    project: Project
    plan: Plan


def open_repository(root: Path) -> Repository:
    """Read a repository's packages and make their Plans for CI, or take both from the last time.

    Raises ConfigurationError for a folder without a project, with a wrong configuration, or in which a
    workspace's member lies: workflows are the whole repository's.
    """
    root = root.resolve()
    catalog = load_catalog()
    above = find_root(root)
    if above is None:
        members: tuple[Member, ...] = (_open_member(root, catalog),)
        ci = members[0].project.config.ci
    elif above == root:
        members, ci = _workspace(root, catalog)
    else:
        raise ConfigurationError(
            f"this package is one of the workspace in {above}",
            where=str(root),
            hint=f"workflows are the whole repository's: `shipwheel -C {above} render`",
        )
    return Repository(root=root, source=source_of(root), ci=ci, members=members, catalog=catalog)


def source_of(root: Path) -> str:
    """Give the file that the project's settings stand in, or would."""
    return "pyproject.toml" if (root / "pyproject.toml").is_file() else "shipwheel.toml"


def _workspace(root: Path, catalog: Catalog) -> tuple[tuple[Member, ...], CiConfig]:
    """Give a workspace's packages, each behind those that it needs, and the settings of its root."""
    from shipwheel.project.members import read_layout  # noqa: PLC0415 - workspaces alone
    from shipwheel.project.pyproject import parse_config  # noqa: PLC0415
    from shipwheel.project.siblings import in_order, own_name, siblings_of  # noqa: PLC0415

    raw, where = root_settings(Tree(root), "")
    config = parse_config(raw, where, prefix="tool.shipwheel" if "[" in where else "")
    layout = read_layout(root)
    opened = [
        _open_named(path, directory, catalog)
        for path, directory in zip(layout.paths, layout.directories, strict=True)
    ]
    places = dict(zip((own_name(each.project) for each in opened), layout.directories, strict=True))
    found = {own_name(each.project): each for each in opened}
    projects = [each.project for each in opened]
    siblings = siblings_of(projects)
    return tuple(
        msgspec.structs.replace(
            found[name], name=name, directory=places[name], siblings=siblings[name]
        )
        for name in map(own_name, in_order(projects))
    ), config.ci


def _open_named(root: Path, directory: str, catalog: Catalog) -> Member:
    """Read a member; what is wrong with it names its folder."""
    try:
        return _open_member(root, catalog)
    except ShipwheelError as error:
        if directory not in (error.where or ""):
            error.where = f"{directory}: {error.where}" if error.where else directory
        raise


def _open_member(root: Path, catalog: Catalog) -> Member:
    """Read one package and make its Plan for CI, or take both from the last time."""
    workspace = Workspace(root)
    key = digest_of(
        __version__, newest_code(*_DECIDING), dt.datetime.now(dt.UTC).date().isoformat()
    )
    kept = _read(workspace, key)
    if kept is None:
        kept = _make(root, catalog, key)
        with contextlib.suppress(MachineError, OSError, UnicodeError):  # a read-only tree
            workspace.prepare()
            write_bytes(_file(workspace), msgspec.msgpack.encode(kept))
    return Member(project=kept.project, plan=kept.plan, locked=bool(locks_of(root)))


def _make(root: Path, catalog: Catalog, key: str) -> _Kept:
    # what a kept Plan does not need is not imported for it
    from shipwheel.planning.everywhere import every_python  # noqa: PLC0415
    from shipwheel.planning.identifiers import Identifiers, wheel_identifiers  # noqa: PLC0415
    from shipwheel.planning.make import make_plan  # noqa: PLC0415
    from shipwheel.planning.platforms import ci_platform  # noqa: PLC0415
    from shipwheel.project.facts import Kind  # noqa: PLC0415
    from shipwheel.project.read import read_project  # noqa: PLC0415

    project = read_project(root)
    pure = project.kind.value is Kind.PURE
    asked = Identifiers() if pure else wheel_identifiers(project, catalog)
    plan = make_plan(
        project,
        catalog,
        every_python(catalog, ci_platform(project, catalog)),
        asked.identifiers,
        remedy=str,
        today=dt.datetime.now(dt.UTC).date().isoformat(),
    )
    return _Kept(
        key=key,
        project=project,
        plan=msgspec.structs.replace(plan, notices=(*plan.notices, *asked.notices)),
    )


def newest_code(*folders: str) -> str:
    """Give the time of the newest module in folders of the package: an editable one changes without a version."""
    package = Path(__file__).parent.parent
    found = (entry for folder in folders for entry in os.scandir(package / folder))
    return str(max(entry.stat().st_mtime_ns for entry in found))


def _file(workspace: Workspace) -> Path:
    return workspace.cache / "ci-plan"


def _read(workspace: Workspace, key: str) -> _Kept | None:
    try:
        kept = msgspec.msgpack.decode(_file(workspace).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    if kept.key != key or kept.project.root != str(workspace.root):
        return None
    return kept if witnesses_hold(workspace.root, kept.project.witnesses) else None
