from __future__ import annotations

from datetime import timedelta

import pytest
from spanwords import parse, say

READ = {
    "45s": timedelta(seconds=45),
    "1h30m": timedelta(minutes=90),
    "90 minutes": timedelta(minutes=90),
    "1.5 hours": timedelta(minutes=90),
    "2 days and 4 hours": timedelta(days=2, hours=4),
    "1 week, 1 day, 1 second": timedelta(days=8, seconds=1),
    "  3 Hrs ": timedelta(hours=3),
}

SAID = {
    timedelta(0): "0 seconds",
    timedelta(seconds=1): "1 second",
    timedelta(minutes=90): "1 hour and 30 minutes",
    timedelta(days=9, seconds=5): "1 week, 2 days and 5 seconds",
    timedelta(seconds=1.6): "2 seconds",
}

REFUSED = {
    "": "empty",
    "soon": "not a time span",
    "3 fortnights": "not a unit",
    "1h 2h": "twice",
    "1h-2m": "from '-2m' on",
}


@pytest.mark.parametrize(("text", "span"), READ.items())
def test_reads(text: str, span: timedelta) -> None:
    assert parse(text) == span


@pytest.mark.parametrize(("span", "text"), SAID.items())
def test_says(span: timedelta, text: str) -> None:
    assert say(span) == text


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_refuses(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_what_was_said_can_be_read() -> None:
    for seconds in range(0, 2_000_000, 7_919):
        span = timedelta(seconds=seconds)
        assert parse(say(span)) == span


def test_a_span_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="before its end"):
        say(timedelta(seconds=-1))
