"""Where an environment's parts lie, and which variables reach what runs in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipwheel.machine.environment import (
    MARKER,
    Environment,
    environment_variables,
    library_folder,
    path_with,
    read_marker,
)
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer, is_offline

posix = pytest.mark.skipif(os.name != "posix", reason="written with POSIX paths")


def python(version="3.12.1", implementation="cpython", *, free_threaded=False):
    return Interpreter(
        target="x", executable="/x", version=version, implementation=implementation,
        platform="linux-x86_64", build="b", origin="PATH", free_threaded=free_threaded,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("interpreter", "folder"),
    [
        (python("3.9.18"), "python3.9"),
        (python("3.14.0", free_threaded=True), "python3.14t"),
        (python("3.15.0a2"), "python3.15"),
        (python("3.11.9", "pypy"), "pypy3.11"),
    ],
)
def test_the_library_folder_follows_from_the_interpreter(interpreter, folder):
    assert library_folder(interpreter) == folder


@posix
@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({"PATH": "/usr/bin:/bin"}, "/env/bin:/usr/bin:/bin"),
        ({"PATH": "/old/bin:/bin", "VIRTUAL_ENV": "/old"}, "/env/bin:/bin"),
        ({"PATH": "/tool/bin/:/bin"}, "/env/bin:/bin"),
        ({"PATH": ":/bin:"}, "/env/bin:/bin"),
    ],
)
def test_the_path_holds_no_other_environment(base, expected):
    assert path_with(Path("/env/bin"), base, own=Path("/tool/bin")) == expected


DROPPED = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONWARNINGS",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "PY_COLORS",
    "COLUMNS",
    "NOX_CURRENT_SESSION",
    "TOX_ENV_NAME",
    "COVERAGE_PROCESS_START",
    "COV_CORE_SOURCE",
    "PYTEST_ADDOPTS",
    "PYTEST_CURRENT_TEST",
    "CONDA_PREFIX",
    "SHIPWHEEL_CACHE_DIR",
    "TWINE_PASSWORD",
    "UV_PUBLISH_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "PIP_TARGET",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
]
KEPT = [
    "HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "TMPDIR",
    "CI",
    "GITHUB_ACTIONS",
    "SYSTEMROOT",
    "PYTHONHASHSEED",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "NO_PROXY",
    "PIP_CERT",
    "PIP_INDEX_URL",
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "CC",
    "CFLAGS",
]
NETWORK = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]


def variables(names, **options):
    environment = Environment(Path("/env"), python())
    given = environment_variables(environment, dict.fromkeys(names, "x"), **options)
    return set(given) - {"PATH", "VIRTUAL_ENV"}


def test_a_test_sees_what_a_clean_terminal_has():
    assert variables(DROPPED + KEPT + NETWORK) == set(KEPT)


def test_a_tool_may_use_the_network():
    assert variables(DROPPED + KEPT + NETWORK, network=True) == {*KEPT, *NETWORK}


def test_what_is_asked_for_wins():
    assert variables(["NO_COLOR"], extra={"NO_COLOR": "1", "A": "b"}) == {"NO_COLOR", "A"}


def test_an_installer_keeps_the_users_indexes_unless_one_shall_answer():
    base = {"UV_INDEX": "a", "PIP_INDEX_URL": "b", "UV_PYTHON": "c", "REQUESTS_CA_BUNDLE": "d"}
    kept = for_installer(base)
    assert {"UV_INDEX", "PIP_INDEX_URL", "REQUESTS_CA_BUNDLE"} <= set(kept)
    assert "UV_PYTHON" not in kept
    alone = for_installer(base, one_index=True)
    assert not {"UV_INDEX", "PIP_INDEX_URL"} & set(alone)
    assert alone["PIP_CONFIG_FILE"] == os.devnull
    assert alone["UV_NO_CONFIG"] == "1"


@pytest.mark.parametrize("text", ["", "{}", '{"state": "half"}', "\x00"])
def test_a_spoilt_marker_is_none(tmp_path, text):
    (tmp_path / MARKER).write_text(text)
    assert read_marker(tmp_path) is None
    assert read_marker(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("", False)]
)
def test_uv_is_told_to_ask_its_cache_alone(value: str, offline) -> None:
    assert is_offline({"UV_OFFLINE": value}) is offline
