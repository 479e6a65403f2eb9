"""How long a release has to have been out before it is locked: `[tool.shipwheel.deps] exclude-newer`."""

from __future__ import annotations

import datetime as dt
import re

_SPAN = re.compile(r"(?P<count>\d{1,5}) ?(?P<unit>hour|day|week)s?")
_ISO = re.compile(r"P(?P<count>\d{1,5})(?P<unit>[DW])")
_UNITS = {"hour": 1, "day": 24, "week": 168, "D": 24, "W": 168}  # in hours


def cutoff(text: str, now: dt.datetime) -> dt.datetime:
    """Give the moment after which a file counts as too new, in UTC.

    `text` is a span before `now` (`7 days`, `36 hours`, `P7D`), a day, or a moment as RFC 3339 writes
    it: the forms that uv takes for its own `exclude-newer`. Raises ValueError for anything else.
    """
    text = text.strip()
    span = _SPAN.fullmatch(text) or _ISO.fullmatch(text)
    if span is not None:
        return now - dt.timedelta(hours=int(span["count"]) * _UNITS[span["unit"]])
    found = dt.datetime.fromisoformat(text)
    if len(text) == len("2026-01-31"):
        found += dt.timedelta(days=1)  # that day counts whole, as for uv
    return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
