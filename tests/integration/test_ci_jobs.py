"""A pure project's release as CI runs it, job by job: a clone each, artifacts copied between them by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypi_server
import pytest

from shipwheel.files import sha256
from shipwheel.machine.here import platform_here

pytestmark = pytest.mark.integration

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "pure"
PLATFORM = platform_here()
USER, PASSWORD = "alice", "geheim-4711-pass"
# as htpasswd writes it for PASSWORD; apr1 is checked without any compiled library
HTPASSWD = "alice:$apr1$Sy7ScGLm$bEZAijlAIvm4yeBtzNnq7/\n"
CI = {"CI": "true", "GITHUB_ACTIONS": "true", "SHIPWHEEL_TIER": "release"}
TAGGED = {"SHIPWHEEL_TAG": "v1.0.0"}


# what an artifact holds, and where a job finds it
PLACES = {
    "dist": "dist",
    "records": ".shipwheel/records",
    "state": ".shipwheel",
    "coverage": ".shipwheel/cache/coverage",
}


@dataclass
class Pipeline:
    """A repository, and what its jobs have handed over so far: `artifacts/<job id>/{dist,records}`."""

    tools: Any
    origin: Path
    folder: Path
    env: dict[str, str] = field(default_factory=lambda: dict(TAGGED))

    def run(self, job: str, session: str, *args: str, takes: tuple[str, ...] = ()) -> Any:
        """Run a job in a clone of its own, given the artifacts of `takes`; keep what it hands over."""
        clone = self.folder / "runs" / job
        shutil.rmtree(clone, ignore_errors=True)
        subprocess.run(
            ["git", "clone", "-q", "--no-tags", self.origin, clone], check=True, capture_output=True
        )
        for taken in takes:
            self._download(taken, clone)
        summary = self.folder / "summaries" / f"{job}.md"
        summary.parent.mkdir(exist_ok=True)
        told = {"SHIPWHEEL_JOB": job, "GITHUB_STEP_SUMMARY": str(summary)}
        words = ["--", *args] if args else []
        ran = self.tools.nox(
            clone, "--no-dependencies", "-s", session, *words, env={**CI, **self.env, **told}
        )
        self._upload(job, clone)
        return ran

    def record(self, job: str) -> dict[str, Any]:
        """Give the record that a job handed over."""
        return json.loads((self.artifact(job) / "records" / f"{job}.json").read_bytes())

    def artifact(self, job: str) -> Path:
        """Give the folder of what a job handed over."""
        return self.folder / "artifacts" / job

    def summary(self, job: str) -> str:
        """Give the summary of a job."""
        return (self.folder / "summaries" / f"{job}.md").read_text("utf-8")

    def copy(self, to: Path) -> Pipeline:
        """Give a second pipeline that starts with what this one's jobs handed over."""
        shutil.copytree(self.folder / "artifacts", to / "artifacts")
        return Pipeline(self.tools, self.origin, to, dict(self.env))

    def _download(self, job: str, clone: Path) -> None:
        for name, place in PLACES.items():
            source = self.artifact(job) / name
            if source.is_dir():
                shutil.copytree(source, clone / place, dirs_exist_ok=True)

    def _upload(self, job: str, clone: Path) -> None:
        artifact = self.artifact(job)
        shutil.rmtree(artifact, ignore_errors=True)
        record = clone / ".shipwheel" / "records" / f"{job}.json"
        if record.is_file():
            (artifact / "records").mkdir(parents=True)
            shutil.copy(record, artifact / "records")
        if job in {"build", "gate"} and (clone / "dist").is_dir():
            shutil.copytree(clone / "dist", artifact / "dist")
        measured = clone / ".shipwheel" / "cache" / "coverage" / job
        if measured.is_dir():
            shutil.copytree(measured, artifact / "coverage" / job)
        for name in ("verify.json", "release.json"):
            if job == name.replace("release", "gate").removesuffix(".json"):
                state = clone / ".shipwheel" / name
                if state.is_file():
                    (artifact / "state").mkdir(parents=True, exist_ok=True)
                    shutil.copy(state, artifact / "state")


