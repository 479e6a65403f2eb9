from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from shipwheel.console.reports.layers import Layout, layout

NODES = [f"n{number}" for number in range(12)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, float], list[tuple[str, str]]]:
    nodes = draw(st.lists(st.sampled_from(NODES), unique=True, max_size=12))
    widths = {each: draw(st.floats(10, 300)) for each in nodes}
    pair = st.tuples(*[st.sampled_from(NODES)] * 2)
    return widths, draw(st.lists(pair, max_size=30))


@given(graphs())
def test_no_two_nodes_overlap_and_all_lie_within(graph) -> None:
    widths, pairs = graph
    placed = layout(widths, pairs)
    assert set(placed.boxes) == set(widths)
    for name, box in placed.boxes.items():
        assert box.width == widths[name]
        assert box.x >= -0.01
        assert box.y >= -0.01
        assert box.x + box.width <= placed.width + 0.01
        assert box.y + box.height <= placed.height + 0.01
    for one, two in itertools.combinations(placed.boxes.values(), 2):
        beside = one.x + one.width <= two.x or two.x + two.width <= one.x
        assert beside or one.y + one.height < two.y + 0.01 or two.y + two.height < one.y + 0.01


@given(graphs())
def test_an_arrow_joins_its_nodes_and_crosses_no_other(graph) -> None:
    widths, pairs = graph
    placed = layout(widths, pairs)
    wanted = {p for p in pairs if p[0] != p[1] and set(p) <= set(widths)}
    assert set(placed.ways) == wanted
    for (source, target), way in placed.ways.items():
        (x, y), (end_x, end_y) = way.points[0], way.points[-1]
        first, last = placed.boxes[source], placed.boxes[target]
        assert y == first.y + first.height / 2
        assert end_y == last.y + last.height / 2
        assert {x, end_x} & {first.x + first.width, last.x + last.width}
        _crosses_nothing(placed, {source, target}, way.points)


def _crosses_nothing(placed: Layout, ends: set[str], points) -> None:
    """Hold the level stretches of an arrow, which are those that pass columns, to nobody's box."""
    for (x, y), (next_x, next_y) in itertools.pairwise(points):
        if y != next_y:
            continue
        low, high = sorted((x, next_x))
        for name, box in placed.boxes.items():
            apart = box.x >= high - 0.01 or box.x + box.width <= low + 0.01
            assert name in ends or apart or not box.y + 0.01 < y < box.y + box.height - 0.01


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1])))
def test_without_circles_every_arrow_leads_to_the_right(pairs) -> None:
    placed = layout({str(n): 40.0 for n in range(10)}, [(str(a), str(b)) for a, b in pairs])
    assert len(placed.ways) == len(pairs)
    assert all(way.points[0][0] < way.points[-1][0] for way in placed.ways.values())


def test_nothing_at_all() -> None:
    assert layout({}, []) == Layout({}, {}, 0.0, 0.0)


def test_the_same_graph_looks_the_same_whatever_its_order() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "c")]
    one = layout(dict.fromkeys("abcd", 30.0), pairs)
    assert one == layout(dict.fromkeys("dcba", 30.0), pairs[::-1])
