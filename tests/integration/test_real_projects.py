"""The main job on eight projects that nobody here wrote: init, nox, green on every Python, no hand edit.

The sdists come from the index that pip is configured for, are kept in `~/.cache/shipwheel-tests` and held
to the hashes below. A project moves to a newer release by changing its row.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from shipwheel.dists.sdist import unpack_sdist

pytestmark = [pytest.mark.integration, pytest.mark.real]

CACHE = Path.home() / ".cache" / "shipwheel-tests"
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Real:
    """A release: its file, and how many tests its authors' own command runs on 3.12, by hand.

    `line` is the one line of configuration that it honestly needs, empty where it needs none.
    """

    name: str
    version: str
    filename: str
    sha256: str
    tests: int
    line: str = ""
    compiler: str = "gcc"


REAL = (
    Real(
        name="MarkupSafe",
        version="3.0.4",
        filename="markupsafe-3.0.4.tar.gz",
        sha256="2e9ad7dd851bf45fab9f75cbff4cb493fee9979e8d8c7c9c3ee119022518edd6",
        tests=79,
    ),
    Real(
        name="iniconfig",
        version="2.3.1",
        filename="iniconfig-2.3.1.tar.gz",
        sha256="67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960",
        tests=54,
    ),
    Real(
        name="bottle",
        version="0.13.4",
        filename="bottle-0.13.4.tar.gz",
        sha256="787e78327e12b227938de02248333d788cfe45987edca735f8f88e03472c3f47",
        tests=359,
    ),
    Real(
        name="tabulate",
        version="0.10.0",
        filename="tabulate-0.10.0.tar.gz",
        sha256="e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d",
        tests=296,
    ),
    Real(
        name="itsdangerous",
        version="2.2.0",
        filename="itsdangerous-2.2.0.tar.gz",
        sha256="e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
        tests=297,
    ),
    Real(
        name="zope.interface",
        version="8.7",
        filename="zope_interface-8.7.tar.gz",
        sha256="0b47b62e8d0d99b24bcdd32f4f2120425e5019c3bee2ad69a0e1d75737487a96",
        tests=1366,
    ),
    Real(
        name="frozenlist",
        version="1.8.0",
        filename="frozenlist-1.8.0.tar.gz",
        sha256="3ede829ed8d842f6cd48fc7081d7a41001a56f1f38603f9d49bf3020d59a31ad",
        tests=104,
        compiler="g++",
    ),
    Real(
        name="humanize",
        version="4.17.0",
        filename="humanize-4.17.0.tar.gz",
        sha256="1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
        tests=908,
    ),
)


def download(real: Real) -> Path:
    """Get the sdist once, by pip's own means, and check its bytes."""
    sdist = CACHE / real.filename
    if not sdist.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["pip", "download", "--quiet", "--no-deps", "--no-binary", real.name]
        where = ["--dest", str(CACHE), f"{real.name}=={real.version}"]
        subprocess.run([sys.executable, "-m", *command, *where], check=True)
    assert hashlib.sha256(sdist.read_bytes()).hexdigest() == real.sha256
    return sdist


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
