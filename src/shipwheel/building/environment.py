"""Build environments: one a Python and set of requirements, kept for a day."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from shipwheel.dists.lock import hold
from shipwheel.events import Emit, silent
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.environment import Environment, Installer, create_environment
from shipwheel.machine.installer import Installation, install, installed
from shipwheel.machine.interpreter import Interpreter
from shipwheel.workspace import Workspace

RESOLVED_FOR = (
    24 * 3600.0
)  # seconds for which a resolution of build requirements is not asked again


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was put into an environment; written last, so that an interrupted one is made again."""

    build: str  # the interpreter's
    requirements: tuple[str, ...]
    resolved: dict[str, str]
    at: float


class BuildEnvironment(msgspec.Struct, frozen=True):
    """An environment with build requirements in it: what was asked for, and what that came to.

    `resolved` maps normalized names to versions; `at` is the time of the resolution, in seconds.
    """

    environment: Environment
    requirements: tuple[str, ...]
    resolved: dict[str, str]
    at: float
    installer: Installer


def build_environment(
    workspace: Workspace,
    interpreter: Interpreter,
    requires: Sequence[str],
    *,
    installer: Installer = "uv",
    emit: Emit = silent,
    log: Path | None = None,
) -> BuildEnvironment:
    """Give an environment with `requires` installed, made anew at most once in 24 hours.

    It lies where it lay before, so that paths in what a compiler writes do not change. Raises
    JobError where the requirements cannot be met, MachineError where an index is out of reach.
    """
    folder = _folder(workspace, interpreter, requires, installer)
    environment = Environment(path=folder, interpreter=interpreter)
    with _held(folder, emit):
        note = _read(folder)
        if note is None or note.build != interpreter.build or _is_stale(note):
            note = _make(
                folder, interpreter, tuple(requires), installer=installer, emit=emit, log=log
            )
    return BuildEnvironment(environment, note.requirements, note.resolved, note.at, installer)


def add_requirements(
    built: BuildEnvironment,
    requires: Sequence[str],
    *,
    emit: Emit = silent,
    log: Path | None = None,
) -> BuildEnvironment:
    """Install what a hook asked for beside what is there; the environment remembers it."""
    environment = built.environment
    with _held(environment.path, emit):
        wanted = tuple(dict.fromkeys((*built.requirements, *requires)))
        install(
            environment,
            Installation(requirements=wanted),
            installer=built.installer,
            emit=emit,
            log=log,
        )
        note = _note(environment, environment.interpreter, wanted, built.at)
    return BuildEnvironment(environment, wanted, note.resolved, note.at, built.installer)


def forget_environment(built: BuildEnvironment) -> None:
    """Have it made anew the next time: what was written into it while a disk was full may be half there."""
    _note_path(built.environment.path).unlink(missing_ok=True)


def _make(
    folder: Path,
    interpreter: Interpreter,
    requires: tuple[str, ...],
    *,
    installer: Installer,
    emit: Emit,
    log: Path | None,
) -> _Note:
    _note_path(folder).unlink(missing_ok=True)
    environment = create_environment(folder, interpreter, installer=installer, emit=emit, log=log)
    if requires:
        wanted = Installation(requirements=requires)
        install(environment, wanted, installer=installer, emit=emit, log=log)
    return _note(environment, interpreter, requires, time.time())


def _note(
    environment: Environment, interpreter: Interpreter, requires: tuple[str, ...], at: float
) -> _Note:
    resolved = dict(sorted(installed(environment).items()))
    note = _Note(build=interpreter.build, requirements=requires, resolved=resolved, at=at)
    write_bytes(_note_path(environment.path), msgspec.json.encode(note))
    return note


def _read(folder: Path) -> _Note | None:
    try:
        return msgspec.json.decode(_note_path(folder).read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError):
        return None


def _is_stale(note: _Note) -> bool:
    return not 0 <= time.time() - note.at < RESOLVED_FOR


def _note_path(folder: Path) -> Path:
    return folder / "shipwheel.json"


def _folder(
    workspace: Workspace, interpreter: Interpreter, requires: Sequence[str], installer: Installer
) -> Path:
    what = digest_of(installer, *sorted(requires))[:8]
    return workspace.environments / f"build-{interpreter.target}-{what}"


def _held(folder: Path, emit: Emit) -> AbstractContextManager[None]:
    lock = folder.with_name(f"{folder.name}.lock")
    return hold(lock, f"another build for {folder.name.removeprefix('build-')}", emit)
