"""A project opened: its facts, its Plan and this machine, kept by the digest of what decides them."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from pathlib import Path

import msgspec

from shipwheel import __version__
from shipwheel.errors import MachineError
from shipwheel.events import Emit, silent
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.here import this_machine
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.project.tree import witnesses_hold
from shipwheel.workspace import Workspace


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between the processes of one run: nox starts one a session."""

    key: str
    project: Project
    plan: Plan


class Opened(msgspec.Struct, frozen=True):
    """A project, its Plan, this machine, and where things lie.

    `package` is the name before the colon where it is run as a workspace's member, from the root.
    """

    workspace: Workspace
    project: Project
    plan: Plan
    machine: Machine
    package: str | None = None

    @property
    def every(self) -> tuple[Opened, ...]:
        """Give all packages: this one."""
        return (self,)


def open_project(
    root: Path, *, machine: Machine | None = None, refresh: bool = False, emit: Emit = silent
) -> Opened:
    """Read a project and make its Plan, or take both from the last time if nothing changed.

    Starts no process where nothing changed; `machine` is looked at where it is not given. Raises ConfigurationError for a folder without a project
    or with a wrong configuration.
    """
    workspace = Workspace(root.resolve())
    machine = machine or this_machine(refresh=refresh, emit=emit)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    key = _key(machine, today)
    kept = None if refresh else _read(workspace, key)
    if kept is None:
        kept = _make(workspace, machine, key, today)
        # a read-only tree can be planned all the same
        with contextlib.suppress(MachineError, OSError, UnicodeError):  # a path that is no text
            workspace.prepare()
            write_bytes(workspace.cache / "plan", msgspec.msgpack.encode(kept))
    return Opened(workspace, kept.project, kept.plan, machine)


def _make(workspace: Workspace, machine: Machine, key: str, today: str) -> _Kept:
    # what a kept Plan does not need is not imported for it
    from shipwheel.data.catalog import load_catalog  # noqa: PLC0415
    from shipwheel.machine.here import python_remedy  # noqa: PLC0415
    from shipwheel.planning.identifiers import Identifiers, wheel_identifiers  # noqa: PLC0415
    from shipwheel.planning.make import make_plan  # noqa: PLC0415
    from shipwheel.project.facts import Kind  # noqa: PLC0415
    from shipwheel.project.read import read_project  # noqa: PLC0415

    project = read_project(workspace.root)
    catalog = load_catalog()
    pure = project.kind.value is Kind.PURE
    asked = Identifiers() if pure else wheel_identifiers(project, catalog)
    plan = make_plan(
        project, catalog, machine, asked.identifiers, remedy=python_remedy, today=today
    )
    plan = msgspec.structs.replace(plan, notices=(*plan.notices, *asked.notices))
    return _Kept(key=key, project=project, plan=plan)


def _key(machine: Machine, today: str) -> str:
    return digest_of(__version__, _code(), today, msgspec.json.encode(machine))


def _code() -> str:
    """Give the time of the newest module that decides: an editable install changes without a version."""
    package = Path(__file__).parent.parent
    folders = (package / "project", package / "planning", package / "data")
    times = (entry.stat().st_mtime_ns for folder in folders for entry in os.scandir(folder))
    return str(max(times))


def _read(workspace: Workspace, key: str) -> _Kept | None:
    try:
        kept = msgspec.msgpack.decode((workspace.cache / "plan").read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    if kept.key != key or kept.project.root != str(workspace.root):
        return None
    return kept if witnesses_hold(workspace.root, kept.project.witnesses) else None
