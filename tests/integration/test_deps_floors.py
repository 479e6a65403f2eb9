"""The floors of a tiny project whose true ones are known, by its tests against the real index."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).resolve().parent.parent / "projects" / "floors-found"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "namely"
    shutil.copytree(PROJECT, found, ignore=shutil.ignore_patterns("__pycache__", ".shipwheel"))
    return found


def test_the_version_that_brought_a_function_is_found_and_declared(tools, root: Path) -> None:
    """packaging 23.2 brought `is_normalized_name`; nothing but its bound is changed."""
    before = (root / "pyproject.toml").read_text()
    ran = tools.shipwheel(root, "deps", "floors", "packaging", "--write", "--json")
    assert ran.code == 1, ran.text
    (found,) = json.loads(ran.out)["projects"]
    assert (found["state"], found["written"]) == ("found", True), ran.text
    (floor,) = found["floors"]
    assert (floor["floor"], floor["below"]) == ("23.2", "23.1")
    assert "is_normalized_name" in floor["why"]
    assert 1 <= len(found["runs"]) <= 9
    assert all(Path(each["log"]).is_file() for each in found["runs"])
    assert "of at most" in ran.text
    after = (root / "pyproject.toml").read_text()
    assert after == before.replace("packaging >= 21.0", "packaging >= 23.2")
    (rule,) = (each["rule"] for each in found["remarks"])
    assert rule == "unbounded"  # more-itertools


def test_one_that_is_named_is_not_blamed_for_another(tools, root: Path) -> None:
    """The declared packaging is too old, which attrs has nothing to do with."""
    ran = tools.shipwheel(root, "deps", "floors", "attrs", "--json")
    (found,) = json.loads(ran.out)["projects"]
    assert (found["state"], [each["proposed"] for each in found["floors"]]) == ("holds", [""])
    assert len(found["runs"]) == 2, ran.text


def test_tests_that_fail_anyhow_are_told_and_nothing_is_searched(tools, root: Path) -> None:
    (root / "tests" / "test_names.py").write_text("def test_never():\n    assert 1 == 2\n")
    (root / "noxfile.py").write_text("import nox, shipwheel\nshipwheel.register(nox)\n")
    ran = tools.nox(root, "-s", "floors")
    assert ran.code == 1, ran.text
    assert "the tests fail at the newest versions too" in ran.text
    (found,) = json.loads((root / ".shipwheel/deps/floors.json").read_text())["projects"]
    assert (found["state"], len(found["runs"]), found["diff"]) == ("red", 2, "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--static",), 1, "says nothing of how old it may be"),
        (("nothing-of-ours",), 2, "does not require nothing-of-ours"),
    ],
)
def test_without_a_run(tools, root: Path, words: tuple[str, ...], code: int, said: str) -> None:
    ran = tools.shipwheel(root, "deps", "floors", *words)
    assert (ran.code, said in ran.text) == (code, True), ran.text
    assert not (root / ".shipwheel" / "logs" / "floors").exists()
