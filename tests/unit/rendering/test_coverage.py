"""The coverage job in CI: what it waits for and takes, when it runs, and where the data lie on their way."""

from __future__ import annotations

import re

import pytest
import yaml
from expanded_workflow import runs_of
from rendered_workflows import CATALOG, CHANGES, PIPELINES, RELEASES, jobs, told, using

from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import JobKind
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.config import TestConfig as TestTable  # pytest takes Test… for a test
from shipwheel.project.facts import Kind
from shipwheel.rendering.github.assembly import github_workflow
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline
from shipwheel.workspace import job_stem

DATA = ".shipwheel/cache/coverage/"
MEASURING = [name for name in CHANGES if "coverage" in jobs(name)]


def test_some_projects_measure_and_no_release_does():
    assert len(MEASURING) >= 6
    assert not [name for name in RELEASES if "coverage" in jobs(name)]


@pytest.mark.parametrize("name", MEASURING)
def test_it_takes_every_test_of_the_first_platform_and_no_other(name):
    pipeline = PIPELINES[name]
    lane = pipeline.lane("coverage")
    tests = [
        cell
        for each in pipeline.lanes
        if each.kind is JobKind.TEST and each.id != "test-lowest"
        for cell in each.cells
    ]
    first = tests[0].platform
    measuring = {cell.package for cell in lane.cells}
    wanted = {cell.job for cell in tests if cell.platform == first and cell.package in measuring}
    assert {job for cell in lane.cells for job in cell.takes} == wanted
    assert {cell.job for cell in tests if cell.measured} == wanted
    assert {pipeline.lane(each).kind for each in lane.needs} == {JobKind.TEST}
    assert "coverage" in pipeline.lane("gate").needs


def handed_on(name):
    """Give the artifacts of coverage data by the jobs that upload them: name and path."""
    found = {}
    for job in jobs(name).values():
        for run in runs_of(job):
            for step in run["steps"]:
                if step["name"] == "Hand on what was measured":
                    cell, _ = told(run)
                    platforms = re.findall("'([a-z]\\w+)'", step["if"])
                    if not platforms or cell.endswith(tuple(platforms)):
                        found[cell] = (step["with"]["name"], step["with"]["path"])
                    assert "!cancelled()" in step["if"], "a test that failed has measured too"
    return found


@pytest.mark.parametrize("name", MEASURING)
def test_each_cell_hands_on_one_folder_that_comes_to_the_same_place(name):
    lane, found = PIPELINES[name].lane("coverage"), handed_on(name)
    # a package without coverage has nothing there, and uploads nothing
    assert found.keys() >= {job for cell in lane.cells for job in cell.takes}
    assert {artifact for artifact, _ in found.values()} == {
        f"coverage-{job_stem(job)}" for job in found
    }
    gets = {}
    for run in runs_of(jobs(name)["coverage"]):
        (got,) = [each for each in run["steps"] if each["name"] == "Get what was measured"]
        assert got["with"]["merge-multiple"]
        gets[told(run)[0]] = (got["with"]["pattern"], got["with"]["path"])
    for cell in lane.cells:
        pattern, place = gets[cell.job]
        for job in cell.takes:
            artifact, path = found[job]
            assert artifact.startswith(pattern.removesuffix("*"))
            assert path == place  # the artifact's root is what the step names
            assert path == (DATA if cell.directory == "." else f"{cell.directory}/{DATA}")
        others = [found[job][0] for job in found if job not in cell.takes]
        started = [each for each in others if each.startswith(pattern.removesuffix("*"))]
        assert started == []


@pytest.mark.parametrize("name", MEASURING)
def test_it_runs_where_a_test_failed_and_not_where_none_ran(name):
    job = jobs(name)["coverage"]
    assert job["if"].startswith("${{ !cancelled() && ")
    needs = [job["needs"]] if isinstance(job["needs"], str) else job["needs"]
    assert re.findall(r"needs\.([\w-]+)\.result != 'skipped'", job["if"]) == needs
    names = [
        step["with"]["name"]
        for job_id, step in using(name, "actions/upload-artifact")
        if job_id == "coverage"
    ]
    assert names[0] in {"coverage", "coverage-${{ matrix.package }}", "coverage-app"}


def test_gitlab_hands_the_data_on_and_shows_the_report(member, pipelines_of):
    measured = member(coverage=True, kind=Kind.EXTENSION)
    changes, *releases = pipelines_of(measured, provider="gitlab", ci=None)
    file = yaml.safe_load(gitlab_pipeline(changes, releases, CATALOG))
    coverage = file["shipwheel:coverage"]
    assert coverage["needs"] == [
        "shipwheel:test",
        {"job": "shipwheel:test-more", "optional": True},
    ]
    report = coverage["artifacts"]["reports"]["coverage_report"]
    assert report == {"coverage_format": "cobertura", "path": ".shipwheel/coverage.xml"}
    (rules,) = [each for each in coverage["extends"] if each.startswith(".shipwheel:on")]
    assert {rule["when"] for rule in file[rules]["rules"]} == {"always"}
    assert not any("TAG" in rule["if"] for rule in file[rules]["rules"])
    usual = file[".shipwheel:on:merge-requests+main+release"]["rules"]
    assert not any("when" in rule for rule in usual)
    giving = {
        name
        for name, job in file.items()
        if isinstance(job, dict)
        and f"{DATA}$SHIPWHEEL_JOB/" in job.get("artifacts", {}).get("paths", ())
    }
    assert giving == {".shipwheel:test:linux"}
    with_data = {
        name for name, job in file.items() if ".shipwheel:test:linux" in job.get("extends", ())
    }
    assert with_data == {"shipwheel:test", "shipwheel:test-more"}


def test_the_first_platform_may_be_any(member, pipelines_of):
    config = Config(
        wheels=WheelsConfig(platforms=("win_amd64", "macosx_arm64")),
        pythons=("3.12", "3.13", "3.15"),
    )
    changes, _ = pipelines_of(member(coverage=True, kind=Kind.EXTENSION, config=config))
    (cell,) = changes.lane("coverage").cells
    assert cell.takes == tuple(f"test-{each}-win_amd64" for each in config.pythons)
    assert cell.runner == "windows-2025"
    (lowest,) = changes.lane("test-lowest").cells
    assert lowest.takes == ("wheels-cp312-win_amd64",)
    text = github_workflow(changes, CATALOG)
    assert "!cancelled() && matrix.platform == 'win_amd64'" in text


@pytest.mark.parametrize("kind", [Kind.PURE, Kind.EXTENSION])
def test_a_package_that_is_tested_nowhere_is_refused(member, pipelines_of, kind):
    nowhere = member(kind=kind, config=Config(test=TestTable(platforms=())))
    with pytest.raises(ConfigurationError, match="no platform is tested") as refused:
        pipelines_of(nowhere)
    assert "[tool.shipwheel.test] platforms" in str(refused.value.where)


def test_wheels_that_only_cibuildwheel_tests_are_not_refused(member, pipelines_of):
    config = Config(wheels=WheelsConfig(platforms=("musllinux_x86_64",)))
    changes, release = pipelines_of(member(kind=Kind.EXTENSION, config=config))
    assert "test" not in {lane.id for lane in (*changes.lanes, *release.lanes)}
