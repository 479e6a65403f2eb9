"""Bars in a page: one scale from nothing, nothing drawn for nothing, and words for whoever sees no picture."""

from __future__ import annotations

import math
import re

import pytest

from shipwheel.console.reports.bars import bars_html, scale
from shipwheel.console.section import Bar, Bars, Part


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (0.0, (1.0, 1)),
        (-1.0, (1.0, 1)),
        (math.nan, (1.0, 1)),
        (math.inf, (1.0, 1)),
        (1.0, (0.2, 5)),
        (3.1, (1.0, 4)),
        (5.0, (1.0, 5)),
        (52.7, (20.0, 3)),
        (0.004, (0.001, 4)),
        (99_999.0, (20_000.0, 5)),
    ],
)
def test_the_scale_has_few_round_numbers(longest: float, expected: tuple[float, int]) -> None:
    assert scale(longest) == pytest.approx(expected)


@pytest.mark.parametrize(
    "longest", [10**power * size for power in range(-6, 7) for size in (1, 1.9, 2.01, 4.9, 9.99)]
)
def test_the_scale_holds_the_longest_bar(longest: float) -> None:
    step, ticks = scale(longest)
    assert 1 <= ticks <= 5
    assert step * ticks >= longest * (1 - 1e-6)
    assert step * (ticks - 1) < longest


def drawn(*bars: Bar, unit: str = "s") -> str:
    return bars_html(Bars("a title", unit, bars))


def test_parts_follow_one_another_in_proportion() -> None:
    page = drawn(Bar("one", (Part("a", 1.0), Part("b", 0.0), Part("c", 3.0)), "4 s"))
    found = re.findall(r'<rect x="([\d.]+)%" y="0" width="([\d.]+)%"', page)
    assert found == [("0.00", "25.00"), ("25.00", "75.00")]
    assert 'aria-label="one: a 1 s, c 3 s"' in page
    assert page.count("<li>") == 2  # what is nowhere drawn is not explained either
    assert "<span>4 s</span>" in page


def test_a_bar_of_nothing_is_told_and_not_drawn() -> None:
    page = drawn(Bar("none", (Part("a", 0.0),)), Bar("bad", (Part("a", math.nan),)))
    assert "<rect" not in page
    assert page.count(">0 s<") == 2
    assert 'aria-label="none: 0 s"' in page
    assert "<rect" not in drawn()


def test_the_smallest_is_seen_and_one_kind_needs_no_legend() -> None:
    page = drawn(Bar("big", (Part("a", 1e6),)), Bar("small", (Part("a", 1.0),)))
    assert 'width="0.50%"' in page
    assert "legend" not in page
