"""The parent of a session's process: nox, which may be gone."""

from __future__ import annotations

import os
import signal
import threading
import time

_TICK = 0.5  # seconds between two looks


def end_with_parent() -> None:
    """End this process as SIGTERM does once its parent is gone; for the processes of `nox -j`.

    nox stops them at Ctrl-C alone: killed in another way, or with its terminal, it would leave them
    at work on the project. Windows does not tell (a parent's id stays): there nothing is done.
    """
    if os.name == "posix":
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_TICK)
    # to the main thread, whose handler stops what it has started
    os.kill(os.getpid(), signal.SIGTERM)
