"""GitLab's pipelines of the starters in a real runner: a change, a release, and what must not get through."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gitlab_runner import (
    MERGE_REQUEST,
    GitLab,
    Pipeline,
    Unavailable,
    artifacts,
    check_available,
)
from varied_pipelines import _repositories

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.indexes.server import free_port, server_command
from shipwheel.process import background
from shipwheel.rendering.generated import sealed
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline, gitlab_root
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.render import rendered_files
from shipwheel.rendering.repository import open_repository

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
MANYLINUX = ROOT / "tests" / "containers" / "manylinux"
LOCK = ".gitlab/shipwheel-tools.txt"


@dataclass
class Index:
    """A package index on loopback that takes uploads from anybody."""

    url: str
    folder: Path

    @property
    def held(self) -> dict[str, str]:
        """Give what it holds, with digests."""
        return digests(self.folder)


@dataclass
class Place:
    """A starter in a repository of its own, with its pipeline, and the runner for it."""

    project: Path
    gitlab: GitLab
    index: Index

    def change(self) -> Pipeline:
        return self.gitlab.run(self.project, MERGE_REQUEST)

    def release(self, *jobs: str) -> Pipeline:
        return self.gitlab.run(self.project, {}, *jobs, tag="v1.0.0")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module", autouse=True)
def runner() -> None:
    try:
        check_available()
    except Unavailable as reason:
        pytest.skip(f"GitLab's pipelines are not run: {reason}")


@pytest.fixture(scope="module")
def pythons(interpreters: dict[str, Path]) -> dict[str, Path]:
    """Give the oldest and the newest Python of this machine that the starters support."""
    here = sorted((int(each[2:]), each) for each in interpreters if 9 <= int(each[2:]) <= 14)
    if len(here) < 2:
        pytest.skip(f"a matrix needs two Pythons from 3.9 to 3.14, this machine has {here}")
    return {name: interpreters[name] for _, name in (here[0], here[-1])}


@pytest.fixture(scope="module")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with shipwheel's wheel, the tools' lock with hashes, and an environment of them."""
    folder = tmp_path_factory.mktemp("toolbox")
    uv(folder, "build", "--wheel", "-o", folder / "tools", ROOT)
    wheel = next((folder / "tools").glob("*.whl"))
    (folder / "tools.in").write_text(f"./tools/{wheel.name}\n")
    compiled = ("--universal", "--generate-hashes", "--python-version", "3.11", "-o", "lock.txt")
    uv(folder, "pip", "compile", *compiled, "tools.in")
    uv(folder, "venv", "--seed", "--python", sys.executable, "env")
    uv(folder, *("pip", "install", "--python", "env", "--require-hashes", "-r", "lock.txt"))
    # `command -v docker`: what GitLab's machines install, is podman here
    (folder / "bin").mkdir()
    (folder / "bin" / "docker").symlink_to(shutil.which("podman") or "/bin/false")
    return folder


def uv(folder: Path, *args: object) -> None:
    command = [Path(sys.executable).with_name("uv"), "--quiet", *args]
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with serving(tmp_path / "index") as served:
        yield served


class serving:  # noqa: N801 - used as a function
    """Serve a folder that is there then, for as long as the block runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        port = free_port()
        self.index = Index(f"http://127.0.0.1:{port}/", folder)
        self.health = f"{self.index.url}health"
        self.process = background(
            server_command(folder, port, "/health"), log=folder.with_suffix(".log")
        )

    def __enter__(self) -> Index:
        self.process.__enter__()
        for _ in range(200):
            try:
                urllib.request.urlopen(self.health).close()
                break
            except OSError:
                time.sleep(0.05)
        return self.index

    def __exit__(self, *raised: object) -> None:
        self.process.__exit__(*raised)


def make(
    name: str,
    to: Path,
    index: Index,
    toolbox: Path,
    pythons: dict[str, Path],
    commit: Callable[[Path], None],
    spoil: Callable[[Path], None] = lambda _: None,
) -> Place:
    """Copy a starter, point it at this machine's Pythons and index, render, commit."""
    project = to / name
    ignored = shutil.ignore_patterns("__pycache__", ".nox", ".shipwheel", "dist", ".git*")
    shutil.copytree(ROOT / "templates" / name, project, ignore=ignored)
    shutil.copytree(toolbox / "tools", project / "tools", ignore=shutil.ignore_patterns(".git*"))
    wheel = next((project / "tools").glob("*.whl"))
    settings = project / "pyproject.toml"
    own, _, _ = settings.read_text("utf-8").partition(
        "\n[tool.shipwheel"
    )  # the starter's stand last
    with settings.open("w", encoding="utf-8") as file:
        file.write(
            f"{own}\n[tool.shipwheel]\npythons = {json.dumps([*pythons])}\n"
            '[tool.shipwheel.wheels]\nplatforms = ["manylinux_x86_64"]\n'
            '[tool.shipwheel.test]\nplatforms = ["manylinux_x86_64"]\n'
            '[tool.shipwheel.publish]\nindex = "local"\n'
            f'[tool.shipwheel.index.local]\nupload = "{index.url}"\nsimple = "{index.url}simple/"\n'
            f'[tool.shipwheel.ci]\nproviders = ["gitlab"]\ntool = "tools/{wheel.name}"\n'
        )
    spoil(project)
    for file in rendered_files(open_repository(project)):
        if file.kind in {"gitlab", "gitlab-root"}:
            path = project / file.path
            path.parent.mkdir(exist_ok=True)
            if file.role == "whole" or not path.exists():
                path.write_text(sealed(file), encoding="utf-8")
    shutil.copy(toolbox / "lock.txt", project / LOCK)
    shutil.rmtree(project / ".shipwheel", ignore_errors=True)
    commit(project)
    path = [toolbox / "env" / "bin", toolbox / "bin", *(each.parent for each in pythons.values())]
    return Place(project, GitLab(path), index)


