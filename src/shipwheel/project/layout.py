"""A repository with several packages: where its root says so, and what its members take from it.

Imported with every noxfile: what reads TOML is imported where a file speaks of a workspace.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.project.tree import Tree, join

HERE = "."  # the root itself, where it is a package too
# what the root says for all its members; each may say otherwise for itself
INHERITED = ("ci", "deps", "index", "installer", "publish")
_FILES = ("pyproject.toml", "shipwheel.toml")


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of a workspace's members, relative to its root, with `/`; `.` is the root itself."""

    root: str
    directories: tuple[str, ...]
    witnesses: dict[str, str] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        """Give the members' folders."""
        return tuple(Path(self.root, *each.split("/")).resolve() for each in self.directories)


def declares_workspace(root: Path) -> bool:
    """Say whether `root` is a workspace's: `[tool.shipwheel.workspace] members` stands there.

    Raises ConfigurationError for broken TOML that speaks of one.
    """
    return bool(named_members(root_settings(Tree(root), "")[0]))


def find_root(folder: Path) -> Path | None:
    """Give the root of the workspace that `folder` is a member of, None where it is none's.

    Looked for in the folder and those above it, up to the top of the git checkout. A folder that
    everybody may write to is nobody's workspace.
    """
    folder = folder.resolve()
    for above in _upwards(folder):
        if _names(root_settings(Tree(above), "")[0], folder.relative_to(above).parts):
            return above
    return None


def inherited_settings(tree: Tree) -> dict[str, Any]:
    """Give what the workspace's root says for the member that `tree` is, as it stands there.

    The root's files are among the tree's witnesses then.
    """
    folder = Path(tree.root).resolve()
    for depth, above in enumerate(_upwards(folder)):
        if not depth:
            continue
        raw, _where = root_settings(tree, "/".join([".."] * depth))
        if _names(raw, folder.relative_to(above).parts):
            return {key: raw[key] for key in INHERITED if key in raw}
    return {}


def _upwards(folder: Path) -> Iterator[Path]:
    """Give the folder and those above it, up to the checkout's top."""
    for each in (folder, *folder.parents):
        if each != folder and _is_everybodys(each):
            return
        yield each
        # a submodule's is a file, and the checkout around it may be the workspace
        if (each / ".git").is_dir():
            return


def _is_everybodys(folder: Path) -> bool:
    try:
        return os.name == "posix" and bool(folder.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True


def root_settings(tree: Tree, folder: str) -> tuple[dict[str, Any], str]:
    """Give the raw settings of a folder that may be a workspace's root, and the file they stand in."""
    for name in _FILES:
        path = join(folder, name)
        text = tree.read(path)
        if text is None:
            continue
        if "workspace" not in text:  # so nearly every project's file is not parsed once more
            return {}, path
        raw = _parsed(text, path)
        if name == _FILES[0]:
            return _table(_table(raw, "tool"), "shipwheel"), f"{path} [tool.shipwheel]"
        return raw, path
    return {}, join(folder, _FILES[0])


def _parsed(text: str, path: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - workspaces alone

    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        from shipwheel.project.pyproject import parse_toml  # noqa: PLC0415 - in an error alone

        return parse_toml(text, path)


def _table(tables: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = tables.get(key)
    return found if isinstance(found, dict) else {}


def named_members(raw: Mapping[str, Any]) -> Any:
    """Give `workspace.members` as it stands in raw settings, None where it does not."""
    workspace = raw.get("workspace")
    return workspace.get("members") if isinstance(workspace, Mapping) else None


def _names(raw: Mapping[str, Any], parts: tuple[str, ...]) -> bool:
    """Say whether a root's settings name the folder with these parts below it, or are its own."""
    members = named_members(raw)
    if not isinstance(members, list) or not parts:
        return bool(members)
    patterns = (
        [part for part in str(each).split("/") if part not in {"", HERE}] for each in members
    )
    return any(
        len(pattern) == len(parts) and all(map(fnmatchcase, parts, pattern)) for pattern in patterns
    )
