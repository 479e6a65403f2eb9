"""Yanking in a folder (PEP 592): the files stay, and installers take them only where they are pinned."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.errors import ConfigurationError
from shipwheel.files import write_text
from shipwheel.indexes.shelf import YANKED, distributions, named
from shipwheel.indexes.static import rewrite


def yank(folder: Path, what: str, reason: str | None) -> tuple[str, ...]:
    """Yank the files of `NAME==VERSION`, or the one of that file name; give the names of all of them.

    `reason` is told to whoever installs them pinned, and may be empty; None takes the yank back. The
    folder's pages are written anew where they are files. Raises ConfigurationError where no file is meant.
    """
    paths = _meant(folder, what)
    for path in paths:
        beside = path.with_name(path.name + YANKED)
        if reason is None:
            beside.unlink(missing_ok=True)
        else:
            write_text(beside, f"{' '.join(reason.split())}\n")
    rewrite(folder)
    return tuple(sorted(path.name for path in paths))


def _meant(folder: Path, what: str) -> list[Path]:
    wanted = named(what) or _pinned(what)
    paths = [
        path
        for path, _ in distributions(folder)
        if (path.name == what if named(what) else named(path.name) == wanted)
    ]
    if not paths:
        raise ConfigurationError(
            f"there is no file of {what} to yank",
            where=str(folder),
            hint="name one file, or all files of a version: demo==1.0",
        )
    return paths


def _pinned(what: str) -> tuple[str, Version] | None:
    """Read `NAME==VERSION`; None for anything else."""
    try:
        requirement = Requirement(what)
        (only,) = requirement.specifier
        version = Version(only.version)
    except (InvalidRequirement, InvalidVersion, ValueError):
        return None
    exact = only.operator == "==" and not (requirement.extras or requirement.marker)
    return (str(canonicalize_name(requirement.name)), version) if exact else None
