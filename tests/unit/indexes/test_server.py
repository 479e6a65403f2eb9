from __future__ import annotations

import os
import sys
from pathlib import Path

from shipwheel.indexes.server import HOST, server_command


def test_the_server_stays_on_this_machine_and_ends_with_us():
    command = server_command(Path("packages"), 8080, "/health-1")
    assert command[:2] == [sys.executable, "-P"]
    assert HOST == "127.0.0.1"
    assert command[4:-1] == [str(os.getpid()), HOST, "8080", "/health-1"]
    assert Path(command[-1]) == Path("packages").absolute()
