"""Virtual environments: made whole or not at all, and told from anybody else's folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from shipwheel import process
from shipwheel.errors import ConfigurationError, JobError, MachineError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import write_bytes
from shipwheel.machine.emulated import write_environment
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer, without_outer
from shipwheel.workspace import STATE

Installer = Literal["uv", "pip"]

MARKER = ".shipwheel-environment.json"
_WINDOWS = os.name == "nt"


class Environment(msgspec.Struct, frozen=True):
    """A virtual environment; its places follow from the interpreter, no process is asked."""

    path: Path
    interpreter: Interpreter

    @property
    def bin(self) -> Path:
        """Give the folder of its commands."""
        return self.path / ("Scripts" if _WINDOWS else "bin")

    @property
    def python(self) -> Path:
        """Give its interpreter."""
        return self.bin / ("python.exe" if _WINDOWS else "python")

    @property
    def site_packages(self) -> Path:
        """Give the folder that packages are installed into."""
        if _WINDOWS:
            return self.path / "Lib" / "site-packages"
        return self.path / "lib" / library_folder(self.interpreter) / "site-packages"

    def command(self, name: str) -> Path:
        """Give the path of one of its commands, be it there or not."""
        return self.bin / (f"{name}.exe" if _WINDOWS else name)


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """The file that makes an environment ours: `ready` is written last, `key` by whoever filled it."""

    schema: int = 1
    state: Literal["begun", "ready"]
    interpreter: str = ""
    executable: str = ""
    installer: str = ""
    key: str = ""


def library_folder(interpreter: Interpreter) -> str:
    """Give the folder's name below `lib`: `python3.12`, `python3.14t`, `pypy3.11`."""
    release = ".".join(interpreter.version.split(".")[:2])
    prefix = "pypy" if interpreter.implementation == "pypy" else "python"
    return f"{prefix}{release}{'t' if interpreter.free_threaded else ''}"


def create_environment(
    path: Path,
    interpreter: Interpreter,
    *,
    installer: Installer = "uv",
    emit: Emit = silent,
    log: Path | None = None,
) -> Environment:
    """Make a new environment at `path`, in place of an older one of ours.

    With uv it is empty, with pip it holds pip. What an interrupted run began is begun anew. Raises
    MachineError where the folder is not ours or cannot be written, or the interpreter does not work;
    ConfigurationError where the installer cannot serve this Python.
    """
    started = time.perf_counter()
    path = Path(os.path.abspath(path))  # noqa: PTH100 - an environment's path keeps its links
    emit(StepStarted("environment", f"{interpreter.target} with {installer}"))
    _clear(path)
    if interpreter.emulator:
        _check_emulated(interpreter, installer)
        write_environment(path, interpreter)
    else:
        _create(path, interpreter, installer, emit, log)
    environment = Environment(path, interpreter)
    _mark(path, _ready_marker(interpreter, installer, ""))
    emit(StepDone("environment", time.perf_counter() - started, str(path)))
    return environment


