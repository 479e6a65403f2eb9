"""The user's own needs in GitHub's workflows, and how these look."""

from __future__ import annotations

import re

import msgspec
import pytest
from expanded_workflow import runs_of, workflow_of
from rendered_workflows import CATALOG, PIPELINES, TEXTS, WORKFLOWS, jobs, told, using

from shipwheel.rendering.github.assembly import github_workflow

every = pytest.mark.parametrize("name", PIPELINES)


def test_services_and_packages_stand_where_they_can():
    found = jobs("services and system packages: ci.yml")
    assert found["test"]["services"]["postgres"]["ports"] == ["5432:5432"]
    assert "services" not in found["test-elsewhere-more"]
    elsewhere = {step["name"]: step for step in found["test-elsewhere-more"]["steps"]}
    assert elsewhere["Install system packages"]["if"] in {
        "runner.os == 'macOS'",
        "runner.os == 'Windows'",
    }
    here = [step["run"] for step in found["test"]["steps"] if "apt-get" in step.get("run", "")]
    assert here == [
        "sudo apt-get update",
        "sudo apt-get install --yes --no-install-recommends libpq-dev graphviz",
    ]
    assert WORKFLOWS["services and system packages: ci.yml"]["env"] == {
        "PGHOST": "localhost",
        "GREETING": "it's: #1 {x} *",
    }


def test_a_step_for_all_machines_of_a_job_has_no_condition():
    test = jobs("services and system packages: ci.yml")["test"]
    assert [step for step in test["steps"] if "runner.os" in step.get("if", "")] == []


def test_a_linux_wheel_is_built_in_a_container_that_gets_none_of_the_machines_packages():
    pipeline = msgspec.structs.replace(
        PIPELINES["extension: release.yml"],
        packages={"linux": ("libpq-dev",), "macos": ("libpq",)},
    )
    found = workflow_of(github_workflow(pipeline, CATALOG))["jobs"]
    installs = [step["run"] for step in found["wheels"]["steps"] if "libpq" in step.get("run", "")]
    assert installs == ["brew install libpq"]
    assert "libpq-dev" in str(found["test"]["steps"])


def test_a_python_that_is_not_out_yet_is_asked_for_as_such():
    name = "pure with an early Python and PyPy: release.yml"
    (asked,) = [
        step["with"]
        for step in jobs(name)["test"]["steps"]
        if "python-version" in step.get("with", {})
    ]
    assert asked["allow-prereleases"] is True
    assert "allow-prereleases" not in TEXTS["pure: release.yml"]


def test_secrets_reach_the_session_and_nothing_else():
    test = jobs("secrets: ci.yml")["test"]
    assert test["environment"] == "live-service"
    with_secrets = [step["name"] for step in test["steps"] if "secrets." in str(step)]
    assert with_secrets == ["Test"]


def test_machines_are_the_users_where_they_name_them():
    found = jobs("machines of one's own: release.yml")
    assert found["build"]["runs-on"] == ["self-hosted", "linux", "x64"]
    machines = [run["runs-on"] for run in runs_of(found["wheels"])]
    assert (
        machines.count(["self-hosted", "linux", "x64"]) == 14
    )  # musllinux too: its runner is named
    assert machines.count("our-windows") == 7


def test_steps_of_the_user_are_as_they_wrote_them_on_the_systems_they_name():
    found = {
        step["name"]: step for step in jobs("steps of one's own: ci.yml")["test-more"]["steps"]
    }
    assert found["Cross: the Rubicon #1"]["run"] == 'make generated && echo "done: # yes" > log.txt'
    assert found["Cross: the Rubicon #1"]["env"] == {"MODE": "fast # not a comment"}
    assert found["Set up Node"]["if"] == "runner.os == 'Linux' || runner.os == 'macOS'"
    assert found["Show what is here"]["if"] == "runner.os == 'Windows'"
    names = list(found)
    assert names.index("Set up Node") < names.index("Test") < names.index("Show what is here")
    first = [step["name"] for step in jobs("steps of one's own: ci.yml")["test"]["steps"]]
    assert "Show what is here" not in first, "that lane has Linux machines alone"


