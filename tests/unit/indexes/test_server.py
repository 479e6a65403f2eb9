from __future__ import annotations

from pathlib import Path

from shipwheel.indexes.server import HOST, server_command


def test_the_server_stays_on_this_machine_and_alone():
    command = server_command(Path("packages"), 8080, "/health-1")
    pairs = {command[at]: command[at + 1] for at in range(4, len(command) - 1)}
    assert pairs["-i"] == HOST == "127.0.0.1"
    assert pairs["-p"] == "8080"
    assert "--disable-fallback" in command
    assert command[1] == "-P"
    assert command[-1] == "packages"