@dataclass(frozen=True)
class Server:
    """pypiserver that wants a password of who uploads, and of nobody else."""

    url: str
    packages: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("index")
    (folder / "packages").mkdir()
    passwords = folder / "htpasswd"
    passwords.write_text(HTPASSWD)
    packages = folder / "packages"
    with pypi_server.serving(
        packages, log=folder / "log", passwords=passwords, guards="update"
    ) as index:
        yield Server(index.upload, packages)


@pytest.fixture(scope="module")
def pythons(interpreters: dict[str, Path]) -> tuple[str, str]:
    """Give two Pythons of this machine, the older first."""
    here = sorted(
        (each for each in interpreters if int(each[2:]) >= 9), key=lambda each: int(each[2:])
    )
    if len(here) < 2:
        pytest.skip(f"a matrix needs two Pythons, this machine has {here}")
    return here[-2], here[-1]


@pytest.fixture(scope="module")
def origin(
    tmp_path_factory: pytest.TempPathFactory,
    commit: Callable[[Path], None],
    pythons: tuple[str, str],
) -> Path:
    project = tmp_path_factory.mktemp("origin") / "spanwords"
    ignored = shutil.ignore_patterns("__pycache__", ".nox", ".shipwheel", "dist")
    shutil.copytree(TEMPLATE, project, ignore=ignored)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(
            f"\n[tool.shipwheel]\npythons = {json.dumps(pythons)}\n"
            f"[tool.shipwheel.test]\nplatforms = [{json.dumps(PLATFORM)}]\n"
            'requires = ["coverage"]\n'
            '[tool.coverage.run]\nsource_pkgs = ["spanwords"]\n'
        )
    commit(project)
    return project


@pytest.fixture(scope="module")
def jobs(pythons: tuple[str, str]) -> tuple[str, str]:
    """Give the ids of the test jobs."""
    return f"test-{pythons[0]}-{PLATFORM}", f"test-{pythons[1]}-{PLATFORM}"


def made(pipeline: Pipeline, pythons: tuple[str, str]) -> None:
    """Run everything before the gate."""
    built = pipeline.run("build", "build")
    assert built.code == 0, built.text[-5000:]
    for python in pythons:
        tested = pipeline.run(f"test-{python}-{PLATFORM}", f"test-{python}", takes=("build",))
        assert tested.code == 0, tested.text[-5000:]
    verified = pipeline.run("verify", "verify", takes=("build",))
    assert verified.code == 0, verified.text[-5000:]


@pytest.fixture(scope="module")
def good(tools, origin, pythons, tmp_path_factory) -> Pipeline:
    """A pipeline that has come as far as the gate."""
    pipeline = Pipeline(tools, origin, tmp_path_factory.mktemp("pipeline"))
    made(pipeline, pythons)
    return pipeline


def gate(pipeline: Pipeline, jobs: tuple[str, str], server: Server, *args: str) -> Any:
    return pipeline.run("gate", "gate", "--to", server.url, *args, takes=("build", *jobs, "verify"))


def release_of(pipeline: Pipeline) -> dict[str, Any]:
    return json.loads((pipeline.artifact("gate") / "state" / "release.json").read_bytes())


def closing(pipeline: Pipeline, to: Path) -> Path:
    """Give the folder of the publish job: no checkout, `dist/` and `release.json` alone."""
    to.mkdir(parents=True)
    shutil.copytree(pipeline.artifact("gate") / "dist", to / "dist")
    shutil.copy(pipeline.artifact("gate") / "state" / "release.json", to)
    return to


# --- what must go through -----------------------------------------------------------------------


def test_a_jobs_record_is_its_own_and_tests_what_build_made(good, jobs, pythons):
    (wheel,) = [each for each in good.record("build")["made"] if each["id"] == "any"]
    for job, python in zip(jobs, pythons, strict=True):
        record = good.record(job)
        assert (record["job"], record["session"]) == (job, f"test-{python}")
        assert record["platform"] == PLATFORM
        assert [each["sha256"] for each in record["consumed"]] == [wheel["sha256"]]
        assert record["tests_run"] >= 20
        assert f"### {job}" in good.summary(job)
        assert wheel["sha256"] in good.summary(job)
        assert f"| {record['tests_run']} |" in good.summary(job)


