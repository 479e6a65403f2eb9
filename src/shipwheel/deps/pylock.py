"""The locks that questions are asked about: read by `project/pylock.py`, where tests can read them too."""

from shipwheel.project.pylock import (
    LockedFile,
    LockedPackage,
    Pylock,
    lock_path,
    locks_of,
    parse_pylock,
    read_pylock,
)

__all__ = [
    "LockedFile",
    "LockedPackage",
    "Pylock",
    "lock_path",
    "locks_of",
    "parse_pylock",
    "read_pylock",
]
