"""The search for floors, over dependencies whose truth is known."""

from __future__ import annotations

import pytest

from shipwheel.deps.floors.answer import Run
from shipwheel.deps.floors.search import Candidate, most_runs, search

NUMBERS = tuple(str(each) for each in range(1, 41))


class World:
    """Tests that pass where every package is at its true floor or above, and `agree` holds."""

    def __init__(self, floors, agree=lambda _versions: True, flips=()):
        self.floors, self.agree, self.flips = floors, agree, set(flips)
        self.runs = []

    def at(self, what, pins):
        self.runs.append(what)
        versions = {name: int(pins.get(name, 40)) for name in self.floors}
        good = all(versions[name] >= floor for name, floor in self.floors.items())
        good = good and self.agree(versions)
        if what in self.flips:
            good = not good
        return Run(what=what, state="passed" if good else "failed", seconds=1.0, why="no such name")

    def lowest(self, what, floors):
        return self.at(what, floors), dict(floors)


def bounded(name, versions=NUMBERS):
    return Candidate(name, versions, bounded=True)


def floors_of(found):
    return {name: edge.floor for name, edge in found.edges.items()}


def test_true_bounds_take_one_run():
    world = World({"a": 1, "b": 1})
    found = search([bounded("a"), bounded("b")], world)
    assert (found.state, floors_of(found)) == ("holds", {"a": "1", "b": "1"})
    assert world.runs == ["the lowest declared versions"]


@pytest.mark.parametrize("floor", range(1, 41))
def test_the_floor_is_found_wherever_it_lies(floor):
    world = World({"a": floor})
    candidates = [bounded("a")]
    found = search(candidates, world)
    assert floors_of(found) == {"a": str(floor)}
    assert found.edges["a"].below == ("" if floor == 1 else str(floor - 1))
    assert len(world.runs) <= most_runs(candidates)


def test_the_one_to_blame_is_told_from_the_others():
    world = World({"a": 1, "b": 17, "c": 1})
    found = search([bounded("a"), bounded("b"), bounded("c")], world)
    assert (found.state, floors_of(found)) == ("found", {"a": "1", "b": "17", "c": "1"})
    assert world.runs[-1] == "the floors together"


def test_one_without_a_bound_is_searched_though_the_bounds_hold():
    world = World({"a": 1, "b": 9})
    found = search([bounded("a"), Candidate("b", NUMBERS, bounded=False)], world)
    assert (found.state, floors_of(found)) == ("found", {"a": "1", "b": "9"})


def test_floors_that_do_not_agree_are_raised():
    """Either alone may be old; a below 10 wants b below 20."""
    world = World({"a": 1, "b": 1}, agree=lambda at: at["a"] + at["b"] >= 30)
    candidates = [bounded("a"), bounded("b")]
    found = search(candidates, world)
    assert found.state == "found"
    assert sum(int(each) for each in floors_of(found).values()) == 30


def test_floors_that_no_single_one_mends_are_told():
    world = World(
        {"a": 1, "b": 1, "c": 1}, agree=lambda at: sum(each < 5 for each in at.values()) < 2
    )
    found = search([bounded("a"), bounded("b"), bounded("c")], world)
    assert found.state == "apart"


def test_tests_left_to_chance_are_told():
    world = World({"a": 9}, flips=["a 8 once more"])
    assert search([bounded("a")], world).state == "flaky"


@pytest.mark.parametrize("versions", [("1",), ("1", "2"), ("1", "2", "3"), NUMBERS[:7]])
def test_no_more_runs_than_were_announced(versions):
    for floor in range(1, len(versions) + 1):
        world = World({"a": floor, "b": floor})
        candidates = [bounded("a", versions), bounded("b", versions)]
        world.at = lambda what, pins, at=world.at: at(
            what, {"a": versions[-1], "b": versions[-1], **pins}
        )
        search(candidates, world)
        assert len(world.runs) <= most_runs(candidates)
