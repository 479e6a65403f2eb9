"""The smallest set of bounds, held against every set there is."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from shipwheel.deps.conflicts.smallest import (
    OutOfTimeError,
    hitting,
    narrowed,
    shrunk,
    smallest,
    smallest_sets,
)

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


def test_a_judge_without_time_ends_the_search_with_what_is_known() -> None:
    agrees = judge([frozenset({1, 2}), frozenset({3})])

    def hurried(kept: frozenset[int]) -> bool:
        if not kept & {1, 2} or not kept & {3}:
            raise OutOfTimeError
        return agrees(kept)

    found = smallest(HELD, hurried, lambda relaxed: [frozenset({1, 2, 3})] if not relaxed else ())
    assert found.conflicts == (frozenset({1, 2, 3}),)
    assert (found.certain, found.solved) == (False, False)


def test_suspects_are_tried_first_and_let_go_where_they_are_not_to_blame() -> None:
    asked = []

    def agrees(kept: frozenset[int]) -> bool:
        asked.append(kept)
        return not {17, 800} <= kept

    assert narrowed(range(1000), agrees, lambda held: held & {5, 17, 800}) == (5, 17, 800)
    assert len(asked) == 1
    assert narrowed((17, 18, 800), agrees, lambda held: held & {17, 18}) == (17, 18, 800)
    assert narrowed((17, 800), agrees, lambda held: frozenset()) == (17, 800)


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
