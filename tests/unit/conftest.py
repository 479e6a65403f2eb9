"""The guard of the unit tests: whatever starts a process or uses a socket fails its test.

An audit hook sees what any module does, however it got hold of the function; it cannot be taken off
again, so it is put on once and looks at `_GUARD.test`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

_FORBIDDEN = {
    "subprocess.Popen": "started a process",
    "os.exec": "started a process",
    "os.fork": "started a process",
    "os.forkpty": "started a process",
    "os.posix_spawn": "started a process",
    "os.spawn": "started a process",
    "os.startfile": "started a process",
    "os.system": "started a process",
    "pty.spawn": "started a process",
    "socket.bind": "opened a socket",
    "socket.connect": "opened a socket",
    "socket.getaddrinfo": "looked up a host",
    "socket.sendto": "used a socket",
}


class _Guard:
    """Remembers what the running test did, for code under test may swallow the exception."""

    def __init__(self) -> None:
        self.test: str | None = None
        self.seen: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if self.test is None or event not in _FORBIDDEN:
            return
        what = f"a unit test {_FORBIDDEN[event]} ({event}: {args[:2]!r}): it belongs in tests/integration/"
        self.seen.append(what)
        pytest.fail(what)


_GUARD = _Guard()
sys.addaudithook(_GUARD)


@pytest.fixture(autouse=True)
def no_processes_no_sockets(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Forbid processes and sockets while the test runs; give the list of what was tried."""
    _GUARD.test, _GUARD.seen = request.node.nodeid, []
    yield _GUARD.seen
    _GUARD.test = None
    if _GUARD.seen:
        pytest.fail(_GUARD.seen[0])
