"""The second index of the tests: devpi-server on loopback, with another author's bugs."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.server import free_port
from shipwheel.process import background

USER, PASSWORD = "alice", "geheim-4711-pass"
# as htpasswd writes it for PASSWORD; apr1 is checked without any compiled library
HTPASSWD = "alice:$apr1$Sy7ScGLm$bEZAijlAIvm4yeBtzNnq7/\n"
_NUMBERS = itertools.count()


@contextlib.contextmanager
def devpi(folder: Path) -> Iterator[str]:
    """Serve devpi from a folder with a user; give its URL. Skips the test where it is not installed."""
    if shutil.which("devpi-server", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("devpi-server is not installed (the group `test` has it)")
    tools = Path(sys.executable).parent
    data = folder / "data"
    init = [str(tools / "devpi-init"), "--serverdir", str(data), "--no-root-pypi"]
    subprocess.run(init, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    serve = [str(tools / "devpi-server"), "--serverdir", str(data), "--host", "127.0.0.1"]
    with background([*serve, "--port", str(port)], log=folder / "log"):
        wait_for(f"{url}/+api", seconds=60)
        ask(f"{url}/{USER}", "PUT", {"password": PASSWORD})
        yield url


def index_on_devpi(server: str) -> Index:
    """Make an empty index on a devpi that never changes what it has."""
    name = f"i{os.getpid()}x{next(_NUMBERS)}"
    token = base64.b64encode(f"{USER}:{devpi_token(server)}".encode()).decode()
    ask(
        f"{server}/{USER}/{name}",
        "PUT",
        {"bases": [], "volatile": False},
        {"X-Devpi-Auth": token},
    )
    return index_at(f"{server}/{USER}/{name}/+simple/")


@cache
def devpi_token(server: str) -> str:
    """Log in and give the token that stands for the password: that one costs a second of hashing each time."""
    login = ask(f"{server}/+login", "POST", {"user": USER, "password": PASSWORD})
    token: str = login["result"]["password"]
    return token


def ask(url: str, method: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **(headers or {})},
        method=method,
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


def wait_for(url: str, seconds: float = 20) -> None:
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