def cells(job: str, pythons: dict[str, Path]) -> set[str]:
    return {f"shipwheel:{job}: [{each}]" for each in pythons}


@pytest.fixture(scope="module")
def released(
    tmp_path_factory: pytest.TempPathFactory,
    toolbox: Path,
    pythons: dict[str, Path],
    commit: Callable[[Path], None],
) -> Iterator[tuple[Place, Pipeline]]:
    """The pure starter, whose release went through."""
    folder = tmp_path_factory.mktemp("released")
    with serving(folder / "index") as index:
        place = make("pure", folder, index, toolbox, pythons, commit)
        yield place, place.release()


def test_a_release_of_a_pure_package_goes_to_the_index(released, pythons) -> None:
    place, pipeline = released
    assert pipeline.code == 0, pipeline.text[-8000:]
    closing = {f"shipwheel:{each}" for each in ("build", "verify", "gate", "publish", "read-back")}
    assert pipeline.passed == closing | cells("test", pythons)
    assert place.index.held == digests(artifacts(place.project, "shipwheel:build") / "dist")
    assert len(place.index.held) == 2
    for name in pythons:
        assert re.search(r" [1-9]\d* passed", pipeline.said(f"shipwheel:test: [{name}]"))
    assert "install" in pipeline.said("shipwheel:read-back")
    handed = artifacts(place.project, f"shipwheel:test: [{min(pythons)}]") / ".shipwheel"
    record = f"test-{min(pythons)}-manylinux_x86_64"
    assert [each.name for each in (handed / "records").iterdir()] == [f"{record}.json"]
    assert (handed / "logs" / f"{record}.xml").is_file()


def test_a_change_to_a_pure_package_sends_nothing(released, pythons) -> None:
    place, _ = released
    held = place.index.held
    pipeline = place.change()
    assert pipeline.code == 0, pipeline.text[-8000:]
    asked = {"shipwheel:build", "shipwheel:verify", "shipwheel:test-lowest"}
    assert pipeline.passed == asked | cells("test", pythons)
    assert place.index.held == held


def another(place: Place, folder: Path, index: Index) -> Place:
    """Give a copy of a repository with what its pipeline's jobs handed over, before anything was sent."""
    project = folder / place.project.name
    shutil.copytree(place.project, project, symlinks=True)
    for job in ("shipwheel:publish", "shipwheel:read-back"):
        shutil.rmtree(artifacts(project, job), ignore_errors=True)
    return Place(project, place.gitlab, index)


def swap(file: Path) -> None:
    """Put another wheel under the name: the same but for a byte behind its end."""
    file.write_bytes(file.read_bytes() + b"\0")


