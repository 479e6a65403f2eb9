"""`verify` in projects that use nothing else of shipwheel: pre-commit's hooks and the action, for real."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from act_runner import Act, act_command
from linters import Unavailable, schema, zizmor
from tests.conftest import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("verify-alone")]

ACTION = ROOT / ".github" / "actions" / "verify"
_TREE = ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", ".github")
_GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=")
WORKFLOW = """\
name: verify
on: push
permissions: {}
jobs:
  verify:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: { persist-credentials: false }
      - id: good
        uses: ./.github/actions/verify
        with: { paths: good, static: "true", reports: said }
      - id: bad
        uses: ./.github/actions/verify
        continue-on-error: true
        with: { paths: "bad\\ngood", static: "true" }
      - run: test -s "$REPORT" && echo "the report is $REPORT, the bad one was a $BAD"
        env: { REPORT: "${{ steps.good.outputs.report }}", BAD: "${{ steps.bad.outcome }}" }
# within the action:
# uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97
"""

HOOKS = """\
repos:
  - repo: {tree}
    rev: {revision}
    hooks:
      - id: shipwheel-verify
      - id: shipwheel-verify-static
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """Give what a tag of this repository holds, as a repository of its own."""
    folder = tmp_path_factory.mktemp("shipwheel")
    for name in _TREE:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder)
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "State"]):
        subprocess.run([*_GIT, *words], cwd=folder, check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> tuple[Path, Path]:
    """Give a good wheel, really built, and it with a file more than its RECORD lists."""
    folder = tmp_path_factory.mktemp("wheels")
    build = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "--out-dir", str(folder)]
    subprocess.run([*build, str(ROOT / "templates" / "pure")], check=True)
    (good,) = folder.glob("*.whl")
    bad = folder / "bad" / good.name
    bad.parent.mkdir()
    shutil.copy(good, bad)
    with zipfile.ZipFile(bad, "a") as archive:
        archive.writestr("spanwords/late.py", "")
    return good, bad


def _environ(**more: str) -> dict[str, str]:
    foreign = ("PYTEST", "COV", "NOX", "SHIPWHEEL", "GITHUB", "CI", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip"), **more}


def test_the_hooks_find_what_is_wrong(tree, wheels, tmp_path):
    if importlib.util.find_spec("pre_commit") is None:
        pytest.skip("pre-commit is not here: it is in the dependency group `engines`")
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(wheels[0], project)
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tree, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    (project / ".pre-commit-config.yaml").write_text(HOOKS.format(tree=tree, revision=revision))
    commit(project)

    def hook(name: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", name, *words, "--verbose", "--all-files"],
            cwd=project,
            env=_environ(PRE_COMMIT_HOME=str(tmp_path / "kept")),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    good = hook("shipwheel-verify-static")
    assert good.returncode == 0, good.stdout
    assert "1 file, " in good.stdout
    assert "nothing wrong found" in good.stdout
    shutil.copy(wheels[1], project)
    subprocess.run([*_GIT, "commit", "-qam", "Worse"], cwd=project, check=True)
    bad = hook("shipwheel-verify-static")
    assert bad.returncode == 1, bad.stdout
    assert "record-unlisted" in bad.stdout
    nothing = hook("shipwheel-verify", "--hook-stage", "manual")
    assert nothing.returncode == 1  # pre-commit's own code
    assert "there is no such file or folder" in nothing.stdout
    assert "where: dist" in nothing.stdout


def test_the_action_has_no_finding():
    try:
        assert zizmor([ACTION / "action.yml"]) == []
        assert schema([ACTION / "action.yml"], "github-actions") == []
    except Unavailable as reason:
        pytest.skip(str(reason))


def test_the_action_in_a_runner(tree, wheels, tmp_path, interpreters):
    if act_command() is None:
        pytest.skip("there is no act (pip install --group engines)")
    newest = max(interpreters, key=lambda name: int(name[2:]))
    if int(newest[2:]) < 12:
        pytest.skip(f"the tools' lock needs a Python from 3.12 on: {sorted(interpreters)}")
    project = tmp_path / "project"
    shutil.copytree(tree, project, ignore=shutil.ignore_patterns(".git"))
    for name, wheel in zip(("good", "bad"), wheels, strict=True):
        (project / name).mkdir()
        shutil.copy(wheel, project / name)
    workflow = project / ".github" / "workflows" / "verify.yml"
    for other in workflow.parent.glob("*.yml"):
        other.unlink()
    workflow.write_text(WORKFLOW, encoding="utf-8")
    commit(project)
    runner = Act(tmp_path / "act", {newest: interpreters[newest]}, interpreters[newest], _environ())
    runner.folder.mkdir()
    run = runner.run(project, ".github/workflows/verify.yml", "push")
    said = run.said("verify")
    assert run.result("verify") == "success", run.text[-6000:]
    assert "the report is said/report.html, the bad one was a failure" in said
    assert "nothing wrong found" in said
    assert "record-unlisted" in said
    assert "2 files, " in said


def test_the_actions_script_takes_true_and_false_alone():
    spec = importlib.util.spec_from_file_location("verify_action", ACTION / "verify.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.words_for({"PATHS": "dist\n a b \n\n", "STRICT": "TRUE"}) == [
        *("verify", "--strict", "--", "dist", "a b"),
    ]
    reports = script.words_for({"PATHS": "dist", "REPORTS": "said"})
    assert {"said/report.html", "said/report.sarif", "said/junit.xml"} <= set(reports)
    with pytest.raises(SystemExit, match="static"):
        script.words_for({"STATIC": "yes"})
    assert script.installs("1.0") == [["shipwheel==1.0"]]
    assert json.dumps(script.installs("")).count("--require-hashes") == 1
