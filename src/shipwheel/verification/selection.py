"""Which files are verified: those that are named, and all of the folders that are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from shipwheel.errors import ConfigurationError
from shipwheel.verification.reading.distributions import SDIST_SUFFIXES

# a file or folder, or several of them
Paths: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

# signatures and attestations lie beside the files that they vouch for
_COMPANIONS = (".asc", ".sig", ".sigstore", ".sigstore.json", ".attestation", ".crt", ".sha256")


def find_files(paths: Paths) -> tuple[Path, ...]:
    """Give the files to verify, each once, a folder's in order of their names.

    Hidden files, subfolders and companions of distributions (signatures, attestations) are left out.
    Raises ConfigurationError for a path that is not there, and where there is no distribution at all.
    """
    given = (paths,) if isinstance(paths, (str, os.PathLike)) else tuple(paths)
    found: dict[Path, None] = {}
    for path in map(Path, given):
        for file in _files(path):
            found[Path(os.path.normpath(file.absolute()))] = None
    if not any(is_distribution(path) for path in found):
        raise ConfigurationError(
            "there is no distribution to verify",
            where=", ".join(map(str, given)) or None,
            hint="build first (`nox -s build`, `python -m build`), or name files ending in .whl or .tar.gz",
        )
    return tuple(found)


def is_distribution(path: Path) -> bool:
    """Say whether a file is a wheel or an sdist by its suffix."""
    return path.name.endswith((".whl", *SDIST_SUFFIXES))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.iterdir(), key=lambda file: file.name)
        return [file for file in files if file.is_file() and not _aside(file.name)]
    if path.is_file():
        return [path]
    raise ConfigurationError(
        "there is no such file or folder",
        where=str(path),
        hint="`shipwheel verify` without a path looks into dist/",
    )


def _aside(name: str) -> bool:
    return name.startswith(".") or name.endswith((*_COMPANIONS, ".part"))
