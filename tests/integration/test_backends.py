"""Each backend that compiles, with a tiny real project: recognized, built, repaired, tested, verified."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from backends import CASES, PROJECTS, BackendCase

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="the tags are Linux's"),
]

TARGET = f"{sys.version_info[0]}.{sys.version_info[1]}"
TAG = f"cp{sys.version_info[0]}{sys.version_info[1]}"
NOXFILE = "import nox, shipwheel\n\nshipwheel.register(nox)\n"

_BACKENDS = ("maturin-", "meson-python-", "scikit-build-core-", "setuptools-")


@pytest.fixture
def project(case: BackendCase, tmp_path: Path, commit) -> Path:
    missing = [each for each in case.programs if shutil.which(each) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not here")
    found = tmp_path / case.project
    shutil.copytree(PROJECTS / case.project, found, ignore=shutil.ignore_patterns("__pycache__"))
    (found / "noxfile.py").write_text(NOXFILE, encoding="utf-8")
    settings = found / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    if "[tool.shipwheel]" not in text:
        text += "\n[tool.shipwheel]\n"
    own = f'[tool.shipwheel]\npythons = ["{TARGET}"]'
    settings.write_text(text.replace("[tool.shipwheel]", own), encoding="utf-8")
    commit(found)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.project)
def test_from_tree_to_verified_wheel(case: BackendCase, project: Path, tools, tmp_path) -> None:
    explained = tools.shipwheel(project, "plan", "--explain")
    assert explained.code == 0, explained.text
    told = next(line for line in explained.out.splitlines() if line.startswith("  kind "))
    assert told.split()[1] == case.kind
    assert all(part in told for part in case.told_by.split("…"))

    env = {"CCACHE_DIR": str(tmp_path / "kept")}
    ran = tools.nox(project, "-s", f"test-{TARGET}", "verify", env=env)
    assert ran.code == 0, ran.text[-8000:]
    wheel, test = record(project, f"wheel-{TARGET}"), record(project, f"test-{TARGET}")
    (made,) = wheel["made"]
    assert f"-1.0-{case.tag.format(cp=TAG)}-manylinux" in made["filename"]
    assert wheel["tools"]["auditwheel"]
    # sccache is Rust's too, where it is here
    if shutil.which("ccache") and not (case.backend == "maturin" and shutil.which("sccache")):
        assert bool(wheel["notes"]) == case.cache
    # the tests ran, and on these bytes: the overlay has no compiled module but the wheel's
    assert test["tests_run"] == 1
    assert [each["sha256"] for each in test["proofs"] if each["what"] == "tests"] == [
        made["sha256"]
    ]
    verified = record(project, "verify")
    assert made["sha256"] in [each["sha256"] for each in verified["proofs"]]


def record(project: Path, job: str) -> dict:
    return json.loads((project / ".shipwheel" / "records" / f"{job}.json").read_bytes())


def test_each_project_there_is_in_the_list() -> None:
    names = [each.parent.name for each in PROJECTS.glob("*/pyproject.toml")]
    # others are there for what they depend on
    there = {name for name in names if name.startswith(_BACKENDS)}
    assert {each.project for each in CASES} == there
