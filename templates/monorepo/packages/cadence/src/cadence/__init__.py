"""Dates that recur: every 2 weeks, every month, every 3 days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Cadence", "dates", "parse"]

_WORDS = re.compile(r"every(?:\s+(?P<count>\d+))?\s+(?P<unit>day|week|month|year)s?")
_UNITS = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}


@dataclass(frozen=True)
class Cadence:
    """How far one date is from the next: so many days, or so many months."""

    days: int = 0
    months: int = 0


def parse(text: str) -> Cadence:
    """Read `every 2 weeks`; raises ValueError for what is no cadence."""
    found = _WORDS.fullmatch(text.strip().lower())
    count = int(found["count"] or 1) if found else 0
    if found is None or not count:
        raise ValueError(f"{text!r} is no cadence: write it as 'every 2 weeks'")
    days, months = _UNITS[found["unit"]]
    return Cadence(days * count, months * count)


def dates(start: date, cadence: Cadence, count: int) -> Iterator[date]:
    """Give `count` dates from `start` on; a month without that day has its last one."""
    for step in range(count):
        months = start.month - 1 + cadence.months * step
        year, month = start.year + months // 12, months % 12 + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        yield date(year, month, day) + timedelta(days=cadence.days * step)
