"""A running environment adopted by a project that declares nothing, against the real index."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from shipwheel.machine.environment import uv_command
from shipwheel.process import run

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).resolve().parent.parent / "projects" / "adopted"
# none of them the newest
HELD = {"jinja2": "3.1.3", "markupsafe": "3.0.3", "packaging": "23.2", "more-itertools": "10.2.0"}
BESIDE = {"iniconfig": "2.0.0", "codespell": "2.2.6"}


def state_of(folder: Path) -> dict[str, str]:
    """Give each path below a folder with its bytes, mode and time."""
    found = {}
    for path in sorted(folder.rglob("*")):
        told = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        times = f"{told.st_mode} {told.st_mtime_ns}"
        found[str(path.relative_to(folder))] = f"{times} {hashlib.sha256(data).hexdigest()}"
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of older versions, with a tool and something that nothing imports."""
    place = tmp_path_factory.mktemp("running") / "env"
    pins = [f"{name}=={version}" for name, version in (HELD | BESIDE).items()]
    for words in (
        ("venv", "--no-project", "--python", sys.executable, place),
        ("pip", "install", "--python", place, *pins),
    ):
        done = run([uv_command(), *words])
        assert done.ok, done.output
    return place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "tallies"
    shutil.copytree(PROJECT, found, ignore=shutil.ignore_patterns("__pycache__", ".shipwheel"))
    return found


def test_declared_locked_at_these_versions_and_green(tools, root: Path, running: Path) -> None:
    before = state_of(running)
    ran = tools.shipwheel(root, "deps", "adopt", str(running), "--json")
    assert ran.code == 0, ran.text
    assert state_of(running) == before, "the running environment was touched"
    (found,) = json.loads(ran.out)["projects"]
    assert (found["written"], found["tests"]["state"]) == (True, "passed"), ran.text
    assert [each["name"] for each in found["told"]] == ["iniconfig"]
    declared = tomllib.loads((root / "pyproject.toml").read_text())
    assert declared["project"]["dependencies"] == ["Jinja2>=3.1.3", "packaging>=23.2"]
    assert declared["dependency-groups"] == {
        "dev": ["codespell>=2.2.6"],
        "test": ["more-itertools>=10.2.0"],
    }
    assert "# what the servers run\n" in (root / "pyproject.toml").read_text()
    locked = {
        each["name"]: each["version"]
        for path in root.glob("pylock*.toml")
        for each in tomllib.loads(path.read_text())["packages"]
    }
    assert locked == {**HELD, "codespell": "2.2.6"}
    again = tools.shipwheel(root, "deps", "adopt", str(running))
    assert (again.code, "says already what it depends on" in again.text) == (2, True), again.text


def test_a_dry_run_shows_everything_and_writes_nothing(tools, root: Path, running: Path) -> None:
    before = (root / "pyproject.toml").read_bytes()
    (root / "noxfile.py").write_text("import nox, shipwheel\nshipwheel.register(nox)\n")
    ran = tools.nox(root, "-s", "adopt", "--", str(running), "--dry-run")
    assert ran.code == 0, ran.text
    assert '+  "Jinja2>=3.1.3",' in ran.text
    assert "pylock.toml: 3 packages, would be written" in ran.text
    assert (root / "pyproject.toml").read_bytes() == before
    assert not list(root.glob("pylock*"))
