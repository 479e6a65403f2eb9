"""How the pictures of the pipelines are laid out; that they show today's Plan is held by the integration tests."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.make import make_plan
from shipwheel.project.read import read_project
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.member import Member

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def pipelines():
    path = ROOT / "docs" / "pipelines.py"
    spec = importlib.util.spec_from_file_location("docs_pipelines", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # msgspec looks its annotations up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def box(pipelines, name, *needs, when="", lines=()):
    return pipelines.Box(id=name, lines=lines, needs=needs, tone="prove", when=when)


def test_an_arrow_that_another_way_shows_is_left_out(pipelines):
    found = (
        box(pipelines, "build"),
        box(pipelines, "wheels", "build"),
        box(pipelines, "test", "wheels", "build"),
        box(pipelines, "gate", "build", "wheels", "test"),
    )
    assert pipelines.direct(found) == {
        "build": (),
        "wheels": ("build",),
        "test": ("wheels",),
        "gate": ("test",),
    }


def test_a_box_stands_behind_all_that_it_waits_for_and_over_none(pipelines):
    found = (
        box(pipelines, "build"),
        box(pipelines, "wheels", "build", lines=("1", "2", "3")),
        box(pipelines, "test", "wheels"),
        box(pipelines, "lint", "build", when="sometimes"),
        box(pipelines, "gate", "test", "lint"),
    )
    places = pipelines.placed(found, pipelines.direct(found))
    for each in found:
        assert all(places[need].x < places[each.id].x for need in each.needs)
    spans = sorted((places[each.id].x, places[each.id].y, each.height) for each in found)
    for one, other in itertools.pairwise(spans):
        assert one[0] < other[0] or one[1] + one[2] < other[1]


def test_the_drawing_stands_by_itself(pipelines):
    found = (box(pipelines, "a<b", when="x & y"), box(pipelines, "end", "a<b", lines=("2 of it",)))
    text = pipelines.draw("one & two", found)
    root = ET.fromstring(text)
    assert root.findtext(f"{SVG}title") == "one & two"
    assert [each.text for each in root.iter(f"{SVG}text")] == ["a<b", "x & y", "end", "2 of it"]
    assert len([each for each in root.iter(f"{SVG}path") if each.get("class") == "arrow"]) == 1
    assert text.count("http") == 1  # the name of the SVG namespace
    assert text == pipelines.draw("one & two", found)


def test_every_lane_of_a_workflow_is_a_box_and_its_jobs_are_counted(pipelines):
    project, catalog = read_project(ROOT / "templates" / "pure"), load_catalog()
    plan = make_plan(
        project,
        catalog,
        every_python(catalog, "manylinux_x86_64"),
        (),
        remedy=str,
        today="2026-11-21",
    )
    member = Member(project=project, plan=plan)
    changes, release = workspace_pipelines((member,), catalog, "github", project.config.ci)
    for pipeline in (changes, release):
        drawn = {each.id: each for each in pipelines.boxes(pipeline)}
        assert list(drawn) == [lane.id for lane in pipeline.lanes]
        for lane in pipeline.lanes:
            told = sum(int(line.split()[0]) for line in drawn[lane.id].lines)
            assert told == sum(cell.platform is not None for cell in lane.cells)
    dashed = {each.id for each in pipelines.boxes(changes) if each.when}
    assert dashed == {lane.id for lane in changes.lanes if lane.unless_pr}
