"""Everything that this machine can make of a project, built twice: in other folders, at other times."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shipwheel.building.inputs import Inputs, read_inputs
from shipwheel.building.sdist import build_sdist
from shipwheel.building.staging import empty, stage
from shipwheel.building.wheel import build_wheel
from shipwheel.dists.comparison import ComparedFile, compare_files
from shipwheel.errors import MachineError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Kind, Project
from shipwheel.workspace import Workspace

# short, for Windows takes paths of 260 characters; of different lengths, for some contents shift with them
_PLACES = ("1", "2-a-longer-one")
_APART = 2.1  # seconds, at least, between the two: zip counts in steps of two
_YEAR = 365 * 24 * 3600


class TwoBuilds(msgspec.Struct, frozen=True):
    """What is built twice: `builder` makes the sdist and a pure wheel, `wheels` a compiled one each."""

    workspace: Workspace
    project: Project
    builder: Interpreter
    wheels: Sequence[Interpreter]
    emit: Emit = silent
    log: Path | None = None


def build_twice(order: TwoBuilds) -> tuple[ComparedFile, ...]:
    """Build the sdist and the wheels twice from the tree as it is, and compare each file with its twin.

    The second build has a longer path, sources with times a year earlier, a umask that gives others
    nothing, and begins seconds later; nothing that was kept is used. `dist/` stays as it is. Raises MachineError for
    a submodule whose version comes from git, which cannot be copied, and what a build raises.
    """
    inputs = read_inputs(order.project, emit=order.emit)
    if not inputs.stageable:
        raise MachineError(
            "a submodule whose version comes from git can only be built in its place",
            where=order.project.root,
            hint="clone it as a repository of its own, and run this there",
        )
    base = order.workspace.cache / "twice"
    try:
        first = _first(order, inputs, base)
        second = _second(order, inputs, base)
        names = sorted(first.keys() | second.keys(), key=lambda name: (name.endswith(".whl"), name))
        return tuple(
            compare_files(first.get(each), second.get(each), order.workspace.dist / each)
            for each in names
        )
    finally:
        with contextlib.suppress(OSError):
            empty(base)


def _first(order: TwoBuilds, inputs: Inputs, base: Path) -> dict[str, Path]:
    began = time.monotonic()
    made = _build(order, _copied(inputs, base / _PLACES[0]), "once")
    time.sleep(max(0.0, _APART - (time.monotonic() - began)))
    return made


def _second(order: TwoBuilds, inputs: Inputs, base: Path) -> dict[str, Path]:
    root = _copied(inputs, base / _PLACES[1])
    for path in inputs.paths:
        file = root / path
        if file.is_file() and not file.is_symlink():
            earlier = file.stat().st_mtime - _YEAR
            os.utime(file, (earlier, earlier))
    with _umask(0o077):
        return _build(order, root, "again")


def _copied(inputs: Inputs, folder: Path) -> Path:
    # a backend that packs a commit gets one in the copy's own copy; the copy keeps the real one's time
    return stage(msgspec.structs.replace(inputs, from_commit=False), folder)


def _build(order: TwoBuilds, root: Path, when: str) -> dict[str, Path]:
    workspace = Workspace(root)
    project = msgspec.structs.replace(order.project, root=str(root))
    compiled = project.kind.value is not Kind.PURE
    with _step(order.emit, f"sdist {when}"):
        sdist = build_sdist(workspace, project, order.builder, emit=order.emit, log=order.log)
    made = {sdist.path.name: sdist.path}
    for interpreter in order.wheels if compiled else (order.builder,):
        with _step(order.emit, f"wheel for {interpreter.target} {when}"):
            wheel = build_wheel(
                workspace,
                project,
                sdist.path,
                interpreter,
                compiled=compiled,
                emit=order.emit,
                log=order.log,
            )
        made[wheel.path.name] = wheel.path
    return made


@contextlib.contextmanager
def _step(emit: Emit, name: str) -> Iterator[None]:
    started = time.perf_counter()
    emit(StepStarted(name, ""))
    yield
    emit(StepDone(name, time.perf_counter() - started, ""))


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
