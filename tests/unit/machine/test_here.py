"""The machine's platform, whether it is CI's, and what would bring a Python."""

from __future__ import annotations

import pytest

from shipwheel.machine.cache import cache_folder
from shipwheel.machine.here import is_ci, platform_id, python_remedy


@pytest.mark.parametrize(
    ("system", "machine", "options", "expected"),
    [
        ("linux", "x86_64", {}, "manylinux_x86_64"),
        ("linux", "aarch64", {}, "manylinux_aarch64"),
        ("linux", "x86_64", {"musl": True}, "musllinux_x86_64"),
        ("linux", "x86_64", {"bits": 32}, "manylinux_i686"),
        ("linux", "aarch64", {"bits": 32, "musl": True}, "musllinux_armv7l"),
        ("darwin", "arm64", {}, "macosx_arm64"),
        ("darwin", "x86_64", {}, "macosx_x86_64"),
        ("win32", "win-amd64", {}, "win_amd64"),
        ("win32", "win-arm64", {}, "win_arm64"),
        ("win32", "win32", {}, "win32"),
    ],
)
def test_cibuildwheels_name_for_a_platform(system, machine, options, expected):
    assert platform_id(system, machine, **options) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"CI": "false"}, False),
        ({"CI": ""}, False),
        ({"CI": "0", "GITHUB_ACTIONS": "true"}, False),
        ({"TF_BUILD": "True"}, True),
        ({"JENKINS_URL": "https://ci"}, True),
        ({"TEAMCITY_VERSION": "2026.1"}, True),
    ],
)
def test_ci(environ, expected):
    assert is_ci(environ) is expected


def tool(folder, name):
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_a_missing_python_is_brought_by_what_is_here(tmp_path):
    environ = {"PATH": str(tmp_path)}
    assert python_remedy("3.14t", environ).endswith("-m uv python install 3.14t")
    tool(tmp_path, "uv")
    assert python_remedy("3.14", environ) == "uv python install 3.14"
    tool(tmp_path, "pyenv")
    assert python_remedy("3.14", environ) == "pyenv install 3.14 (or: uv python install 3.14)"


@pytest.mark.parametrize(
    ("environ", "end"),
    [
        ({"SHIPWHEEL_CACHE_DIR": "/x/y"}, "/x/y"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/shipwheel"),
        ({"XDG_CACHE_HOME": "relative"}, "/.cache/shipwheel"),
        ({}, "/.cache/shipwheel"),
    ],
)
def test_the_cache_is_where_the_system_has_it(environ, end, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder(environ).as_posix().endswith(end)


def test_the_cache_on_a_mac_and_on_windows(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder({}).as_posix().endswith("/Library/Caches/shipwheel")
    monkeypatch.setattr("sys.platform", "win32")
    assert cache_folder({"LOCALAPPDATA": "/l"}).as_posix() == "/l/shipwheel/Cache"
