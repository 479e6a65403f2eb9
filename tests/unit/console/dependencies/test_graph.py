from __future__ import annotations

import itertools

import pytest

from shipwheel.console.dependencies.graph import graph_section, graph_tables
from shipwheel.console.dependencies.graph_picture import graph_drawings, implied
from shipwheel.console.layout import plain_lines
from shipwheel.console.section import Drawing
from shipwheel.console.terminal import Look, Tone
from shipwheel.deps.graph.answer import (
    Arrow,
    Circle,
    Graph,
    Level,
    Mismatch,
    Place,
    Private,
    When,
    Why,
)


def arrow(source: str, target: str, line: int = 1, *names: str, when: When = When.ALWAYS) -> Arrow:
    place = Place(f"src/{source.replace('.', '/')}.py", line)
    return Arrow(source=source, target=target, places=(place,), names=names, when=when)


def circle(*arrows: Arrow, level: Level = Level.MODULES, **more: object) -> Circle:
    members = tuple(sorted({each.source for each in arrows}))
    made = {"when": When.ALWAYS, "proven": True, "error": True, "cut": arrows[:1], **more}
    return Circle(level=level, members=members, arrows=arrows, **made)


RING = (arrow("demo.a", "demo.b", 3, "one"), arrow("demo.b", "demo.a", 1, "two"))
FOUND = Graph(
    project="demo",
    ok=False,
    modules=("demo", "demo.a", "demo.b", "demo.c"),
    imports=(*RING, arrow("demo", "demo.a")),
    distributions=("demo", "requests", "urllib3"),
    requirements=(arrow("demo", "requests"), arrow("requests", "urllib3")),
    circles=(circle(*RING), circle(*RING, when=When.TYPES, error=False)),
    mismatches=(
        Mismatch(why=Why.UNDECLARED, module="nobody", places=(Place("src/demo/a.py", 5),)),
        Mismatch(
            why=Why.TRANSITIVE, module="urllib3", distributions=("urllib3",), through=("requests",),
            places=(Place("src/demo/a.py", 6),),
        ),
        Mismatch(why=Why.UNUSED, module="rich", distributions=("rich",), where="[project] dependencies"),
    ),
    privates=(Private(name="pip._internal", places=(Place("src/demo/c.py", 2),)),),
    incomplete=("not asked: group docs: no network",),
    seconds=0.5,
)  # fmt: skip


def lines(found: Graph) -> str:
    return "\n".join(line for t in graph_tables(found) for line in plain_lines(t, Look()))


@pytest.mark.parametrize(
    "expected",
    [
        "1: 2 modules, at import",
        "src/demo/a.py:3",
        "every cut is the smallest there is",
        "2 modules import one another for type checkers alone: no fault",
        "nothing that is declared",
        "urllib3, which requests requires",
        "never imported",
        "pip._internal  pip",
        "not asked: group docs: no network",
        "4 modules with 3 imports, 3 distributions with 2 requirements: 1 circle; undeclared: nobody (0.5 s)",
    ],
)
def test_the_tables(expected) -> None:
    assert expected in lines(FOUND)


def test_an_answer_without_anything_is_a_line() -> None:
    found = Graph(project="demo", ok=True, modules=("demo",))
    assert lines(found) == (
        "graph of demo\n  1 module with 0 imports: no circle, and nothing undeclared (0.0 s)"
    )
    section = graph_section(found)
    assert (section.title, section.ok) == ("graph: no circle, and nothing undeclared", True)


def test_a_cut_that_is_not_proven_says_so() -> None:
    found = Graph(project="demo", ok=False, circles=(circle(*RING, proven=False),))
    assert "the cut of 1 is a good one, and may not be the smallest" in lines(found)


def test_a_small_graph_is_drawn_whole() -> None:
    modules, distributions = graph_drawings(FOUND)
    assert [each.label for each in modules.nodes] == ["demo", "a", "b", "c"]
    edges = {(each.source, each.target): (each.tone, each.label) for each in modules.edges}
    assert edges == {
        ("demo.a", "demo.b"): (Tone.BAD, "cut"),
        ("demo.b", "demo.a"): (Tone.BAD, ""),
        ("demo", "demo.a"): (Tone.PLAIN, ""),
    }
    assert len(distributions.edges) == 2


def large(circles: tuple[Circle, ...] = (), count: int = 100) -> tuple[Drawing, ...]:
    names = [f"demo.p{number % 10}.m{number:03}" for number in range(count)]
    chain = tuple(arrow(one, two) for one, two in itertools.pairwise(names))
    ring = tuple(each for c in circles for each in c.arrows)
    return graph_drawings(
        Graph(
            project="demo", ok=True, modules=tuple(names), imports=(*chain, *ring), circles=circles
        )
    )


def test_of_a_large_graph_packages_are_drawn() -> None:
    (packages,) = large()
    assert packages.title.startswith("modules of demo: 10 packages that hold 100 modules")
    assert packages.nodes[0].label == "p0 (10)"


def test_of_a_large_graph_circles_are_drawn_with_what_is_next_to_them() -> None:
    ring = (arrow("demo.p0.m010", "demo.p1.m011"), arrow("demo.p1.m011", "demo.p0.m010"))
    circles, _packages = large((circle(*ring),))
    labels = [each.label for each in circles.nodes]
    assert labels == ["p0.m010", "p1.m011", "p2.m012", "p9.m009"]
    assert "4 of 100" in circles.title


def test_a_large_circle_is_bounded() -> None:
    names = [f"x.m{number:03}" for number in range(90)]
    ring = tuple(arrow(a, b) for a, b in zip(names, names[1:] + names[:1], strict=True))
    found = Graph(
        project="x", ok=False, modules=tuple(names), imports=ring, circles=(circle(*ring),)
    )
    drawings = graph_drawings(found)
    assert drawings
    assert all(0 < len(each.nodes) <= 60 for each in drawings)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ("ab bc ac", {("a", "c")}),
        ("ab bc", set()),
        # within a circle each arrow is a fault of its own
        ("ab bc ca ac", set()),
        ("ab ba bc ac", set()),
        ("ab bc cd ad", {("a", "d")}),
    ],
)
def test_arrows_that_follow_from_others(pairs, expected) -> None:
    assert implied([(each[0], each[1]) for each in pairs.split()]) == expected


def test_circles_that_are_no_fault_are_counted_and_the_sum_claims_no_more() -> None:
    late = [arrow(*names, when=When.LATER) for names in (("a", "b"), ("b", "a"), ("c", "d"))]
    loose = {"when": When.LATER, "error": False}
    found = Graph(
        project="demo",
        ok=True,
        modules=("a", "b", "c", "d"),
        circles=(
            circle(*late[:2], **loose),
            circle(late[2], arrow("d", "c", when=When.LATER), **loose),
            circle(*RING, level=Level.PACKAGES, error=False),
        ),
        mismatches=(Mismatch(module="trio", why=Why.OPTIONAL),),
    )
    said = lines(found)
    assert "2 groups of 2 and 2 modules import one another in functions" in said
    assert "1: 2 packages, their modules in no circle" in said
    assert "no circle at import, and nothing undeclared that is always needed" in said
