"""This machine in one record: its platform, its interpreters, and what would bring a missing one."""

from __future__ import annotations

import os
import shutil
import struct
import sys
import sysconfig
from collections.abc import Mapping

from shipwheel.events import Emit, silent
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.machine.interpreters import find_interpreters

# Nearly all set CI; these do not, or not always: Azure, Jenkins, TeamCity, CodeBuild, Bitbucket.
_CI_MARKS = (
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
)
_FALSE = frozenset({"", "0", "false", "no", "off"})


def this_machine(*, refresh: bool = False, emit: Emit = silent) -> Machine:
    """Give what the Plan needs to know of this machine; after the first time without any process."""
    return Machine(
        platform=platform_here(),
        interpreters=find_interpreters(refresh=refresh, emit=emit),
        ci=is_ci(),
        emulated=_emulated(refresh=refresh),
    )


def _emulated(*, refresh: bool) -> tuple[Interpreter, ...]:
    """Give the Pythons of another architecture; who names none pays nothing for it."""
    if "SHIPWHEEL_AARCH64_ROOT" not in os.environ:
        return ()
    from shipwheel.machine.emulated import find_emulated  # noqa: PLC0415

    return find_emulated(refresh=refresh)


def is_ci(environ: Mapping[str, str] | None = None) -> bool:
    """Say whether a CI system runs us; a person may say `CI=0` or `CI=1`, which decides."""
    environ = os.environ if environ is None else environ
    if "CI" in environ:
        return environ["CI"].strip().lower() not in _FALSE
    return any(environ.get(mark) for mark in _CI_MARKS)


def python_remedy(target: str, environ: Mapping[str, str] | None = None) -> str:
    """Give the command that would bring a missing Python to this machine."""
    environ = os.environ if environ is None else environ
    with_uv = f"{_uv_command(environ)} python install {target}"
    if shutil.which("pyenv", path=environ.get("PATH")):
        return f"pyenv install {target} (or: {with_uv})"
    return with_uv


def _uv_command(environ: Mapping[str, str]) -> str:
    """Give what a person can type: uv comes along with us, but not always onto PATH."""
    return "uv" if shutil.which("uv", path=environ.get("PATH")) else f"{sys.executable} -m uv"


def platform_here() -> str:
    """Give the platform part of cibuildwheel's identifiers for wheels made on this machine."""
    if sys.platform == "win32":
        machine = sysconfig.get_platform()
    else:
        machine = os.uname().machine
    return platform_id(sys.platform, machine, bits=struct.calcsize("P") * 8, musl=_is_musl())


def platform_id(system: str, machine: str, *, bits: int = 64, musl: bool = False) -> str:
    """Name a platform as cibuildwheel does, from `sys.platform` and the processor.

    On Windows `machine` is `sysconfig.get_platform()`, which knows what the interpreter is made for.
    """
    if system == "win32":
        return machine.replace("-", "_")
    if system == "darwin":
        return f"macosx_{machine}"
    if bits == 32:  # a 32-bit userland under a 64-bit kernel
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)
    return f"{'musllinux' if musl else 'manylinux'}_{machine}"


def _is_musl() -> bool:
    """Say whether the C library is musl: it knows no version of glibc."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return not os.confstr("CS_GNU_LIBC_VERSION")
    except (ValueError, OSError):
        return True
