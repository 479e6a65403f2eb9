"""pypiserver, the small index that many run: started as its users start it, on loopback."""

from __future__ import annotations

import contextlib
import secrets
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.server import HOST, Server, free_port
from shipwheel.process import background

EVERYTHING = "update,list,download"


def command(
    folder: Path, port: int, passwords: Path | None, guards: str, fallback: str, health: str
) -> list[str]:
    """Give the command that serves a folder; `passwords` is an htpasswd file for what it guards.

    `fallback` is the index that users are sent to for what it lacks, `health` a path that answers.
    """
    who = ["-P", str(passwords), "-a", guards] if passwords else ["-P", ".", "-a", "."]
    where = ["-i", HOST, "-p", str(port), "--server", "wsgiref", "--health-endpoint", health]
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
    for _ in range(3):  # another worker's server can take a free port first
        port = free_port()
        health = f"/health-{secrets.token_hex(8)}"  # nobody else at that port answers to this
        started = command(folder, port, passwords, guards, fallback, health)
        with background(started, log=log) as process:
            if _answers(process, f"http://{HOST}:{port}{health}"):
                yield index_at(f"http://{HOST}:{port}/")
                return
    raise AssertionError("pypiserver does not start")


def _answers(process: Server, url: str, seconds: float = 60) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
