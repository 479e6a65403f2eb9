"""Where shipwheel keeps what it knows of this machine between runs, per user."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Give the user's cache folder of ours; SHIPWHEEL_CACHE_DIR names another one.

    XDG's, Apple's and Microsoft's places, as platformdirs has them; the folder may not be there yet.
    """
    environ = os.environ if environ is None else environ
    if chosen := environ.get("SHIPWHEEL_CACHE_DIR"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData/Local") / "shipwheel/Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/shipwheel"
    # the specification ignores a relative path
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "shipwheel"


def stamp(path: str) -> str:
    """Give what changes when a file is replaced or a folder gains or loses an entry; empty: gone."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a hundred of them in a millisecond
    except OSError:
        return ""
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"
