"""Locks of the real index: written, held against what is declared, patched, installed from, with uv and pip."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from shipwheel import process
from shipwheel.errors import JobError
from shipwheel.events import Notice, silent
from shipwheel.project.pylock import read_pylock
from shipwheel.sessions.context import open_project
from shipwheel.sessions.deps.lock import LOCK
from shipwheel.sessions.deps.patch import PATCH
from shipwheel.sessions.dispatch import run_job

pytestmark = pytest.mark.integration

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "vulnerable"
version = "1"
requires-python = ">=3.9"
dependencies = [{dependencies}]
[project.optional-dependencies]
colour = ["colorama"]
[dependency-groups]
test = ["iniconfig", "packaging<25"]
[tool.hatch.build.targets.wheel]
packages = ["src/vulnerable"]
[tool.shipwheel]
pythons = ["{python}"]
[tool.shipwheel.test]
command = ["python", "-m", "unittest", "discover", "tests"]
groups = ["test"]
"""
OLD = ("urllib3==1.26.4", "jinja2==2.11.3", "markupsafe==1.1.1", "idna==2.10")
LOOSE = ("urllib3>=1.26", "jinja2>=2.11", "markupsafe", "idna")
TEST = """
import unittest
import vulnerable


class Test(unittest.TestCase):
    def test_versions(self):
        import iniconfig, urllib3
        self.assertTrue(vulnerable)
"""


def declare(root: Path, *dependencies: str, more: str = "") -> None:
    listed = ", ".join(f'"{each}"' for each in dependencies)
    text = PROJECT.format(dependencies=listed, python=PYTHON)
    (root / "pyproject.toml").write_text(text + more)


def shipwheel(root: Path, *words: str):
    command = (sys.executable, "-m", "shipwheel", "-C", str(root), "deps", *words)
    return process.run(command, timeout=300)


