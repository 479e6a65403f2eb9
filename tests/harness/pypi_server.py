"""pypiserver, the small index that many run: started as its users start it, on loopback."""

from __future__ import annotations

import contextlib
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.server import HOST, free_port
from shipwheel.process import background

EVERYTHING = "update,list,download"


def command(folder: Path, port: int, passwords: Path | None, guards: str) -> list[str]:
    """Give the command that serves a folder; `passwords` is an htpasswd file for what it guards."""
    who = ["-P", str(passwords), "-a", guards] if passwords else ["-P", ".", "-a", "."]
    where = ["-i", HOST, "-p", str(port), "--server", "wsgiref", "--disable-fallback"]
    return [sys.executable, "-P", "-m", "pypiserver", "run", *where, *who, str(folder)]


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    log: Path | None = None,
    passwords: Path | None = None,
    guards: str = EVERYTHING,
) -> Iterator[Index]:
    """Serve a folder for the length of the block; nobody is asked for a name without `passwords`."""
    port = free_port()
    with background(command(folder, port, passwords, guards), log=log):
        _wait_for(f"http://{HOST}:{port}/health")
        yield index_at(f"http://{HOST}:{port}/")


def _wait_for(url: str, seconds: float = 20) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while True:
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.05)
        else:
            return
