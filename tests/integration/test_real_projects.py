"""Projects that nobody here wrote: nine green on every Python without a hand edit, four more compiled.

They stand in tests/harness/real_projects.py.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from real_projects import COMPILED, REAL, Compiled, Real, download

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


def chosen(compiled: Compiled, interpreters: Mapping[str, Path]) -> str:
    """Give the Python to build for: 3.12, on which the tests were counted, or the newest there is."""
    oldest = int(compiled.oldest.partition(".")[2])
    minors = [int(each.partition(".")[2]) for each in PYTHONS if each in interpreters]
    fit = [each for each in minors if each >= oldest]
    if not fit:
        pytest.skip(f"{compiled.name} needs Python {compiled.oldest}, which is not on this machine")
    return f"3.{12 if 12 in fit else max(fit)}"


def loaded(python: Path, module: str, cwd: Path) -> Path:
    """Give the file that an environment's Python loads a module from."""
    where = f"import {module} as found; print(found.__file__)"
    ran = subprocess.run(
        [python, "-I", "-c", where], cwd=cwd, capture_output=True, text=True, check=True
    )
    return Path(ran.stdout.strip())


@pytest.mark.skipif(sys.platform != "linux", reason="repaired by auditwheel, which is Linux's")
@pytest.mark.parametrize("compiled", COMPILED, ids=lambda each: each.name)
def test_its_extension_is_built_repaired_tested_and_verified(
    compiled: Compiled, tools, interpreters, tmp_path, commit
) -> None:
    if shutil.which(compiled.compiler) is None:
        pytest.skip(f"{compiled.name} needs {compiled.compiler}, which is not on this machine")
    python = chosen(compiled, interpreters)
    project = unpack_sdist(download(compiled), tmp_path, doubles=True)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as table:
        table.write(f'\n[tool.shipwheel]\npythons = ["{python}"]\n{compiled.settings}')
    commit(project)
    begun = tools.shipwheel(project, "init")
    assert begun.code == 0, begun.text

    ran = tools.nox(project, "-s", f"test-{python}", "verify")
    assert ran.code == 0, ran.text[-8000:]
    left = records(project)
    wheel, test = left[f"wheel-{python}"], left[f"test-{python}"]
    (made,) = wheel["made"]
    assert "manylinux" in made["filename"]
    assert wheel["tools"]["auditwheel"]
    assert (test["tests_run"] or None) == compiled.tests
    proved = {"imports"} if compiled.tests is None else {"imports", "tests"}
    assert {each["what"] for each in test["proofs"]} == proved
    assert {each["sha256"] for each in test["proofs"]} == {made["sha256"]}
    assert made["sha256"] in {each["sha256"] for each in left["verify"]["proofs"]}
    environment = project / ".shipwheel" / "envs" / f"test-{python}"
    extension = loaded(environment / "bin" / "python", compiled.module, tmp_path)
    assert extension.is_relative_to(environment)
    assert extension.suffix == ".so"