def versions(root: Path, name: str = "pylock.toml") -> dict[str, tuple[str, ...]]:
    return read_pylock(root / name).versions()


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with an old urllib3 and jinja2 in its lock; what it declares admits newer ones."""
    root = tmp_path_factory.mktemp("vulnerable")
    (root / "src" / "vulnerable").mkdir(parents=True)
    (root / "src" / "vulnerable" / "__init__.py").write_text("import urllib3\n")
    (root / "tests").mkdir()
    (root / "tests" / "test_versions.py").write_text(TEST)
    declare(root, *OLD)
    done = shipwheel(root, "lock")
    assert done.ok, done.output
    declare(root, *LOOSE)
    return root


@pytest.fixture
def project(locked: Path, tmp_path: Path) -> Path:
    """Give a copy of it."""
    return Path(shutil.copytree(locked, tmp_path / "vulnerable"))


def test_a_lock_serves_every_python_and_platform_with_hashes(project: Path) -> None:
    lock = read_pylock(project / "pylock.toml")
    assert lock.requires_python == ">=3.9"
    assert lock.versions()["urllib3"] == ("1.26.4",)
    assert all(each.hashes for each in lock.packages)
    assert set(versions(project, "pylock.test.toml")) == {"iniconfig", "packaging"}
    assert len(versions(project, "pylock.test.toml")["iniconfig"]) == 2  # 3.9 takes an older one
    assert {"colorama", "jinja2"} <= set(versions(project, "pylock.colour.toml"))
    for path in project.glob("pylock*.toml"):
        assert str(project) not in path.read_text()


def test_a_check_asks_whether_the_declarations_still_hold_not_what_is_newest(project: Path) -> None:
    before = {each: each.read_bytes() for each in project.glob("pylock*.toml")}
    done = shipwheel(project, "lock", "--check")
    assert done.ok, done.output
    declare(project, "urllib3>=2", *LOOSE[1:])
    done = shipwheel(project, "lock", "--check")
    assert done.returncode == 1
    assert "out of date" in done.output
    kept = json.loads((project / ".shipwheel" / "deps" / "lock.json").read_text())
    states = {each["file"]: each["state"] for each in kept["projects"][0]["locks"]}
    assert states == {
        "pylock.toml": "outdated",
        "pylock.test.toml": "unchanged",
        "pylock.colour.toml": "outdated",
    }
    assert before == {each: each.read_bytes() for each in project.glob("pylock*.toml")}


def test_a_vulnerable_package_is_patched_without_touching_the_rest_and_tested(
    project: Path,
) -> None:
    before = versions(project)
    text = (project / "pylock.toml").read_text()
    done = shipwheel(project, "patch", "urllib3==1.26.19")
    assert done.ok, done.output
    assert versions(project) == before | {"urllib3": ("1.26.19",)}
    entries = {each.split("\n")[1]: each for each in text.split("[[packages]]")[1:]}
    for each in (project / "pylock.toml").read_text().split("[[packages]]")[1:]:
        name = each.split("\n")[1]
        assert (each.strip() == entries[name].strip()) == ("urllib3" not in name)
    kept = json.loads((project / ".shipwheel" / "deps" / "patch.json").read_text())["projects"][0]
    assert kept["tests"] == [{"job": f"test-{PYTHON}", "state": "passed", "said": ""}]
    assert {each["file"] for each in kept["locks"]} == {"pylock.toml", "pylock.colour.toml"}
    record = (project / ".shipwheel" / "records" / f"test-{PYTHON}.json").read_text()
    assert read_pylock(project / "pylock.toml").sha256 in record


def test_what_must_move_along_is_told_with_the_reason(project: Path) -> None:
    opened = open_project(project)
    found = PATCH.ask(opened, ["jinja2==3.1.6", "--no-tests"], silent)
    moved = {change.package: change for change in found.locks[0].changes}
    assert set(moved) == {"jinja2", "markupsafe"}
    assert moved["markupsafe"].before == ("1.1.1",)
    assert moved["markupsafe"].why == "required by jinja2"
    assert versions(project)["idna"] == ("2.10",)


def test_a_patch_whose_tests_fail_stays_and_says_the_way_back(project: Path) -> None:
    failing = TEST.replace("assertTrue(vulnerable)", "assertEqual(urllib3.__version__, '1.26.4')")
    (project / "tests" / "test_versions.py").write_text(failing)
    found = PATCH.ask(open_project(project), ["urllib3==1.26.19"], silent)
    assert not found.ok
    assert [each.state for each in found.tests] == ["failed"]
    assert versions(project)["urllib3"] == ("1.26.19",)
    error = PATCH.failure(found, "kept")
    assert "shipwheel deps patch urllib3==1.26.4" in (error.hint or "")


def test_an_impossible_and_a_yanked_version_leave_the_locks_alone(project: Path) -> None:
    declare(project, "urllib3<2", *LOOSE[1:], "requests==2.25.1")
    LOCK.ask(open_project(project), (), silent)
    before = (project / "pylock.toml").read_bytes()
    for wanted, said in (
        ("urllib3==2.5.0", "does not fit what the project requires"),
        ("urllib3==99", "no index has urllib3 99"),
        ("requests==2.32.0", "was yanked"),
    ):
        with pytest.raises(JobError, match=said):
            PATCH.ask(open_project(project), [wanted, "--no-tests"], silent)
    assert (project / "pylock.toml").read_bytes() == before


def test_a_cool_down_keeps_young_releases_out_but_for_one_that_is_named(project: Path) -> None:
    cool = '\n[tool.shipwheel.deps]\nexclude-newer = "2024-06-01"\n'
    declare(project, *LOOSE, more=cool)
    found = PATCH.ask(open_project(project), ["urllib3", "--no-tests"], silent)
    assert found.after == ("2.2.1",)
    found = PATCH.ask(open_project(project), ["urllib3==2.5.0", "--no-tests"], silent)
    assert found.after == ("2.5.0",)
    again = LOCK.ask(open_project(project), (), silent)  # and what was locked so stays
    assert again.ok
    assert versions(project)["urllib3"] == ("2.5.0",)


def test_pip_installs_what_is_locked_by_its_hashes(project: Path) -> None:
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(
        text.replace("[tool.shipwheel]\n", '[tool.shipwheel]\ninstaller = "pip"\n')
    )
    opened = open_project(project)
    run_job(opened, opened.plan.job("build"))
    run = run_job(opened, opened.plan.job(f"test-{PYTHON}"))
    told = run.log.read_text().splitlines()
    assert run.tests_run == 1
    assert any("installed from pylock.toml, pylock.test.toml: 6 packages" in each for each in told)
    spoil(project / "pylock.toml", "urllib3")
    with pytest.raises(JobError, match="its bytes have another hash"):
        run_job(opened, opened.plan.job(f"test-{PYTHON}"))


def test_uv_takes_no_file_of_another_hash_than_the_lock_has(project: Path) -> None:
    opened = open_project(project)
    run_job(opened, opened.plan.job("build"))
    spoil(project / "pylock.toml", "urllib3")
    with pytest.raises(JobError, match="its bytes have another hash") as caught:
        run_job(opened, opened.plan.job(f"test-{PYTHON}"))
    assert "pylock.toml, pylock.test.toml hold the versions" in (caught.value.hint or "")


def spoil(lock: Path, name: str) -> None:
    """Put another hash in place of each of a package's."""
    for package in read_pylock(lock).named(name):
        for each in package.hashes:
            lock.write_text(lock.read_text().replace(each.partition(":")[2], "0" * 64))


