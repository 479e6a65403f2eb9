"""Pythons of another architecture: where they are looked for, and the environment that one is given."""

from __future__ import annotations

import os
import sys

import pytest

from shipwheel.machine.emulated import find_emulated, write_environment
from shipwheel.machine.interpreter import Interpreter

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the environment is for Linux alone")


@pytest.mark.parametrize("told", ["", "/nowhere/at/all"])
def test_without_a_folder_there_are_none(told) -> None:
    assert find_emulated({"SHIPWHEEL_AARCH64_ROOT": told, "PATH": os.environ["PATH"]}) == ()


def test_without_the_emulator_there_are_none(tmp_path) -> None:
    """Nothing is started: a file of the right name is no Python of another architecture yet."""
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "python3.11").write_text("")
    environ = {"SHIPWHEEL_AARCH64_ROOT": str(tmp_path), "PATH": str(tmp_path)}
    assert find_emulated(environ) == ()


@POSIX
def test_an_environment_starts_the_emulator_with_its_own_name(tmp_path) -> None:
    python = Interpreter(
        target="3.11",
        executable="/a root/usr/bin/python3.11",
        version="3.11.2",
        implementation="cpython",
        platform="linux-aarch64",
        build="one",
        origin="the test",
        emulator=("/usr/bin/qemu-aarch64", "-L", "/a root"),
    )
    write_environment(tmp_path, python)
    assert (tmp_path / "bin" / "python").read_text() == (
        "#!/bin/sh\n"
        "exec /usr/bin/qemu-aarch64 -L '/a root' -0 \"$0\" '/a root/usr/bin/python3.11' \"$@\"\n"
    )
    assert os.access(tmp_path / "bin" / "python3.11", os.X_OK)
    assert (tmp_path / "pyvenv.cfg").read_text().splitlines() == [
        "home = /a root/usr/bin",
        "include-system-site-packages = false",
        "version = 3.11.2",
    ]
    assert (tmp_path / "lib" / "python3.11" / "site-packages").is_dir()
