"""Installs that are measured: each into an environment of its own, from a cache that is empty or not."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.profile.answer import Install
from shipwheel.deps.profile.trace import Line, read_phases
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Event, Output, StepDone, StepStarted
from shipwheel.files import write_text
from shipwheel.machine.environment import Environment, create_environment, uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer

_BYTECODE: dict[bool | None, tuple[str, ...]] = {
    None: (),
    True: ("--compile-bytecode",),
    False: ("--no-compile-bytecode",),
}


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way of installing: what, and how. `file` is a lock or a file of pins in place of requirements.

    `links` is a folder of wheels that are taken beside the index; `pip` installs with pip. `compiled` makes
    bytecode or not, and leaves it to uv's own configuration where it is None.
    """

    name: str
    requirements: tuple[str, ...] = ()
    file: Path | None = None
    deps: bool = True
    only_binary: bool = False
    compiled: bool | None = None
    links: Path | None = None
    pip: bool = False


class Ran(msgspec.Struct, frozen=True):
    """One run: its seconds, its lines with their times, and where it installed to."""

    seconds: float
    lines: tuple[Line, ...]
    environment: Environment


class Bench:
    """Where installs are measured: a folder on one disk, so that linking from the cache works as ever."""

    def __init__(
        self, folder: Path, root: Path, interpreter: Interpreter, limit: float, emit: Emit
    ) -> None:
        self.folder = folder
        self.interpreter = interpreter
        self._root = root
        self._limit = limit
        self._emit = emit
        self._count = 0

    def cold(self, way: Way) -> tuple[Ran, Path]:
        """Run an install with an empty cache; give the cache that it left. Raises as `once` does."""
        cache = self.new("cache")
        return self.once(way, cache), cache

    def once(self, way: Way, cache: Path) -> Ran:
        """Run an install and take the time of each line.

        Raises JobError where it fails or takes longer than the limit, MachineError where an index is out
        of reach.
        """
        environment = create_environment(
            self.new("env"), self.interpreter, installer="pip" if way.pip else "uv"
        )
        self._emit(StepStarted(way.name))
        lines: list[Line] = []
        started = time.perf_counter()

        def note(event: Event) -> None:
            if isinstance(event, Output):
                lines.append(Line(time.perf_counter() - started, event.line))

        done = process.run(
            self._command(way, environment),
            cwd=self._root,
            env=_variables(cache, way),
            emit=note,
            timeout=self._limit,
        )
        if not done.ok:
            raise _failure(done, way, self.interpreter, self._limit)
        self._emit(StepDone(way.name, done.seconds))
        return Ran(done.seconds, tuple(lines), environment)

    def new(self, kind: str) -> Path:
        """Make a folder that the others do not share."""
        self._count += 1
        path = self.folder / f"{kind}-{self._count}"
        path.mkdir()
        return path

    def _command(self, way: Way, environment: Environment) -> tuple[str, ...]:
        asked = way.file
        if asked is None:
            asked = self.folder / f"asked-{self._count}.in"
            write_text(asked, "".join(f"{each}\n" for each in way.requirements))
        python = str(environment.python)
        if way.pip:
            own = [python, "-m", "pip", "install"]
        else:
            own = [uv_command(), "pip", "install", "--python", python]
            own += _BYTECODE[way.compiled]
        own += ["--no-deps"] if not way.deps else []
        own += ["--only-binary", ":all:"] if way.only_binary else []
        own += ["--find-links", str(way.links)] if way.links else []
        return (*own, "-r", str(asked))


def install_of(way: Way, runs: Sequence[Ran]) -> Install:
    """Give a way's measurement: its best run, which the least of everything else held up."""
    best = min(runs, key=lambda ran: ran.seconds)
    return Install(
        name=way.name,
        seconds=round(best.seconds, 3),
        runs=tuple(round(each.seconds, 3) for each in runs),
        phases=None if way.pip else read_phases(best.lines, best.seconds),
    )


def _variables(cache: Path, way: Way) -> dict[str, str]:
    own = {
        "UV_CACHE_DIR": str(cache),
        "PIP_CACHE_DIR": str(cache),
        "RUST_LOG": "uv=trace",  # each line is timed as it comes
    }
    kept = for_installer(os.environ) | own
    for name in ("UV_NO_CACHE", "UV_OFFLINE", "UV_LINK_MODE"):
        kept.pop(name, None)
    if way.compiled is not None:
        kept.pop(
            "UV_COMPILE_BYTECODE", None
        )  # uv takes it for `--compile-bytecode`, and refuses both
    return kept


def _failure(
    done: process.Completed, way: Way, interpreter: Interpreter, limit: float
) -> ShipwheelError:
    if done.returncode == process.TIMED_OUT:
        return JobError(
            f"an install took longer than {limit / 60:g} minutes and was stopped",
            where=f"{way.name}, Python {interpreter.target}",
            evidence="\n".join(_told(done.tail(400))[-4:]),
            hint="give it more: `shipwheel deps profile --minutes 60`",
        )
    output = "\n".join(_told(done.tail(2000)))
    return installation_failure(
        output, python=interpreter.target, only_binary=way.only_binary, log=None
    )


def _told(output: str) -> list[str]:
    """Give what uv says to everybody, its trace left out; what a build printed stays."""
    lines = output.splitlines()
    return [line for line in lines if not line.lstrip().startswith(("TRACE ", "DEBUG "))]
