"""The only module that starts processes: never a shell, always a log, nothing left running.

Each child leads a session of its own (a process group of its own on Windows): it has no terminal to
ask a password on, and can be stopped with everything that it started. A terminal's Ctrl-C therefore
reaches us alone, as does the signal with which nox ends a session's process; both stop the children.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn, TypeVar

from shipwheel.captured import Captured, Completed
from shipwheel.errors import MachineError
from shipwheel.events import Emit, Event, Output, silent
from shipwheel.redaction import blank, redact, secrets_of

__all__ = ["TIMED_OUT", "Completed", "background", "following", "parallel", "redact", "run", "stop"]

A = TypeVar("A")
B = TypeVar("B")

TIMED_OUT = 124  # the exit code that timeout(1) gives

# nox -j gives a session 2 seconds between asking it to stop and killing it: be done before
_GRACE = 1.5
_TICK = 0.1  # how often a silent process is looked at, and Ctrl-C on Windows noticed
_LINGER = 1.0  # what a finished process left behind may hold its output for so long
_BLOCK = 1 << 16
_LONGEST_LINE = 1 << 16  # characters; longer ones are reported in pieces


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
    emitted as Output. `timeout` is in seconds; a command that exceeds it is stopped with its children
    and comes back with exit code 124. What a command leaves running in its group is stopped too; an
    interruption (Ctrl-C, a signal that ends us) stops the command first. Raises MachineError where
    the program is not there.
    """
    argv = tuple(os.fspath(part) for part in command)
    secrets = secrets_of(os.environ, env or {})
    started = time.perf_counter()
    with _log_file(log) as sink, _ended_by_signal():
        _to_log(sink, blank(f"$ {subprocess.list2cmdline(argv)}\n", secrets))
        process = _popen(argv, cwd, env, subprocess.PIPE)
        kept = Captured()
        with _stopped_after(process):
            returncode = _follow(process, timeout, _reporter(kept, sink, emit, secrets))
    seconds = time.perf_counter() - started
    return Completed(argv, returncode, kept.text(), seconds, secrets)


class Followed:
    """A process whose lines are read while it runs; `returncode` is None until the last one was."""

    def __init__(self, process: subprocess.Popen[bytes], secrets: tuple[str, ...]) -> None:
        self.returncode: int | None = None
        self._process = process
        self._secrets = secrets

    def lines(self) -> Iterator[str]:
        """Give each line of both streams as it comes, free of credentials and without its end."""
        waiting: deque[str] = deque()

        def add(event: Event) -> None:
            if isinstance(event, Output):
                waiting.append(event.line)

        report = _reporter(Captured(), None, add, self._secrets)
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        for block in _blocks(self._process, None):
            report(decode(block), False)
            while waiting:
                yield waiting.popleft()
        self.returncode = self._process.wait()
        report(decode(b"", final=True), True)
        yield from waiting


@contextlib.contextmanager
def following(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Followed]:
    """Run `command` for the length of the block, which reads its lines; then stop what is left of it."""
    argv = tuple(os.fspath(part) for part in command)
    with _ended_by_signal():
        process = _popen(argv, cwd, env, subprocess.PIPE)
        with _stopped_after(process):
            yield Followed(process, secrets_of(os.environ, env or {}))


