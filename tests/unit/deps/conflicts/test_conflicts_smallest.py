"""The smallest set of bounds, held against every set there is."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from shipwheel.deps.conflicts.smallest import hitting, shrunk, smallest, smallest_sets

HELD = tuple(range(8))
CONFLICTS = st.lists(st.frozensets(st.sampled_from(HELD), min_size=1, max_size=3), max_size=5)


def judge(conflicts: list[frozenset[int]]):
    return lambda kept: not any(each <= kept for each in conflicts)


def least(conflicts: list[frozenset[int]]) -> int:
    return next(
        size
        for size in range(len(HELD) + 1)
        for chosen in itertools.combinations(HELD, size)
        if all({*chosen} & each for each in conflicts)
    )


@given(CONFLICTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_smaller_set_does(conflicts: list[frozenset[int]], proposed) -> None:
    agrees = judge(conflicts)
    asked = []

    def propose(relaxed: frozenset[int]):
        asked.append(relaxed)
        # one that is none, which the judge has to turn down, and all that are
        return [
            frozenset(HELD[:1]),
            *(
                each
                for each in conflicts
                if proposed and not any(other < each for other in conflicts)
            ),
        ]

    found = smallest(HELD, agrees, propose)
    assert (found.solved, found.certain) == (True, True)
    assert asked
    assert agrees(frozenset(HELD) - found.relaxed)
    assert len(found.relaxed) == least(conflicts)
    for each in found.conflicts:
        assert not agrees(each)
        assert all(agrees(each - {member}) for member in each), "of which nothing can be spared"


def test_what_is_held_is_not_to_blame_where_the_judge_refuses_without_it() -> None:
    found = smallest(HELD, lambda kept: False, lambda relaxed: ())
    assert (found.conflicts, found.relaxed, found.solved) == ((), frozenset(), False)


def test_a_search_that_is_cut_off_says_that_it_is_not_certain() -> None:
    left = iter([True])
    found = smallest(
        HELD,
        judge([frozenset({1, 2}), frozenset({3})]),
        lambda relaxed: (),
        lambda: next(left, False),
    )
    assert len(found.conflicts) == 1
    assert (found.certain, found.solved) == (False, False)


def test_few_questions_find_a_conflict_among_many() -> None:
    asked = []

    def agrees(kept: frozenset[int]) -> bool:
        asked.append(kept)
        return not {17, 800} <= kept

    assert {*shrunk(range(1000), agrees)} == {17, 800}
    assert len(asked) <= 45


def test_twenty_pairs_apart_are_no_million_of_sets() -> None:
    pairs = [frozenset({2 * each, 2 * each + 1}) for each in range(20)]
    assert hitting(pairs, range(40)) == (frozenset(range(0, 40, 2)), True)
    ways = smallest_sets(pairs, range(40), most=3)
    assert len({*ways}) == 3
    assert {len(each) for each in ways} == {20}


def test_where_too_many_sets_would_be_looked_at_a_large_one_is_given_and_not_called_smallest() -> (
    None
):
    chain = [frozenset({each, each + 1}) for each in range(60)]
    found, certain = hitting(chain, range(61))
    assert not certain
    assert all(found & each for each in chain)
