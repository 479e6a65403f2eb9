"""pypiserver, the small index that many run: started as its users start it, on loopback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from index_servers import wait_for

from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.server import HOST, free_port
from shipwheel.process import background

EVERYTHING = "update,list,download"


def command(
    folder: Path, port: int, passwords: Path | None, guards: str, fallback: str = ""
) -> list[str]:
    """Give the command that serves a folder; `passwords` is an htpasswd file for what it guards.

    `fallback` is the index that users are sent to for what it lacks.
    """
    who = ["-P", str(passwords), "-a", guards] if passwords else ["-P", ".", "-a", "."]
    where = ["-i", HOST, "-p", str(port), "--server", "wsgiref"]
    other = ["--fallback-url", fallback] if fallback else ["--disable-fallback"]
    return [sys.executable, "-P", "-m", "pypiserver", "run", *where, *other, *who, str(folder)]


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    log: Path | None = None,
    passwords: Path | None = None,
    guards: str = EVERYTHING,
    fallback: str = "",
) -> Iterator[Index]:
    """Serve a folder for the length of the block; nobody is asked for a name without `passwords`."""
    port = free_port()
    with background(command(folder, port, passwords, guards, fallback), log=log):
        wait_for(f"http://{HOST}:{port}/health")
        yield index_at(f"http://{HOST}:{port}/")
