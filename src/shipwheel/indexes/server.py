"""A package index on loopback over a folder: for the length of a block, or in the foreground."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.events import Emit, Notice, silent
from shipwheel.indexes.guard import Guard, told_to
from shipwheel.indexes.known import Index, as_its_kind
from shipwheel.process import background

HOST = "127.0.0.1"

_PATIENCE = 20.0  # seconds until a server that was started must answer
_PORTS_TRIED = 3  # another process can take a free port before the server does


class Server(Protocol):
    """A server that runs: what `process.background` gives."""

    @property
    def returncode(self) -> int | None:
        """Give the exit code, None while it runs."""

    def poll(self) -> int | None:
        """Look whether it has ended, and give the exit code if so."""

    def wait(self) -> int:
        """Wait for its end."""


@contextlib.contextmanager
def throw_away_index(
    folder: Path,
    *,
    log: Path | None = None,
    name: str = "throw-away",
    guard: Guard | None = None,
) -> Iterator[Index]:
    """Serve `folder` as an index on a free port of loopback for the length of the block.

    It takes uploads from anybody on this machine, or from whom `guard` admits, and asks no other index for
    what it lacks. The server
    is stopped at the end of the block, however that ends. Raises MachineError where it does not start.
    """
    with contextlib.ExitStack() as stack:
        port, _ = _start_anywhere(stack, folder, log, guard)
        yield _served(name, f"http://{HOST}:{port}/", guard)


def _served(name: str, url: str, guard: Guard | None) -> Index:
    index = Index(
        name=name, upload=url, simple=url + "simple/", anonymous=guard is None, kind="shipwheel"
    )
    return as_its_kind(index)


def serve(
    folder: Path, port: int | None = None, emit: Emit = silent, *, guard: Guard | None = None
) -> None:
    """Serve `folder` until interrupted; the folder is made where it is missing.

    `guard` says who may upload, or also read (None: everybody on this machine); `port` None takes a free one. Raises MachineError where the port is taken or the server ends by
    itself, ConfigurationError where `folder` is no folder.
    """
    _make_folder(folder)
    with contextlib.ExitStack() as stack:
        if port is None:
            port, process = _start_anywhere(stack, folder, None, guard)
        else:
            process = _start_at(stack, folder, port, guard)
        index = _served("served", f"http://{HOST}:{port}/", guard)
        by = f" from {guard.user}" if guard else ""
        with contextlib.suppress(KeyboardInterrupt):
            emit(Notice(f"serving {folder} at {index.simple}"))
            emit(Notice(f"uploads are taken{by} at {index.upload}; Ctrl-C stops it"))
            process.wait()
            raise MachineError(
                "the index's server has ended by itself", evidence=f"exit code {process.returncode}"
            )


def free_port() -> int:
    """Give a port of loopback that nobody listens at just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def server_command(folder: Path, port: int, health: str) -> list[str]:
    """Give the command that serves `folder`, open to uploads, with no other index behind it.

    The server ends with this process, whatever ends that. `-P` keeps
    the working directory out of its imports: the project's own modules may be called like the server's.
    """
    module = [sys.executable, "-P", "-m", "shipwheel.indexes.served", str(os.getpid())]
    return [*module, HOST, str(port), health, str(folder.absolute())]


def _start_anywhere(
    stack: contextlib.ExitStack, folder: Path, log: Path | None, guard: Guard | None
) -> tuple[int, Server]:
    for _ in range(_PORTS_TRIED):
        port = free_port()
        process = _launch(stack, folder, port, log, guard)
        if process is not None:
            return port, process
    raise MachineError(
        "the throw-away index did not start",
        where=str(folder),
        evidence=_last_lines(log),
        hint="`shipwheel index serve` shows what its server says",
    )


def _start_at(stack: contextlib.ExitStack, folder: Path, port: int, guard: Guard | None) -> Server:
    process = None if _taken(port) else _launch(stack, folder, port, None, guard)
    if process is None:
        raise MachineError(
            f"port {port} of this machine is taken, or may not be used",
            where=f"{HOST}:{port}",
            hint="name another with --port, or leave it out for a free one",
        )
    return process


def _launch(
    stack: contextlib.ExitStack, folder: Path, port: int, log: Path | None, guard: Guard | None
) -> Server | None:
    """Start the server and wait until it answers; None where it ended (its port was taken)."""
    health = f"/health-{secrets.token_hex(8)}"  # nobody else at that port answers to this
    command = server_command(folder, port, health)
    with contextlib.ExitStack() as own:
        process = own.enter_context(background(command, env=told_to(guard, os.environ), log=log))
        if not _answers(process, port, health):
            return None
        stack.push(own.pop_all())
        return process


def _answers(process: Server, port: int, health: str) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if _healthy(port, health):
            return True
        time.sleep(0.02)
    return False


def _healthy(port: int, health: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", health)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there it would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return True
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise ConfigurationError(
            "an index is served from a folder, and this is a file", where=str(folder)
        ) from error
    except OSError as error:
        raise MachineError(
            "the index's folder cannot be made", where=str(folder), evidence=str(error)
        ) from error


def _last_lines(log: Path | None, lines: int = 10) -> str | None:
    if log is None or not log.is_file():
        return None
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