def test_pip_tools_sources_keep_what_was_compiled_and_groups_may_disagree(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "tools"\nversion = "1"\nrequires-python = ">=3.9"\n'
        '[dependency-groups]\nnew = ["idna>=3.4"]\n'
    )
    (tmp_path / "requirements.in").write_text("idna<3\niniconfig\n")
    (tmp_path / "requirements.txt").write_text(
        "idna==2.8 \\\n    --hash=sha256:00\n    # via -r requirements.in\niniconfig==1.1.1\n"
    )
    told: list[str] = []

    def emit(event: object) -> None:
        if isinstance(event, Notice):
            told.append(event.text)

    found = LOCK.ask(open_project(tmp_path), (), emit)
    assert versions(tmp_path) == {"idna": ("2.8",), "iniconfig": ("1.1.1",)}
    assert versions(tmp_path, "pylock.new.toml")["idna"] != ("2.8",)
    assert found.apart
    assert any("not all groups and extras fit together" in each for each in told)


def test_a_group_that_a_patch_does_not_fit_stays_and_holds_nothing_back(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "tools"\nversion = "1"\nrequires-python = ">=3.9"\n'
        'dependencies = ["idna{}"]\n[dependency-groups]\nold = ["idna<3"]\n'
    )
    (tmp_path / "pyproject.toml").write_text(text.format("==2.10"))
    LOCK.ask(open_project(tmp_path), (), silent)
    (tmp_path / "pyproject.toml").write_text(text.format(">=2"))
    found = PATCH.ask(open_project(tmp_path), ["idna", "--no-tests"], silent)
    assert not found.ok
    assert "does not fit every group; `shipwheel deps patch idna==" in found.held
    told: list[object] = []
    found = PATCH.ask(open_project(tmp_path), ["idna==3.7", "--no-tests"], told.append)
    assert found.ok
    assert versions(tmp_path) == {"idna": ("3.7",)}
    assert versions(tmp_path, "pylock.old.toml") == {"idna": ("2.10",)}
    assert any("pylock.old.toml stays as it is" in str(each) for each in told)


def test_a_group_for_later_pythons_is_locked_for_those(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "tools"\nversion = "1"\nrequires-python = ">=3.9"\n'
        'dependencies = ["idna"]\n[dependency-groups]\ndocs = ["iniconfig>=2.3"]\n'
    )
    opened = open_project(tmp_path)
    LOCK.ask(opened, (), silent)
    assert read_pylock(tmp_path / "pylock.toml").requires_python == ">=3.9"
    assert read_pylock(tmp_path / "pylock.docs.toml").requires_python == ">=3.10"
    assert LOCK.ask(opened, ("--check",), silent).ok
