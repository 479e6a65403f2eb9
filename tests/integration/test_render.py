"""`shipwheel render` as a person and CI call it, and the tools' lock against a real index."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT, clean_environment

pytestmark = pytest.mark.integration

CI, RELEASE = ".github/workflows/ci.yml", ".github/workflows/release.yml"
LOCK = ".github/shipwheel-tools.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build shipwheel's own wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    uv(folder, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


def uv(cwd: Path, *args: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "uv", *map(str, args)],
        cwd=cwd,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def git(project: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", *args],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_tool(project: Path, wheel: Path) -> None:
    (project / "tools").mkdir()
    shutil.copy2(wheel, project / "tools")
    tool_from(project, f"tools/{wheel.name}")


def tool_from(project: Path, tool: str) -> None:
    """Say where CI gets the tool from, in place of the starter's own settings for CI."""
    settings = project / "pyproject.toml"
    own, _, _ = settings.read_text(encoding="utf-8").partition("\n[tool.shipwheel.ci]")
    settings.write_text(f'{own}\n[tool.shipwheel.ci]\ntool = "{tool}"\n', encoding="utf-8")


def fresh(template, name: str = "pure") -> Path:
    """Give a starter without the workflows that it comes with."""
    project = template(name)
    for folder in (".github", ".gitlab"):
        shutil.rmtree(project / folder, ignore_errors=True)
    for file in (".gitattributes", ".gitlab-ci.yml"):
        (project / file).unlink(missing_ok=True)
    return project


def test_from_nothing_to_no_drift_and_back(tools, template, wheel: Path) -> None:
    project = fresh(template)
    with_tool(project, wheel)
    before = tools.shipwheel(project, "render", "--check")
    assert before.code == 1
    assert f"{CI}" in before.out
    assert not (project / ".github").exists()

    written = tools.shipwheel(project, "render", "--lock")
    assert written.code == 0, written.text
    checked = tools.shipwheel(project, "render", "--check")
    assert checked.code == 0, checked.text
    assert "no drift" in checked.out
    git(project, "add", "--all")
    assert tools.shipwheel(project, "render").code == 0
    assert git(project, "diff", "--stat") == ""

    text = (project / CI).read_text("utf-8")
    (project / CI).write_text(
        text.replace("timeout-minutes: 15", "timeout-minutes: 16", 1), "utf-8"
    )
    ran = tools.shipwheel(project, "render", "--check", "--json")
    assert ran.code == 1
    found = json.loads(ran.out)
    state = next(each for each in found["files"] if each["path"] == CI)
    assert state["drifts"] == ["edited by hand"]
    assert "+    timeout-minutes: 15\n" in state["diff"]
    assert tools.shipwheel(project, "render").code == 1
    shown = tools.shipwheel(project, "render", "--diff")
    assert shown.code == 0
    assert "+    timeout-minutes: 15" in shown.out
    assert tools.shipwheel(project, "render", "--overwrite").code == 0
    assert (project / CI).read_text("utf-8") == text


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_the_lock_installs_on_every_system_of_ci(
    tools, template, wheel: Path, system: str, tmp_path: Path
) -> None:
    project = fresh(template)
    with_tool(project, wheel)
    assert tools.shipwheel(project, "render", "--lock").code == 0
    text = (project / LOCK).read_text("utf-8")
    assert "://" not in text

    told = uv(
        project,
        *("pip", "install", "--dry-run", "--require-hashes", "--only-binary", ":all:"),
        *("--python-version", "3.14", "--python-platform", system, "--target", tmp_path / "to"),
        *("--requirement", LOCK),
    )

    assert "nox" in told
    assert "shipwheel" in told
    # a release to PyPI is attested, and every job that closes one is on Linux
    assert ("pypi-attestations" in told) is (system == "linux")
    changed = text.replace("sha256:", "sha256:0000", 1)
    (project / LOCK).write_text(changed, "utf-8")
    checked = tools.shipwheel(project, "render", "--check")
    assert checked.code == 1
    assert "it was edited by hand" in checked.out


def test_another_wheel_in_its_place_is_drift(tools, template, wheel: Path) -> None:
    project = fresh(template)
    with_tool(project, wheel)
    assert tools.shipwheel(project, "render", "--lock").code == 0
    with (project / "tools" / wheel.name).open("ab") as file:
        file.write(b"\n")

    checked = tools.shipwheel(project, "render", "--check")

    assert checked.code == 1
    assert "is not the file that it names" in checked.out


def test_no_index_within_reach(tools, template) -> None:
    project = fresh(template)
    tool_from(project, "shipwheel==0.1.0")
    nowhere = {
        "UV_DEFAULT_INDEX": "http://user:word-of-secret@127.0.0.1:9/simple",
        "UV_NO_CONFIG": "1",
        "UV_FIND_LINKS": "",
        "UV_HTTP_RETRIES": "0",
    }

    ran = tools.run("shipwheel", "render", "--lock", cwd=project, env=nowhere)

    assert ran.code == 3, ran.text
    assert "word-of-secret" not in ran.text
    assert not (project / LOCK).exists()
    assert (project / CI).exists(), "rendering itself needs no index"


@pytest.mark.parametrize("args", [("--check", "--lock"), ("--diff", "--overwrite")])
def test_calls_that_contradict_themselves(tools, template, args) -> None:
    ran = tools.shipwheel(fresh(template), "render", *args)

    assert ran.code == 2
    assert "write nothing" in ran.err


def test_init_writes_the_workflows_of_a_repository_that_has_none(tools, template) -> None:
    project = fresh(template)
    shutil.rmtree(project / ".git")
    without = tools.shipwheel(project, "init")
    assert without.code == 0, without.text
    assert "there is no git repository yet" in without.out
    assert not (project / ".github").exists()

    git(project, "init", "--quiet")
    dry = tools.shipwheel(project, "init", "--dry-run")
    assert f"{CI}: would be new" in dry.out
    left_out = tools.shipwheel(project, "init", "--no-ci")
    assert CI not in left_out.out
    assert not (project / ".github").exists()
    done = tools.shipwheel(project, "init")
    assert done.code == 0, done.text
    assert f"{CI}: new" in done.out
    assert "shipwheel render --lock" in done.out
    assert (project / RELEASE).is_file()
    doctor = tools.shipwheel(project, "doctor")
    assert LOCK in doctor.out


def test_init_beside_workflows_of_the_users_own(tools, template) -> None:
    project = fresh(template)
    own = project / ".github" / "workflows" / "tests.yml"
    own.parent.mkdir(parents=True)
    own.write_text("on: push\n", encoding="utf-8")

    ran = tools.shipwheel(project, "init")

    assert ran.code == 0, ran.text
    assert "there is CI of your own (.github/workflows/tests.yml)" in ran.out
    assert [path.name for path in own.parent.iterdir()] == ["tests.yml"]
