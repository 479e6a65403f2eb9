from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from shipwheel.indexes.known import index_at, index_in
from shipwheel.indexes.server import HOST, server_command, within_reach


@pytest.mark.parametrize(("static", "kind"), [(False, "plain"), (True, "static")])
def test_the_server_stays_on_this_machine_and_ends_with_us(static, kind):
    command = server_command(Path("packages"), 8080, "/health-1", static=static)
    assert command[:2] == [sys.executable, "-P"]
    assert HOST == "127.0.0.1"
    assert command[4:] == [str(os.getpid()), HOST, "8080", "/health-1", kind, command[-1]]
    assert Path(command[-1]) == Path("packages").absolute()


def test_an_index_that_is_a_server_is_within_reach_as_it_is():
    index = index_at("https://index.example/")
    with within_reach(index) as same:
        assert same is index


def test_a_folder_that_is_a_file(tmp_path):
    from shipwheel.errors import ConfigurationError

    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match="this is a file"),
        within_reach(index_in(tmp_path / "file")),
    ):
        pass