@pytest.mark.parametrize(
    ("after", "spoil", "pattern"),
    [
        ("build", swap, "*.whl"),
        ("build", Path.unlink, "*.whl"),
        ("gate", swap, "*.tar.gz"),
        ("gate", Path.unlink, "*.whl"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_what_is_not_what_was_tested_is_not_sent(
    after: str, spoil: Callable[[Path], None], pattern: str, released, tmp_path: Path
) -> None:
    place, first = released
    assert first.code == 0
    place.index.folder.rename(tmp_path / "sent")
    place.index.folder.mkdir()
    try:
        copy = another(place, tmp_path, place.index)
        spoil(next((artifacts(copy.project, f"shipwheel:{after}") / "dist").glob(pattern)))
        closing = ["shipwheel:gate", "shipwheel:publish", "shipwheel:read-back"]
        pipeline = copy.release(*closing[after == "gate" :])
        assert pipeline.code != 0, pipeline.text[-4000:]
        assert pipeline.failed == {closing[after == "gate"]}
        assert pipeline.passed == set()
        assert place.index.held == {}
    finally:
        shutil.rmtree(place.index.folder)
        (tmp_path / "sent").rename(place.index.folder)


def test_a_failing_test_stops_the_release(
    tmp_path: Path, index: Index, toolbox: Path, pythons, commit
) -> None:
    def spoil(project: Path) -> None:
        path = project / "src" / "spanwords" / "__init__.py"
        path.write_text(path.read_text("utf-8").replace("3_600", "3_601"), "utf-8")

    place = make("pure", tmp_path, index, toolbox, pythons, commit, spoil)
    pipeline = place.release()
    assert pipeline.code != 0
    assert pipeline.failed == cells("test", pythons)
    assert {"shipwheel:gate", "shipwheel:publish"}.isdisjoint(pipeline.results)
    assert index.held == {}


def test_a_change_is_measured_also_where_a_test_failed(
    tmp_path: Path, index: Index, toolbox: Path, pythons, commit
) -> None:
    newest = list(pythons)[-1]

    def measure(project: Path) -> None:
        path = project / "pyproject.toml"
        text = path.read_text("utf-8").replace('"pytest>=8"', '"pytest>=8", "coverage"')
        path.write_text(f'{text}\n[tool.coverage.run]\nsource_pkgs = ["spanwords"]\n', "utf-8")
        code = f"import sys\ndef test_it(): assert '%d.%d' % sys.version_info[:2] != {newest!r}\n"
        (project / "tests" / "test_python.py").write_text(code, "utf-8")

    place = make("pure", tmp_path, index, toolbox, pythons, commit, measure)
    change = place.change()
    assert f"shipwheel:test: [{newest}]" in change.failed
    assert "shipwheel:coverage" in change.passed, change.text[-8000:]
    assert "over 2 cells" in change.said("shipwheel:coverage")
    handed = artifacts(place.project, "shipwheel:coverage") / ".shipwheel"
    assert 'filename="src/spanwords/__init__.py"' in (handed / "coverage.xml").read_text("utf-8")


def test_gitlabs_schema_takes_every_rendered_file(tmp_path: Path) -> None:
    """Projects that have little in common, and the root file that includes theirs."""
    refused = set()
    for number, (name, (members, ci)) in enumerate(_repositories().items()):
        try:
            changes, *releases = workspace_pipelines(members, load_catalog(), "gitlab", ci)
            text = gitlab_pipeline(changes, releases, load_catalog())
        except ConfigurationError:
            refused.add(name)
            continue
        (tmp_path / f"{number}.yml").write_text(text, encoding="utf-8")
    assert len(refused) <= 3, f"what GitLab has no means for is refused, and no more: {refused}"
    (tmp_path / "root.yml").write_text(gitlab_root(".gitlab/shipwheel.yml"), encoding="utf-8")
    files = [str(each) for each in tmp_path.glob("*.yml")]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(files) >= 12


@pytest.fixture(scope="module")
def container() -> list[str]:
    """Give what runs a command where cibuildwheel has a container, or skip."""
    made = subprocess.run(
        ["bash", MANYLINUX, "image"], capture_output=True, text=True, timeout=600, check=False
    )
    if made.returncode == 69:
        pytest.skip(f"wheels are not built: {made.stderr.strip()}")
    assert made.returncode == 0, made.stderr[-4000:]
    return ["bash", os.fspath(MANYLINUX), "run"]


def test_a_c_extension(
    tmp_path: Path, index: Index, toolbox: Path, pythons, commit, container: list[str]
) -> None:
    def spoil(project: Path) -> None:
        with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
            built = " ".join(f"cp3{each[2:]}-*" for each in pythons)
            file.write(f'\n[tool.cibuildwheel]\nbuild = "{built}"\n')
        # no docker stands beside a job here; podman, which stands in for it, needs none
        (project / ".gitlab-ci.yml").write_text(
            "include:\n  - local: .gitlab/shipwheel.yml\n.shipwheel:docker:\n  services: []\n"
        )

    place = make("c-extension", tmp_path, index, toolbox, pythons, commit, spoil)
    place.gitlab = GitLab(place.gitlab.path, wrapper=container)
    wheels = {"shipwheel:wheels"}  # quick to compile: one job for all

    change = place.change()
    assert change.code == 0, change.text[-8000:]
    asked = {"shipwheel:build", "shipwheel:verify", "shipwheel:test-lowest"}
    assert change.passed == asked | wheels | cells("test", pythons)
    assert index.held == {}

    release = place.release()
    assert release.code == 0, release.text[-8000:]
    closing = {f"shipwheel:{each}" for each in ("build", "verify", "gate", "publish", "read-back")}
    assert release.passed == closing | wheels | cells("test", pythons)
    assert len(index.held) == 1 + len(pythons)
