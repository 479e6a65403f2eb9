"""The main job on nine projects that nobody here wrote: init, nox, green on every Python, no hand edit.

They stand in tests/harness/real_projects.py.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from real_projects import REAL, Real, download

from shipwheel.dists.sdist import unpack_sdist

pytestmark = [pytest.mark.integration, pytest.mark.real]

PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")


def supported(project: Path, interpreters: Mapping[str, Path]) -> list[str]:
    """Give the Pythons that the release itself declares and this machine has."""
    headers = HeaderParser().parsestr((project / "PKG-INFO").read_text(encoding="utf-8"))
    declared = SpecifierSet(headers.get("Requires-Python") or "")
    return [each for each in PYTHONS if each in interpreters and declared.contains(f"{each}.99")]


def records(project: Path) -> dict[str, dict[str, Any]]:
    """Give what each job left, by job id."""
    files = (project / ".shipwheel" / "records").glob("*.json")
    return {record["job"]: record for record in (json.loads(file.read_bytes()) for file in files)}


@pytest.fixture
def checkout(request, tmp_path, commit) -> Path:
    """Give a release's tree in git, as its maintainer would have it."""
    real: Real = request.param
    if shutil.which(real.compiler) is None:
        pytest.skip(f"{real.name} needs {real.compiler}, which is not on this machine")
    project = unpack_sdist(download(real), tmp_path, doubles=True)
    commit(project)
    return project


@pytest.mark.parametrize(
    ("real", "checkout"),
    [(each, each) for each in REAL],
    ids=[each.name for each in REAL],
    indirect=["checkout"],
)
def test_is_green_without_a_hand_edit(real: Real, checkout: Path, tools, interpreters) -> None:
    pythons = supported(checkout, interpreters)
    assert pythons, f"{real.name} supports none of {sorted(interpreters)}"

    begun = tools.shipwheel(checkout, "init")
    assert begun.code == 0, begun.text
    if real.line:
        refused = tools.nox(checkout, "-j2")
        assert refused.code != 0
        assert real.line in refused.text
        with (checkout / "pyproject.toml").open("a", encoding="utf-8") as table:
            table.write(f"\n[tool.shipwheel]\n{real.line}\n")
    ran = tools.nox(checkout, "-j2")
    assert ran.code == 0, ran.text[-8000:]

    left = records(checkout)
    assert left["build"]["status"] == "passed"
    assert left["verify"]["status"] == "passed"
    tested = {python: left[f"test-{python}"] for python in pythons}
    assert {python: each["status"] for python, each in tested.items()} == dict.fromkeys(
        pythons, "passed"
    )
    counts = {python: each["tests_run"] for python, each in tested.items()}
    # versions differ by a few skipped tests; a tenth less is another suite
    assert min(counts.values()) >= 0.9 * real.tests, counts
    made = {each["sha256"] for record in left.values() for each in record["made"]}
    for python, record in tested.items():
        assert {each["sha256"] for each in record["consumed"]} <= made, python
        assert record["consumed"], python
