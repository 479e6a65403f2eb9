"""Which files may be interpreters; the places of the tools are in the integration tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipwheel.machine.candidates import _NAME, _place_on_path, is_environment, uv_roots

posix = pytest.mark.skipif(os.name != "posix", reason="written with POSIX paths")


@pytest.mark.parametrize(
    "name", ["python", "python3", "python3.12", "python3.14t", "python312", "pypy", "pypy3.11"]
)
@posix
def test_names_of_interpreters(name):
    assert _NAME.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        "python3.12-config",
        "python3-dbg",
        "python.py",
        "pythonw",
        "python3.12-gdb.py",
        "bpython",
        "pip",
    ],
)
def test_names_of_other_tools(name):
    assert not _NAME.fullmatch(name)


@posix
@pytest.mark.parametrize(
    "folder",
    [
        "/home/me/.pyenv/shims",
        "/home/me/.asdf/shims",
        "/home/me/.local/share/mise/shims",
        "/home/me/.pyenv/plugins/pyenv-virtualenv/shims",
        "",
        ".",
        "bin",
    ],
)
def test_folders_on_the_path_that_hold_no_interpreter(folder):
    assert list(_place_on_path(folder)) == []


def test_an_environment_is_told_by_its_file(tmp_path):
    (tmp_path / "env/bin").mkdir(parents=True)
    python = str(tmp_path / "env/bin/python")
    assert not is_environment(python)
    (tmp_path / "env/pyvenv.cfg").touch()
    assert is_environment(python)


@posix
@pytest.mark.parametrize(
    ("system", "environ", "roots"),
    [
        ("linux", {}, ["/me/.local/share/uv/python"]),
        ("linux", {"XDG_DATA_HOME": "/data"}, ["/data/uv/python"]),
        ("linux", {"XDG_DATA_HOME": "data"}, ["/me/.local/share/uv/python"]),
        ("linux", {"UV_PYTHON_INSTALL_DIR": "/pythons"}, ["/pythons"]),
        (
            "darwin",
            {},
            ["/me/.local/share/uv/python", "/me/Library/Application Support/uv/python"],
        ),
        ("win32", {}, []),
        ("win32", {"APPDATA": "/Roaming"}, ["/Roaming/uv/python", "/Roaming/uv/data/python"]),
    ],
)
def test_where_uv_keeps_its_pythons(system, environ, roots):
    assert [str(each) for each in uv_roots(environ, Path("/me"), system)] == roots
