"""The guard in conftest.py: a unit test that starts a process or opens a socket fails."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest


def _spawn() -> None:
    os.posix_spawn(sys.executable, [sys.executable, "-V"], {})


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _connect() -> None:
    with socket.socket() as unconnected:
        unconnected.connect(("127.0.0.1", 9))


def _bind() -> None:
    with socket.socket() as unbound:
        unbound.bind(("127.0.0.1", 0))


_TRIES: dict[str, Callable[[], object]] = {
    "subprocess.run": lambda: subprocess.run([sys.executable, "-V"], check=False),
    "subprocess.Popen": lambda: subprocess.Popen([sys.executable, "-V"]),
    "os.system": lambda: os.system("true"),
    "os.popen": lambda: os.popen("true"),
    "socket.connect": _connect,
    "socket.bind": _bind,
    "socket.create_connection": lambda: socket.create_connection(("localhost", 9)),
}
if os.name == "posix":
    _TRIES |= {"os.posix_spawn": _spawn, "os.fork": _fork}


@pytest.mark.parametrize("attempt", _TRIES.values(), ids=_TRIES)
def test_is_forbidden(attempt: Callable[[], object], no_processes_no_sockets: list[str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="belongs in tests/integration/"):
        attempt()
    assert no_processes_no_sockets
    no_processes_no_sockets.clear()


def test_what_code_under_test_swallows_is_remembered(no_processes_no_sockets: list[str]) -> None:
    with contextlib.suppress(BaseException):  # as careless as code can be
        subprocess.run([sys.executable, "-V"], check=False)
    assert len(no_processes_no_sockets) == 1
    no_processes_no_sockets.clear()
