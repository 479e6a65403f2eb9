"""The server's own process: an index over a folder, for as long as the process that started it lives.

Run as `python -m shipwheel.indexes.served PARENT HOST PORT HEALTH FOLDER`; whom it asks for a password, and
for which, stands in its environment (`guard.told_to`). A process that is killed
stops nothing that it started; so the server looks after itself, and no index stays behind a rehearsal that died.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from shipwheel.indexes.application import Application
from shipwheel.indexes.guard import guard_in

_BETWEEN = 0.5  # seconds between two looks at the parent
_ENDED_BY_TERM = 143  # what a shell gives for a process that was asked to stop


class _Handler(WSGIRequestHandler):
    """Logs a line a request, without colours; of a probe for its health nothing."""

    health = ""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del size
        if self.path != self.health:
            self.log("info", "%s %r %s", self.command, self.path, int(code))


def main(argv: list[str]) -> None:
    """Serve until the parent ends: its process id, host, port, health's path, folder."""
    parent, host, port, health, folder = argv
    threading.Thread(target=_end_with, args=(int(parent),), daemon=True).start()
    application = Application(Path(folder), health=health, guard=guard_in(os.environ))
    handler = type("_HealthyHandler", (_Handler,), {"health": health})
    server = make_server(host, int(port), application, threaded=True, request_handler=handler)
    server.serve_forever()


def _end_with(parent: int) -> None:
    while _lives(parent):
        time.sleep(_BETWEEN)
    os._exit(_ENDED_BY_TERM)


if sys.platform == "win32":

    def _lives(parent: int) -> bool:
        """Say whether the process is there: it cannot be waited for once it has ended."""
        import ctypes  # noqa: PLC0415 - there alone

        synchronize, timed_out = 0x00100000, 0x00000102
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, parent)
        if not handle:
            return False
        try:
            return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == timed_out)
        finally:
            ctypes.windll.kernel32.CloseHandle(handle)

else:

    def _lives(parent: int) -> bool:
        """Say whether the parent is still ours: an orphan is given another one."""
        return os.getppid() == parent


if __name__ == "__main__":
    main(sys.argv[1:])
