"""The members of a workspace: which folders its root names, each looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.project.layout import (
    HERE,
    INHERITED,
    Layout,
    declares_workspace,
    named_members,
    root_settings,
)
from shipwheel.project.pyproject import PYPROJECT, parse_config, read_toml
from shipwheel.project.sources import is_project
from shipwheel.project.tree import Tree, join

_GLOB = frozenset("*?[")


def members_of(root: Path) -> tuple[Path, ...]:
    """Give the folders of a workspace's members; empty where `root` is no workspace's."""
    return read_layout(root).paths if declares_workspace(root) else ()


def read_layout(root: Path) -> Layout:
    """Find the members that the root names.

    Raises ConfigurationError for a pattern that leads nowhere or outside the root, a folder without a
    project, a workspace in the workspace, and keys that decide nothing there.
    """
    tree = Tree(root)
    raw, where = root_settings(tree, "")
    config = parse_config(raw, where, prefix=_prefix(where))
    package = _is_package(tree, "")
    if not package:
        _check_keys(raw, where)
    found = [HERE] if package else []
    for pattern in config.workspace.members:
        found += _matching(tree, pattern, where)
    directories = tuple(dict.fromkeys(found))
    for each in directories:
        _check_inner(tree, each, where)
    return Layout(root=tree.root, directories=directories, witnesses=tree.witnesses)


def _prefix(where: str) -> str:
    return "tool.shipwheel" if "[" in where else ""


def _is_package(tree: Tree, folder: str) -> bool:
    """Say whether a folder of the tree holds a project."""
    inner = Tree(os.path.join(tree.root, folder))  # noqa: PTH118 - Tree takes strings
    # through the root's tree: a witness, and an error that names the folder
    return is_project(inner, read_toml(tree, join(folder, PYPROJECT)))


def _check_keys(raw: Mapping[str, Any], where: str) -> None:
    """Refuse settings of a root that is no package: nobody would read them."""
    for key in raw:
        if key not in {"workspace", *INHERITED}:
            raise ConfigurationError(
                f"{key!r} decides nothing at a workspace's root, which is no package itself",
                where=where,
                hint="put it into the [tool.shipwheel] of each member;"
                f" the root's {', '.join(INHERITED)} count for all of them",
            )


def _check_inner(tree: Tree, directory: str, where: str) -> None:
    """Refuse what lies outside the root, is no project, or is a workspace of its own."""
    if directory == HERE:
        return
    real = os.path.realpath(os.path.join(tree.root, directory))  # noqa: PTH118
    if not real.startswith(os.path.join(os.path.realpath(tree.root), "")):  # noqa: PTH118
        raise _outside(directory, where)
    if not _is_package(tree, directory):
        raise ConfigurationError(
            f"the member {directory!r} holds no project",
            where=where,
            evidence="looked for pyproject.toml with [project] or [build-system], setup.py, setup.cfg",
            hint="name the packages one by one, or move the folder away",
        )
    if named_members(root_settings(tree, directory)[0]):
        raise ConfigurationError(
            f"the member {directory!r} is a workspace itself",
            where=where,
            hint="name its packages here, and take its [tool.shipwheel.workspace] away",
        )


def _matching(tree: Tree, pattern: str, where: str) -> list[str]:
    """Give the folders that a pattern names; those that a glob finds without any file are left out."""
    if os.path.isabs(pattern) or "**" in pattern or ".." in pattern.split("/"):  # noqa: PTH117
        raise _outside(pattern, where)
    parts = [part for part in pattern.split("/") if part not in {"", HERE}]
    folders = [""]
    for part in parts:
        if _GLOB.isdisjoint(part):
            folders = [each for folder in folders if tree.is_dir(each := join(folder, part))]
        else:
            folders = [
                each
                for folder in folders
                for name in tree.names(folder)
                if fnmatchcase(name, part) and tree.is_dir(each := join(folder, name))
            ]
    globbed = not _GLOB.isdisjoint(pattern)
    found = [each or HERE for each in folders if not globbed or tree.names(each)]
    if not found:
        raise _nothing(tree, pattern, where)
    return found


def _outside(pattern: str, where: str) -> ConfigurationError:
    return ConfigurationError(
        f"the member {pattern!r} cannot be looked for",
        where=where,
        hint="members are folders below the root, relative to it; `*` stands for one level",
    )


def _nothing(tree: Tree, pattern: str, where: str) -> ConfigurationError:
    """Give the error for a pattern that finds no folder, with the nearest one that holds a project."""
    import difflib  # noqa: PLC0415 - in an error alone

    below = [*tree.folders(), *(inner for each in tree.folders() for inner in tree.folders(each))]
    known = [each for each in below if tree.is_file(join(each, PYPROJECT))]
    near = difflib.get_close_matches(pattern, known, n=1, cutoff=0.5)
    listed = f"there are projects in {', '.join(known)}" if known else "no folder holds a project"
    return ConfigurationError(
        f"the member {pattern!r} is no folder here",
        where=where,
        hint=f"did you mean {near[0]!r}?" if near else listed,
    )
