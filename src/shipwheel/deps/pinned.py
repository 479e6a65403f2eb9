"""What uv would install for one Python of this machine: versions and files, with nothing installed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.markers import default_environment

from shipwheel import process
from shipwheel.deps.pylock import Pylock, read_pylock
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer

_SECONDS = 600  # metadata of an sdist may take a build


def pinned(
    requirements: Iterable[str],
    interpreter: Interpreter,
    *,
    root: Path,
    folder: Path,
    only_binary: bool = False,
) -> Pylock:
    """Resolve for an interpreter of this machine, with the settings of uv that hold in `root`.

    The answer holds the files that fit, with their sizes where the index tells them; a package without
    wheels is built from its sdist. `folder` takes the files of the question. Raises as an install does.
    """
    asked, answer = folder / "asked.in", folder / "pylock.asked.toml"
    write_text(asked, "".join(f"{each}\n" for each in requirements))
    command = (
        *(uv_command(), "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
        *("--python", interpreter.executable, *(("--only-binary", ":all:") if only_binary else ())),
        *("-o", answer, asked),
    )
    done = process.run(command, cwd=root, env=for_installer(os.environ), timeout=_SECONDS)
    if not done.ok:
        raise installation_failure(
            done.tail(200), python=interpreter.target, only_binary=only_binary
        )
    return read_pylock(answer)


def marker_values(interpreter: Interpreter) -> Mapping[str, str]:
    """Give the PEP 508 marker values of an interpreter of this machine."""
    names = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
    release = ".".join(interpreter.version.split(".")[:2])
    values = {key: str(value) for key, value in default_environment().items()}
    return values | {
        "python_version": release,
        "python_full_version": interpreter.version,
        "implementation_name": interpreter.implementation,
        "implementation_version": interpreter.version,
        "platform_python_implementation": names.get(
            interpreter.implementation, interpreter.implementation
        ),
    }
