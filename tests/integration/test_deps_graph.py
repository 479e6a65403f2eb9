"""A tangled project with real dependencies from the real index, real releases, and the picture in a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import browser, browser_command
from tangled import NAMES, TEN, many, write_projects

from shipwheel.console.dependencies.graph import graph_section
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.console.reports.drawing import drawings_svg
from shipwheel.deps.graph.answer import Graph, Level, Why
from shipwheel.deps.graph.folder import folder_graph
from shipwheel.sessions.context import open_project
from shipwheel.sessions.deps.graph import ask

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[1] / "projects" / "graph-tangled"
_SHOWN = """[...document.querySelectorAll("svg text:not(.head)")].map(text => {
  const box = text.getBBox(), rect = text.parentNode.querySelector("rect");
  const around = rect.getBBox();
  return box.x >= around.x && box.x + box.width <= around.x + around.width && box.width > 0;
}).every(Boolean)"""


@pytest.fixture(scope="module")
def tangled(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    root = tmp_path_factory.mktemp("graph") / "tangled"
    shutil.copytree(PROJECT, root)
    return ask(open_project(root), (), lambda _event: None)


def test_each_import_is_told_by_what_really_brings_it(tangled: Graph) -> None:
    assert {(each.why, each.module, each.through) for each in tangled.mismatches} == {
        (Why.UNDECLARED, "attr", ()),
        (Why.TRANSITIVE, "urllib3", ("requests",)),
        (Why.UNUSED, "iniconfig", ()),
    }  # yaml is PyYAML's, tomli is caught, pytest is the tests' own
    assert [each.name for each in tangled.privates] == ["requests._internal_utils"]
    assert not tangled.incomplete
    assert not tangled.ok


def test_the_circle_is_cut_at_one_statement(tangled: Graph) -> None:
    circle, packages = (each for each in tangled.circles if each.level is not Level.DISTRIBUTIONS)
    assert circle.members == ("tangled.record", "tangled.rules", "tangled.store")
    assert (len(circle.cut), circle.proven, circle.error) == (1, True, True)
    assert (packages.members, packages.error) == (("tangled.colours", "tangled.shapes"), False)


def test_two_hundred_packages_take_less_than_five_seconds(tmp_path: Path) -> None:
    write_projects(tmp_path, many(200, cycles=3))
    started = time.perf_counter()
    found = folder_graph([tmp_path])
    assert graph_section(found).pictures
    assert time.perf_counter() - started < 5
    assert len(found.circles) == 3


def test_ten_tangled_distributions(tmp_path: Path) -> None:
    newest = {each.name: each for each in TEN}
    assert set(newest) == set(NAMES)
    found = folder_graph([write_projects(tmp_path, newest.values())])
    assert [each.members for each in found.circles] == [
        ("cedar", "dogwood"),
        ("elm", "fir", "ginkgo"),
    ]


def test_the_command_on_a_folder(tmp_path: Path) -> None:
    write_projects(tmp_path / "house", many(12, cycles=1))
    svg = tmp_path / "graph.svg"
    done = command(tmp_path, "house", "--svg", str(svg))
    assert done.returncode == 1, done.stderr
    assert "3 distributions" in done.stdout
    assert svg.read_text("utf-8").count("<rect") == 12
    wrong = command(tmp_path, "hause")
    assert (wrong.returncode, "there is no folder 'hause'" in wrong.stderr) == (2, True)


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = (sys.executable, "-m", "shipwheel", "-C", str(root), "deps", "graph", *words)
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.skipif(browser_command() is None, reason="no Chromium is here")
def test_no_label_is_cut_in_a_browser(tangled: Graph, tmp_path: Path) -> None:
    house = folder_graph([write_projects(tmp_path / "house", many(50, cycles=2))])
    sections = [graph_section(each) for each in (tangled, house)]
    page, svg = tmp_path / "page.html", tmp_path / "graph.svg"
    page.write_text(dependencies_html(sections), "utf-8")
    svg.write_text(drawings_svg([each for s in sections for each in s.pictures]), "utf-8")
    with browser() as tab:
        for path, width in ((page, 1280), (page, 360), (svg, 1280)):
            tab.open(path, width=width, dark=width == 360)
            assert tab.troubles == []
            assert tab.ask(_SHOWN) is True, (path.name, width)
        tab.open(page, width=360)
        assert tab.ask("document.documentElement.scrollWidth") <= 360
