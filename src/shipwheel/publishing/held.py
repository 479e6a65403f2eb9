"""The files that lie in `dist/`, by their bytes."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.files import sha256


class HeldFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file in `dist/`: its name, the hex sha256 of its bytes, its size in bytes.

    `sha256` is empty for what is no regular file (a folder, a link out of `dist/`).
    """

    filename: str
    sha256: str
    size: int

    @property
    def is_wheel(self) -> bool:
        """Say whether it is a wheel by its name."""
        return self.filename.endswith(".whl")


def read_dist(folder: Path) -> tuple[HeldFile, ...]:
    """Hash everything in a folder, by name; names with a dot in front (`.gitignore`) are left out.

    Raises ConfigurationError where there is no such folder, MachineError where a file cannot be read.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            "there is no folder to publish from", where=str(folder), hint="run `nox` first"
        )
    try:
        entries = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
        return tuple(_hold(each) for each in entries)
    except OSError as error:
        raise MachineError(
            "a file of the release cannot be read", where=str(folder), evidence=str(error)
        ) from error


def _hold(path: Path) -> HeldFile:
    if not path.is_file() or path.is_symlink():
        return HeldFile(filename=f"{path.name}{os.sep if path.is_dir() else ''}", sha256="", size=0)
    return HeldFile(filename=path.name, sha256=sha256(path), size=path.stat().st_size)
