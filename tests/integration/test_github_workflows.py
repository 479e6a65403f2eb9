"""GitHub's workflows of the starters in a real runner: a change, a release, and what must not get through."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from act_runner import Act, Run, act_command
from ci_repository import ci_repository, commit, git, settings, tool_wheel

from shipwheel.indexes.server import free_port, server_command
from shipwheel.process import background

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("github-workflows")]

ROOT = Path(__file__).resolve().parents[2]
GH = ROOT / "tests" / "harness" / "gh_stand_in"
MANYLINUX = ROOT / "tests" / "containers" / "manylinux"
CI, RELEASE = ".github/workflows/ci.yml", ".github/workflows/release.yml"
TAG = "refs/tags/v1.0.0"
SECRET = "xyzzy-not-to-be-seen"


@dataclass
class Place:
    """A starter as a repository, the runner for it, and the index that it publishes to."""

    repository: Path
    act: Act
    index: Path
    pages: Path  # what the stand-in for gh holds

    def change(self) -> Run:
        return self.act.run(self.repository, CI, "pull_request", name="change")

    def release(self, name: str, *, tamper: str = "", cancel: str = "") -> Run:
        return self.act.run(
            self.repository, RELEASE, "push", ref=TAG, name=name, tamper=tamper, cancel=cancel
        )

    @property
    def shown(self) -> dict[str, dict]:
        """Give the releases on GitHub's pages."""
        return json.loads(self.pages.read_text())["pages"] if self.pages.exists() else {}

    @property
    def held(self) -> dict[str, str]:
        """Give what the index holds, with digests."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.index.iterdir()
        }


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what act and the tools run in: nothing of the test run's, an own home for what they keep."""
    foreign = ("PYTEST", "COV", "NOX", "SHIPWHEEL", "GITHUB", "CI", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip")}


@pytest.fixture(scope="module", autouse=True)
def runner() -> None:
    if act_command() is None:
        pytest.skip("workflows are not run: there is no act (pip install --group test)")


@pytest.fixture(scope="module")
def pythons(interpreters: Mapping[str, Path]) -> dict[str, Path]:
    """Give the Pythons of a short matrix: two, of which the newer stands in for the tool's own."""
    here = sorted((int(each[2:]), each) for each in interpreters if int(each[2:]) >= 12)
    if len(here) < 2:
        pytest.skip(
            f"a matrix and the tools' lock need two Pythons from 3.12 on: {sorted(interpreters)}"
        )
    return {name: interpreters[name] for _, name in (here[0], here[-1])}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve an empty index on loopback."""
    folder = tmp_path / "index"
    folder.mkdir()
    port = free_port()
    with background(server_command(folder, port, "/health"), log=tmp_path / "index.log"):
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/health").close()
                break
            except OSError:
                time.sleep(0.05)
        yield url, folder


@pytest.fixture
def place(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    pythons: Mapping[str, Path],
    served: tuple[str, Path],
    environ: Mapping[str, str],
) -> Callable[..., Place]:
    """Make a starter's repository with an index; act's folder is one for the whole module."""
    shared = tmp_path_factory.getbasetemp() / "act"
    wheel = tool_wheel(shared / "tool", environ)

    def make(
        starter: str, change: Callable[[Path], None] | None = None, wrapper: tuple[str, ...] = ()
    ) -> Place:
        configuration = settings(tuple(pythons), "github", wheel, served[0])
        repository = ci_repository(tmp_path / starter, starter, configuration, wheel, environ)
        if change:
            change(repository)
            commit(repository, environ, "Change it")
        git(repository, environ, "tag", "v1.0.0")
        newest = list(pythons.values())[-1]
        secrets = {
            "TWINE_USERNAME": "somebody",
            "TWINE_PASSWORD": SECRET,
            "GITHUB_TOKEN": SECRET,
        }
        path = os.pathsep.join((str(GH), environ["PATH"]))
        act = Act(
            tmp_path, pythons, newest, {**environ, "PATH": path}, secrets=secrets, wrapper=wrapper
        )
        pages = tmp_path / "pages.json"
        act.env = {
            "ACT_TOOLS": str(shared / "tools"),
            "GH_PAGES": str(pages),
            "GH_TAGS": "v1.0.0",
        }
        return Place(repository, act, served[1], pages)

    return make


def all_passed(run: Run, *jobs: str) -> bool:
    return {job: run.result(job) for job in jobs} == dict.fromkeys(jobs, "success")


def test_a_change_and_a_release_of_a_pure_package(place, pythons) -> None:
    pure = place("pure")
    change = pure.change()
    assert change.code == 0, change.text[-8000:]
    assert all_passed(change, "build", "test", "test-lowest", "verify", "gate")
    assert pure.held == {}
    assert "SHIPWHEEL_JOB=test-lowest nox -s test-lowest" in change.said("test-lowest")

    release = pure.release("release")
    assert release.code == 0, release.text[-8000:]
    closing = ("gate", "publish", "read-back", "github-release")
    assert all_passed(release, "build", "test", "verify", *closing)
    built = release.artifacts / "dist-build" / "dist"
    sent = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built.iterdir()}
    assert pure.held == sent
    assert len(sent) == 2
    state = release.artifacts / "release" / ".shipwheel"
    record = json.loads((state / "release.json").read_bytes())
    told = json.loads((state / "provenance.json").read_bytes())
    assert {each["filename"]: each["sha256"] for each in told["files"]} == sent
    assert told["run"]["provider"] == "github"
    assert json.loads((state / "sbom.cdx.json").read_bytes())["bomFormat"] == "CycloneDX"
    assert {each["job"] for each in record["tests"]} >= {
        f"test-{python}-manylinux_x86_64" for python in pythons
    }
    assert SECRET not in release.text
    assert "Check out" not in release.said("publish") + release.said("github-release")
    attached = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in state.glob("*.json")
    }
    assert set(attached) == {"release.json", "sbom.cdx.json", "provenance.json"}
    page = {"draft": False, "prerelease": False, "files": attached}
    assert pure.shown == {"v1.0.0": page}

    # the same again finds every file there, and sends nothing
    again = pure.release("again")
    assert again.code == 0, again.text[-8000:]
    assert pure.held == sent
    assert "identical" in again.said("publish")
    assert all_passed(again, "github-release")
    assert list(pure.shown) == ["v1.0.0"]


@pytest.mark.parametrize(
    ("tamper", "stopped"),
    [
        ("swap:dist-build:*.whl", "test"),
        ("remove:dist-build:*.tar.gz", "verify"),
        ("swap:release:*.whl", "publish"),
        ("remove:release:*.tar.gz", "publish"),
    ],
)
def test_what_is_not_what_was_tested_is_not_sent(place, tamper: str, stopped: str) -> None:
    pure = place("pure")
    run = pure.release("release", tamper=tamper)
    assert run.code != 0
    assert run.result(stopped) == "failure", run.text[-4000:]
    assert (run.result("read-back"), run.result("github-release")) == ("skipped", "skipped")
    assert pure.shown == {}
    if stopped != "publish":
        assert (run.result("gate"), run.result("publish")) == ("skipped", "skipped")
    assert pure.held == {}


def test_a_failing_test_stops_a_change_and_a_release(place) -> None:
    def spoil(repository: Path) -> None:
        (repository / "tests" / "test_broken.py").write_text("def test_it(): assert False\n")

    pure = place("pure", spoil)
    change = pure.change()
    assert change.code != 0
    assert (change.result("test"), change.result("gate")) == ("failure", "failure")
    release = pure.release("release")
    assert release.result("test") == "failure"
    assert (release.result("gate"), release.result("publish")) == ("skipped", "skipped")
    assert pure.held == {}


def measuring(repository: Path, threshold: int, *, spoiled: str = "") -> None:
    """Let a starter measure coverage; its tests fail on the Python `spoiled`."""
    with (repository / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[tool.coverage.run]\nsource_pkgs = ["spanwords"]\nbranch = true\n'
            f"[tool.coverage.report]\nfail_under = {threshold}\n"
            '[tool.shipwheel.test]\nrequires = ["coverage"]\n'
        )
    code = f"import platform\ndef test_it(): assert not platform.python_version().startswith({spoiled + '.'!r})\n"
    (repository / "tests" / "test_python.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "shipwheel", "render"], cwd=repository, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("fails", [False, True])
def test_a_change_is_measured_over_all_its_cells(place, pythons, fails) -> None:
    spoiled = list(pythons)[-1] if fails else "2.7"
    pure = place("pure", lambda repository: measuring(repository, 50, spoiled=spoiled))
    change = pure.change()
    assert change.result("coverage") == "success", change.text[-8000:]
    assert change.result("test") == ("failure" if fails else "success")
    assert change.result("gate") == change.result("test")
    assert "over 2 cells" in change.said("coverage")
    cells = {f"test-{python}-manylinux_x86_64" for python in pythons}
    for cell in cells:
        (folder,) = (change.artifacts / f"coverage-{cell}").iterdir()
        assert folder.name == cell
    report = (change.artifacts / "coverage" / "coverage.xml").read_text(encoding="utf-8")
    assert 'filename="src/spanwords/__init__.py"' in report
    assert not list(change.artifacts.glob("coverage-test-lowest*"))


def test_too_little_coverage_fails_the_required_check(place) -> None:
    pure = place("pure", lambda repository: measuring(repository, 100))
    change = pure.change()
    assert (change.result("test"), change.result("coverage")) == ("success", "failure")
    assert "below the project's 100 %" in change.said("coverage")
    assert (change.artifacts / "coverage" / "coverage.xml").is_file()
    assert change.result("gate") == "failure"


def test_a_tag_that_is_not_the_version_builds_nothing(place) -> None:
    pure = place("pure")
    git(pure.repository, pure.act.environ, "tag", "v2.0.0")
    run = pure.act.run(pure.repository, RELEASE, "push", ref="refs/tags/v2.0.0", name="other")
    assert run.result("build") == "failure"
    assert "v2.0.0" in run.said("build")
    assert not (run.artifacts / "dist-build").exists()
    assert run.result("publish") == "skipped"


def test_a_cancelled_release_sends_nothing(place) -> None:
    pure = place("pure")
    run = pure.release("release", cancel="test")
    assert run.code != 0
    assert run.result("publish") == "skipped"
    assert pure.held == {}


@pytest.fixture(scope="module")
def container() -> tuple[str, ...]:
    """Give what runs a command where cibuildwheel has a container, or skip."""
    command = ["bash", str(MANYLINUX), "image"]
    made = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if made.returncode == 69:
        pytest.skip(f"wheels are not built: {made.stderr.strip()}")
    assert made.returncode == 0, made.stderr[-4000:]
    return ("bash", str(MANYLINUX), "run")


def test_a_release_of_a_c_extension(place, pythons, container) -> None:
    extension = place("c-extension", None, container)
    change = extension.change()
    assert change.code == 0, change.text[-8000:]
    assert all_passed(change, "build", "wheels", "test", "test-lowest", "verify", "gate")
    release = extension.release("release")
    assert release.code == 0, release.text[-8000:]
    assert all_passed(release, "build", "wheels", "test", "verify", "gate", "publish", "read-back")
    assert len(extension.held) == 1 + len(pythons)
    record = json.loads(
        (release.artifacts / "release" / ".shipwheel" / "release.json").read_bytes()
    )
    assert {each["builder"] for each in record["files"]} == {"build", "cibuildwheel"}
