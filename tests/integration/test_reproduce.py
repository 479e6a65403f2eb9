"""Two builds of the same, with real backends and a real compiler: the starters, and what is spoiled on purpose."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

NO_COMPILER = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


def found(project: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((project / ".shipwheel" / "reproduce.json").read_bytes())
    return told


@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("pure", ("",)),
        pytest.param("c-extension", ("",), marks=NO_COMPILER),
        pytest.param("abi3", ("",), marks=NO_COMPILER),
        pytest.param("cython-meson", ("",), marks=NO_COMPILER),
        pytest.param("monorepo", None, marks=NO_COMPILER),
    ],
)
def test_the_starters_are_reproducible(name, packages, template, tools) -> None:
    project = template(name)
    if (
        name == "cython-meson"
    ):  # Cython's C compiles for long: one Python shows what the others would
        here = f"{sys.version_info[0]}.{sys.version_info[1]}"
        with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[tool.shipwheel]\npythons = ["{here}"]\n')
    roots = [project / each for each in packages or ()] or sorted((project / "packages").iterdir())
    ran = tools.nox(project, "-s", "reproduce")
    assert ran.code == 0, ran.text[-8000:]
    for root in roots:
        told = found(root)
        assert told["ok"]
        assert len(told["files"]) >= 2
        assert {each["here"] for each in told["files"]} == {"absent"}
        for each in told["files"]:
            assert each["identical"]
            assert each["sha256"][0] == each["sha256"][1]
        assert not (root / "dist").exists(), "nothing is put where releases are taken from"


def test_what_is_built_is_what_reproducing_builds(template, tools) -> None:
    """The kept build of this folder and both copies: three builds, one hash."""
    project = template("pure")
    assert tools.nox(project, "-s", "build").code == 0
    ran = tools.nox(project, "-s", "reproduce")
    assert ran.code == 0, ran.text[-8000:]
    assert {each["here"] for each in found(project)["files"]} == {"same"}
    assert "identical" in ran.out
    with tarfile.open(next((project / "dist").glob("*.tar.gz"))) as archive:
        assert {each.mtime for each in archive} == {1793534400}, "the commit's time"


def test_the_users_epoch_counts(template, tools) -> None:
    project = template("pure")
    ran = tools.nox(project, "-s", "build", env={"SOURCE_DATE_EPOCH": "1700000000"})
    assert ran.code == 0, ran.text[-4000:]
    with tarfile.open(next((project / "dist").glob("*.tar.gz"))) as archive:
        assert {each.mtime for each in archive} == {1700000000}


def test_the_same_files_in_a_later_commit_are_built_with_its_time(template, tools) -> None:
    project = template("pure")
    assert tools.nox(project, "-s", "build").code == 0
    again = tools.nox(project, "-s", "build")
    assert again.out.count("(unchanged)") == 2, again.text[-4000:]
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *who, "commit", "--quiet", "--allow-empty", "--message", "More"],
        cwd=project,
        env={**os.environ, "GIT_COMMITTER_DATE": "2026-11-02T12:00:00+00:00"},
        check=True,
    )
    built = tools.nox(project, "-s", "build")
    assert built.code == 0, built.text[-4000:]
    assert "(unchanged)" not in built.out
    with tarfile.open(next((project / "dist").glob("*.tar.gz"))) as archive:
        assert {each.mtime for each in archive} == {1793534400 + 86400}


@NO_COMPILER
def test_what_differs_is_told_by_member_and_byte_range(template, tools) -> None:
    project = template("abi3")
    setup = project / "setup.py"
    text = setup.read_text(encoding="utf-8")
    spoiled = text.replace("macros=FLOOR", 'macros=[*FLOOR, ("AT", str(time.time_ns()))]')
    assert spoiled != text
    write = 'pathlib.Path("src/wirecrc/_built.py").write_text(f"AT = {time.time_ns()}\\n")\n'
    setup.write_text(f"import pathlib, time\n{write}{spoiled}", encoding="utf-8")
    (source,) = project.glob("src/**/*.c")
    with source.open("a", encoding="utf-8") as file:
        file.write("const long long compiled_at = AT;\n")
    ran = tools.nox(project, "-s", "reproduce")
    assert ran.code == 1, ran.text[-4000:]
    told = found(project)
    assert not told["ok"]
    of_sdist, of_wheel = (
        {each["member"].rpartition("/")[2]: each for each in file["differences"]}
        for file in told["files"]
    )
    assert any(line.startswith("+AT = ") for line in of_sdist["_built.py"]["lines"])
    (library,) = (each for name, each in of_wheel.items() if name.endswith(".so"))
    assert library["what"] == "content"
    assert library["ranges"]
    for each in library["ranges"]:
        assert each["length"] > 0
        assert each["first"] != each["second"]
    assert "DIFFERENT" in ran.out
    assert f"at {library['ranges'][0]['offset']:,}, " in ran.out
