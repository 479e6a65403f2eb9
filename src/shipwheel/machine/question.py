"""What an interpreter says of itself, asked once in a process of its own."""

from __future__ import annotations

import os
import struct
import sys

import msgspec

from shipwheel.errors import MachineError
from shipwheel.files import digest_of
from shipwheel.machine.cache import stamp
from shipwheel.machine.interpreter import Interpreter

SECONDS = 15.0  # one that takes longer is as good as broken; a busy machine needs some

# -S saves reading site-packages; `platform` is not imported for the same reason
_SCRIPT = """
import json, os, struct, sys, sysconfig
var = sysconfig.get_config_var
include = [sysconfig.get_path("include"), sysconfig.get_path("platinclude"), var("INCLUDEPY")]
try: makefile = sysconfig.get_makefile_filename()
except Exception: makefile = None
print(json.dumps({
  "implementation": sys.implementation.name,
  "release": list(sys.version_info[:3]), "level": sys.version_info[3],
  "serial": sys.version_info[4], "hexversion": sys.hexversion,
  "executable": os.path.realpath(sys.executable), "prefix": os.path.realpath(sys.base_prefix),
  "platform": sysconfig.get_platform(), "bits": struct.calcsize("P") * 8,
  "machine": os.uname()[4] if hasattr(os, "uname") else sysconfig.get_platform(),
  "soabi": var("SOABI") or "", "free_threaded": bool(var("Py_GIL_DISABLED")),
  "debug": hasattr(sys, "gettotalrefcount"),
  "headers": [os.path.join(each, "Python.h") for each in include if each],
  "makefile": makefile,
  "build": [sys.version, str(var("EXT_SUFFIX")), str(var("CC")), str(var("CFLAGS")),
            str(var("CONFIG_ARGS")), str(var("MACOSX_DEPLOYMENT_TARGET"))],
}))
"""

_LEVELS = {"alpha": "a", "beta": "b", "candidate": "rc"}


class _Said(msgspec.Struct, frozen=True):
    """The script's answer as it is."""

    implementation: str
    release: tuple[int, int, int]
    level: str
    serial: int
    hexversion: int
    executable: str
    prefix: str
    platform: str
    bits: int
    machine: str
    soabi: str
    free_threaded: bool
    debug: bool
    headers: list[str]
    makefile: str | None
    build: list[str]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one executable; `target` is empty where it is no Python that we use.

    `executable` is where the interpreter says that it lies: another path than the one asked means
    that the asked one is only a wrapper. `witnesses` maps files to their stamps: the answer holds while
    they are the same.
    """

    target: str = ""
    executable: str = ""
    prefix: str = ""
    version: str = ""
    hexversion: int = 0
    implementation: str = ""
    platform: str = ""
    native: bool = True
    soabi: str = ""
    free_threaded: bool = False
    has_headers: bool = False
    build: str = ""
    witnesses: dict[str, str]

    @property
    def holds(self) -> bool:
        """Say whether nothing that the answer depends on has changed since."""
        return all(stamp(path) == seen for path, seen in self.witnesses.items())

    def interpreter(
        self, executable: str, origin: str, emulator: tuple[str, ...] = ()
    ) -> Interpreter:
        """Give the interpreter that answered, by the path under which it was asked and where it was found."""
        return Interpreter(
            target=self.target,
            executable=executable,
            version=self.version,
            implementation=self.implementation,
            platform=self.platform,
            build=self.build,
            origin=origin,
            free_threaded=self.free_threaded,
            soabi=self.soabi,
            has_headers=self.has_headers,
            emulator=emulator,
        )


def ask(executable: str, emulator: tuple[str, ...] = ()) -> Answer | None:
    """Ask an interpreter about itself; None where it took too long, which is no answer.

    `emulator` is the beginning of a command that runs programs of another architecture.
    """
    from shipwheel import process  # noqa: PLC0415 - an answer that is remembered starts none

    before = {executable: stamp(executable)}
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = (*emulator, executable, "-I", "-S", "-c", _SCRIPT)
    try:
        done = process.run(command, env=environ, timeout=SECONDS)
    except MachineError:
        return Answer(
            witnesses=before
        )  # not executable here: another architecture's, a broken link
    if done.returncode == process.TIMED_OUT:
        return None
    return read_answer(done.output if done.ok else "", before)


def read_answer(output: str, witnesses: dict[str, str]) -> Answer:
    """Read what the script wrote; anything else, such as Python 2's complaint, is no Python of ours."""
    try:
        said = msgspec.json.decode(output, type=_Said)
    except msgspec.DecodeError:
        return Answer(witnesses=witnesses)
    watched = [*said.headers, *([said.makefile] if said.makefile else [])]
    witnesses = witnesses | {path: stamp(path) for path in watched}
    return Answer(
        target=target_of(
            said.implementation,
            said.release,
            free_threaded=said.free_threaded,
            debug=said.debug,
        ),
        executable=said.executable,
        prefix=said.prefix,
        version=_version_of(said),
        hexversion=said.hexversion,
        implementation=said.implementation,
        platform=said.platform,
        native=(said.bits, said.machine) == _our_machine(),
        soabi=said.soabi,
        free_threaded=said.free_threaded,
        has_headers=any(witnesses[path] for path in said.headers),
        build=digest_of(*said.build)[:20],
        witnesses=witnesses,
    )


def target_of(
    implementation: str, release: tuple[int, int, int], *, free_threaded: bool, debug: bool
) -> str:
    """Give the Plan's name for an interpreter, or nothing for one that no plan can name.

    Debug builds have an ABI of their own; before 3.8 neither uv nor pip serves.
    """
    if debug or release < (3, 8, 0) or implementation not in {"cpython", "pypy"}:
        return ""
    prefix = "pypy" if implementation == "pypy" else ""
    return f"{prefix}{release[0]}.{release[1]}{'t' if free_threaded else ''}"


def _version_of(said: _Said) -> str:
    version = ".".join(str(number) for number in said.release)
    level = _LEVELS.get(said.level)
    return f"{version}{level}{said.serial}" if level else version


def _our_machine() -> tuple[int, str]:
    import sysconfig  # noqa: PLC0415 - asked only beside an interpreter, which costs far more

    bits = struct.calcsize("P") * 8
    if sys.platform == "win32":
        return bits, sysconfig.get_platform()
    return bits, os.uname().machine
