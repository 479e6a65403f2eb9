"""The page of a release on GitHub: the workflow's own step, run by the shell with a stand-in for `gh`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from rendered_workflows import TEXTS

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="the job runs on Linux alone"),
]

STAND_IN = Path(__file__).resolve().parents[1] / "harness" / "gh_stand_in"
NAMES = ("release.json", "sbom.cdx.json", "provenance.json")
TAG = "v1.0"


@pytest.fixture
def folder(tmp_path):
    """Give the folder of the step, as the artifact makes it."""
    if shutil.which("jq") is None:
        pytest.skip("the step asks jq, which GitHub's machines have")
    (tmp_path / "release.json").write_text('{"prerelease": false}')
    (tmp_path / "sbom.cdx.json").write_text("{}")
    (tmp_path / "provenance.json").write_text("[]")
    return tmp_path


def attach(folder, workflow="pure: release.yml", tags=TAG, **environ):
    import yaml

    job = yaml.safe_load(TEXTS[workflow])["jobs"]["github-release"]
    *_, step = job["steps"]
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={
            "PATH": f"{STAND_IN}{os.pathsep}{os.environ['PATH']}",
            "GH_PAGES": str(folder / "pages"),
            "GH_TAGS": tags,
            "SHIPWHEEL_TAG": TAG,
            **dict.fromkeys(step["env"], "said"),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def pages(folder):
    return json.loads((folder / "pages").read_text())["pages"]


def page(folder, *, draft=False, prerelease=False):
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NAMES}
    return {TAG: {"draft": draft, "prerelease": prerelease, "files": files}}


BEFORE = {
    "no page": {},
    "a page that somebody made": {"draft": False, "prerelease": False, "files": {"a.pdf": "1"}},
    "a draft without its files": {"draft": True, "prerelease": False, "files": {}},
    "a page with files of an earlier attempt": {
        "draft": False,
        "prerelease": False,
        "files": dict.fromkeys(NAMES, "0"),
    },
}


@pytest.mark.parametrize("name", BEFORE)
def test_whatever_was_there_the_page_ends_with_the_files(folder, name):
    before = BEFORE[name]
    there = {TAG: before} if before else {}
    (folder / "pages").write_text(json.dumps({"pages": there, "calls": []}))
    done = attach(folder)
    assert done.returncode == 0, done.stderr
    wanted = page(folder)
    wanted[TAG]["files"] = {**before.get("files", {}), **wanted[TAG]["files"]}
    assert pages(folder) == wanted


@pytest.mark.parametrize("fails", ["create", "upload", "edit"])
def test_a_job_that_failed_is_completed_by_running_it_again(folder, fails):
    failed = attach(folder, GH_FAILS=fails)
    assert failed.returncode != 0
    shown = [tag for tag, each in pages(folder).items() if not each["draft"]]
    assert shown == [], "nobody sees a page without its files"
    assert attach(folder).returncode == 0
    assert pages(folder) == page(folder)


def test_a_candidate_is_a_prerelease(folder):
    (folder / "release.json").write_text('{"prerelease": true}')
    assert attach(folder).returncode == 0
    assert pages(folder) == page(folder, prerelease=True)


def test_no_page_is_made_for_a_tag_that_is_not_there(folder):
    assert attach(folder, tags="v2.0").returncode != 0
    assert pages(folder) == {}


def test_a_draft_stays_one_where_that_is_asked_for(folder):
    assert attach(folder, "jobs of one's own: release.yml").returncode == 0
    assert pages(folder) == page(folder, draft=True)
