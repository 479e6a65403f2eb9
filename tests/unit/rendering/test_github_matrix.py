"""The matrices say what the pipeline says, and each job is given the files that it takes."""

from __future__ import annotations

import fnmatch
import re

import msgspec
import pytest
from expanded_workflow import runs_of, workflow_of
from hypothesis import given
from hypothesis import strategies as st
from rendered_workflows import CATALOG, PIPELINES, expected, jobs, told

from shipwheel.rendering.github.matrix import spread
from shipwheel.rendering.yaml import dump

every = pytest.mark.parametrize("name", PIPELINES)


@every
def test_each_cell_runs_once_with_its_session_arguments_python_and_machine(name):
    for lane in PIPELINES[name].lanes:
        runs = list(runs_of(jobs(name)[lane.id]))
        assert len(runs) == len(lane.cells) == len({run["name"] for run in runs})
        if not lane.matrix:
            assert runs[0]["name"] == lane.name
        if lane.kind is None or not lane.checkout:
            continue
        found = {told(run): run for run in runs}
        assert set(found) == {expected(cell) for cell in lane.cells}
        for cell in lane.cells:
            run = found[expected(cell)]
            versions = "\n".join(
                str(step["with"]["python-version"])
                for step in run["steps"]
                if "python-version" in step.get("with", {})
            ).split()
            assert set(cell.pythons) <= set(versions)
            assert versions[-1] == CATALOG.ci_python
            assert bool(run.get("continue-on-error")) is cell.allow_failure


def uploaded(name):
    """Give the artifacts of each job, by its id."""
    return {
        job_id: [
            step["with"]["name"]
            for run in runs_of(job)
            for step in run["steps"]
            if step.get("uses", "").startswith("actions/upload-artifact@")
        ]
        for job_id, job in jobs(name).items()
    }


def before(name, job_id):
    """Give the jobs that have ended before one starts."""
    needs = jobs(name)[job_id].get("needs", [])
    needs = [needs] if isinstance(needs, str) else needs
    return set(needs).union(*(before(name, need) for need in needs))


@every
def test_no_artifact_is_written_twice_and_names_hold_what_github_allows(name):
    names = [each for made in uploaded(name).values() for each in made]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[\w.-]+", each) for each in names), names


@every
def test_each_job_fetches_what_jobs_before_it_made(name):
    made = uploaded(name)
    for job_id, job in jobs(name).items():
        there = {each for need in before(name, job_id) for each in made[need]}
        for run in runs_of(job):
            for step in run["steps"]:
                wanted = step.get("with", {})
                if not step.get("uses", "").startswith("actions/download-artifact@"):
                    continue
                if "name" in wanted:
                    assert wanted["name"] in there
                else:
                    assert wanted["merge-multiple"] is True


@every
def test_each_cell_is_given_the_files_that_it_takes(name):
    for lane in PIPELINES[name].lanes:
        if lane.takes != "its":
            continue
        found = {told(run): run for run in runs_of(jobs(name)[lane.id])}
        for cell in lane.cells:
            fetched = [
                step["with"].get("name") or step["with"]["pattern"]
                for step in found[expected(cell)]["steps"]
                if step.get("uses", "").startswith("actions/download-artifact@")
            ]
            for job in cell.takes:
                artifact = f"dist-{job.replace(':', '--')}"
                assert any(matches(artifact, pattern) for pattern in fetched), (artifact, fetched)


def matches(artifact, pattern):
    head, brace, rest = pattern.partition("{")
    if not brace:
        return fnmatch.fnmatchcase(artifact, pattern)
    return any(artifact == head + each for each in rest.rstrip("}").split(","))


TESTS = PIPELINES["extension: release.yml"].lane("test")
SEVERAL = PIPELINES["monorepo with an extension: ci.yml"].lane("test-more")
WHEELS = PIPELINES["extension with many wheels: release.yml"].lane("wheels")


@given(st.sampled_from([TESTS, WHEELS, SEVERAL]), st.data())
def test_any_choice_of_cells_becomes_a_matrix_of_just_these(lane, data):
    name = "monorepo with an extension: ci.yml" if lane is SEVERAL else "extension: release.yml"
    pipeline = PIPELINES[name]
    chosen = tuple(data.draw(st.lists(st.sampled_from(lane.cells), min_size=1, unique=True)))
    found = spread(msgspec.structs.replace(lane, cells=chosen), pipeline, CATALOG)
    job = dict(found.values)
    if found.matrix:
        job["strategy"] = {"matrix": found.matrix}
    runs = list(runs_of(workflow_of(dump({"job": job}))["job"]))
    assert sorted(str(_plain(run)) for run in runs) == sorted(
        str(_plain(row)) for row in found.rows
    )


def _plain(run):
    return sorted((name, str(value or "")) for name, value in run.items())
