from __future__ import annotations

import msgspec
import pytest

from shipwheel.console.dependencies.floors import floors_section, floors_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.deps.floors.answer import Floor, Floors, Remark, Run

LOOK = Look()
PASSED = Run(what="everything at its newest", state="passed", seconds=1.0)
FAILED = Run(what="a 1.0", state="failed", seconds=1.0, why="ImportError: no b", log="a-1.log")
FOUND = Floors(
    project="demo",
    ok=False,
    state="found",
    kind="library",
    kind_origin="by default",
    python="3.9",
    remarks=(Remark(requirement="b", rule="unbounded", level="warning", message="no bound"),),
    floors=(
        Floor(
            name="a",
            requirement="a>=1",
            declared="1.0",
            floor="2.0",
            newest="3.0",
            proposed="a>=2.0",
            below="1.0",
            why="ImportError: no b",
        ),
        Floor(name="b", requirement="b", declared="", floor="1", newest="1", proposed="b>=1"),
    ),
    runs=(PASSED, FAILED),
    diff='-  "a>=1",\n+  "a>=2.0",',
    seconds=2.0,
)


def text_of(found):
    return "\n".join(line for each in floors_tables(found) for line in plain_lines(each, LOOK))


def test_the_floors_what_fails_below_and_the_change_are_shown():
    assert (
        text_of(FOUND)
        == """\
lowest versions that the tests of demo pass with, on Python 3.9
  package  declared  floor  newest  propose
  a        1.0       2.0    3.0     "a>=2.0"
  b        no bound  1      1       "b>=1"
  a 1.0: ImportError: no b
  to declare them (--write does):
    -  "a>=1",
    +  "a>=2.0",
  the floors pass together; 2 runs of the tests (2.0 s)
bounds of demo, as the index lists the releases
  requirement  what       why
  b            unbounded  no bound
  judged as bounds of a library: by default"""
    )


@pytest.mark.parametrize(
    ("changes", "title", "said"),
    [
        ({}, "floors: other bounds for a, b", "the floors pass together"),
        ({"written": True}, "floors: other bounds for a, b", "written to pyproject.toml"),
        ({"state": "red"}, "floors: the tests fail at the newest versions too", "a-1.log"),
        ({"state": "flaky"}, "floors: the same versions passed and failed", "left to chance"),
        ({"state": "static", "floors": ()}, "floors: 1 warning", "unbounded"),
        (
            {"state": "static", "floors": (), "remarks": ()},
            "floors: nothing to say against the bounds",
            "nothing",
        ),
        ({"state": "holds", "floors": (), "remarks": ()}, "floors: the bounds are true", "pass"),
    ],
)
def test_each_outcome_has_its_words(changes, title, said):
    found = msgspec.structs.replace(FOUND, **changes)
    assert floors_section(found).title == title
    assert said in text_of(found)