def test_the_first_line_is_the_command_to_run_at_home(good, jobs, pythons, tools):
    clone = good.folder / "runs" / jobs[0]
    command = f"SHIPWHEEL_JOB={jobs[0]} nox -s test-{pythons[0]}"
    log = (clone / ".shipwheel" / "logs" / f"{jobs[0]}.log").read_text("utf-8")
    assert log.splitlines()[0] == f"$ {command}"
    # and at home, in that very tree, it does: nox makes what is missing as itself
    ran = tools.nox(clone, "-s", f"test-{pythons[0]}", env={"SHIPWHEEL_JOB": jobs[0]})
    assert ran.code == 0, ran.text[-4000:]


def test_coverage_combines_what_other_jobs_measured(good, jobs):
    """Each cell ran in a checkout of its own; the coverage job runs none, and has no wheel."""
    ran = good.run("coverage", "coverage", takes=jobs)
    assert ran.code == 0, ran.text[-5000:]
    clone = good.folder / "runs" / "coverage"
    report = (clone / ".shipwheel" / "coverage.xml").read_text("utf-8")
    assert 'filename="src/spanwords/__init__.py"' in report
    assert "site-packages" not in report
    assert "over 2 cells" in ran.out
    rate = float(report.partition('line-rate="')[2].partition('"')[0])
    assert rate > 0.8
    assert sorted(path.name for path in (clone / ".shipwheel" / "records").iterdir()) == sorted(
        ["coverage.json", *(f"{job}.json" for job in jobs)]
    )


def test_coverage_without_data_says_what_is_missing(good, tmp_path):
    pipeline = good.copy(tmp_path)
    ran = pipeline.run("coverage", "coverage")
    assert ran.code == 1
    assert "no cell measured coverage" in ran.err


@pytest.fixture(scope="module")
def passed(good, jobs, server) -> Pipeline:
    """The pipeline with its gate passed."""
    ran = gate(good, jobs, server)
    assert ran.code == 0, ran.text[-6000:]
    (good.folder / "gate.txt").write_text(ran.out, encoding="utf-8")
    return good


def test_the_gate_writes_the_release_and_shows_it(passed, jobs, server):
    said = (passed.folder / "gate.txt").read_text("utf-8")
    first = next(line for line in said.splitlines() if "nox -s gate" in line)
    assert f"SHIPWHEEL_JOB=gate SHIPWHEEL_TIER=release nox -s gate -- --to {server.url}" in first
    release = release_of(passed)
    assert (release["scope"], release["version"]) == ("release", "1.0.0")
    assert release["rehearsal"] is False
    assert release["commit"]["tags"] == ["v1.0.0"]
    assert release["commit"]["dirty"] is False
    assert {each["job"] for each in release["tests"] if each["what"]} == set(jobs)
    for file in release["files"]:
        assert file["sha256"] in said
        assert file["sha256"] in passed.summary("gate")
    for job in (*jobs, "build", "verify"):
        assert f"| {job} |" in passed.summary("gate")


def test_the_gate_tells_of_what_the_files_come_from(passed, jobs):
    state = passed.folder / "runs" / "gate" / ".shipwheel"
    files = {each["filename"]: each["sha256"] for each in release_of(passed)["files"]}
    told = json.loads((state / "provenance.json").read_bytes())
    assert {each["filename"]: each["sha256"] for each in told["files"]} == files
    assert {each["job"] for each in told["files"]} == {"build"}
    (wheel,) = [each for each in told["files"] if each["id"] == "any"]
    assert set(wheel["tested_by"]) == set(jobs)
    assert {each["job"] for each in told["records"]} >= {"build", "verify", *jobs}
    assert told["verification"]["ok"] is True
    bom = json.loads((state / "sbom.cdx.json").read_bytes())
    hashes = {each["name"]: each["hashes"][0]["content"] for each in bom["components"][:2]}
    assert hashes == files


def home_of(folder: Path, **more: str) -> dict[str, str]:
    """Give the variables of a CI job that has no credentials but `more`."""
    null = "keyring.backends.null.Keyring"
    return {**CI, "HOME": str(folder), "PYTHON_KEYRING_BACKEND": null, **more}


SEND = ("publish", "--release", "release.json")
READ_BACK = (*SEND, "--read-back")


