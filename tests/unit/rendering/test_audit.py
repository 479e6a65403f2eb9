"""What CI renders of locks: a job that holds them against the declarations, and an audit on a schedule."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import JobKind
from shipwheel.project.config import CiConfig, CiStep
from shipwheel.rendering.github.assembly import github_workflow
from shipwheel.rendering.github.audit import audit_workflow
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline
from shipwheel.rendering.needs import check_needs
from shipwheel.rendering.triggers import audit_cron

GOLDEN = Path(__file__).with_name("audit.yml")
CATALOG = load_catalog()


def locked(member):
    return msgspec.structs.replace(member, locked=True)


@pytest.fixture(scope="module")
def changes(member, pipelines_of):
    return pipelines_of(locked(member()))[0]


# --- the job `lock` ---------------------------------------------------------------------------------


def test_a_locked_package_has_its_locks_looked_at(changes):
    (lane,) = [each for each in changes.lanes if each.kind is JobKind.LOCK]
    assert (lane.id, lane.needs, lane.cells[0].args) == ("lock", (), ("--check",))
    assert "lock" in changes.lane("gate").needs


def test_without_locks_nothing_is_different(member, pipelines_of):
    (plain, *_), (other, *_) = pipelines_of(member()), pipelines_of(locked(member()))
    rest = [each for each in other.lanes if each.id not in {"lock", "gate"}]
    assert rest == [each for each in plain.lanes if each.id != "gate"]
    assert "lock" not in plain.lane("gate").needs


def test_no_release_looks_at_locks(member, pipelines_of):
    release = pipelines_of(locked(member()))[1]
    assert all(each.kind is not JobKind.LOCK for each in release.lanes)


def test_github_runs_it_as_at_home(changes):
    job = yaml.safe_load(github_workflow(changes, CATALOG))["jobs"]["lock"]
    assert job["permissions"] == {"contents": "read"}
    assert job["steps"][-2]["run"] == "nox --no-dependencies -s lock -- --check"
    assert "needs" not in job


def test_several_packages_share_a_matrix(member, pipelines_of):
    core = locked(member("core", "packages/core"))
    app = locked(member("app", "packages/app", siblings=("core",)))
    job = yaml.safe_load(github_workflow(pipelines_of(core, app)[0], CATALOG))["jobs"]["lock"]
    (step,) = [each for each in job["steps"] if "nox" in each.get("run", "")]
    assert step["run"] == 'nox --no-dependencies -s "$SHIPWHEEL_JOB" -- --check'
    assert step["env"]["SHIPWHEEL_JOB"] == "${{ matrix.package }}:lock"
    assert [row["package"] for row in job["strategy"]["matrix"]["include"]] == ["core", "app"]


def test_one_locked_package_of_two_is_looked_at_alone(member, pipelines_of):
    core = locked(member("core", "packages/core"))
    app = member("app", "packages/app", siblings=("core",))
    lane = pipelines_of(core, app)[0].lane("lock")
    assert [each.session for each in lane.cells] == ["core:lock"]


def test_gitlab_runs_it_for_merge_requests(member, pipelines_of):
    changes, *releases = pipelines_of(locked(member()), provider="gitlab")
    job = yaml.safe_load(gitlab_pipeline(changes, releases, CATALOG))["shipwheel:lock"]
    assert job["script"] == ["nox --no-dependencies -s lock -- --check"]
    assert job["needs"] == []


def test_steps_of_checks_stand_before_it(member, pipelines_of):
    step = CiStep(name="Log in", jobs=("checks",), run="login")
    lane = pipelines_of(locked(member()), ci=CiConfig(steps=(step,)))[0].lane("lock")
    assert [each.name for each in lane.before] == ["Log in"]


# --- the audit on a schedule ------------------------------------------------------------------------


def test_the_workflow_is_the_golden(changes):
    text = re.sub(r"@[0-9a-f]{40} # v[\d.]+", "@PINNED", audit_workflow(changes, "weekly", CATALOG))
    assert text == GOLDEN.read_text("utf-8")


def test_what_may_write_runs_neither_python_nor_what_was_downloaded(changes):
    jobs = yaml.safe_load(audit_workflow(changes, "daily", CATALOG))["jobs"]
    writing = {
        name: job for name, job in jobs.items() if "write" in str(job.get("permissions", {}))
    }
    assert set(writing) == {"code-scanning", "propose"}
    for job in writing.values():
        text = str([each.get("run", "") for each in job["steps"]])
        assert not any(word in text for word in ("python", "pip", "nox", "shipwheel deps", "uv "))


@pytest.mark.parametrize(
    ("text", "cron"),
    [("daily", "23 4 * * *"), ("weekly", "23 4 * * 1"), ("5 6 * * MON", "5 6 * * MON")],
)
def test_how_often(text, cron):
    assert audit_cron(text) == cron


@pytest.mark.parametrize(
    ("ci", "said"),
    [
        ({"audit": "monthly"}, "does not say how often"),
        ({"audit": ""}, "is no schedule"),
        ({"audit": "61 4 * * 1"}, "'61' is no minute"),
        (
            {"audit": "weekly", "workflows": {"ci": "audit.yml"}},
            "the audit's workflow is audit.yml",
        ),
        ({"audit": "weekly", "providers": ("gitlab",)}, "rendered for GitHub alone"),
    ],
)
def test_what_cannot_be_is_refused(ci, said):
    with pytest.raises(ConfigurationError, match=said):
        check_needs(CiConfig(**ci), CATALOG, "github")
