# ruff: noqa: PTH100, PTH112, PTH114, PTH116, PTH118, PTH123, PTH208 - strings and os are faster than pathlib, and nox pays for each look
"""The one reader of a project's tree: every look leaves a witness, so that a cached Project can be trusted."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from stat import S_ISDIR, S_ISREG

ABSENT = "absent"
LARGEST = 4 << 20  # bytes; configuration is never larger, a data file behind `file:` may be
# what tools (ours too) leave in a tree while they work: no fact depends on it
_PASSING = frozenset({"build", "dist", "__pycache__", "node_modules", "wheelhouse", "htmlcov"})


class Tree:
    """Reads files and folders below `root` by relative path (with `/`), and notes what it saw.

    `witnesses` maps each path that was looked at to its state: a file's time and size, a folder's
    names, or "absent". No method raises for a file that is missing or unreadable: it is absent then.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.path.abspath(os.fspath(root))
        self.witnesses: dict[str, str] = {}
        self._texts: dict[str, str | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def read(self, path: str) -> str | None:
        """Give a file's text, or None where it is missing, too large (4 MiB) or no UTF-8 text.

        A byte order mark is dropped; text that is not UTF-8 is read as Latin-1, as old files are.
        """
        if path not in self._texts:
            self._texts[path] = self._text(path)
        return self._texts[path]

    def is_file(self, path: str) -> bool:
        """Say whether a file is there."""
        return self._witness(path).startswith("f")

    def is_dir(self, path: str) -> bool:
        """Say whether a folder is there."""
        return self._witness(path).startswith("d")

    def size(self, path: str) -> int:
        """Give a file's size in bytes, 0 where it is missing."""
        state = self._witness(path)
        return int(state.rpartition(":")[2]) if state.startswith("f") else 0

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Give the sorted names in a folder without hidden and passing ones; empty where none is."""
        if folder not in self._names:
            self._names[folder] = _listing(self._real(folder))
            self.witnesses[folder or "."] = _state(self._real(folder))
        return self._names[folder]

    def match(self, pattern: str, folder: str = "") -> tuple[str, ...]:
        """Give the paths in one folder whose names match a glob pattern."""
        return tuple(
            join(folder, name) for name in self.names(folder) if fnmatchcase(name, pattern)
        )

    def folders(self, folder: str = "") -> tuple[str, ...]:
        """Give the paths of the folders in a folder, symbolic links left out."""
        paths = (join(folder, name) for name in self.names(folder))
        return tuple(path for path in paths if _is_real_dir(self._real(path)))

    def _real(self, path: str) -> str:
        return os.path.join(self.root, *path.split("/")) if path else self.root

    def _witness(self, path: str) -> str:
        if path not in self.witnesses:
            self.witnesses[path or "."] = _state(self._real(path))
        return self.witnesses[path or "."]

    def _text(self, path: str) -> str | None:
        if not self.is_file(path):
            return None
        try:
            with open(self._real(path), "rb") as file:
                data = file.read(LARGEST + 1)
        except OSError:
            return None
        if len(data) > LARGEST:
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1")


def join(folder: str, name: str) -> str:
    """Join two relative paths with `/`; an empty or `.` folder is the root."""
    return name if folder in {"", "."} else f"{folder}/{name}"


def witnesses_hold(root: str | os.PathLike[str], witnesses: Mapping[str, str]) -> bool:
    """Say whether every witness is still as it was: some microseconds each, for nox pays it often."""
    base = os.fspath(root)
    return all(_state(os.path.join(base, path)) == state for path, state in witnesses.items())


def _state(path: str) -> str:
    """Give what can be seen of a path in one or two system calls.

    A folder's state is its names, not its time: test runs make caches in the folders they visit.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    if S_ISREG(found.st_mode):
        return f"f{found.st_mtime_ns}:{found.st_size}"
    if S_ISDIR(found.st_mode):
        return f"d{zlib.crc32(chr(0).join(_listing(path)).encode('utf-8', 'surrogateescape')):08x}"
    return ABSENT


def _listing(path: str) -> tuple[str, ...]:
    try:
        names = os.listdir(path)
    except OSError:
        return ()
    return tuple(sorted(name for name in names if not _is_passing(name)))


def _is_passing(name: str) -> bool:
    return name.startswith(".") or name in _PASSING or name.endswith((".egg-info", ".pyc", ".orig"))


def _is_real_dir(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)
