"""GitHub's workflows, point by point: what every one of them must be, whatever the project."""

from __future__ import annotations

import re

import pytest
from expanded_workflow import runs_of
from rendered_workflows import CHANGES, PIPELINES, RELEASES, TEXTS, WORKFLOWS, jobs, steps, using

every = pytest.mark.parametrize("name", PIPELINES)


@every
def test_a_job_may_read_the_source_and_nothing_else_but_where_it_says_why(name):
    assert WORKFLOWS[name]["permissions"] == {}
    for job_id, job in jobs(name).items():
        granted = job.get("permissions", {})
        source = bool([step for step in job["steps"] if step["name"] == "Check out"])
        page = job_id == "github-release"
        assert granted.get("contents") == ("write" if page else "read" if source else None)
        assert set(granted) - {"contents"} <= ({"id-token"} if job_id == "publish" else set())
    for line in TEXTS[name].splitlines():
        assert not re.search(r": write *}? *$", line), "each such grant has its comment"


@every
def test_every_action_is_at_a_commit_with_its_version_behind_it(name):
    lines = [line for line in TEXTS[name].splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert len(lines) == len([1 for _, step in steps(name) if "uses" in step])
    for line in lines:
        assert re.fullmatch(r"\s+uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@every
def test_no_checkout_leaves_credentials(name):
    assert all(
        step["with"]["persist-credentials"] is False for _, step in using(name, "actions/checkout")
    )


@every
def test_no_command_has_an_expression_in_it(name):
    assert [step["run"] for _, step in steps(name) if "${{" in step.get("run", "")] == []


@every
def test_nothing_is_kept_between_runs(name):
    assert all("cache" not in step["with"] for _, step in using(name, "actions/setup-python"))
    for _, step in using(name, "docker/setup-qemu-action"):
        assert step["with"]["cache-image"] is False
    assert using(name, "actions/cache") == []


@every
def test_no_trigger_gives_strangers_our_rights(name):
    assert set(WORKFLOWS[name]["on"]) <= {
        "push",
        "pull_request",
        "merge_group",
        "workflow_dispatch",
        "schedule",
    }


@every
def test_secrets_are_read_in_jobs_with_an_environment_alone(name):
    for job in jobs(name).values():
        assert "environment" in job or "secrets." not in str(job)


@pytest.mark.parametrize("name", RELEASES)
def test_the_upload_sees_no_source_and_no_action_of_others(name):
    publish = jobs(name)["publish"]
    assert publish["if"] == "github.event_name == 'push'"
    assert publish["environment"] == PIPELINES[name].index
    used = {step["uses"].partition("@")[0] for step in publish["steps"] if "uses" in step}
    assert used == {"actions/download-artifact", "actions/setup-python"}
    trusted = PIPELINES[name].trusted
    assert publish.get("permissions") == ({"id-token": "write"} if trusted else None)
    assert ("secrets.TWINE_PASSWORD" in str(publish)) is not trusted
    assert ("has no trusted publishing" in TEXTS[name]) is not trusted, "no silent fall-back"


@every
def test_tools_come_from_a_lock_with_hashes(name):
    installs = [step["run"] for _, step in steps(name) if "pip install" in step.get("run", "")]
    assert installs
    for command in installs:
        assert "--require-hashes --only-binary=:all: -r " in command or "--no-index" in command


@every
def test_every_job_ends_in_time_and_no_label_moves(name):
    for job in jobs(name).values():
        assert 0 < job["timeout-minutes"] <= 180
        assert "-latest" not in str(list(runs_of(job)))


@every
def test_a_newer_run_ends_a_pull_requests_and_never_a_release(name):
    concurrency = WORKFLOWS[name]["concurrency"]
    if name in RELEASES:
        assert concurrency["cancel-in-progress"] is False
    else:
        assert "github.event.pull_request.number || github.run_id" in concurrency["group"]


@every
def test_everything_is_named_and_runs_in_one_shell(name):
    assert WORKFLOWS[name]["defaults"] == {"run": {"shell": "bash"}}
    assert all(job["name"] for job in jobs(name).values())
    assert all(step["name"] and "shell" not in step for _, step in steps(name))


@every
def test_what_is_handed_on_must_be_there(name):
    for _, step in using(name, "actions/upload-artifact"):
        kept = step["with"]["name"].startswith(("logs-", "coverage", "report-"))
        assert step["with"].get("if-no-files-found") == (None if kept else "error")
        assert ("if" in step) is kept


@pytest.mark.parametrize("name", CHANGES)
def test_changes_have_one_required_check_that_asks_every_job(name):
    assert "merge_group" in WORKFLOWS[name]["on"]
    gate = jobs(name)["gate"]
    assert gate["if"] == "always()"
    own = PIPELINES[name].lanes
    free = {lane.id for lane in own if lane.own is not None and lane.own.before is None}
    assert set(gate["needs"]) == set(jobs(name)) - {"gate"} - free
    (step,) = gate["steps"]
    assert step["env"]["NEEDS"] == "${{ toJSON(needs) }}"
    skipped = [need for need in gate["needs"] if PIPELINES[name].lane(need).unless_pr]
    assert f"== 'pull_request' && '{' '.join(skipped)}' || ''" in step["env"]["MAY_BE_SKIPPED"]


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_knows_its_tag_before_anything_is_built_and_is_a_dry_run_by_hand(name):
    assert list(WORKFLOWS[name]["on"]) == ["push", "workflow_dispatch"]
    assert list(WORKFLOWS[name]["on"]["push"]) == ["tags"]
    tag = "${{ github.event_name == 'push' && github.ref_name || '' }}"
    assert WORKFLOWS[name]["env"]["SHIPWHEEL_TAG"] == tag


@pytest.mark.parametrize("name", RELEASES)
def test_the_gate_is_given_the_report_that_verify_hands_on(name):
    (handed,) = [
        step["with"]
        for lane, step in using(name, "actions/upload-artifact")
        if lane == "verify" and step["with"]["name"].startswith("report-")
    ]
    (taken,) = [
        step["with"]
        for lane, step in using(name, "actions/download-artifact")
        if lane == "gate" and step["with"].get("name", "").startswith("report-")
    ]
    assert handed["name"] == taken["name"]
    job = handed["name"].removeprefix("report-")
    wanted = {"verify.json", "report.html", "logs/", f"records/{job.rpartition('--')[2]}.json"}
    assert set(handed["path"].split()) == {f"{taken['path']}/{each}" for each in wanted}


@pytest.mark.parametrize("name", RELEASES)
def test_a_trusted_release_takes_no_password(name):
    (publish,) = [
        s for lane, s in steps(name) if lane == "publish" and "--release" in s.get("run", "")
    ]
    trusted = PIPELINES[name].trusted
    assert publish["run"].endswith("--trusted-publishing") is trusted
    assert ("TWINE_PASSWORD" in publish.get("env", {})) is not trusted


@every
def test_a_command_is_one_call_of_a_tool(name):
    own = {step.name for lane in PIPELINES[name].lanes for step in (*lane.before, *lane.after)}
    for _, step in steps(name):
        # the page is three calls, the first of which is made only where another found nothing
        if "run" in step and step["name"] not in {*own, "Attach the record"}:
            assert not re.search(r"&&|;|(?<!\|)\|\|", step["run"])
            assert step["run"].count("\n") == 0 or step["run"].startswith("jq ")


@pytest.mark.parametrize("name", RELEASES)
def test_only_the_job_of_the_page_may_write_and_it_runs_nothing_but_gh(name):
    page = jobs(name)["github-release"]
    assert page["permissions"] == {"contents": "write"}
    assert page["needs"] == "read-back", "what users cannot get is announced to nobody"
    assert "environment" not in page
    get, attach = page["steps"]
    assert get["uses"].startswith("actions/download-artifact@")
    assert get["with"] == {"name": "release"}
    folder = PIPELINES[name].directory
    assert attach["working-directory"] == (
        ".shipwheel" if folder == "." else f"{folder}/.shipwheel"
    )
    commands = attach["run"].replace("\\\n", "").replace("||", "\n").split("\n")
    assert {each.split()[0] for each in commands if each} == {"gh"}
    for other in set(jobs(name)) - {"github-release"}:
        assert "GH_TOKEN" not in str(jobs(name)[other])


# --- conditions -------------------------------------------------------------------------------------


def test_what_needs_a_job_that_pull_requests_skip_asks_for_each_result():
    verify = jobs("extension: ci.yml")["verify"]
    assert verify["needs"] == ["build", "wheels", "wheels-more"]
    assert verify["if"] == (
        "${{ !cancelled() && needs.build.result == 'success' && needs.wheels.result == 'success'"
        " && (github.event_name == 'pull_request' || needs.wheels-more.result == 'success') }}"
    )


def test_nothing_else_asks():
    conditions = {job_id: job.get("if") for job_id, job in jobs("extension: ci.yml").items()}
    assert (
        conditions["wheels-more"]
        == conditions["test-more"]
        == "github.event_name != 'pull_request'"
    )
    assert conditions["build"] is conditions["wheels"] is conditions["test"] is None