@contextlib.contextmanager
def background(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` for the length of the block (a server), then stop it with its children.

    Its output goes into `log` as it is: give it no credentials to print.
    """
    argv = tuple(os.fspath(part) for part in command)
    with _log_file(log) as sink, _ended_by_signal():
        process = _popen(argv, cwd, env, subprocess.DEVNULL if sink is None else sink)
        with _stopped_after(process):
            yield process


def parallel(call: Callable[[A], B], items: Iterable[A], *, workers: int) -> list[B]:
    """Call for each item, `workers` at a time in threads, and give the results in order.

    For calls that wait for a process. The first error, or an interruption, stops the processes that
    these calls have started, and is raised.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most runs need none

    mine: set[int] = set()
    pool = ThreadPoolExecutor(workers, initializer=lambda: mine.add(threading.get_ident()))
    with _ended_by_signal(), pool:
        futures = [pool.submit(call, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process, thread in list(_live.items()):
                if thread in mine:
                    _signal(process, hard=True)
            raise


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process and its children to stop, and end what has not stopped after a grace."""
    try:
        _signal(process, hard=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    finally:  # a second Ctrl-C while waiting changes nothing
        _signal(process, hard=True)
        process.wait()


# the processes that run now, with the thread that started each
_live: dict[subprocess.Popen[bytes], int] = {}


@contextlib.contextmanager
def _stopped_after(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave nothing of a process behind, however the block ends."""
    _live[process] = threading.get_ident()
    try:
        yield
    finally:
        if process.returncode is None:
            stop(process)
        else:
            _signal(process, hard=False)  # what it left in its group
        _live.pop(process, None)


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Turn the signals that would end us unheard into an exit that runs every `finally`.

    Only the main thread may say so, and only where nobody else has: a handler of the program around
    us stays.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last is Windows'
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            before[number] = signal.signal(number, _exit_by_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_by_signal(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _popen(
    argv: tuple[str, ...],
    cwd: Path | None,
    env: Mapping[str, str] | None,
    output: int | IO[bytes],
) -> subprocess.Popen[bytes]:
    flags = 0
    program = argv[0]
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        program = _windows_program(argv[0], env)
    try:
        return subprocess.Popen(
            (program, *argv[1:]),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
            creationflags=flags,
        )
    except FileNotFoundError as error:
        raise _not_there(argv, cwd) from error
    except OSError as error:
        raise MachineError(
            f"the program {argv[0]!r} could not be started", evidence=str(error)
        ) from error


def _not_there(argv: tuple[str, ...], cwd: Path | None) -> MachineError:
    if cwd is not None and not cwd.is_dir():
        return MachineError(f"the folder {cwd} is not there", where=argv[0])
    return MachineError(
        f"the program {argv[0]!r} is not there",
        where=redact(subprocess.list2cmdline(argv)),
        hint="`shipwheel doctor` lists what is missing and what brings it",
    )


def _windows_program(program: str, env: Mapping[str, str] | None) -> str:
    """Look a bare name up in the PATH that the child gets, as POSIX does; Windows asks ours."""
    import shutil  # noqa: PLC0415 - Windows alone

    if env is None or os.path.dirname(program):  # noqa: PTH120 - a bare name stays a string
        return program
    return shutil.which(program, path=env.get("PATH")) or program


def _follow(
    process: subprocess.Popen[bytes], timeout: float | None, report: Callable[[str, bool], None]
) -> int:
    """Report the output until the process ends, and give its exit code, or 124 where time ran out."""
    deadline = None if timeout is None else time.monotonic() + timeout
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    try:
        for block in _blocks(process, deadline):
            report(decode(block), False)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        returncode = process.wait(left)
    except subprocess.TimeoutExpired:
        stop(process)
        returncode = TIMED_OUT
    report(decode(b"", final=True), True)
    if returncode == TIMED_OUT and timeout is not None:
        report(f"stopped after {timeout:g} seconds\n", True)
    return returncode


def _blocks(process: subprocess.Popen[bytes], deadline: float | None) -> Iterator[bytes]:
    """Give the output as it comes; raises TimeoutExpired.

    A thread does the reading: a blocked read cannot be interrupted on Windows, and ends nowhere when
    something that the process left behind keeps the pipe open.
    """
    blocks: queue.Queue[bytes | None] = queue.Queue(maxsize=64)
    given_up = threading.Event()
    threading.Thread(target=_read, args=(process, blocks, given_up), daemon=True).start()
    ended: float | None = None
    try:
        while True:
            try:
                block = blocks.get(timeout=_TICK)
            except queue.Empty:
                block = b""
            if block is None:
                return
            if block:
                yield block
            now = time.monotonic()
            if deadline is not None and now > deadline:
                raise subprocess.TimeoutExpired(process.args, 0)
            if ended is None and process.poll() is not None:
                ended = now
            if ended is not None and now - ended > _LINGER:
                _signal(process, hard=True)
                if not block:
                    return
    finally:
        given_up.set()
        with contextlib.suppress(queue.Empty):
            while True:
                blocks.get_nowait()


def _read(
    process: subprocess.Popen[bytes], blocks: queue.Queue[bytes | None], given_up: threading.Event
) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        while block := os.read(output.fileno(), _BLOCK):
            if not given_up.is_set():
                blocks.put(block)
    if not given_up.is_set():
        blocks.put(None)


def _reporter(
    kept: Captured, sink: IO[bytes] | None, emit: Emit, secrets: tuple[str, ...]
) -> Callable[[str, bool], None]:
    """Give what keeps, logs and emits text, line by line; `True` says that no more of a line comes."""
    pending = ""

    def report(text: str, last: bool) -> None:  # noqa: FBT001 - called in _follow alone
        nonlocal pending
        kept.add(text)
        *lines, pending = (pending + text).split("\n")
        if pending and (last or len(pending) > _LONGEST_LINE):
            lines.append(pending)
            pending = ""
        if not lines:
            return
        clean = blank("\n".join(lines), secrets)
        _to_log(sink, f"{clean}\n")
        for line in clean.split("\n"):
            emit(Output(line.rstrip("\r")))

    return report


def _signal(process: subprocess.Popen[bytes], *, hard: bool) -> None:
    """Signal a process and all of its group, also where the process itself has ended.

    Windows has no group to signal once its leader is gone.
    """
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            if process.poll() is None and not hard:
                process.send_signal(signal.CTRL_BREAK_EVENT)
            elif process.poll() is None:
                tree = ("taskkill", "/T", "/F", "/PID", str(process.pid))
                subprocess.run(tree, check=False, capture_output=True, stdin=subprocess.DEVNULL)
                process.kill()
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
