"""The environment that says which distribution brings which module: made by uv, kept, and never run."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shipwheel.errors import ShipwheelError
from shipwheel.events import Emit, silent
from shipwheel.files import digest_of
from shipwheel.machine.environment import (
    Environment,
    begin_environment,
    create_environment,
    finish_environment,
    ready_environment,
)
from shipwheel.machine.installer import Installation, install
from shipwheel.machine.interpreter import Interpreter
from shipwheel.redaction import redact
from shipwheel.workspace import Workspace


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """Folders of installed distributions: what users get, then what is declared for development.

    `incomplete` says what could not be installed, or was taken from a cache.
    """

    used: Path | None
    folders: tuple[Path, ...] = ()
    incomplete: tuple[str, ...] = ()


def filled(
    workspace: Workspace,
    interpreter: Interpreter,
    used: Sequence[str],
    optional: Sequence[str],
    emit: Emit = silent,
) -> Filled:
    """Install the run-time requirements with all that they require, and the optional ones alone.

    Of extras and groups only the names of their modules are wanted: they are installed without
    dependencies, so that they need not fit together. What cannot be had is told, not raised.
    """
    place = workspace.environments
    whole, told = _tried(place / "graph", interpreter, used, alone=False, emit=emit)
    extra, more = _tried(place / "graph-extra", interpreter, optional, alone=True, emit=emit)
    folders = tuple(each.site_packages for each in (whole, extra) if each is not None)
    return Filled(
        used=whole.site_packages if whole else None,
        folders=folders,
        incomplete=tuple(dict.fromkeys((*told, *more))),
    )


def _tried(
    path: Path, interpreter: Interpreter, requirements: Sequence[str], *, alone: bool, emit: Emit
) -> tuple[Environment | None, tuple[str, ...]]:
    if not requirements:
        return None, ()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    key = digest_of(today, *requirements)
    if there := ready_environment(path, interpreter, key=key):
        return there, ()
    path.parent.mkdir(parents=True, exist_ok=True)
    environment = create_environment(path, interpreter, emit=emit)
    begin_environment(environment)
    said = _install(
        environment, Installation(requirements=tuple(requirements), no_deps=alone), emit
    )
    if said is None:
        finish_environment(environment, key)
        return environment, ()
    if not alone or len(requirements) == 1:
        return (environment if said.startswith(_CACHED) else None), (said,)
    # one of them that cannot be had costs no other its answer
    failed = [
        text
        for each in requirements
        if (text := _install(environment, Installation(requirements=(each,), no_deps=True), emit))
    ]
    return environment, tuple(failed[:3])


_CACHED = "answered from uv's cache"


def _install(environment: Environment, wanted: Installation, emit: Emit) -> str | None:
    """Install, or say why that cannot be; without a network from uv's cache, which is said too."""
    try:
        install(environment, wanted, emit=emit)
    except ShipwheelError as error:
        with contextlib.suppress(ShipwheelError):
            install(environment, msgspec.structs.replace(wanted, offline=True))
            return f"{_CACHED}: {error.what}"
        return f"not asked: {redact(', '.join(wanted.requirements[:3]))}: {error.what}"
    return None
