"""The environment that a wheel is tested in: made with it in one resolver call, reused while nothing changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from shipwheel.dists.sibling import Sibling, constraint_file, references
from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_bytes, write_text
from shipwheel.machine.environment import (
    Environment,
    Installer,
    create_environment,
    detach,
    finish_environment,
    ready_environment,
)
from shipwheel.machine.installer import Installation, direct_reference, install, installed
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project, Runner
from shipwheel.testing.hook import install_hook, proof_folder
from shipwheel.testing.installed import WheelFiles, altered_files, read_wheel_files
from shipwheel.testing.locked import (
    Lock,
    Pins,
    locked_out,
    locks_for_tests,
    pins_for,
    told,
    write_pins,
)
from shipwheel.testing.lowest import lowest_pins, marker_values
from shipwheel.testing.overlay import project_names
from shipwheel.testing.requirements import (
    environment_key,
    extra_requirements,
    file_contents,
    is_pinned,
    needed_requirements,
    requires_project,
)
from shipwheel.testing.siblings import apart, check_siblings
from shipwheel.workspace import Workspace, job_stem

_STAMP = "shipwheel-environment.json"
MOST_AGE = 24 * 3600.0  # seconds; unpinned requirements are resolved again after a day
_SHOWN = 8  # files named in a message


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an environment was filled with, beside the key that machine/environment keeps.

    `made` is seconds since the epoch; `installed` maps names to versions as the installer left them.
    """

    made: float
    pinned: bool
    installed: dict[str, str]


class Prepared(msgspec.Struct, frozen=True):
    """An environment that is ready for the tests, and whether an earlier run made it."""

    environment: Environment
    reused: bool
    installed: dict[str, str]
    locks: dict[str, str] = {}  # the sha256 of each lock that it was installed from, by its file


class _Wanted(msgspec.Struct, frozen=True, dict=True):
    """All that an environment is made from."""

    project: Project
    interpreter: Interpreter
    wheel: Path
    sha256: str
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]  # files, relative to the project's root
    texts: tuple[tuple[str, str], ...]
    lowest: bool
    emit: Emit
    log: Path | None
    siblings: tuple[Sibling, ...] = ()
    locks: tuple[Lock, ...] = ()

    @property
    def held(self) -> dict[str, str]:
        return {each.file: each.content.sha256 for each in self.locks}

    @property
    def installer(self) -> Installer:
        return self.project.config.installer

    @property
    def reference(self) -> str:
        extras = self.project.test.extras.value
        return direct_reference(self.project.name.value, self.wheel, self.sha256, extras)

    @cached_property
    def key(self) -> str:
        return environment_key(
            self.interpreter,
            self.sha256,
            (self.reference, *self.requirements, *references(self.siblings)),
            (*self.texts, *self.held.items()),
            installer=self.installer,
            lowest=self.lowest,
            environ=os.environ,
        )


