"""Shipped wheels: cibuildwheel in a real container, called as CI calls it; and what it says without one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shipwheel.dists.sdist import unpack_sdist

pytestmark = pytest.mark.integration

TESTS = Path(__file__).resolve().parent.parent
CONTAINER, PROJECTS = TESTS / "containers" / "manylinux", TESTS / "projects"
_CANNOT = 69  # the script's exit code where the machine lacks something

# cp39 and cp312 on this machine's platform are tested inside cibuildwheel where no job of the Plan is
ELSEWHERE = '\n[tool.shipwheel.test]\nplatforms = ["manylinux_aarch64"]\n'
# the Pythons of the image, where the project is for more
HERE = "cp39-* cp310-* cp311-* cp312-* cp313-*"
# what pip's and uv's own pins need is not in every index
LATEST = {"CIBW_DEPENDENCY_VERSIONS": "latest", "CIBW_BUILD_FRONTEND": "build[uv]"}


@pytest.fixture(scope="session")
def container() -> Path:
    """Give the script that runs a command where cibuildwheel finds a container engine and an image."""
    if sys.platform != "linux":
        pytest.skip("the container is made of Debian and this machine's Pythons")
    made = subprocess.run(["bash", CONTAINER, "image"], capture_output=True, text=True, check=False)
    if made.returncode == _CANNOT:
        pytest.skip(made.stderr.strip())
    assert made.returncode == 0, made.stderr[-4000:]
    return CONTAINER


@pytest.fixture
def wheels(container: Path, tools) -> Callable[..., Any]:
    """Give what runs `nox -s wheels` in a project beside that engine, with the session's arguments."""

    def run(project: Path, *args: str, env: dict[str, str] | None = None) -> Any:
        nox = [tools.python, "-P", "-m", "nox", "--script-mode", "none", "--no-dependencies"]
        command = ["bash", container, "run", *nox, "-s", "wheels", *(["--", *args] if args else [])]
        return subprocess.run(
            [os.fspath(word) for word in command],
            cwd=project,
            env={**_clean(), **LATEST, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


def _clean() -> dict[str, str]:
    outer = ("PYTEST_", "COV", "NOX", "SHIPWHEEL_", "GITHUB_", "GITLAB_", "VIRTUAL_ENV", "CIBW_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    kept.pop("CI", None)
    return kept


def record(project: Path, identifier: str) -> dict[str, Any]:
    path = project / ".shipwheel" / "records" / f"wheels-{identifier}.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def add(project: Path, text: str) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def build(tools, project: Path) -> None:
    built = tools.nox(project, "-s", "build")
    assert built.code == 0, built.text[-4000:]


def test_wheels_of_two_pythons_from_the_sdist_that_ships(wheels, template, tools) -> None:
    """A job of the Plan tests them: cibuildwheel builds and repairs, and no more."""
    project = template("c-extension")
    add(project, '\n[tool.shipwheel.wheels]\nplatforms = ["manylinux_x86_64"]\n')
    add(project, '\n[tool.cibuildwheel]\nbuild = "cp310-* cp312-*"\n')
    build(tools, project)
    sdist = record_of_sdist(project)
    ran = wheels(project)  # without arguments: each identifier of this machine's platform
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    for identifier in ("cp310-manylinux_x86_64", "cp312-manylinux_x86_64"):
        left = record(project, identifier)
        assert left["status"] == "passed"
        assert [each["sha256"] for each in left["consumed"]] == [sdist]
        (made,) = left["made"]
        assert (made["id"], made["builder"]) == (identifier, "cibuildwheel")
        assert "manylinux_2_" in made["filename"]
        assert (project / "dist" / made["filename"]).stat().st_size == made["size"]
        assert left["proofs"] == []
        assert left["tools"]["cibuildwheel"]


def record_of_sdist(project: Path) -> str:
    left = json.loads((project / ".shipwheel" / "records" / "build.json").read_bytes())
    (sdist,) = left["made"]
    return str(sdist["sha256"])


def test_what_no_job_tests_is_tested_there_and_an_abi3_wheel_audited(
    wheels, template, tools
) -> None:
    project = template("abi3")
    add(project, f'{ELSEWHERE}\n[tool.cibuildwheel]\nbuild = "{HERE}"\n')
    build(tools, project)
    ran = wheels(project, "--only", "cp39-manylinux_x86_64")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    left = record(project, "cp39-manylinux_x86_64")
    (made,) = left["made"]
    assert "-cp39-abi3-manylinux" in made["filename"]
    # built once, and these bytes tested on every Python that they are for
    pythons = [proof["detail"]["python"] for proof in left["proofs"]]
    assert pythons == ["3.9", "3.10", "3.11", "3.12", "3.13"]
    for proof in left["proofs"]:
        assert (proof["what"], proof["sha256"]) == ("tests", made["sha256"])
        assert proof["detail"]["ran"] >= 50
    assert left["tests_run"] == sum(proof["detail"]["ran"] for proof in left["proofs"])
    log = (project / ".shipwheel" / "logs" / "wheels-cp39-manylinux_x86_64.log").read_text("utf-8")
    assert '"is_abi3_baseline_compatible": true' in log
    assert log.count("Starting container image") == 1
    assert log.count("Found previously built wheel") == 4


def test_a_wheel_for_every_python_is_made_once_and_tested_on_each(wheels, tools, tmp_path) -> None:
    """A library for ctypes: `py3-none-…`, by a setup.py of the usual kind."""
    project = tmp_path / "setuptools-ctypes"
    shutil.copytree(PROJECTS / project.name, project)
    (project / "noxfile.py").write_text("import nox, shipwheel\n\nshipwheel.register(nox)\n")
    platforms = '\n[tool.shipwheel.wheels]\nplatforms = ["manylinux_x86_64", "manylinux_aarch64"]\n'
    add(project, f'{ELSEWHERE}{platforms}\n[tool.cibuildwheel]\nbuild = "cp310-* cp312-*"\n')
    build(tools, project)
    ran = wheels(project, "--only", "manylinux_x86_64")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    left = record(project, "cp310-manylinux_x86_64")
    (made,) = left["made"]
    assert "-1.0-py3-none-manylinux" in made["filename"]
    told = [(proof["detail"]["python"], proof["detail"]["ran"]) for proof in left["proofs"]]
    assert told == [("3.10", 1), ("3.12", 1)]


FAILS = """
import sys
if sys.version_info[:2] == (3, 11):
    raise SystemExit("error: not for 3.11")
"""


def test_wheels_leave_their_shard_as_they_are_finished(wheels, template, tools) -> None:
    """One call makes three, the second fails: the first lies in dist/ by then, the third is made all the same."""
    project = template("c-extension")
    add(project, '\n[tool.shipwheel.wheels]\nplatforms = ["manylinux_x86_64"]\n')
    add(project, '\n[tool.cibuildwheel]\nbuild = "cp310-* cp311-* cp312-*"\n')
    setup = project / "setup.py"
    setup.write_text(FAILS + setup.read_text(encoding="utf-8"), encoding="utf-8")
    build(tools, project)
    ran = wheels(project, "--only", "manylinux_x86_64")
    text = ran.stdout + ran.stderr
    assert ran.returncode == 1, text[-6000:]
    assert "error: not for 3.11" in text
    kept = {}
    for tag, status in (("cp310", "passed"), ("cp311", "failed"), ("cp312", "passed")):
        left = record(project, f"{tag}-manylinux_x86_64")
        assert left["status"] == status
        for made in left["made"]:
            kept[tag] = project / "dist" / made["filename"]
            assert kept[tag].stat().st_size == made["size"]
    assert list(kept) == ["cp310", "cp312"]
    logs = (project / ".shipwheel" / "logs").glob("wheels-*.log")
    first, second, third = (path.read_text("utf-8") for path in sorted(logs))
    assert "Building cp310" in first
    assert "Building cp31" not in first.replace("Building cp310", "")
    assert "not for 3.11" in second
    assert "Building cp312" in third
    assert "not for 3.11" not in first + third
    # a container for all, and another for what the failure stopped
    assert "Starting container image" in first
    assert "Starting container image" not in second
    assert "Starting container image" in third
    # again: what is there stays, and only what is missing is tried
    times = [path.stat().st_mtime_ns for path in kept.values()]
    again = wheels(project)
    text = again.stdout + again.stderr
    assert again.returncode == 1
    assert [path.stat().st_mtime_ns for path in kept.values()] == times
    assert text.count("(unchanged)") == 2


def test_failing_tests_leave_no_wheel_and_the_projects_constraints_hold(
    wheels, template, tools
) -> None:
    project = template("c-extension")
    own = (project / "pyproject.toml").read_text(encoding="utf-8")
    own = own.replace('[dependency-groups]\ntest = ["pytest>=8"]\n', "")
    (project / "pyproject.toml").write_text(own, encoding="utf-8")
    add(project, ELSEWHERE)
    (project / "requirements-test.txt").write_text("pytest>=8\n-c constraints.txt\n")
    (project / "constraints.txt").write_text("iniconfig==2.0.0\n")
    with (project / "MANIFEST.in").open("a", encoding="utf-8") as manifest:
        manifest.write("include requirements-test.txt constraints.txt\n")
    (project / "tests" / "test_red.py").write_text(
        "from importlib.metadata import version\n\n\n"
        "def test_red():\n    assert version('iniconfig') == 'green'\n",
        encoding="utf-8",
    )
    build(tools, project)
    ran = wheels(project, "--only", "cp312-manylinux_x86_64")
    assert ran.returncode == 1
    assert "cp312-manylinux_x86_64: the tests failed" in ran.stdout + ran.stderr
    assert "'2.0.0' == 'green'" in ran.stdout + ran.stderr
    assert record(project, "cp312-manylinux_x86_64")["made"] == []
    assert not list((project / "dist").glob("*.whl"))


@pytest.mark.real
def test_what_the_terminal_says_of_cibuildwheel_reaches_it(wheels, tools, tmp_path) -> None:
    """MarkupSafe as it is released, tested with a command of the user's though a job of the Plan tests it."""
    project = _from_pypi("markupsafe==3.0.4", tmp_path)
    (project / "noxfile.py").write_text("import nox, shipwheel\n\nshipwheel.register(nox)\n")
    build(tools, project)
    own = {
        "CIBW_TEST_COMMAND": "python -m pytest {project}/tests",
        "CIBW_TEST_REQUIRES_LINUX": "pytest",
    }
    ran = wheels(project, "--only", "cp313-manylinux_x86_64", env=own)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    left = record(project, "cp313-manylinux_x86_64")
    (made,) = left["made"]
    assert made["filename"].startswith("markupsafe-3.0.4-cp313-cp313-manylinux")
    (proof,) = left["proofs"]
    assert proof["what"] == "tests"
    assert proof["detail"]["ran"] > 50


def _from_pypi(requirement: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    which = ["--no-deps", "--no-binary", ":all:", "--dest", os.fspath(folder), requirement]
    done = subprocess.run([*command, *which], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return unpack_sdist(next(folder.glob("*.tar.gz")), folder / "unpacked")


def test_without_a_container_engine_it_says_what_to_install(template, tools) -> None:
    project = template("c-extension")
    build(tools, project)
    bare = tools.nox(
        project,
        *("--no-dependencies", "-s", "wheels", "--", "--only", "cp312-manylinux_x86_64"),
        env={"PATH": os.fspath(tools.python.parent)},
    )
    assert bare.code == 1
    assert "no container engine: docker is not on this machine" in bare.text
    assert "podman" in bare.text
    assert "nox -s wheel" in bare.text
    assert "Traceback" not in bare.text


def test_a_wheel_of_another_system_names_its_runner(template, tools) -> None:
    project = template("c-extension")
    build(tools, project)
    other = "cp312-win_amd64" if sys.platform != "win32" else "cp312-macosx_arm64"
    ran = tools.nox(project, "--no-dependencies", "-s", "wheels", "--", "--only", other)
    assert ran.code == 1
    assert f"{other} is made on" in ran.text
    assert "CI makes it on" in ran.text
    assert record(project, other)["status"] == "failed"


def test_a_wheel_that_the_plan_dropped_leaves_dist(template, tools, needs_python) -> None:
    """What shipwheel made and no longer plans must not look as if a stranger had put it there."""
    needs_python("3.11")
    needs_python("3.12")
    project = template("c-extension")
    plain = (project / "pyproject.toml").read_text(encoding="utf-8")
    both = f'{plain}\n[tool.shipwheel]\npythons = ["3.11", "3.12"]\n'
    (project / "pyproject.toml").write_text(both, encoding="utf-8")
    built = tools.nox(project, "-s", "wheel")
    assert built.code == 0, built.text[-4000:]
    assert len(list((project / "dist").glob("*.whl"))) == 2
    (project / "dist" / "nearword-0.1-py3-none-any.whl").write_text("a person's own")

    (project / "pyproject.toml").write_text(both.replace('"3.11", ', ""), encoding="utf-8")
    ran = tools.nox(project, "-s", "build")
    assert ran.code == 0, ran.text[-4000:]
    assert "no longer belongs in dist/" in ran.text
    (old,) = (project / ".shipwheel" / "old").glob("*.whl")
    assert "-cp311-" in old.name
    left = sorted(each.name for each in (project / "dist").glob("*.whl"))
    assert left[0] == "nearword-0.1-py3-none-any.whl"
    assert "-cp312-" in left[1]
