"""The files of a tree: as git lists them, or as a walk finds them where git knows nothing.

Which of them count is for the caller to say: an sdist and a test run draw the line in different places.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from shipwheel.errors import MachineError
from shipwheel.process import Completed, run

# what tools leave behind; tracked files in a folder of such a name are somebody's data and stay
TOOL_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".jj", ".shipwheel", ".nox", ".tox", ".venv", ".eggs"),
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
        *("node_modules", "__pypackages__"),
    }
)
_TAGGED = re.compile(r"[A-Z?] (?P<path>.+)", re.DOTALL)


def ask_git(root: Path, *which: str) -> Completed | None:
    """Ask `git ls-files -z -t` for paths below the root; None where there is no git."""
    try:
        return run(["git", "ls-files", "-z", "-t", *which], cwd=root)
    except MachineError:
        return None


def parse_listing(output: str) -> Iterator[tuple[str, str]]:
    """Read `git ls-files -z -t`: a tag (`?` for untracked) and a path each.

    git's warnings come in the same stream, as lines before an entry.
    """
    for entry in output.split("\0"):
        line = entry.rpartition("\n")[2] if entry.startswith("warning: ") else entry
        if found := _TAGGED.fullmatch(line):
            yield line[0], found["path"]


def walk(root: Path, is_junk: Callable[[str], bool]) -> Iterator[str]:
    """Give the files and links below the root as paths with `/`, but junk and virtual environments.

    `is_junk` is asked of each path; of a folder with a path in it, which need not be there.
    """
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        prefix = "" if here == root else f"{here.relative_to(root).as_posix()}/"
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [
            name
            for name in folders
            if name not in links
            and not is_junk(f"{prefix}{name}/-")
            and not (here / name / "pyvenv.cfg").exists()
        ]
        for name in (*files, *links):
            path, full = f"{prefix}{name}", here / name
            # a pipe or a socket is no source, and would be read for ever
            if not is_junk(path) and (full.is_file() or full.is_symlink()):
                yield path
