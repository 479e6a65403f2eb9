from __future__ import annotations

import math
import random
import threading

import pytest
from fewpoints import simplify

TRACK = [(0, 0), (1, 0.1), (2, -0.1), (3, 5), (4, 6), (5, 7)]


def walk(steps: int, seed: int = 20261121) -> list[tuple[float, float]]:
    """Give a random walk, which turns at each step."""
    dice = random.Random(seed)
    x = y = 0.0
    points = []
    for _ in range(steps):
        x, y = x + dice.uniform(-1, 1), y + dice.uniform(-1, 1)
        points.append((x, y))
    return points


def from_segment(
    at: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Give the distance of a point from a segment by trying the places along it."""
    places = (each / 400 for each in range(401))
    return min(
        math.dist(
            at, (start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1]))
        )
        for t in places
    )


def test_leaves_out_what_is_near_the_line() -> None:
    assert simplify(TRACK, 0.5) == [(0, 0), (2, -0.1), (3, 5), (5, 7)]


@pytest.mark.parametrize("points", [[], [(1, 2)], [(1, 2), (3, 4)], [(1, 2), (1, 2)]])
def test_a_short_line_stays(points: list[tuple[float, float]]) -> None:
    assert simplify(points, 10) == points


def test_a_straight_line_is_its_ends() -> None:
    assert simplify([(each, 2 * each) for each in range(1000)], 1e-9) == [(0, 0), (999, 1998)]


def test_a_closed_line_keeps_its_far_side() -> None:
    square = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    assert simplify(square, 0.1) == square


@pytest.mark.parametrize("tolerance", [0.2, 1, 5])
def test_nothing_left_out_is_far(tolerance: float) -> None:
    points = walk(300)
    left = simplify(points, tolerance)
    places = [points.index(each) for each in left]
    assert places == sorted(places)
    for first, last in zip(places, places[1:]):
        for point in points[first + 1 : last]:
            assert from_segment(point, points[first], points[last]) <= tolerance + 0.01


def test_more_tolerance_leaves_less() -> None:
    points = walk(5000)
    counts = [len(simplify(points, each)) for each in (0, 0.5, 2, 8, 1000)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 5000
    assert counts[-1] == 2


def test_points_come_back_as_they_were() -> None:
    points = [[0, 0, "start"], [1, 0, "way"], [2, 0, "end"]]
    left = simplify(points, 0.1)
    assert left == [[0, 0, "start"], [2, 0, "end"]]
    assert left[0] is points[0]


def test_takes_what_can_be_gone_through_once() -> None:
    assert simplify(iter(TRACK), 100) == [TRACK[0], TRACK[-1]]


@pytest.mark.parametrize("tolerance", [-1, float("nan")])
def test_refuses_a_tolerance_that_is_none(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance"):
        simplify(TRACK, tolerance)


@pytest.mark.parametrize("nowhere", [float("nan"), float("inf")])
def test_refuses_a_point_that_is_nowhere(nowhere: float) -> None:
    with pytest.raises(ValueError, match="point 1 is nowhere"):
        simplify([(0, 0), (nowhere, 0), (1, 1)], 1)


@pytest.mark.parametrize("wrong", [[1, 2, 3], [("a", "b"), (1, 2)], None])
def test_takes_points_alone(wrong: object) -> None:
    with pytest.raises(TypeError):
        simplify(wrong, 1)  # type: ignore[arg-type,type-var]


def test_a_zigzag_cuts_at_each_point() -> None:
    points = [(float(each), float(each % 2)) for each in range(20_000)]
    assert simplify(points, 0.1) == points


def test_works_in_threads() -> None:
    points, answers = walk(20_000), []
    work = [threading.Thread(target=lambda: answers.append(simplify(points, 2))) for _ in range(4)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert answers == [simplify(points, 2)] * 4
