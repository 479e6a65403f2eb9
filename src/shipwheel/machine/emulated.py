"""Pythons of another architecture, below a folder that a variable names, run by qemu's user emulation."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel.errors import MachineError
from shipwheel.files import write_bytes
from shipwheel.machine.cache import cache_folder
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.question import Answer, ask

# the one architecture that was seen to work; the folder holds usr/bin/python3.N and its libraries
VARIABLE = "SHIPWHEEL_AARCH64_ROOT"
ARCH = "aarch64"
_PLACES = ("usr/bin", "usr/local/bin", "bin", "opt/python/*/bin")
_NAME = re.compile(r"python3\.\d+t?")
_SCRIPT = """
import importlib, json, sysconfig
data = importlib.import_module(sysconfig._get_sysconfigdata_name())
print(json.dumps({"sysconfig_name": data.__name__, "sysconfig_file": data.__file__,
  "include": sysconfig.get_path("include"), "suffix": sysconfig.get_config_var("EXT_SUFFIX")}))
"""


class Foreign(msgspec.Struct, frozen=True):
    """What compiling for a Python of another architecture needs to know of it."""

    sysconfig_name: str
    sysconfig_file: str
    include: str
    suffix: str


def find_emulated(
    environ: Mapping[str, str] | None = None, *, refresh: bool = False
) -> tuple[Interpreter, ...]:
    """Find the Pythons below the folder that SHIPWHEEL_AARCH64_ROOT names, oldest first.

    None where the variable or qemu-aarch64 is missing, and on such a machine itself. Only one that was
    started and answered counts, and only with its headers; answers are remembered.
    """
    environ = os.environ if environ is None else environ
    root, qemu = _root(environ), _qemu(environ)
    if sys.platform != "linux" or root is None or qemu is None or os.uname().machine == ARCH:
        return ()
    emulator = (qemu, "-L", str(root))
    answers = _answers(tuple(_candidates(root)), emulator, cache_folder(environ), refresh=refresh)
    found = [answer.interpreter(path, VARIABLE, emulator) for path, answer in answers.items()]
    usable = [each for each in found if each.has_headers and each.platform == f"linux-{ARCH}"]
    return tuple(
        sorted(usable, key=lambda each: [int(n) for n in each.target.strip("t").split(".")])
    )


def ask_foreign(interpreter: Interpreter) -> Foreign:
    """Ask a Python of another architecture what is compiled against; raises MachineError."""
    from shipwheel import process  # noqa: PLC0415 - the Plan needs no process

    command = [*interpreter.emulator, interpreter.executable, "-I", "-S", "-c", _SCRIPT]
    done = process.run(command)
    try:
        return msgspec.json.decode(done.output, type=Foreign)
    except msgspec.DecodeError as error:
        raise MachineError(
            f"the {ARCH} Python {interpreter.version} does not say how it was built",
            where=interpreter.executable,
            evidence=done.tail(),
            hint="its standard library is not whole: unpack libpython3.N-stdlib and libpython3.N-dev too",
        ) from error


def write_environment(path: Path, interpreter: Interpreter) -> None:
    """Make a virtual environment of an emulated Python: no tool of this machine could start it.

    Its `python` is a script; the emulator is told the script's own path as the program's name, so that
    Python finds pyvenv.cfg and takes the script for `sys.executable`.
    """
    release = ".".join(interpreter.version.split(".")[:2])
    (path / "bin").mkdir(parents=True, exist_ok=True)
    (path / "lib" / f"python{release}" / "site-packages").mkdir(parents=True, exist_ok=True)
    (path / "pyvenv.cfg").write_text(
        f"home = {Path(interpreter.executable).parent}\n"
        f"include-system-site-packages = false\nversion = {interpreter.version}\n",
        encoding="utf-8",
    )
    words = shlex.join(interpreter.emulator)
    for name in ("python", "python3", f"python{release}"):
        script = path / "bin" / name
        program = shlex.quote(interpreter.executable)
        script.write_text(f'#!/bin/sh\nexec {words} -0 "$0" {program} "$@"\n', encoding="utf-8")
        script.chmod(0o755)


def _answers(
    paths: tuple[str, ...], emulator: tuple[str, ...], folder: Path, *, refresh: bool
) -> dict[str, Answer]:
    """Give what each executable said that is a Python of ours, asked again where it has changed."""
    file = folder / "emulated.json"
    known = {} if refresh else _read(file)
    held = {path: known[path] for path in paths if path in known and known[path].holds}
    asked = {path: answer for path in paths if path not in held and (answer := ask(path, emulator))}
    if asked:
        with contextlib.suppress(OSError):
            write_bytes(file, msgspec.json.encode({**known, **asked}))
    return {path: answer for path, answer in {**held, **asked}.items() if answer.target}


def _root(environ: Mapping[str, str]) -> Path | None:
    told = environ.get(VARIABLE, "")
    return Path(told).absolute() if told and Path(told).is_dir() else None


def _qemu(environ: Mapping[str, str]) -> str | None:
    path = environ.get("PATH")
    return shutil.which(f"qemu-{ARCH}", path=path) or shutil.which(f"qemu-{ARCH}-static", path=path)


def _candidates(root: Path) -> Iterator[str]:
    for place in _PLACES:
        for path in sorted(root.glob(f"{place}/python3.*")):
            if _NAME.fullmatch(path.name) and not path.is_symlink():
                yield str(path)


def _read(file: Path) -> dict[str, Answer]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Answer])
    except (OSError, msgspec.DecodeError):
        return {}
