"""How long the modules of each package take to become bytecode, asked of the Python that runs them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.files import write_bytes
from shipwheel.machine.environment import Environment
from shipwheel.machine.variables import for_installer
from shipwheel.verification.dependencies import Installed

_SECONDS = 300.0
# runs in the environment's own Python, 3.8 or later: reads, compiles, and runs none of it
_PROGRAM = """
import json, marshal, sys, time
tasks, answer = sys.argv[1:]
found = {}
with open(tasks, encoding="utf-8") as file:
    groups = json.load(file)
for name, paths in groups.items():
    started = time.perf_counter()
    for path in paths:
        try:
            with open(path, "rb") as file:
                marshal.dumps(compile(file.read(), path, "exec", dont_inherit=True))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    found[name] = time.perf_counter() - started
with open(answer, "w", encoding="utf-8") as file:
    json.dump(found, file)
"""


def compile_times(
    environment: Environment, installed: Mapping[str, Installed], folder: Path
) -> dict[str, float]:
    """Give the seconds that each package's modules take on one core; empty where that cannot be told."""
    site = environment.site_packages
    groups = {
        name: [str(site / path) for path in each.files if path.endswith(".py") and _below(path)]
        for name, each in installed.items()
    }
    tasks, answer = folder / "compile.json", folder / "compiled.json"
    write_bytes(tasks, msgspec.json.encode(groups))
    command = (environment.python, "-W", "ignore", "-I", "-S", "-c", _PROGRAM, tasks, answer)
    done = process.run(command, env=for_installer(os.environ), timeout=_SECONDS)
    try:
        return msgspec.json.decode(answer.read_bytes(), type=dict[str, float]) if done.ok else {}
    except (OSError, msgspec.MsgspecError):
        return {}


def _below(path: str) -> bool:
    """Say whether a path of a RECORD stays below site-packages: it is a stranger's."""
    return not path.startswith("/") and ".." not in path.split("/") and ":" not in path
