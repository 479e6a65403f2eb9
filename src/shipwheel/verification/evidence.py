"""Evidence out of strangers' files, as text that is short and safe to show."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 4000
# control characters (terminals obey them), text direction marks, and halves of surrogate pairs
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sample(names: Sequence[str], most: int = 5) -> str:
    """Give the first few names, sorted, and how many more there are."""
    shown = ", ".join(map(one_line, sorted(names)[:most]))
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown


def one_line(text: str) -> str:
    """Give a name as `writable` does, and on one line: a line of its own could say anything."""
    return re.sub(r"[\t\n]", lambda match: ascii(match[0])[1:-1], writable(text))


def writable(text: str) -> str:
    """Give a stranger's text with what no file or terminal takes escaped, at most 4000 characters."""
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return _UNWRITABLE.sub(lambda match: ascii(match[0])[1:-1], text)
