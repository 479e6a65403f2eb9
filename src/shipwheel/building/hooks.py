"""A backend's hooks (PEP 517), called in an environment of their own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from shipwheel import process
from shipwheel.building.build_system import BuildSystem, read_build_system
from shipwheel.building.environment import (
    BuildEnvironment,
    add_requirements,
    build_environment,
    forget_environment,
)
from shipwheel.building.failure import build_failure
from shipwheel.building.prefix_map import mapping_variables
from shipwheel.errors import JobError
from shipwheel.events import Emit, silent
from shipwheel.machine.environment import Installer, environment_variables
from shipwheel.machine.failures import FULL_DISK
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.submodules import submodules_hint
from shipwheel.workspace import Workspace

_SCRIPT = Path(__file__).with_name("in_backend.py")
Kind = Literal["sdist", "wheel"]


class HookBuild(msgspec.Struct, frozen=True):
    """What a backend built: the file, in which environment, and all that was said."""

    path: Path
    environment: BuildEnvironment
    output: str


class _Error(msgspec.Struct, frozen=True):
    kind: str
    text: str


class _Answer(msgspec.Struct, frozen=True):
    requires: tuple[str, ...] | None
    built: str | None
    error: _Error | None


class Backend(msgspec.Struct, frozen=True):
    """A source tree's backend, ready to be called with an interpreter.

    `epoch` becomes SOURCE_DATE_EPOCH; `log` gets all output, `emit` each line. `variables` are put
    over the environment's, and the folder `first` comes first on PATH; `settings` are the backend's own for a wheel (PEP 517). With `map_paths` compilers write neither the source's folder nor that of the
    build environment into what they make. `limit` is seconds for a hook.
    """

    workspace: Workspace
    source: Path
    interpreter: Interpreter
    epoch: int
    installer: Installer = "uv"
    variables: Mapping[str, str] | None = None
    first: Path | None = None
    settings: Mapping[str, list[str]] = {}
    map_paths: bool = False
    limit: float | None = None
    emit: Emit = silent
    log: Path | None = None

    def build(self, kind: Kind, into: Path) -> HookBuild:
        """Build an sdist or a wheel into the folder `into`.

        The hook that names further requirements and the one that builds share a process where nothing
        further is needed, or where a fork keeps them apart. Raises JobError with the backend's last
        lines, MachineError for a missing compiler or an index out of reach.
        """
        system = read_build_system(self.source)
        environment = build_environment(
            self.workspace,
            self.interpreter,
            system.requires,
            installer=self.installer,
            emit=self.emit,
            log=self.log,
        )
        into.mkdir(parents=True, exist_ok=True)
        first, output = self._call(system, environment, kind, into, ask=True)
        if first.built is not None:
            return HookBuild(into / first.built, environment, output)
        missing = [each for each in first.requires or () if each not in environment.requirements]
        if missing:
            environment = add_requirements(environment, missing, emit=self.emit, log=self.log)
        second, more = self._call(system, environment, kind, into, ask=False)
        if second.built is None:
            raise JobError(f"the backend {system.backend} named no {kind} that it built")
        return HookBuild(into / second.built, environment, output + more)

    def _call(
        self,
        system: BuildSystem,
        environment: BuildEnvironment,
        kind: Kind,
        into: Path,
        *,
        ask: bool,
    ) -> tuple[_Answer, str]:
        request = _request(system, environment, kind, into, ask=ask, settings=self.settings)
        with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
            asked, answered = Path(folder) / "request.json", Path(folder) / "answer.json"
            asked.write_text(json.dumps(request), encoding="utf-8")
            done = process.run(
                [environment.environment.python, _SCRIPT, asked, answered],
                cwd=self.source,
                env=self._environ(environment, system.backend),
                log=self.log,
                emit=self.emit,
                timeout=self.limit,
            )
            answer = _read(answered)
        if not done.ok or answer is None or answer.error is not None:
            text = f"{done.output}\n{answer.error.text if answer and answer.error else ''}"
            failure = build_failure(
                kind,
                text,
                backend=system.backend,
                log=self.log,
                python=self.interpreter.target,
                absent=submodules_hint(self.workspace.root),
            )
            if failure.reference == FULL_DISK:
                forget_environment(environment)
            raise failure
        return answer, done.output

    def _environ(self, environment: BuildEnvironment, backend: str) -> dict[str, str]:
        own = {self.source: self.source.name, environment.environment.path: "build-environment"}
        extra = {
            **(mapping_variables(backend, own, os.environ) if self.map_paths else {}),
            "SOURCE_DATE_EPOCH": str(self.epoch),
            "PYTHONNOUSERSITE": "1",
            # an unpacked sdist below the project is not the project's checkout
            "GIT_CEILING_DIRECTORIES": str(self.source.parent),
            **(self.variables or {}),
        }
        found = environment_variables(environment.environment, extra=extra, network=True)
        if self.first is not None:
            found["PATH"] = os.pathsep.join([str(self.first), found["PATH"]])
        return found


def _request(
    system: BuildSystem,
    environment: BuildEnvironment,
    kind: Kind,
    into: Path,
    *,
    ask: bool,
    settings: Mapping[str, list[str]],
) -> dict[str, object]:
    meant = dict(settings) if kind == "wheel" and system.backend == "mesonpy" else None
    kwargs: dict[str, object] = {f"{kind}_directory": str(into), "config_settings": meant or None}
    if kind == "wheel":
        kwargs["metadata_directory"] = None
    return {
        "backend": system.backend,
        "backend_path": list(system.backend_path),
        "ask": f"get_requires_for_build_{kind}" if ask else None,
        "build": f"build_{kind}",
        "kwargs": kwargs,
        "provided": list(environment.requirements),
    }


def _read(path: Path) -> _Answer | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Answer)
    except (OSError, msgspec.DecodeError):
        return None
