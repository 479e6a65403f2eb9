from __future__ import annotations

import pytest

from shipwheel.building.cibuildwheel_failure import release_failure
from shipwheel.errors import ConfigurationError, JobError, MachineError

START = "Starting container image quay.io/pypa/manylinux_2_28_x86_64:2026.11.01...\n\n"
BUILD = f"{START}+ podman create\n  ✓ 1.05s\nBuilding wheel...\n\n    + python -m build\n"
TEST = f"{BUILD}built: no error: at all\n  ✓ 4.05s\nTesting wheel...\n\n    + sh -c pytest\n"
ENDED = "\n   ✕ 2.31s\ncibuildwheel: \x1b[91merror\x1b[0m: Command ['x'] failed with code 1. \n\n"


def failure(output, code=1, **more):
    return release_failure(output + ENDED, code, identifier="cp312-manylinux_x86_64", **more)


@pytest.mark.parametrize(
    ("said", "what", "hint"),
    [
        ("Cannot connect to the Docker daemon at unix:///var/run", "does not run", "start"),
        ("permission denied while trying to connect to the docker API", "this user", "usermod"),
        ("exec /bin/bash: exec format error", "processor", "QEMU"),
        ("Error: initializing source docker://quay.io/x: pinging", "image", "CIBW_MANYLINUX"),
        (
            "Error: crun: setrlimit `RLIMIT_NPROC`: Operation not permitted",
            "start a",
            "create_args",
        ),
    ],
)
def test_a_container_that_does_not_come_up_is_the_machines_matter(tmp_path, said, what, hint):
    error = failure(START + said, log=tmp_path / "wheels.log")
    assert isinstance(error, MachineError)
    assert what in error.what
    assert hint in error.hint
    assert "wheels.log" in error.where


@pytest.mark.parametrize(
    ("output", "what", "evidence", "hint"),
    [
        (
            f"{BUILD}compiling\nx.c:3:1: error: unknown type name 'wat'\n",
            "the wheel could not be built",
            "x.c:3:1: error: unknown type",
            "before-all",
        ),
        (
            f"{TEST}collected 2 items\nE   assert 1 == 2\nFAILED tests/test_a.py::test_it\n",
            "the tests failed",
            "E   assert 1 == 2\nFAILED tests/test_a.py::test_it",
            "test-command",
        ),
        (
            f"{BUILD}  ✓ 4.05s\nRepairing wheel...\n\nValueError: Cannot repair wheel: too-recent\n",
            "the wheel could not be repaired",
            "ValueError: Cannot repair",
            "manylinux-*-image",
        ),
        (
            f"{TEST}ERROR: No matching distribution found for nosuch\n",
            "the tests failed: what is installed there could not be had",
            "No matching distribution found for nosuch",
            "index",
        ),
    ],
)
def test_a_step_that_failed_is_named_with_its_first_error(output, what, evidence, hint):
    error = failure(output, log=None)
    assert isinstance(error, JobError)
    assert error.what == f"cp312-manylinux_x86_64: {what}"
    assert error.evidence.startswith(evidence) or evidence in error.evidence.splitlines()[0]
    assert hint in error.hint
    assert "2.31s" not in error.evidence
    assert "\x1b" not in error.evidence


def test_a_word_of_a_container_in_the_tests_is_no_trouble_of_the_machine():
    error = failure(f"{TEST}E   exec format error\n", log=None)
    assert isinstance(error, JobError)


@pytest.mark.parametrize("code", [2, 4])
def test_a_refused_configuration(code):
    said = "cibuildwheel: error: Unknown option 'test-comand' in config file"
    error = release_failure(said, code, identifier="cp312-manylinux_x86_64", log=None)
    assert isinstance(error, ConfigurationError)
    assert "test-comand" in error.evidence
