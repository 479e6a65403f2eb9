from __future__ import annotations

import pytest

from shipwheel.planning.select import select, serving
from shipwheel.planning.target import parse_target
from shipwheel.project.facts import Kind


def targets(*names):
    return tuple(parse_target(name) for name in names)


@pytest.mark.parametrize(
    ("floor", "served"),
    [
        (None, {"3.9": "3.9", "3.12": "3.12", "3.14": "3.14", "3.14t": "3.14t"}),
        ("3.9", {"3.9": "3.9", "3.12": "3.9", "3.14": "3.9", "3.14t": "3.14t"}),
        ("3.11", {"3.9": "3.9", "3.12": "3.12", "3.14": "3.12", "3.14t": "3.14t"}),
    ],
)
def test_an_abi3_wheel_serves_its_floor_and_all_later_ordinary_pythons(project, floor, served):
    kind = Kind.ABI3 if floor else Kind.EXTENSION
    found = serving(project(kind=kind, abi3_floor=floor), targets("3.9", "3.12", "3.14", "3.14t"))
    assert {text: target.text for text, target in found.items()} == served


@pytest.mark.parametrize(
    ("here", "builder", "oldest"),
    [
        (("3.11", "3.13"), "3.13", "3.11"),
        (("3.13t", "3.12"), "3.12", "3.12"),
        (("3.13t",), "3.13t", "3.13t"),
        ((), None, None),
        (("3.8",), None, None),
    ],
)
def test_the_newest_ordinary_python_that_is_here_builds(project, machine, here, builder, oldest):
    wanted = targets("3.11", "3.12", "3.13", "3.13t")
    selection = select(project(), wanted, machine(*here))
    assert (selection.builder.text if selection.builder else None) == builder
    assert (selection.oldest_here.text if selection.oldest_here else None) == oldest


def test_here_an_abi3_wheel_is_built_by_the_oldest_python_that_is_here(project, machine):
    abi3 = project(kind=Kind.ABI3, abi3_floor="3.10")
    selection = select(abi3, targets("3.10", "3.11", "3.12", "3.13"), machine("3.12", "3.13"))
    assert selection.wheel_of["3.13"].text == "3.12"
    assert selection.wheel_of["3.11"].text == "3.10"


def test_a_wheel_for_every_python_of_a_platform_serves_all(project):
    everyone = targets("3.9", "3.12", "3.14", "3.14t", "pypy3.11")
    found = serving(project(kind=Kind.PLATFORM), everyone)
    assert {target.text for target in found.values()} == {"3.9"}
