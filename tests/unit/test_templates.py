"""The starters are what `init` would write, and what a stranger may copy."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from shipwheel.cli.noxfile import noxfile_text

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STARTERS = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
# the folders that hold a [project]: a workspace's root has none
PACKAGES = sorted(
    path.parent.relative_to(TEMPLATES).as_posix()
    for pattern in ("*/pyproject.toml", "*/packages/*/pyproject.toml")
    for path in TEMPLATES.glob(pattern)
    if "[project]" in path.read_text(encoding="utf-8")
)


def test_there_is_one_for_each_kind() -> None:
    assert STARTERS == ["abi3", "c-extension", "container", "cython-meson", "monorepo", "pure"]


@pytest.mark.parametrize("name", STARTERS)
def test_the_noxfile_is_what_init_writes(name: str) -> None:
    text = (TEMPLATES / name / "noxfile.py").read_text(encoding="utf-8")
    assert text == noxfile_text(None, script=True)


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("file", ["LICENSE", "README.md", ".gitignore"])
def test_has_what_a_repository_needs(name: str, file: str) -> None:
    assert (TEMPLATES / name / file).stat().st_size > 30


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("file", ["LICENSE", "README.md"])
def test_has_what_a_package_needs(name: str, file: str) -> None:
    assert (TEMPLATES / name / file).stat().st_size > 30


@pytest.mark.parametrize("name", PACKAGES)
def test_names_each_python_that_it_supports(name: str) -> None:
    table = tomllib.loads((TEMPLATES / name / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = table["project"]["requires-python"].removeprefix(">=")
    prefix = "Programming Language :: Python :: "
    named = [
        each.removeprefix(prefix)
        for each in table["project"]["classifiers"]
        if each.startswith(f"{prefix}3.")
    ]
    assert named[0] == oldest
    assert named == [f"3.{minor}" for minor in range(9, 9 + len(named))]
    package = table["project"]["name"].replace("-", "_")
    assert (TEMPLATES / name / "src" / package / "py.typed").is_file()
