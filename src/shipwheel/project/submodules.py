"""Submodules that a checkout names and does not have: what is missing then looks like a broken project."""

from __future__ import annotations

import re
from pathlib import Path

_PATH = re.compile(r"^\s*path\s*=\s*(?P<path>\S.*?)\s*$", re.MULTILINE)
_LARGEST = 1 << 20  # bytes of a .gitmodules
_NAMED = 3


def missing_submodules(root: Path) -> tuple[str, ...]:
    """Give the paths of the submodules in `.gitmodules` whose folder is missing or empty."""
    file = root / ".gitmodules"
    try:
        if file.stat().st_size > _LARGEST:
            return ()
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    paths = (match["path"].strip('"') for match in _PATH.finditer(text))
    return tuple(path for path in paths if ".." not in path.split("/") and _is_empty(root / path))


def submodules_hint(root: Path) -> str:
    """Give the line that says which submodules are not here and what brings them, or nothing."""
    missing = missing_submodules(root)
    if not missing:
        return ""
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    several = "submodules are" if len(missing) > 1 else "submodule is"
    named = ", ".join(missing[:_NAMED]) + more
    return f"the {several} not checked out: {named}; git submodule update --init --recursive"


def _is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return True
