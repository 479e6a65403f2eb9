"""What uv would install for one Python of this machine: versions and files, with nothing installed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.markers import default_environment
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from shipwheel import process
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer
from shipwheel.project.pylock import LockedPackage, Pylock, read_pylock
from shipwheel.verification.dependencies import Installed

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


def downloaded_size(pin: LockedPackage, each: Installed, site: Path) -> int | None:
    """Give the bytes of the wheel that was taken: its tags stand in the dist-info's WHEEL; None if untold."""
    info = next((path for path in each.files if path.endswith(".dist-info/WHEEL")), "")
    try:
        lines = (site / info).read_text("utf-8", "replace").splitlines() if info else []
    except OSError:
        lines = []
    tags = {line.partition(":")[2].strip() for line in lines if line.startswith("Tag:")}
    for file in pin.wheels:
        try:
            own = {str(tag) for tag in parse_wheel_filename(file.filename)[3]}
        except InvalidWheelFilename:
            continue
        if own == tags or (own & tags and len(pin.wheels) == 1):
            return file.size
    return pin.wheels[0].size if pin.wheels else None
