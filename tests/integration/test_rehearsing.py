"""The release with stand-ins, and what a dry run of publishing shows and leaves alone."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fault_proxy import FaultProxy, fault_proxy
from tiny_release import held, make_sdist, make_wheel

from shipwheel.dists.record import write_record
from shipwheel.files import sha256
from shipwheel.indexes.server import throw_away_index
from shipwheel.planning.job import Scope
from shipwheel.publishing.fake_rehearsal import verify_stand_ins
from shipwheel.publishing.stand_ins import make_stand_ins
from shipwheel.sessions.context import open_project
from shipwheel.verification.report import write_report

pytestmark = pytest.mark.integration

SECONDS = 10.0
ANYBODY = {"TWINE_USERNAME": "anybody", "TWINE_PASSWORD": "geheim-4711-pass"}


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Give every file below a folder but our own scratch, with its time and bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[:2] != (".shipwheel", "cache")
    }


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


# --- stand-ins ---------------------------------------------------------------------------------


def test_a_release_of_sixty_files_is_rehearsed_in_seconds(template, commit, tools) -> None:
    project = template("c-extension")
    more = '["manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64", "macosx_arm64",'
    more += ' "macosx_x86_64", "win_amd64", "win32"]'
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.shipwheel.wheels]\nplatforms = {more}\n")
    tools.shipwheel(project, "plan")  # as on any machine where the project was planned before
    commit(project)

    started = time.perf_counter()
    ran = tools.nox(project, "-s", "rehearse", "--", "--fake")
    seconds = time.perf_counter() - started
    assert ran.code == 0, ran.text[-8000:]
    files = len(open_project(project).plan.in_scope(Scope.RELEASE))
    assert files >= 60
    assert f"whole: {files} files, {files} uploaded" in ran.out
    assert ran.out.count("same bytes") == files
    assert "version-tag: the version is 1.0.0, and no tag of the commit says so" in ran.text
    assert "no job of the Plan tests" not in ran.text
    print(f"{files} files in {seconds:.1f} s")
    for _ in range(2):  # a machine with other work to do may need a second go
        if seconds >= SECONDS:
            started = time.perf_counter()
            assert tools.nox(project, "-s", "rehearse", "--", "--fake").code == 0
            seconds = time.perf_counter() - started
    assert seconds < SECONDS

    # nothing was built, and nothing is left that a release could be made of
    assert not (project / "dist").exists()
    assert not (project / ".shipwheel" / "release.json").exists()
    assert not list((project / ".shipwheel" / "cache").glob("fake-*"))
    record = json.loads((project / ".shipwheel" / "records" / "rehearse.json").read_bytes())
    assert record["proofs"] == []
    assert "stand-ins" in record["notes"][0]


def test_a_plan_that_no_index_would_take_is_refused(template, tools) -> None:
    project = template("pure")
    written = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    replaced(
        project / "pyproject.toml", f'"{written["classifiers"][0]}"', '"Private :: Not for all"'
    )
    version = written["version"]
    replaced(project / "pyproject.toml", f'version = "{version}"', f'version = "{version}+ours"')
    ran = tools.nox(project, "-s", "rehearse", "--", "--fake")
    assert ran.code == 1
    assert "the release is refused, for 3 reasons" in ran.text
    assert "private: the project has a `Private ::` classifier, which pypi refuses" in ran.text
    assert ran.text.count("local-version:") == 2


def test_another_argument_is_refused_before_anything_runs(template, tools) -> None:
    ran = tools.nox(template("pure"), "-s", "rehearse", "--", "--faek")
    assert ran.code == 1
    assert "rehearse takes no argument '--faek'" in ran.text
    assert "Running session build" not in ran.text


# --- a dry run ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shop:
    """A project whose release is ready, and an index behind a proxy that counts what it is asked."""

    project: Path
    proxy: FaultProxy
    packages: Path

    @property
    def dist(self) -> Path:
        return self.project / "dist"

    @property
    def url(self) -> str:
        return self.proxy.url()


@pytest.fixture
def shop(template: Callable[[str], Path], tmp_path: Path) -> Iterator[Shop]:
    """A pure project with stand-ins for files and records: all that the gate asks for."""
    project = template("pure")
    opened = open_project(project)
    workspace = opened.workspace
    workspace.dist.mkdir()
    version = opened.plan.project.version
    assert version is not None
    manifest = make_stand_ins(opened.plan, version, workspace.dist)
    for record in manifest.records:
        write_record(workspace.record(record.job), record)
    report = verify_stand_ins(opened.plan, workspace.dist, manifest)
    write_report(workspace.state / "verify.json", report)
    packages = tmp_path / "packages"
    packages.mkdir()
    with throw_away_index(packages) as index, fault_proxy(index.upload.rstrip("/")) as proxy:
        yield Shop(project, proxy, packages)


def dry_run(tools: Any, shop: Shop, *args: str) -> tuple[int, dict[str, Any], str]:
    """Run `publish --dry-run` in the project: exit code, its JSON, what a person saw."""
    told = shop.project.parent / "dry.json"
    words = ("publish", "--to", shop.url, "--dry-run", "--json", str(told), *args)
    ran = tools.shipwheel(shop.project, *words, env=ANYBODY)
    return ran.code, json.loads(told.read_bytes()) if told.exists() else {}, ran.text


def test_a_dry_run_tells_all_and_touches_nothing(shop, tools) -> None:
    before = snapshot(shop.project)
    code, told, text = dry_run(tools, shop)
    assert code == 0, text
    assert [each["action"] for each in told["files"]] == ["pending", "pending"]
    # in the order of sending: the sdist last
    assert [each["filename"].endswith(".tar.gz") for each in told["files"]] == [False, True]
    assert told["intent"] == {
        "upload": shop.url,
        "credentials": "TWINE_PASSWORD, as anybody",
        "attestations": told["intent"]["attestations"],
        "reasons": [],
    }
    assert "2 files, 2 to be uploaded" in text
    assert ANYBODY["TWINE_PASSWORD"] not in text + json.dumps(told)

    assert {each.kind for each in shop.proxy.seen} == {"page"}, "it asks, and sends nothing"
    assert not list(shop.packages.iterdir())
    assert snapshot(shop.project) == before


def test_then_the_same_command_publishes_and_a_dry_run_sees_it(shop, tools) -> None:
    wheel = next(shop.dist.glob("*.whl"))
    (shop.packages / wheel.name).write_bytes(wheel.read_bytes())
    code, told, text = dry_run(tools, shop)
    assert code == 0, text
    assert [each["action"] for each in told["files"]] == ["identical", "pending"]
    assert "left, same bytes" in text
    assert shop.proxy.sent() == {}

    # stand-ins hold nothing to import: the index has all of it, and the install says so
    published = tools.shipwheel(shop.project, "publish", "--to", shop.url, env=ANYBODY)
    assert dict(shop.proxy.sent()) == {f"{wheel.name.split('-py3')[0]}.tar.gz": 1}, published.text
    assert held(shop.packages) == held(shop.dist)


def test_other_bytes_on_the_index_are_a_reason_with_the_rest(shop, tools) -> None:
    wheel = next(shop.dist.glob("*.whl"))
    (shop.packages / wheel.name).write_bytes(wheel.read_bytes() + b"\n")
    code, told, text = dry_run(tools, shop)
    assert code == 1
    assert [each["action"] for each in told["files"]] == ["refused", "pending"]
    assert told["files"][0]["found"] == sha256(shop.packages / wheel.name)
    assert f"refused, there is {told['files'][0]['found'][:12]}" in text
    assert [each.partition(":")[0] for each in told["intent"]["reasons"]] == ["other-bytes"]

    (shop.dist / "notes.txt").write_text("mine")
    before = snapshot(shop.project)
    code, told, text = dry_run(tools, shop)
    assert code == 1
    assert {each["rule"] for each in told["reasons"]} == {"foreign-file", "other-bytes"}
    assert "refused, for 2 reasons" in text
    assert shop.proxy.sent() == {}
    assert snapshot(shop.project) == before

    gate = tools.nox(shop.project, "-s", "gate", "--", "--to", shop.url, env=ANYBODY)
    assert gate.code == 1
    assert "other-bytes" in gate.text
    assert not (shop.project / ".shipwheel" / "release.json").exists()


def test_the_gate_goes_on_without_the_index_and_publishing_does_not(shop, tools) -> None:
    silent = "http://127.0.0.1:9/"
    gate = tools.nox(shop.project, "-s", "gate", "--", "--to", silent)
    assert gate.code == 0, gate.text
    assert "could not be asked what it has" in gate.text
    ran = tools.shipwheel(shop.project, "publish", "--to", silent, "--dry-run")
    assert ran.code == 3
    assert "out of reach" in ran.err


def test_a_dry_run_of_a_release_json_touches_nothing_either(tmp_path, shop, tools) -> None:
    gate = tools.nox(shop.project, "-s", "gate", "--", "--to", shop.url)
    assert gate.code == 0, gate.text
    folder = tmp_path / "publish"
    folder.mkdir()
    (folder / "release.json").write_bytes((shop.project / ".shipwheel/release.json").read_bytes())
    (shop.dist).rename(folder / "dist")
    before = snapshot(folder)
    words = ("publish", "--release", "release.json", "--dry-run")
    ran = tools.shipwheel(folder, *words, env=ANYBODY)
    assert ran.code == 0, ran.text
    assert "2 to be uploaded" in ran.text
    assert shop.proxy.sent() == {}
    assert snapshot(folder) == before
    assert not (folder / ".shipwheel").exists()


def test_tampered_files_are_found_by_hashing_again(tmp_path, shop, tools) -> None:
    gate = tools.nox(shop.project, "-s", "gate", "--", "--to", shop.url)
    assert gate.code == 0, gate.text
    make_wheel(shop.dist)  # what lies there beside the release goes nowhere
    make_sdist(shop.dist)
    sdist = next(each for each in shop.dist.glob("*.tar.gz") if "tiny" not in each.name)
    sdist.write_bytes(sdist.read_bytes() + b"\0")
    words = ("publish", "--release", ".shipwheel/release.json", "--dry-run")
    ran = tools.shipwheel(shop.project, *words, env=ANYBODY)
    assert ran.code == 1
    assert f"changed-file: {sdist.name} has sha256" in ran.text
    assert "these bytes were not tested" in ran.text
    assert shop.proxy.sent() == {}
