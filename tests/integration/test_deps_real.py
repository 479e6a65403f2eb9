"""The questions about dependencies over four heavy packages, five Pythons and six platforms, on the real index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.real]

HEAVY = ("cryptography", "lxml", "numpy", "pandas")
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    *("manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64"),
    *("macosx_arm64", "macosx_x86_64", "win_amd64"),
)
PROJECT = f"""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "heavy"
version = "1.0"
requires-python = ">=3.10"
dependencies = {json.dumps(HEAVY)}
[tool.shipwheel]
pythons = {json.dumps(PYTHONS)}
"""


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("heavy")
    package = root / "src" / "heavy"
    package.mkdir(parents=True)
    imports = "import cryptography, lxml, numpy, pandas\n"
    (package / "__init__.py").write_text(imports, "utf-8")
    (root / "pyproject.toml").write_text(PROJECT, "utf-8")
    return root


def asked(tools, root: Path, *words: str) -> dict[str, Any]:
    ran = tools.shipwheel(root, "deps", *words, "--json", "answer.json")
    assert ran.code == 0, ran.text
    assert "Traceback" not in ran.text
    return json.loads((root / "answer.json").read_bytes())["projects"][0]


def test_thirty_cells_are_ready(tools, heavy: Path) -> None:
    found = asked(tools, heavy, "readiness", *PYTHONS, *PLATFORMS)
    assert {(each["python"], each["platform"]) for each in found["cells"]} == {
        (python, platform) for python in PYTHONS for platform in PLATFORMS
    }
    assert {each["state"] for each in found["cells"]} <= {"ready", "missing"}
    linux = [each["state"] for each in found["cells"] if each["platform"] == PLATFORMS[0]]
    assert linux == ["ready"] * len(PYTHONS)


def test_no_conflict_on_any_of_them(tools, heavy: Path) -> None:
    found = asked(tools, heavy, "conflicts")
    assert (found["conflicts"], found["requirements"]) == ([], len(HEAVY))


def test_a_lock_of_them_holds_every_platform_and_an_install_takes_what_it_says(
    tools, heavy: Path
) -> None:
    (lock,) = asked(tools, heavy, "lock")["locks"]
    assert lock["state"] == "new"
    text = (heavy / "pylock.toml").read_text("utf-8")
    for mark in ("macosx_11_0_arm64", "win_amd64", "musllinux_", "manylinux_"):
        assert mark in text
    held = asked(tools, heavy, "production")
    installed = {each["name"]: each for each in held["packages"]}
    assert {*HEAVY, "heavy"} <= {*installed}
    assert all(f'version = "{installed[each]["version"]}"' in text for each in HEAVY)
    assert sum(installed["numpy"]["weight"].values()) > 10_000_000
