"""The command lines of installs, and how exact bytes are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.machine.environment import Environment
from shipwheel.machine.installer import Installation, command_for, direct_reference, installed
from shipwheel.machine.interpreter import Interpreter

posix = pytest.mark.skipif(os.name != "posix", reason="written with POSIX paths")

PYTHON = Interpreter(
    target="3.12", executable="/x", version="3.12.1", implementation="cpython",
    platform="linux-x86_64", build="b", origin="PATH",
)  # fmt: skip


def options(installer, **wanted):
    """Give the options behind what every installation has."""
    installation = Installation(**({"requirements": ("a",), "copy": False} | wanted))
    command = command_for(Environment(Path("/env"), PYTHON), installation, installer)
    start = command.index("install") + (3 if installer == "uv" else 1)
    return " ".join(command[start:])


@posix
@pytest.mark.parametrize(
    ("wanted", "uv", "pip"),
    [
        ({}, "-- a", "-- a"),
        ({"copy": True}, "--link-mode copy -- a", "-- a"),
        ({"only_binary": True}, "--only-binary :all: -- a", "--only-binary :all: -- a"),
        ({"no_deps": True}, "--no-deps -- a", "--no-deps -- a"),
        (
            {"requirements": (), "requirement_files": ("r.txt",), "constraint_files": ("c.txt",)},
            "-r r.txt -c c.txt",
            "-r r.txt -c c.txt",
        ),
        (
            {"exclude_newer": "2026-01-01"},
            "--exclude-newer 2026-01-01 -- a",
            "--uploaded-prior-to 2026-01-01 -- a",
        ),
        ({"index": "http://h/s"}, "--default-index http://h/s -- a", "--index-url http://h/s -- a"),
        (
            {"index": "http://h/s", "extra_indexes": ("http://i/s",)},
            (
                "--extra-index-url http://i/s --default-index http://h/s"
                " --index-strategy unsafe-best-match -- a"
            ),
            "--extra-index-url http://i/s --index-url http://h/s -- a",
        ),
        ({"refresh": ("a",)}, "--refresh-package a -- a", "--no-cache-dir -- a"),
        ({"reinstall": True}, "--reinstall -- a", "--force-reinstall -- a"),
        ({"prereleases": True}, "--prerelease allow -- a", "--pre -- a"),
        ({"requirements": ("--evil",)}, "-- --evil", "-- --evil"),
    ],
)
def test_the_options_of_both_installers(wanted, uv, pip):
    assert options("uv", **wanted) == uv
    assert options("pip", **wanted) == pip


def test_only_uv_takes_the_lowest():
    assert options("uv", resolution="lowest-direct") == "--resolution lowest-direct -- a"
    with pytest.raises(ConfigurationError, match="lowest"):
        options("pip", resolution="lowest-direct")


def test_nothing_to_install_is_a_mistake():
    with pytest.raises(ConfigurationError, match="nothing to install"):
        options("uv", requirements=())


@posix
@pytest.mark.parametrize(
    ("path", "extras", "reference"),
    [
        ("/d/a-1.whl", (), "a @ file:///d/a-1.whl#sha256=abc"),
        ("/d/a-1.whl", ("x", "y"), "a[x,y] @ file:///d/a-1.whl#sha256=abc"),
        ("/my é/a#1%.whl", (), "a @ file:///my%20%C3%A9/a%231%25.whl#sha256=abc"),
        ("/d/a-1+local.whl", (), "a @ file:///d/a-1%2Blocal.whl#sha256=abc"),
        ("/d/e/../a.whl", (), "a @ file:///d/a.whl#sha256=abc"),
    ],
)
def test_exact_bytes_by_url(path, extras, reference):
    assert direct_reference("a", Path(path), "abc", extras) == reference


def test_what_is_installed_is_read_from_folder_names(tmp_path):
    environment = Environment(tmp_path, PYTHON)
    assert installed(environment) == {}
    for name in (
        "Zope.Interface-8.1.dist-info",
        "typing_extensions-4.16.0.dist-info",
        "local-1.0+g123.dist-info",
        "zope",
        "old-1.0.egg-info",
        "nonsense.dist-info",
    ):
        (environment.site_packages / name).mkdir(parents=True)
    assert installed(environment) == {
        "zope-interface": "8.1",
        "typing-extensions": "4.16.0",
        "local": "1.0+g123",
    }
