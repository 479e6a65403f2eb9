"""The only module that starts processes: never a shell, always a log, nothing left running."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from shipwheel.errors import MachineError
from shipwheel.events import Emit, Output, silent

# user:password@ in a URL, and the values of flags that carry secrets
_URL_SECRET = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
_SECRET_NAMES = re.compile(r"(PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY|CREDENTIAL)", re.IGNORECASE)
_SHORTEST_SECRET = 6  # shorter values would blank out ordinary words
_GRACE = 5.0  # seconds between asking a process tree to stop and ending it


@dataclass(frozen=True, slots=True)
class Completed:
    """A finished process: its command, exit code, combined output and wall-clock seconds."""

    command: tuple[str, ...]
    returncode: int
    output: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Say whether the process exited with 0."""
        return self.returncode == 0

    def tail(self, lines: int = 15) -> str:
        """Give the last `lines` lines of the output that are not blank."""
        kept = [line.rstrip() for line in self.output.splitlines() if line.strip()]
        return "\n".join(kept[-lines:])


def redact(text: str, environ: Mapping[str, str] | None = None) -> str:
    """Blank out credentials in URLs and the values of secret-looking environment variables."""
    text = _URL_SECRET.sub(r"\g<scheme>***@", text)
    for name, value in (os.environ if environ is None else environ).items():
        if len(value) >= _SHORTEST_SECRET and _SECRET_NAMES.search(name):
            text = text.replace(value, "***")
    return text


def run(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    emit: Emit = silent,
    timeout: float | None = None,
) -> Completed:
    """Run `command` to its end and give its exit code and output (both streams, in order).

    `env` replaces the environment whole. `log` is appended to, secrets blanked. Each line is also
    emitted as Output. `timeout` is in seconds; a command that exceeds it is ended with its children
    and comes back with exit code 124. Raises MachineError where the program is not there.
    """
    argv = tuple(os.fspath(part) for part in command)
    started = time.perf_counter()
    with _log_file(log) as sink:
        _to_log(sink, f"$ {redact(subprocess.list2cmdline(argv))}\n")
        process = _start(argv, cwd, env)
        lines = _drain(process, sink, emit, timeout)
    seconds = time.perf_counter() - started
    return Completed(argv, process.returncode, "".join(lines), seconds)


@contextlib.contextmanager
def background(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` for the length of the block (a server), then stop it with its children."""
    argv = tuple(os.fspath(part) for part in command)
    with _log_file(log) as sink:
        output = sink if sink is not None else subprocess.DEVNULL
        process = _popen(argv, cwd, env, output)
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process and its children to stop, and end what has not stopped after five seconds."""
    if process.poll() is None:
        _signal(process, hard=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    if process.poll() is None:
        _signal(process, hard=True)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _start(
    argv: tuple[str, ...], cwd: Path | None, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return _popen(argv, cwd, env, subprocess.PIPE)


def _popen(
    argv: tuple[str, ...],
    cwd: Path | None,
    env: Mapping[str, str] | None,
    output: int | IO[bytes],
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
        )
    except FileNotFoundError as error:
        if cwd is not None and not cwd.is_dir():
            raise MachineError(f"the folder {cwd} is not there", where=argv[0]) from error
        raise MachineError(
            f"the program {argv[0]!r} is not there",
            where=redact(subprocess.list2cmdline(argv)),
            hint="`shipwheel doctor` lists what is missing and what brings it",
        ) from error
    except OSError as error:
        raise MachineError(
            f"the program {argv[0]!r} could not be started", evidence=str(error)
        ) from error


def _drain(
    process: subprocess.Popen[bytes], sink: IO[bytes] | None, emit: Emit, timeout: float | None
) -> list[str]:
    """Read the output line by line until the process ends; stop the tree when interrupted."""
    lines: list[str] = []
    watch = _Watch(process, timeout)
    try:
        with watch:
            assert process.stdout is not None
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace")
                lines.append(line)
                clean = redact(line)
                _to_log(sink, clean)
                emit(Output(clean.rstrip("\r\n")))
            process.wait()
    except BaseException:
        stop(process)
        raise
    if watch.expired:
        process.returncode = 124  # what timeout(1) gives
        lines.append(f"stopped after {timeout:g} seconds\n")
        _to_log(sink, lines[-1])
    return lines


class _Watch:
    """Ends a process that runs longer than it may, from a thread of its own."""

    def __init__(self, process: subprocess.Popen[bytes], timeout: float | None) -> None:
        self.process = process
        self.timeout = timeout
        self.expired = False

    def __enter__(self) -> None:
        if self.timeout is None:
            return
        import threading  # noqa: PLC0415 - most calls have no limit

        self._timer = threading.Timer(self.timeout, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_exc: object) -> None:
        if self.timeout is not None:
            self._timer.cancel()

    def _expire(self) -> None:
        self.expired = True
        _signal(self.process, hard=True)


def _signal(process: subprocess.Popen[bytes], *, hard: bool) -> None:
    if sys.platform == "win32":
        process.kill() if hard else process.terminate()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if hard else signal.SIGTERM)


@contextlib.contextmanager
def _log_file(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        yield sink


def _to_log(sink: IO[bytes] | None, text: str) -> None:
    if sink is not None:
        sink.write(text.encode("utf-8", "backslashreplace"))
        sink.flush()