def prepare_test_environment(
    workspace: Workspace,
    project: Project,
    interpreter: Interpreter,
    wheel: Path,
    sha256: str,
    *,
    job_id: str,
    lowest: bool = False,
    requires: Sequence[str] = (),
    siblings: Sequence[Sibling] = (),
    emit: Emit = silent,
    log: Path | None = None,
    fresh: bool = False,
) -> Prepared:
    """Give an environment that holds the wheel with that sha256 and what its tests need.

    An earlier one serves again if the interpreter, the wheel, every requirement (files by content) and
    the installer are the same, nothing in it was changed, and it is not older than a day where a
    requirement is not pinned; `fresh` makes it anew. `lowest` takes the project's direct dependencies
    at their lowest declared versions, test tools as ever. `siblings` stand in for what an index has
    under their names. Where the project has locks, versions come from them, and hashes where they have
    them; not for `lowest`. Raises JobError where nothing can be resolved or a sibling does not fit, and
    MachineError where the machine lacks something.
    """
    constraints = project.test.constraint_files
    wanted = _Wanted(
        project=project,
        interpreter=interpreter,
        wheel=wheel,
        sha256=sha256,
        requirements=needed_requirements(project, requires),
        constraints=constraints,
        texts=file_contents(Path(project.root), constraints),
        lowest=lowest,
        emit=emit,
        log=log,
        siblings=tuple(siblings),
        locks=() if lowest else locks_for_tests(project, interpreter, emit),
    )
    held = read_wheel_files(wheel)
    path = workspace.environments / job_stem(job_id)
    names, proofs = project_names(project, held), proof_folder(workspace, job_id)
    reused = None if fresh else _usable(path, wanted, held)
    if reused is not None:
        install_hook(reused.environment, names, proofs, Path(project.root))
        return reused
    environment, pins = _make(path, wanted)
    install_hook(environment, names, proofs, Path(project.root))
    detach(environment, held.files)
    _check_installed(environment, wanted, held)
    found = installed(environment)
    named = (*wanted.requirements, wanted.reference, *references(wanted.siblings))
    pinned = is_pinned(named, (*wanted.texts, ("", pins.text(hashes=False))), found)
    _tell_locks(wanted, pins, found)
    stamp = Stamp(made=time.time(), pinned=pinned, installed=found)
    write_bytes(path / _STAMP, msgspec.json.encode(stamp))
    finish_environment(environment, wanted.key, installer=wanted.installer)
    return Prepared(environment, reused=False, installed=found, locks=wanted.held)


def _tell_locks(wanted: _Wanted, pins: Pins, found: Iterable[str]) -> None:
    if wanted.locks:
        ours = (wanted.project.name.value, *(each.name for each in wanted.siblings))
        wanted.emit(Notice(told(wanted.locks, pins, found, ours)))


def spoil(environment: Environment) -> None:
    """Let the next run make the environment anew: something in it was changed."""
    (environment.path / _STAMP).unlink(missing_ok=True)


def _usable(path: Path, wanted: _Wanted, held: WheelFiles) -> Prepared | None:
    """Give an environment that can serve again; None, and why where it is worth telling, if it cannot."""
    environment = ready_environment(
        path, wanted.interpreter, installer=wanted.installer, key=wanted.key
    )
    stamp = _read_stamp(path)
    if environment is None or stamp is None:
        return None
    if not stamp.pinned and not 0 <= time.time() - stamp.made <= MOST_AGE:
        wanted.emit(Notice("the environment is a day old: made anew, to see new releases"))
        return None
    altered = altered_files(environment.site_packages, held.files)
    if altered or installed(environment) != stamp.installed:
        shown = ", ".join(altered[:_SHOWN]) or "other packages are installed"
        wanted.emit(Warned(f"the environment was changed since it was made: made anew ({shown})"))
        return None
    return Prepared(environment, reused=True, installed=stamp.installed, locks=wanted.held)


def _read_stamp(path: Path) -> Stamp | None:
    try:
        return msgspec.json.decode((path / _STAMP).read_bytes(), type=Stamp)
    except (OSError, msgspec.DecodeError):
        return None


def _make(path: Path, wanted: _Wanted) -> tuple[Environment, Pins]:
    environment = create_environment(
        path, wanted.interpreter, installer=wanted.installer, emit=wanted.emit, log=wanted.log
    )
    check_siblings(
        environment,
        wanted.siblings,
        {
            wanted.project.name.value: read_wheel_files(wanted.wheel).requires,
            "the tests": wanted.requirements,
        },
        extras=wanted.project.test.extras.value,
    )
    locked = _locked(environment, wanted)
    pins = (
        _lowest_file(environment, wanted) if wanted.lowest else _held(environment, wanted, locked)
    )
    try:
        _install(environment, wanted, (wanted.reference, *wanted.requirements), pins)
    except JobError as error:
        if not requires_project(error.evidence or "", wanted.project.name.value):
            raise locked_out(error, wanted.locks) from error
        _install_apart(environment, wanted, pins)
    if wanted.project.test.runner.value is Runner.PYTEST and "pytest" not in installed(environment):
        wanted.emit(
            Warned(
                "no requirement of the project brings pytest: its newest release is used",
                'name it in `[tool.shipwheel.test] requires = ["pytest"]`',
            )
        )
        _install(environment, wanted, ("pytest",), pins)
    return environment, locked


