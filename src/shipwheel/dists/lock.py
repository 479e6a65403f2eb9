"""Two runs in one project wait for each other instead of writing over each other's files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from shipwheel.errors import MachineError
from shipwheel.events import Emit, Notice, silent
from shipwheel.workspace import Workspace, job_stem

_AT_ONCE = 0.05  # seconds before a wait is worth a notice
_BETWEEN = 0.02  # seconds between two looks at a lock that is held


@contextlib.contextmanager
def job_lock(workspace: Workspace, job_id: str, emit: Emit = silent) -> Iterator[None]:
    """Hold a job's lock for the length of the block; wait with a notice while another run holds it.

    The system lets go of it when a process ends in whatever way. Raises MachineError where the
    project cannot be written to.
    """
    workspace.prepare()
    with hold(_path(workspace, job_id), f"another run of {job_id} in this project", emit):
        yield


@contextlib.contextmanager
def hold(path: Path, holder: str, emit: Emit = silent) -> Iterator[None]:
    """Hold the lock file `path`; `holder` says in the notice what is waited for."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        _acquire(lock, holder, emit)
    except OSError as error:
        raise MachineError(
            "a lock of shipwheel's could not be taken",
            where=str(path),
            evidence=str(error),
            hint="make the project's folder writable, or work on a copy of it",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, holder: str, emit: Emit) -> None:
    try:
        lock.acquire(timeout=_AT_ONCE, poll_interval=_BETWEEN)
    except Timeout:
        emit(Notice(f"waiting for {holder}"))
        lock.acquire(poll_interval=_BETWEEN)


def _path(workspace: Workspace, job_id: str) -> Path:
    return workspace.cache / "locks" / f"{job_stem(job_id)}.lock"
