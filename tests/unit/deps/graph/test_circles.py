from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipwheel.deps.graph.circles import components, smallest_cut

LETTERS = "abcdefghijklmnopqrst"


def arrows(count: int) -> st.SearchStrategy[dict[tuple[str, str], int]]:
    pair = st.tuples(*[st.sampled_from(LETTERS[:count])] * 2).filter(lambda p: p[0] != p[1])
    return st.dictionaries(pair, st.integers(1, 3), max_size=3 * count)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(each[0], each[1]) for each in text.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("ab bc cd ac", ()),
        ("ab ba", (("a", "b"),)),
        ("ab bc ca cd de ed", (("a", "b", "c"), ("d", "e"))),
        ("aa", ()),
    ],
)
def test_components(text, expected) -> None:
    assert components(pairs(text)) == expected


def test_a_long_chain_needs_no_recursion() -> None:
    chain = [(f"m{n:05}", f"m{n + 1:05}") for n in range(20_000)]
    assert components(chain) == ()
    assert len(components([*chain, ("m20000", "m00000")])[0]) == 20_001


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({("a", "b"): 1, ("b", "a"): 3}, {("a", "b")}),
        # one arrow is in both circles: cutting it is enough
        ({("a", "b"): 1, ("b", "a"): 1, ("b", "c"): 1, ("c", "a"): 1}, {("a", "b")}),
        # in both too, but dearer than one of each
        ({("a", "b"): 3, ("b", "a"): 1, ("b", "c"): 1, ("c", "a"): 1}, {("b", "a"), ("b", "c")}),
    ],
)
def test_the_smallest_cut(weights, expected) -> None:
    members = sorted({each for pair in weights for each in pair})
    cut, proven = smallest_cut(members, weights)
    weight = sum(weights[each] for each in cut)
    assert (weight, proven) == (sum(weights[each] for each in expected), True)
    assert not components(set(weights) - set(cut))


@given(arrows(5))
def test_no_cut_is_smaller(weights) -> None:
    members = sorted({each for pair in weights for each in pair})
    cut, proven = smallest_cut(members, weights)
    assert proven
    assert not components(set(weights) - set(cut))
    least = min(
        sum(weights[p] for p in weights if order.index(p[0]) > order.index(p[1]))
        for order in itertools.permutations(members)
    )
    assert sum(weights[each] for each in cut) == least


@given(arrows(18))
def test_a_cut_of_many_leaves_no_circle(weights) -> None:
    cut, proven = smallest_cut(LETTERS[:18], weights)
    assert not proven
    assert not components(set(weights) - set(cut))
    # at most half of the weight points back in the better of an order and its reverse
    assert 2 * sum(weights[each] for each in cut) <= sum(weights.values())


def test_a_ring_of_many_is_cut_once() -> None:
    ring = dict.fromkeys(zip(LETTERS, LETTERS[1:] + LETTERS[0], strict=True), 1)
    cut, proven = smallest_cut(LETTERS, ring)
    assert (len(cut), proven) == (1, False)
