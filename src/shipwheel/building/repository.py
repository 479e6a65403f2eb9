"""A git checkout seen without git: where its folder is, its tags, and a stand-in for a staged copy."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.errors import JobError

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_OWN_FILES = ("HEAD", "index", "config.worktree", "shallow")


class Repository(msgspec.Struct, frozen=True):
    """`folder` holds HEAD and the index, `common` objects and refs; both are `.git` but in a worktree.

    `top` is the checkout's; `is_own`: that is the project's root too. `is_bound`: the configuration
    names the worktree, as a submodule's does, so that no stand-in can share it.
    """

    folder: Path
    common: Path
    top: Path
    is_own: bool
    is_bound: bool = False

    def tags(self) -> Iterator[str]:
        """Give the tags with what they point at, as far as they lie in files."""
        packed = self.common / "packed-refs"
        if packed.is_file():
            lines = packed.read_text(encoding="utf-8", errors="replace").splitlines()
            yield from (line for line in lines if " refs/tags/" in line)
        loose = self.common / "refs" / "tags"
        for path in sorted(loose.rglob("*")) if loose.is_dir() else ():
            if path.is_file():
                name = path.relative_to(loose).as_posix()
                yield f"{name} {path.read_text(encoding='utf-8', errors='replace').strip()}"

    def head(self) -> str | None:
        """Give the id of the commit that is checked out, as far as it lies in files."""
        text = _text(self.folder / "HEAD")
        if not text.startswith("ref:"):
            return text if _COMMIT.fullmatch(text) else None
        name = text.removeprefix("ref:").strip()
        loose = _text(self.common / name)
        if _COMMIT.fullmatch(loose):
            return loose
        packed = (line.split() for line in _text(self.common / "packed-refs").splitlines())
        found = next((words[0] for words in packed if words[1:] == [name]), "")
        return found if _COMMIT.fullmatch(found) else None


def find_repository(root: Path) -> Repository | None:
    """Find the git folder of the checkout that `root` is, or lies in."""
    for folder in (root, *root.parents):
        found = _git_folder(folder / ".git")
        if found is not None:
            common = _common(found)
            bound = _moves_worktree(common)
            return Repository(found, common, folder, folder == root and not bound, bound)
    return None


def stand_in(repository: Repository, staged: Path) -> None:
    """Make `staged` a checkout of the same commit, that git may write to without touching the real one.

    It has a HEAD and an index of its own, and shares objects, refs and configuration, as a linked
    worktree does (gitrepository-layout, `commondir`).
    """
    folder = staged / ".git"
    folder.mkdir()
    for name in _OWN_FILES:
        source = repository.folder / name
        if source.is_file():
            shutil.copy2(source, folder / name)
    (folder / "commondir").write_text(f"{repository.common}\n", encoding="utf-8")


def commit_all(folder: Path) -> None:
    """Make `folder` a repository of its own with one commit of all that lies in it.

    The user's own settings (hooks, signatures) have no part in it. Raises MachineError without git,
    JobError where it refuses.
    """
    who = ("user.name=shipwheel", "user.email=shipwheel@localhost", "commit.gpgsign=false")
    settings = (*who, f"core.hooksPath={os.devnull}", "core.autocrlf=false", "core.safecrlf=false")
    git = ["git", *(word for each in settings for word in ("-c", each))]
    for words in (
        ["init", "--quiet"],
        ["add", "--all", "--force"],
        ["commit", "--quiet", "--allow-empty", "--message", "The tree as it lies"],
    ):
        done = process.run([*git, *words], cwd=folder)
        if not done.ok:
            raise JobError(
                "git refused to commit a copy of the tree, which the backend packs",
                where=str(folder),
                evidence=done.tail(),
            )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _git_folder(path: Path) -> Path | None:
    if path.is_dir():
        return path if (path / "HEAD").exists() else None
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("gitdir:"):
        return None
    return Path(os.path.abspath(path.parent / text.removeprefix("gitdir:").strip()))  # noqa: PTH100


def _common(folder: Path) -> Path:
    pointer = folder / "commondir"
    if not pointer.is_file():
        return folder
    text = pointer.read_text(encoding="utf-8", errors="replace").strip()
    return Path(os.path.abspath(folder / text))  # noqa: PTH100


def _moves_worktree(common: Path) -> bool:
    """Say whether the configuration names the worktree, as a submodule's does: it binds every user of it."""
    try:
        text = (common / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(line.strip().startswith("worktree") for line in text.splitlines())