def _locked(environment: Environment, wanted: _Wanted) -> Pins:
    """Give what the locks pin here; never the project, nor what was built beside it."""
    if not wanted.locks:
        return Pins({})
    ours = (wanted.project.name.value, *(each.name for each in wanted.siblings))
    return pins_for(wanted.locks, marker_values(environment), ours)


def _held(environment: Environment, wanted: _Wanted, locked: Pins) -> tuple[str, ...]:
    """Give the file of constraints that holds an install to the locks.

    uv looks at the hashes in it. pip would then want one of every file, the wheel's tools among them: so
    it first installs what is locked, whole and by its hashes.
    """
    by_pip = wanted.installer == "pip"
    whole = write_pins(environment.path / "locked-whole.txt", locked.hashed(), hashes=True)
    if by_pip and whole:
        _call(environment, wanted, Installation(requirement_files=whole, no_deps=True))
    return write_pins(environment.path / "locked.txt", locked, hashes=not by_pip)


def _install_apart(environment: Environment, wanted: _Wanted, pins: tuple[str, ...]) -> None:
    """Install a project that its own test tools require in a version that it does not have here.

    A checkout without tags is 0.1.dev0, and pytest requires iniconfig 2: the tools come first, with the
    index's release, in whose place the wheel is put then.
    """
    held = read_wheel_files(wanted.wheel)
    wanted.emit(
        Warned(
            f"a test tool requires another version of {held.name} than {held.version}: "
            "the wheel is tested all the same",
            "does the checkout lack the tag that its version comes from?",
        )
    )
    extras = wanted.project.test.extras.value
    brought = extra_requirements(held.requires, extras, marker_values(environment))
    needed = tuple(dict.fromkeys((*wanted.requirements, *held.requires, *brought)))
    _install(environment, wanted, needed, pins)
    _install(environment, wanted, (wanted.reference,), (), in_place=True)


def _install(
    environment: Environment,
    wanted: _Wanted,
    requirements: tuple[str, ...],
    pins: tuple[str, ...],
    *,
    in_place: bool = False,
) -> None:
    siblings = constraint_file(environment.path, wanted.siblings)
    wholly = Installation(
        requirements=requirements,
        constraint_files=() if in_place else (*wanted.constraints, *pins, *siblings),
        no_deps=in_place,
        reinstall=in_place,
    )
    _call(environment, wanted, wholly)


def _call(environment: Environment, wanted: _Wanted, installation: Installation) -> None:
    install(
        environment,
        installation,
        installer=wanted.installer,
        emit=wanted.emit,
        log=wanted.log,
        cwd=Path(wanted.project.root),
    )


def _lowest_file(environment: Environment, wanted: _Wanted) -> tuple[str, ...]:
    others, siblings = apart(read_wheel_files(wanted.wheel).requires, wanted.siblings)
    if siblings:
        wanted.emit(Notice(f"as it was just built, not lowered: {', '.join(siblings)}"))
    pins = lowest_pins(
        environment,
        others,
        (*wanted.requirements, *siblings),
        extras=wanted.project.test.extras.value,
        constraints=(*wanted.constraints, *constraint_file(environment.path, wanted.siblings)),
        root=Path(wanted.project.root),
        emit=wanted.emit,
        log=wanted.log,
    )
    if not pins:
        return ()
    wanted.emit(Notice(f"lowest declared: {', '.join(pins)}"))
    path = environment.path / "lowest.txt"
    write_text(path, "\n".join(pins) + "\n")
    return (str(path),)


def _check_installed(environment: Environment, wanted: _Wanted, held: WheelFiles) -> None:
    altered = altered_files(environment.site_packages, held.files)
    if not altered:
        return
    raise JobError(
        f"{wanted.wheel.name} installs other files than its RECORD names",
        where=str(environment.site_packages),
        evidence="\n".join(altered[:_SHOWN]),
        hint="build the wheel again; `shipwheel verify` compares it with its RECORD",
    )
