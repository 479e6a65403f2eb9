"""A copy of the tree's members for the backend to work in: the tree itself stays as it is.

The copy has nothing of ours, of nox's, or of an earlier build in it: no `dist/` or `.shipwheel/` that a
backend would take for a package or pack into the sdist, no stale list of sources.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shipwheel import process
from shipwheel.building.inputs import Inputs
from shipwheel.building.repository import commit_all, stand_in

_SMALL = 1 << 20  # bytes
_AT_ONCE = 100  # paths in a command; Windows takes 32,767 characters


def stage(inputs: Inputs, folder: Path) -> Path:
    """Copy the members below a fresh `folder`, under the root's name, and give that copy.

    A project below its repository's top gets the same place below a stand-in for that top, in which
    links lead to its neighbours (small files are copied): a build may read `../VERSION`, and git is asked from there.
    For a backend that packs a commit the copy is one: of the files as they lie there now.
    """
    empty(folder)
    # hatchling looks upwards for a .gitignore, and would find the one that hides our folder
    (folder / ".gitignore").touch()
    repository = inputs.repository
    if repository is None or repository.is_bound:
        top = staged = folder / (inputs.root.name or "project")
    else:
        top = folder / (repository.top.name or "repository")
        staged = _link_neighbours(repository.top, inputs.root, top)
    staged.mkdir(parents=True, exist_ok=True)
    made: set[str] = set()
    for path in inputs.paths:
        _copy(inputs.root, staged, path, made)
    if inputs.from_commit:
        commit_all(staged)
    elif repository is not None and not repository.is_bound:
        stand_in(repository, top)
        if inputs.scm and staged != top:
            _hide_neighbours(top, staged)
    return staged


def _link_neighbours(real: Path, root: Path, staged: Path) -> Path:
    """Link what lies beside the folders that lead from a repository's top to `root`, its `.git` left out."""
    for part in root.relative_to(real).parts:
        staged.mkdir()
        for each in real.iterdir():
            if each.name not in {part, ".git"}:
                _put_neighbour(each, staged / each.name)
        real, staged = real / part, staged / part
    return staged


def _put_neighbour(real: Path, staged: Path) -> None:
    """Link what lies beside the project; small files are copied, since hatchling packs a .gitignore it finds."""
    if real.is_file() and real.stat().st_size <= _SMALL:
        shutil.copy2(real, staged)
    else:
        staged.symlink_to(real, target_is_directory=real.is_dir())


def _hide_neighbours(top: Path, staged: Path) -> None:
    """Let git take the linked neighbours for unchanged: it would call the version a dirty tree's."""
    inside = f":(top,exclude){staged.relative_to(top).as_posix()}"
    listed = process.run(["git", "ls-files", "-z", "--", ":(top)", inside], cwd=top)
    paths = [path for path in listed.output.split("\0") if path] if listed.ok else []
    for start in range(0, len(paths), _AT_ONCE):
        some = paths[start : start + _AT_ONCE]
        process.run(["git", "update-index", "--skip-worktree", "--", *some], cwd=top)


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
    if os.path.islink(source):  # noqa: PTH114
        _copy_link(root, path, target)
    else:
        shutil.copy2(source, target)


def _copy_link(root: Path, path: str, target: str) -> None:
    """Copy a link; one to a file elsewhere becomes that file, any other stays what it is.

    A folder elsewhere may be of any size (`/`). A link to nowhere is left out: it has nothing to give,
    and an sdist that held it could not be unpacked.
    """
    source = os.path.join(root, path)  # noqa: PTH118
    if not os.path.exists(source):  # noqa: PTH110
        return
    aim = os.readlink(source)  # noqa: PTH115
    if _stays_inside(root, path):
        os.symlink(aim, target)  # noqa: PTH211
    elif os.path.isfile(source):  # noqa: PTH113
        shutil.copy2(source, target)
    else:
        aim = os.path.join(os.path.dirname(source), aim)  # noqa: PTH118,PTH120
        os.symlink(aim, target, target_is_directory=os.path.isdir(source))  # noqa: PTH112,PTH211


def _stays_inside(root: Path, path: str) -> bool:
    link = root / path
    target = os.readlink(link)  # noqa: PTH115
    if os.path.isabs(target):  # noqa: PTH117
        return False
    inside = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118,PTH120
    return not inside.startswith("..")
