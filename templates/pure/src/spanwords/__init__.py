"""Time spans, read and written as people do."""

from __future__ import annotations

import re
from datetime import timedelta

__all__ = ["parse", "say"]

_SECONDS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
_UNITS = {
    "w": "week",
    "d": "day",
    "h": "hour",
    "hr": "hour",
    "m": "minute",
    "min": "minute",
    "s": "second",
    "sec": "second",
}
_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,\s*)?(?:and\s+)?")


def parse(text: str) -> timedelta:
    """Read a span such as ``1h30m``, ``1.5 hours`` or ``2 days and 4 hours``.

    Raises ValueError where the text holds anything else, or a unit twice.
    """
    parts: dict[str, float] = {}
    position = 0
    rest = text.strip()
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None:
            raise ValueError(f"not a time span: {text!r}, from {rest[position:]!r} on")
        unit = _unit(match["unit"])
        if unit in parts:
            raise ValueError(f"{unit}s stand twice in {text!r}")
        parts[unit] = float(match["number"])
        position = _skip(_BETWEEN, rest, match.end())
    if not parts:
        raise ValueError("an empty text is not a time span")
    return timedelta(seconds=sum(_SECONDS[unit] * number for unit, number in parts.items()))


def say(span: timedelta) -> str:
    """Write a span in words, largest unit first, to the second: ``1 hour and 30 minutes``."""
    left = round(span.total_seconds())
    if left < 0:
        raise ValueError("a time span has a beginning before its end")
    said = []
    for unit, seconds in _SECONDS.items():
        count, left = divmod(left, seconds)
        if count:
            said.append(f"{count} {unit}" if count == 1 else f"{count} {unit}s")
    if not said:
        return "0 seconds"
    *head, last = said
    return f"{', '.join(head)} and {last}" if head else last


def _unit(word: str) -> str:
    lower = word.lower()
    for candidate in (lower, lower.removesuffix("s")):
        if candidate in _UNITS:
            return _UNITS[candidate]
        if candidate in _SECONDS:
            return candidate
    raise ValueError(f"{word!r} is not a unit; try one of {', '.join(_SECONDS)}")


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