def test_what_the_gate_passed_is_sent_and_read_back(passed, server, tools, tmp_path, pythons):
    """The publish job has no checkout; the read-back nothing but the release, and nobody's name."""
    folder = closing(passed, tmp_path / "publish")
    home = home_of(tmp_path)
    held = {file["filename"]: file["sha256"] for file in release_of(passed)["files"]}

    refused = tools.shipwheel(folder, *SEND, env=home)
    assert refused.code == 3, refused.text
    assert not list(server.packages.iterdir())
    early = tools.shipwheel(folder, *READ_BACK, env=home)
    assert early.code == 1, early.text
    assert "pending" in early.out

    sent = tools.shipwheel(
        folder, *SEND, env=home_of(tmp_path, TWINE_USERNAME=USER, TWINE_PASSWORD=PASSWORD)
    )
    assert sent.code == 0, sent.text
    assert PASSWORD not in sent.text
    assert {path.name: sha256(path) for path in server.packages.iterdir()} == held

    alone = tmp_path / "read-back"
    alone.mkdir()
    shutil.copy(folder / "release.json", alone)
    summary = tmp_path / "summary.md"
    env = home_of(tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    same = tools.shipwheel(alone, *READ_BACK, "--json", "-", env=env)
    assert same.code == 0, same.text
    told = json.loads(same.out)
    assert {each["filename"]: each["sha256"] for each in told["files"]} == held
    assert [each["read_back"] for each in told["files"]] == [True, True]
    installs = [(each["python"], each["ok"]) for each in told["installs"]]
    assert installs == [(python, True) for python in pythons]
    assert "spanwords-1.0.0.tar.gz" in summary.read_text("utf-8")
    assert sorted(path.name for path in alone.iterdir()) == ["release.json"]

    other_bytes_and_none(alone, home, server, tools)


def other_bytes_and_none(alone: Path, home: dict[str, str], server: Server, tools: Any) -> None:
    """The index changes a byte, then adds some, then loses the file, then has it again."""
    wheel = next(server.packages.glob("*.whl"))
    kept = wheel.read_bytes()
    for changed in (kept[:-1] + bytes([kept[-1] ^ 1]), kept + b"more"):
        wheel.write_bytes(changed)
        other = tools.shipwheel(alone, *READ_BACK, env=home)
        assert other.code == 1, other.text
        assert wheel.name in other.err
        assert len(changed) > len(kept) or sha256(wheel) in other.err
    wheel.unlink()
    gone = tools.shipwheel(alone, *READ_BACK, env=home)
    assert gone.code == 1, gone.text
    assert wheel.name in gone.err
    wheel.write_bytes(kept)
    assert tools.shipwheel(alone, *READ_BACK, env=home).code == 0


def test_read_back_needs_a_release(tools, tmp_path):
    assert tools.shipwheel(tmp_path, "publish", "--read-back").code == 2
    assert tools.shipwheel(tmp_path, *READ_BACK, "--dry-run").code == 2


# --- what must not ------------------------------------------------------------------------------


def swapped(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    """The wheel is another after the tests, with the same name."""
    (wheel,) = (pipeline.artifact("build") / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("spanwords/evil.py", "")


def swapped_with_its_record(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    """The wheel and what build says of it are others: the tests' and verify's records tell."""
    swapped(pipeline, jobs)
    (wheel,) = (pipeline.artifact("build") / "dist").glob("*.whl")
    path = pipeline.artifact("build") / "records" / "build.json"
    record = json.loads(path.read_bytes())
    for each in record["made"]:
        if each["filename"] == wheel.name:
            each["sha256"], each["size"] = sha256(wheel), wheel.stat().st_size
    path.write_text(json.dumps(record))


def removed(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    next((pipeline.artifact("build") / "dist").glob("*.tar.gz")).unlink()


def failed(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    path = pipeline.artifact(jobs[1]) / "records" / f"{jobs[1]}.json"
    record = json.loads(path.read_bytes())
    path.write_text(json.dumps({**record, "status": "failed", "reason": "2 tests failed"}))


def untested(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    shutil.rmtree(pipeline.artifact(jobs[0]) / "records")


def foreign(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    (pipeline.artifact("build") / "dist" / "spanwords-1.0.0-py2-none-any.whl").write_bytes(b"x")


def forged(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    """A test's artifact brings a record that says that build made another wheel, later."""
    swapped_with_its_record(pipeline, jobs)
    record = pipeline.artifact("build") / "records" / "build.json"
    target = pipeline.artifact(jobs[0]) / "records" / f"{jobs[0]}.json"
    shutil.move(record, target)


def made_by_a_test(pipeline: Pipeline, jobs: tuple[str, str]) -> None:
    """A test's record says that the test made the wheel that lies in dist/."""
    swapped(pipeline, jobs)
    (wheel,) = (pipeline.artifact("build") / "dist").glob("*.whl")
    path = pipeline.artifact(jobs[0]) / "records" / f"{jobs[0]}.json"
    record = json.loads(path.read_bytes())
    told = {"id": "any", "filename": wheel.name, "builder": "build"}
    record["made"] = [{**told, "sha256": sha256(wheel), "size": wheel.stat().st_size}]
    path.write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("harm", "reasons"),
    [
        (swapped, ("changed-file", "missing-file")),
        (swapped_with_its_record, ("not-tested", "not-verified")),
        (removed, ("missing-file",)),
        (failed, ("tests-failed",)),
        (untested, ("not-tested",)),
        (foreign, ("foreign-file",)),
        (forged, ("says that it is of build",)),
        (made_by_a_test, ("changed-file", "missing-file")),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_the_gate_refuses(good, jobs, server, tmp_path, harm, reasons):
    pipeline = good.copy(tmp_path)
    harm(pipeline, jobs)
    refused = gate(pipeline, jobs, server)
    assert refused.code == 1, refused.text[-4000:]
    for reason in reasons:
        assert reason in refused.text, refused.text[-4000:]
    assert not (pipeline.artifact("gate") / "state").exists()
    if harm is failed:
        assert "2 tests failed" in refused.err
        assert "❌ failed" in pipeline.summary("gate")


def test_a_swapped_wheel_is_not_tested(good, jobs, pythons, tmp_path):
    pipeline = good.copy(tmp_path)
    swapped(pipeline, jobs)
    ran = pipeline.run(jobs[0], f"test-{pythons[0]}", takes=("build",))
    assert ran.code == 1
    assert "is not the file that build made" in ran.err
    assert pipeline.record(jobs[0])["status"] == "failed"


def test_a_tag_of_another_version_builds_nothing(good, tmp_path):
    pipeline = good.copy(tmp_path)
    pipeline.env["SHIPWHEEL_TAG"] = "v1.1.0"
    ran = pipeline.run("build", "build")
    assert ran.code == 1
    assert "the tag is v1.1.0, and the version is 1.0.0" in ran.err
    assert pipeline.record("build")["made"] == []
    assert not (tmp_path / "runs" / "build" / "dist").exists()


def git(folder: Path, *args: str) -> None:
    identity = ["-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org"]
    subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True)


def changed(good: Pipeline, to: Path) -> Pipeline:
    """Give a pipeline of a repository that is about to differ, and has handed nothing over."""
    subprocess.run(["git", "clone", "-q", good.origin, to / "origin"], check=True)
    (to / "ci").mkdir()
    return Pipeline(good.tools, to / "origin", to / "ci", dict(good.env))


def test_a_version_that_only_the_build_knows_is_held_against_the_tag(good, tmp_path):
    pipeline = changed(good, tmp_path)
    project = pipeline.origin / "pyproject.toml"
    text = project.read_text("utf-8").replace('version = "1.0.0"', 'dynamic = ["version"]')
    text = text.replace('requires = ["hatchling', 'requires = ["hatch-vcs", "hatchling')
    project.write_text(f'{text}\n[tool.hatch.version]\nsource = "vcs"\n', encoding="utf-8")
    git(pipeline.origin, "commit", "-qam", "The version comes from the tag")
    # a clone with the tag, as the build job has it; the one that the pipeline makes has none
    pipeline.env["SHIPWHEEL_TAG"] = "v1.1.0"
    ran = pipeline.run("build", "build")
    assert ran.code == 1, ran.text
    assert "the tag is v1.1.0, and the version is 0." in ran.err
    clone = tmp_path / "ci" / "runs" / "build"
    assert list((clone / "dist").iterdir()) == []
    assert pipeline.record("build")["made"] == []


def test_a_failing_test_is_told_by_the_gate(good, jobs, pythons, server, tmp_path):
    pipeline = changed(good, tmp_path)
    (pipeline.origin / "tests" / "test_broken.py").write_text("def test_it():\n    assert 1 == 2\n")
    git(pipeline.origin, "add", ".")
    git(pipeline.origin, "commit", "-qm", "Break it")
    assert pipeline.run("build", "build").code == 0
    failing = pipeline.run(jobs[0], f"test-{pythons[0]}", takes=("build",))
    assert failing.code == 1
    record = pipeline.record(jobs[0])
    assert (record["status"], record["made"]) == ("failed", [])
    assert "❌ failed" in pipeline.summary(jobs[0])
    refused = pipeline.run("gate", "gate", "--to", server.url, takes=("build", jobs[0]))
    assert refused.code == 1
    assert f"tests-failed: {jobs[0]} failed: {record['reason']}" in refused.err
    never = f"the tests on {PLATFORM} have not run with these files: Python {pythons[1]}"
    assert f"not-tested: {never}" in refused.err
    assert "nothing was verified yet" in refused.err
    assert "no record" in pipeline.summary("gate")


def test_the_gate_holds_the_tag(good, jobs, server, tmp_path):
    pipeline = good.copy(tmp_path)
    pipeline.env["SHIPWHEEL_TAG"] = "v1.1.0"
    refused = gate(pipeline, jobs, server)
    assert refused.code == 1
    assert "version-tag" in refused.err


@pytest.mark.parametrize("way", ["empty variable", "--dry-run"])
def test_a_run_by_hand_judges_without_a_tag_and_is_never_sent(
    good, jobs, server, tmp_path, tools, way
):
    pipeline = good.copy(tmp_path / "by hand")
    pipeline.env = {"SHIPWHEEL_TAG": ""} if way == "empty variable" else {}
    passed = gate(pipeline, jobs, server, *(["--dry-run"] if way == "--dry-run" else []))
    assert passed.code == 0, passed.text[-4000:]
    release = release_of(pipeline)
    assert release["rehearsal"] is True
    assert list(release["exceptions"]) == ["version-tag"]

    folder = closing(pipeline, tmp_path / "publish")
    env = {"HOME": str(tmp_path), "TWINE_USERNAME": USER, "TWINE_PASSWORD": PASSWORD}
    before = {path.name: path.stat().st_mtime_ns for path in server.packages.iterdir()}
    refused = tools.shipwheel(folder, "publish", "--release", "release.json", env=env)
    assert refused.code == 1
    assert "rehearsal" in refused.err
    compared = tools.shipwheel(folder, "publish", "--release", "release.json", "--dry-run", env=env)
    assert compared.code == 0, compared.text
    assert before == {path.name: path.stat().st_mtime_ns for path in server.packages.iterdir()}


def test_by_hand_everything_else_still_counts(good, jobs, server, tmp_path):
    pipeline = good.copy(tmp_path)
    pipeline.env = {"SHIPWHEEL_TAG": ""}
    removed(pipeline, jobs)
    refused = gate(pipeline, jobs, server)
    assert refused.code == 1
    assert "missing-file" in refused.err


def test_the_set_of_a_tier_is_verified(good, tmp_path):
    pipeline = good.copy(tmp_path)
    removed(pipeline, ("", ""))
    ran = pipeline.run("verify", "verify", takes=("build",))
    assert ran.code == 1
    assert "set-complete" in ran.text


def test_a_job_of_another_platform_says_so(good, tmp_path, pythons):
    project = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", good.origin, project], check=True, capture_output=True)
    text = (project / "pyproject.toml").read_text("utf-8")
    other = "win_amd64" if PLATFORM != "win_amd64" else "manylinux_x86_64"
    (project / "pyproject.toml").write_text(
        text.replace(f'platforms = ["{PLATFORM}"]', f'platforms = ["{PLATFORM}", "{other}"]'),
        encoding="utf-8",
    )
    session = f"test-{pythons[0]}"
    named = {"SHIPWHEEL_JOB": f"{session}-{other}"}
    ran = good.tools.nox(project, "--no-dependencies", "-s", session, env=named)
    assert ran.code == 1
    assert f"is a job for {other}, and this machine is {PLATFORM}" in ran.err
    unknown = good.tools.nox(
        project, "--no-dependencies", "-s", session, env={"SHIPWHEEL_JOB": f"{session}-{other}x"}
    )
    assert "has no job" in unknown.err
    assert f"did you mean {session}-{other}?" in unknown.err
