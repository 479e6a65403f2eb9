"""Each starter holds exactly the workflows that `shipwheel render` writes for it today."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STARTERS = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", STARTERS)
def test_the_workflows_are_what_render_writes(name, tools, commit, tmp_path) -> None:
    project = tmp_path / name
    left_out = shutil.ignore_patterns(".shipwheel", "dist", ".nox", "__pycache__")
    shutil.copytree(TEMPLATES / name, project, ignore=left_out)
    commit(project)
    told = tools.shipwheel(project, "render", "--check", "--json", "-")
    files = {each["path"]: each for each in json.loads(told.out)["files"]}
    # a lock names a version of shipwheel on an index: whoever copies the starter resolves it
    del files[".github/shipwheel-tools.txt"]
    drifted = {path: each["diff"] for path, each in files.items() if each["drifts"] != ["none"]}
    assert drifted == {}, "`nox -s starters` writes them anew"
    assert {".github/workflows/ci.yml", ".github/dependabot.yml", ".gitattributes"} <= set(files)


def test_a_release_of_an_extension_is_short() -> None:
    text = (TEMPLATES / "c-extension" / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert len(text.splitlines()) < 300


def test_our_own_workflows_are_rendered(tools, commit, tmp_path) -> None:
    project = tmp_path / "shipwheel"
    left_out = shutil.ignore_patterns(".shipwheel", "dist", ".git", ".venv", ".nox", "__pycache__")
    shutil.copytree(TEMPLATES.parent, project, ignore=left_out)
    commit(project)
    told = tools.shipwheel(project, "render", "--check")
    assert told.code == 0, told.text