def test_jobs_of_the_user_get_the_files_and_the_plan():
    changes, release = jobs("jobs of one's own: ci.yml"), jobs("jobs of one's own: release.yml")
    run = {step["name"]: step for step in changes["benchmark"]["steps"]}
    assert run["Get all files"]["with"]["pattern"] == "dist-*"
    assert run["Write the Plan"]["run"] == 'shipwheel plan --json "$SHIPWHEEL_PLAN"'
    assert run["Benchmark"]["run"] == "nox --no-dependencies -s bench"
    assert "licences" not in changes["gate"]["needs"]
    assert release["publish"]["needs"] == ["gate", "approve"]


@pytest.mark.parametrize("python", ["3.12", CATALOG.ci_python])
def test_a_32_bit_python_is_asked_for_apart_from_the_tools_own(python):
    test = jobs("extension with many wheels: release.yml")["test"]
    asked = [
        step["with"]
        for run in runs_of(test)
        if told(run)[0] == f"test-{python}-win32"
        for step in run["steps"]
        if "python-version" in step.get("with", {})
    ]
    assert asked == [
        {"python-version": python, "architecture": "x86"},
        {"python-version": CATALOG.ci_python},
    ]


def test_emulated_machines_are_set_up_for_their_wheels_alone():
    wheels = jobs("extension with many wheels: release.yml")["wheels"]
    (emulation,) = [step for step in wheels["steps"] if step["name"] == "Set up emulation"]
    assert emulation["if"] == "matrix.platform.emulated"
    assert using("extension: release.yml", "docker/setup-qemu-action") == []


def test_a_package_of_several_has_its_own_folders():
    build = jobs("monorepo: ci.yml")["build"]
    by_job = {told(run)[0]: run for run in runs_of(build)}
    assert set(by_job) == {"core:build", "app:build", "core-utils:build"}
    (handed,) = [
        step["with"]
        for step in by_job["core-utils:build"]["steps"]
        if step["name"] == "Hand on the files"
    ]
    assert handed["name"] == "dist-core-utils--build"
    assert handed["path"].split() == [
        "packages/utils/dist/",
        "packages/utils/.shipwheel/records/build.json",
    ]
    test = {told(run)[0]: run for run in runs_of(jobs("monorepo: ci.yml")["test"])}
    fetched = {
        step["with"]["name"]: step["with"]["path"]
        for step in test["app:test-3.11-manylinux_x86_64"]["steps"]
        if step["name"].startswith("Get the files")
    }
    assert fetched["dist-app--build"] == "packages/app"
    assert fetched["dist-core--build"] == "packages/core"


def test_our_own_repository_installs_itself_and_publishes_by_what_it_built():
    release = jobs("shipwheel itself: release.yml")
    assert "--no-build-isolation ." in str(release["build"])
    assert "--find-links dist shipwheel" in str(release["publish"])


def test_a_wheel_of_the_tool_travels_with_the_release():
    release = jobs("an index within a company: release.yml")
    (handed,) = [step for step in release["gate"]["steps"] if step["name"] == "Hand on the release"]
    assert "tools/shipwheel-0.1.0-py3-none-any.whl" in handed["with"]["path"]


# --- how it looks -----------------------------------------------------------------------------------


def test_the_release_of_an_extension_is_short():
    # the starter's, whose wheels share jobs, is held to 300 lines
    assert TEXTS["extension: release.yml"].count("\n") < 305, "a header of three lines comes on top"
    assert len(PIPELINES["extension: release.yml"].lane("wheels").cells) == 35


@every
def test_lines_can_be_read(name):
    wide = [line for line in TEXTS[name].splitlines() if len(line) > 104]
    # rows of a matrix, a list in an expression and what has no spaces stand on one line
    assert all(re.match(r"\s+(- \{ |MAY_BE_SKIPPED|image: )", line) for line in wide), wide
    assert "\t" not in TEXTS[name]
    assert not re.search(r" $|\n\n\n", TEXTS[name], re.MULTILINE)


@every
def test_every_lane_is_there_in_its_order_with_its_reason_above(name):
    assert list(jobs(name)) == [lane.id for lane in PIPELINES[name].lanes]
    for lane in PIPELINES[name].lanes:
        if lane.why:
            start = " ".join(lane.why.split()[:6])
            assert re.search(rf"# {re.escape(start)}.*\n(  #.*\n)*  {lane.id}:", TEXTS[name])


def test_the_same_pipeline_gives_the_same_bytes():
    name = "monorepo with an extension: ci.yml"
    assert github_workflow(PIPELINES[name], CATALOG) == TEXTS[name]
