"""Facts of real projects, and backends asked for what only they know."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from shipwheel.dists.sdist import unpack_sdist
from shipwheel.errors import JobError
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.interpreters import find_interpreters
from shipwheel.project.backend import ask_backend
from shipwheel.project.facts import Kind, Runner
from shipwheel.project.read import read_project

pytestmark = pytest.mark.integration

CACHE = Path.home() / ".cache" / "shipwheel-tests"
COMPUTED = (
    "from setuptools import setup\nsetup(name=''.join(reversed('gniht')) + str(1), version='1.0')\n"
)
SCM = """
[build-system]
requires = ["setuptools>=77", "setuptools-scm>=8"]
build-backend = "setuptools.build_meta"
[project]
name = "thing"
dynamic = ["version"]
dependencies = ["six"]
[project.scripts]
thing = "thing:main"
[tool.setuptools_scm]
"""


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return next(each for each in find_interpreters() if each.target == "3.11")


def test_a_computed_name_is_asked_of_the_backend_and_kept(tmp_path: Path):
    (tmp_path / "setup.py").write_text(COMPUTED)
    project = read_project(tmp_path)
    assert project.name.value == "thing1"
    assert project.name.origin.startswith("asked of setuptools.build_meta")
    kept = list((tmp_path / ".shipwheel" / "cache").glob("metadata-*.json"))
    assert len(kept) == 1
    changed = kept[0].read_text().replace("thing1", "kept1")
    kept[0].write_text(changed)
    assert read_project(tmp_path).name.value == "kept1"


def test_a_version_without_tags_is_told_and_can_be_given(tmp_path, interpreter, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(SCM)
    (tmp_path / "thing.py").write_text("def main(): ...\n")
    project = read_project(tmp_path)
    assert (project.name.value, project.version.value, project.scm_version) == ("thing", None, True)
    with pytest.raises(JobError) as caught:
        ask_backend(project, interpreter)
    assert "git has no tag" in caught.value.what
    assert "git fetch --tags" in caught.value.hint
    assert caught.value.evidence
    assert "Traceback" not in caught.value.what
    monkeypatch.setenv("SETUPTOOLS_SCM_PRETEND_VERSION", "2.5")
    metadata = ask_backend(project, interpreter)
    assert (metadata.name, metadata.version) == ("thing", "2.5")
    assert metadata.dependencies == ("six",)
    assert metadata.entry_points == {"console_scripts": {"thing": "thing:main"}}


def unpacked(filename: str, name: str, into: Path) -> Path:
    """Get a release's sdist once, by pip's own means, and unpack it."""
    sdist = CACHE / filename
    if not sdist.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        release = f"{name}=={filename.removesuffix('.tar.gz').rpartition('-')[2]}"
        command = ["pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        subprocess.run([sys.executable, "-m", *command, "--dest", CACHE, release], check=True)
    return unpack_sdist(sdist, into, doubles=True)


@dataclass(frozen=True)
class Truth:
    """What is true of a release, read by hand."""

    filename: str
    name: str
    kind: Kind
    packages: dict[str, str]
    requires_python: str | None
    command: str
    runner: Runner = Runner.PYTEST


# fmt: off
TRUTHS = (
    Truth("markupsafe-3.0.4.tar.gz", "MarkupSafe", Kind.EXTENSION, {"markupsafe": "src/markupsafe"}, ">=3.9", "pytest"),
    Truth("iniconfig-2.3.1.tar.gz", "iniconfig", Kind.PURE, {"iniconfig": "src/iniconfig"}, ">=3.10", "pytest"),
    Truth("bottle-0.13.4.tar.gz", "bottle", Kind.PURE, {"bottle": "bottle.py"}, None, "python -m unittest discover -s test -t .", Runner.UNITTEST),
    Truth("itsdangerous-2.2.0.tar.gz", "itsdangerous", Kind.PURE, {"itsdangerous": "src/itsdangerous"}, ">=3.8", "pytest"),
    Truth("zope_interface-8.7.tar.gz", "zope.interface", Kind.EXTENSION, {"zope.interface": "src/zope/interface"}, ">=3.11", "python -m unittest discover -s src/zope", Runner.UNITTEST),
    Truth("frozenlist-1.8.0.tar.gz", "frozenlist", Kind.EXTENSION, {"frozenlist": "frozenlist"}, ">=3.9", "pytest"),
    Truth("humanize-4.17.0.tar.gz", "humanize", Kind.PURE, {"humanize": "src/humanize"}, ">=3.11", "python -m pytest"),
)
# fmt: on


@pytest.mark.real
@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_real_projects(tmp_path, truth):
    project = read_project(unpacked(truth.filename, truth.name, tmp_path))
    assert project.name.value == truth.name
    assert project.kind.value is truth.kind
    assert {each.name: each.path for each in project.packages.value} == truth.packages
    assert project.requires_python.value == truth.requires_python
    assert project.test.runner.value is truth.runner
    assert [" ".join(argv) for argv in project.test.commands.value] == [truth.command]