def ready_environment(
    path: Path, interpreter: Interpreter, *, installer: Installer = "uv", key: str = ""
) -> Environment | None:
    """Give the environment that is there, whole, of this interpreter, and filled for this `key`.

    `key` is what `finish_environment` was given; empty for one that is as it was made.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - as above
    environment = Environment(path, interpreter)
    if read_marker(path) != _ready_marker(interpreter, installer, key):
        return None
    return environment if environment.python.exists() else None


def begin_environment(environment: Environment) -> None:
    """Say that the environment is being changed: interrupted now, it is not taken for ready again."""
    _mark(environment.path, Marker(state="begun"))


def finish_environment(environment: Environment, key: str, *, installer: Installer = "uv") -> None:
    """Say that the environment is filled for `key`: the last step, after every install."""
    _mark(environment.path, _ready_marker(environment.interpreter, installer, key))


def remove_environment(path: Path) -> None:
    """Remove an environment of ours; raises MachineError where it is not one."""
    _clear(path)
    shutil.rmtree(path, ignore_errors=True)


def environment_variables(
    environment: Environment,
    base: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
    *,
    network: bool = False,
) -> dict[str, str]:
    """Give the variables for what runs in the environment, as a clean terminal with it active has them.

    `base` is os.environ by default; `variables.py` says what is left out of it. `extra` comes last and
    wins. `network` keeps the certificates of libraries, for tools rather than tests.
    """
    base = os.environ if base is None else base
    kept = without_outer(base, network=network)
    kept["PATH"] = path_with(environment.bin, base, own=_own_bin())
    kept["VIRTUAL_ENV"] = str(environment.path)
    return kept | dict(extra or {})


def path_with(first: Path, base: Mapping[str, str], *, own: Path | None = None) -> str:
    """Give PATH with `first` in front, and without the environment that was active and our own.

    A command that a project forgot to require is missing then, rather than somebody else's.
    """
    outer = {os.path.normcase(str(own))} if own else set()
    if active := base.get("VIRTUAL_ENV"):
        outer.add(os.path.normcase(str(Path(active) / ("Scripts" if _WINDOWS else "bin"))))
    entries = [entry for entry in base.get("PATH", os.defpath).split(os.pathsep) if entry]
    kept = [entry for entry in entries if os.path.normcase(entry.rstrip("/\\")) not in outer]
    return os.pathsep.join([str(first), *kept])


def read_marker(path: Path) -> Marker | None:
    """Read the marker of an environment of ours; None where there is none that we understand."""
    try:
        return msgspec.json.decode((path / MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None


def uv_command() -> str:
    """Give the path of the uv that came with us; raises MachineError."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - only who needs it

        return os.fspath(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        if found := shutil.which("uv"):
            return found
        raise MachineError(
            "uv is not there, though shipwheel depends on it",
            hint=f"{sys.executable} -m pip install uv",
        ) from error


def _create(
    path: Path, interpreter: Interpreter, installer: Installer, emit: Emit, log: Path | None
) -> None:
    done = process.run(
        _creating(path, interpreter, installer),
        env=for_installer(os.environ),
        cwd=path.parent,
        log=log,
        emit=emit,
    )
    if not done.ok:
        raise _not_created(done, interpreter, installer)


def _check_emulated(interpreter: Interpreter, installer: Installer) -> None:
    if installer == "pip":
        raise ConfigurationError(
            "pip cannot be put into an environment of another architecture's Python",
            where=interpreter.executable,
            hint='use `installer = "uv"` in [tool.shipwheel], which serves it',
        )


def _creating(path: Path, interpreter: Interpreter, installer: Installer) -> tuple[str, ...]:
    if installer == "uv":
        # --allow-existing: the folder holds our marker already
        options = ("--no-project", "--allow-existing", "--python", interpreter.executable)
        return (uv_command(), "venv", *options, str(path))
    options = ("--no-download", "--quiet", "--python", interpreter.executable)
    return (sys.executable, "-m", "virtualenv", *options, str(path))


def _not_created(
    done: process.Completed, interpreter: Interpreter, installer: Installer
) -> MachineError | ConfigurationError | JobError:
    where = f"Python {interpreter.version}, {interpreter.executable}"
    if installer == "pip" and "oldest supported target" in done.output:
        return ConfigurationError(
            f"virtualenv cannot make an environment with pip for Python {interpreter.target}",
            where=where,
            evidence=done.tail(3),
            hint='use `installer = "uv"` in [tool.shipwheel], which serves it',
        )
    return MachineError(
        f"no environment could be made for Python {interpreter.target}",
        where=where,
        evidence=done.tail(),
        hint="name a folder that can be written to: UV_CACHE_DIR"
        if "initialize cache" in done.output
        else "`shipwheel doctor` asks the interpreters of this machine anew",
    )


def _ready_marker(interpreter: Interpreter, installer: Installer, key: str) -> Marker:
    return Marker(
        state="ready",
        interpreter=interpreter.build,
        executable=interpreter.executable,
        installer=installer,
        key=key,
    )


def _mark(path: Path, marker: Marker) -> None:
    write_bytes(path / MARKER, msgspec.json.encode(marker))


def _clear(path: Path) -> None:
    """Leave nothing at `path` but the mark of something begun; raises MachineError where it is not ours."""
    if not _is_ours(path):
        raise MachineError(
            "a folder that shipwheel did not make is in the way of an environment",
            where=str(path),
            hint="move it away, or name another place",
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        _mark(path, Marker(state="begun"))
        for child in path.iterdir():
            if child.name != MARKER:
                _remove(child)
    except OSError as error:
        raise MachineError(
            "the place of an environment cannot be written",
            where=str(path),
            evidence=str(error),
            hint="is a program of the old environment still running?" if _WINDOWS else None,
        ) from error


def _is_ours(path: Path) -> bool:
    """Say whether we may empty a folder: nothing or nobody's there, our marker, or our own place."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        return False
    if not path.exists() or read_marker(path) is not None or not any(path.iterdir()):
        return True
    parents = [parent.name for parent in path.parents]
    return (STATE, "envs") in {(parents[at + 1], parents[at]) for at in range(len(parents) - 1)}


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        try:
            shutil.rmtree(path)
        except PermissionError:  # files that a test made read-only
            for folder, _, names in os.walk(path):
                for each in (folder, *(os.path.join(folder, name) for name in names)):  # noqa: PTH118
                    with contextlib.suppress(OSError):
                        if not os.path.islink(each):  # noqa: PTH114
                            Path(each).chmod(stat.S_IRWXU)
            shutil.rmtree(path)
    else:
        path.unlink()


def _own_bin() -> Path | None:
    """Give the folder of our own commands where we run in an environment of our own."""
    if sys.prefix == sys.base_prefix:
        return None
    return Path(sys.prefix) / ("Scripts" if _WINDOWS else "bin")


def detach(environment: Environment, files: Iterable[str]) -> None:
    """Put copies in the place of installed files that are links into an installer's cache.

    `files` are relative to site-packages. uv links what it installs, so that a test which writes into
    such a file would change the next environment too.
    """
    for name in files:
        path = environment.site_packages / name
        if path.is_file() and path.lstat().st_nlink > 1:
            aside = path.with_name(f"{path.name}.shipwheel")
            shutil.copy2(path, aside)
            aside.replace(path)
