"""A workspace opened: each package with its Plan, those that others need first."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from shipwheel import __version__
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.events import Emit, silent
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.here import this_machine
from shipwheel.project.layout import Layout, declares_workspace
from shipwheel.project.names import names_of
from shipwheel.project.siblings import in_order, own_name, siblings_of
from shipwheel.project.tree import witnesses_hold
from shipwheel.sessions.context import Opened, open_project
from shipwheel.workspace import Workspace


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A package of a workspace.

    `name` is the part of its sessions' names before the colon; `directory` its folder, relative to the
    root with `/`; `siblings` are the names of the others that its environments may hold.
    """

    name: str
    directory: str
    opened: Opened
    siblings: tuple[str, ...] = ()


class Packages(msgspec.Struct, frozen=True):
    """The packages of a workspace; each stands behind those that it needs."""

    root: Path
    members: tuple[Member, ...]

    @property
    def every(self) -> tuple[Opened, ...]:
        """Give all packages."""
        return tuple(member.opened for member in self.members)

    def member(self, name: str) -> Member:
        """Give a member by name; raises KeyError."""
        for member in self.members:
            if member.name == name:
                return member
        raise KeyError(name)

    def at(self, folder: Path) -> Member | None:
        """Give the member whose folder it is."""
        return next((each for each in self.members if each.opened.workspace.root == folder), None)

    def located(self, text: str) -> tuple[Member, str]:
        """Split `PACKAGE:NAME`, a session's name or a job's id.

        Raises ConfigurationError where there is no such package.
        """
        name, colon, rest = text.partition(":")
        if colon and any(name == each.name for each in self.members):
            return self.member(name), rest
        raise ConfigurationError(
            f"{text!r} names no package of this workspace",
            where=str(self.root),
            hint=f"write PACKAGE:{rest or text}, with {', '.join(m.name for m in self.members)}",
        )


class _Kept(msgspec.Struct, frozen=True):
    key: str
    layout: Layout


def open_packages(root: Path, *, refresh: bool = False, emit: Emit = silent) -> Packages | None:
    """Open every package of the workspace in `root`, None where `root` is no workspace's.

    Raises ConfigurationError for members that are none, or that share a name.
    """
    root = root.resolve()
    if not declares_workspace(root):
        return None
    layout = _layout(root)
    machine = this_machine(refresh=refresh, emit=emit)
    opened = [
        open_project(path, machine=machine, refresh=refresh, emit=emit) for path in layout.paths
    ]
    places = dict(zip(layout.directories, opened, strict=True))
    _check_names(places)
    directories = {own_name(each.project): directory for directory, each in places.items()}
    projects = [each.project for each in opened]
    siblings = siblings_of(projects)
    names = [own_name(each) for each in in_order(projects)]
    return Packages(
        root,
        tuple(
            Member(
                name=name,
                directory=directories[name],
                opened=_as_member(places[directories[name]], name, names),
                siblings=siblings[name],
            )
            for name in names
        ),
    )


def _as_member(opened: Opened, name: str, names: list[str]) -> Opened:
    """Give a package under its name; what it builds with comes from an index, which is told."""
    built_with = sorted(names_of(opened.project.build_requires) & {*names} - {name})
    notices = (
        f"{each} is required to build {name}: it comes from an index, not from this repository"
        for each in built_with
    )
    plan = msgspec.structs.replace(opened.plan, notices=(*opened.plan.notices, *notices))
    return msgspec.structs.replace(opened, plan=plan, package=name)


def open_all(root: Path, *, refresh: bool = False, emit: Emit = silent) -> tuple[Opened, ...]:
    """Open the packages of a workspace, or the one that `root` is."""
    packages = open_packages(root, refresh=refresh, emit=emit)
    if packages is None:
        return (open_project(root, refresh=refresh, emit=emit),)
    return packages.every


def _check_names(places: dict[str, Opened]) -> None:
    first: dict[str, str] = {}
    for directory, opened in places.items():
        name = own_name(opened.project)
        if name in first:
            raise ConfigurationError(
                f"two packages of the workspace are called {name!r}",
                where=f"{first[name]} and {directory}",
                hint="give one of them another name, or take it out of the members",
            )
        first[name] = directory


def _layout(root: Path) -> Layout:
    """Read the layout, or take it from the last time where nothing changed."""
    workspace = Workspace(root)
    path, key = workspace.cache / "layout", digest_of(__version__, _code())
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        kept = None
    current = kept is not None and kept.key == key and kept.layout.root == str(root)
    if kept is not None and current and witnesses_hold(root, kept.layout.witnesses):
        return kept.layout
    from shipwheel.project.members import read_layout  # noqa: PLC0415 - not for a kept one

    layout = read_layout(root)
    with contextlib.suppress(MachineError, OSError, UnicodeError):  # a read-only tree
        workspace.prepare()
        write_bytes(path, msgspec.msgpack.encode(_Kept(key, layout)))
    return layout


def _code() -> str:
    """Give the time of the newest module that decides: an editable install changes without a version."""
    folder = Path(__file__).parent.parent / "project"
    return str(max(entry.stat().st_mtime_ns for entry in os.scandir(folder)))
