"""A copy of the tree's members for the backend to work in: the tree itself stays as it is.

The copy has nothing of ours, of nox's, or of an earlier build in it: no `dist/` or `.shipwheel/` that a
backend would take for a package or pack into the sdist, no stale list of sources.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shipwheel.building.inputs import Inputs
from shipwheel.building.repository import stand_in


def stage(inputs: Inputs, folder: Path) -> Path:
    """Copy the members to a fresh `folder`/NAME, NAME being the root's, and give that folder."""
    empty(folder)
    staged = folder / (inputs.root.name or "project")
    staged.mkdir()
    # hatchling looks upwards for a .gitignore, and would find the one that hides our folder
    (folder / ".gitignore").touch()
    made: set[str] = set()
    for path in inputs.paths:
        _copy(inputs.root, staged, path, made)
    if inputs.repository is not None:
        stand_in(inputs.repository, staged)
    return staged


def empty(folder: Path) -> None:
    """Make `folder`, one of ours, anew and empty."""
    if folder.exists():
        shutil.rmtree(folder, onerror=_force)
    folder.mkdir(parents=True)


def _force(remove: object, path: str, _error: object) -> None:
    """Remove what is read-only, as git's objects are on Windows."""
    Path(path).chmod(0o700)
    if callable(remove):
        remove(path)


def _copy(root: Path, staged: Path, path: str, made: set[str]) -> None:
    source = os.path.join(root, path)  # noqa: PTH118 - called for every file
    target = os.path.join(staged, path)  # noqa: PTH118
    parent = path.rpartition("/")[0]
    if parent not in made:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103,PTH120
        made.add(parent)
    if os.path.islink(source) and _stays_inside(root, path):  # noqa: PTH114
        os.symlink(os.readlink(source), target)  # noqa: PTH115,PTH211
    elif os.path.isdir(source):  # noqa: PTH112 - a link to a folder elsewhere
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _stays_inside(root: Path, path: str) -> bool:
    link = root / path
    target = os.readlink(link)  # noqa: PTH115
    if os.path.isabs(target):  # noqa: PTH117
        return False
    inside = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118,PTH120
    return not inside.startswith("..")
