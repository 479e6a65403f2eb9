"""The tests of a project with deprecations as errors, run by its real tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "oldies"
version = "1"
requires-python = ">=3.11"
dependencies = ["python-dateutil==2.8.2"]
[dependency-groups]
test = ["pytest"]
[tool.hatch.build.targets.wheel]
packages = ["src/oldies"]
[tool.shipwheel]
pythons = ["3.11"]
"""
SOURCE = """
import warnings

def old():
    warnings.warn("old() goes away", DeprecationWarning, stacklevel=2)

def use():
    return old()
"""
TESTS = """
import oldies

def test_own():
    oldies.use()

def test_that_meets_none():
    pass
"""


def test_deprecations_are_told_by_whose_they_are(tools, tmp_path: Path) -> None:
    (tmp_path / "src/oldies").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "src/oldies/__init__.py").write_text(SOURCE)
    (tmp_path / "tests/test_oldies.py").write_text(TESTS)
    ran = tools.shipwheel(
        tmp_path, "deps", "readiness", "3.11", "manylinux_x86_64", "--warnings", "--json"
    )
    assert ran.code == 1, ran.text
    (found,) = json.loads(ran.out)["projects"]
    assert found["tested"].endswith(": 1 failed, 1 passed")
    assert [(each["file"], each["line"], each["own"]) for each in found["warned"]] == [
        ("src/oldies/__init__.py", 8, True)
    ]
    assert [each["kind"] for each in found["steps"]] == ["replace"]
