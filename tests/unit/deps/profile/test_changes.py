"""Changes that are offered: those that saved something, by more than the machine's own mood."""

from __future__ import annotations

import pytest

from shipwheel.deps.profile.answer import Change, Install, Phases
from shipwheel.deps.profile.changes import Trial, after, chosen, dropped, noise
from shipwheel.deps.profile.measuring import Way


def compared(
    name: str, before: tuple[float, ...], after: tuple[float, ...]
) -> tuple[Change, Install, Install]:
    first = Install(name="cold", seconds=min(before), runs=before)
    second = Install(name=name, seconds=min(after), runs=after)
    change = Change(id=name, title=name, how="", before=first.seconds, after=second.seconds)
    return change, first, second


@pytest.mark.parametrize(
    ("before", "after", "offered"),
    [
        ((3.0, 3.1), (1.0, 1.1), True),
        ((3.0, 3.1), (3.2, 3.3), False),  # slower
        ((3.0, 3.1), (2.97, 2.98), False),  # next to nothing
        ((0.10, 0.11), (0.06, 0.07), False),  # less than a person notices
        ((3.0, 3.9), (2.5, 2.6), False),  # two runs of the same differ by more
        ((3.0, 3.1), (2.5, 3.4), False),
        ((3.0, 3.1, 9.0), (2.5, 2.6, 9.0), True),  # one run that was held up does not count
        ((300.0,), (20.0,), True),  # long ones are run once
    ],
)
def test_a_change_is_offered_where_it_saves(
    before: tuple[float, ...], after: tuple[float, ...], *, offered: bool
) -> None:
    assert bool(chosen([compared("it", before, after)])) is offered


def test_the_three_best_come_first() -> None:
    tried = [compared(str(saved), (9.0,), (9.0 - saved,)) for saved in (1.0, 4.0, 2.0, 3.0)]
    assert [each.id for each in chosen(tried)] == ["4.0", "3.0", "2.0"]
    assert chosen(tried)[0].saved == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("runs", "expected"), [((2.0,), 0.0), ((2.5, 2.0), 0.5), ((9.0, 2.0, 2.1), 0.1)]
)
def test_noise_is_what_the_best_two_runs_differ_by(
    runs: tuple[float, ...], expected: float
) -> None:
    assert noise(Install(name="x", seconds=min(runs), runs=runs)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("phases", "measured", "expected"),
    [
        ((), 1.0, 1.0),
        (("resolve",), 9.5, 9.5),  # it saved half a second of resolving
        (("resolve",), 4.0, 9.0),  # the machine was faster too: resolving took one second
        (("resolve", "prepare"), 4.0, 5.0),
        (("resolve",), 12.0, 12.0),
    ],
)
def test_a_change_saves_no_more_than_the_phases_that_it_touches(
    phases: tuple[str, ...], measured: float, expected: float
) -> None:
    cold = Install(
        name="cold",
        seconds=10.0,
        runs=(10.0,),
        phases=Phases(resolve=1.0, prepare=4.0, compile=5.0),
    )
    trial = Trial("x", "x", "x", Way(name="x"), phases)
    other = Install(name="x", seconds=measured, runs=(measured,))
    assert after(trial, cold, other) == pytest.approx(expected)


def test_requirements_are_tried_without_what_is_not_imported_heaviest_first() -> None:
    asked = ("small", "Big_One>=2", "used", "web[standard,http]>=1; python_version > '3'")
    found = list(dropped(asked, {"small", "big-one"}, ["big-one", "web", "used", "small"]))
    assert [each.id for each in found] == ["without-big-one", "plain-web", "without-small"]
    assert found[0].way.requirements == (asked[0], asked[2], asked[3])
    plain = found[1].way.requirements[3]
    assert plain.startswith("web>=1")
    assert "python_version" in plain


@pytest.mark.parametrize("asked", [("only",), ("not a requirement ((",), ()])
def test_there_is_nothing_to_drop(asked: tuple[str, ...]) -> None:
    assert list(dropped(asked, {"only"}, [])) == []
