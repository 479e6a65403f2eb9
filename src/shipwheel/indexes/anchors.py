"""The links of an HTML page, in one pass over its bytes: whatever comes, no time but its length's.

The html.parser of Pythons that are in use (3.11.7) reads a page of tags that are never closed anew for each of
them, hours for a few megabytes, and raises AssertionError for some others. A page of an index is a list of
links: that takes no more than its tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

# what stands in a comment, a script or a title is text, and no link
_BEGIN = re.compile(
    rb"<(?:!--|(?P<text>script|style|title|textarea)\b|(?P<tag>a|base|meta|input)(?=[ \t\r\n\f/>]))",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    rb"[ \t\r\n\f/]*([^ \t\r\n\f\"'<>/=]+)"
    rb"(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:\"([^\"]*)\"|'([^']*)'|([^ \t\r\n\f\"'<>]+)))?"
)
_ENDS = {
    name: re.compile(rb"</" + name + rb"\b", re.IGNORECASE)
    for name in (b"script", b"style", b"title", b"textarea")
}
# in an attribute `&copy=` is no reference: links hold such (HTML, 13.2.5.72)
_REFERENCE = re.compile(r"&#?[A-Za-z0-9]{1,32};")
_LONGEST_TAG = 1 << 16  # bytes; attestations and hashes are URLs, a tag has a few hundred


def tags_of(page: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the tags `a`, `base`, `meta` and `input` with their attributes, names in lower case, in order.

    A value that holds a raw `<` (PEP 503 wants it escaped) is not closed for us: the tag ends before it.
    """
    at = 0
    while (found := _BEGIN.search(page, at)) is not None:
        if found["tag"]:
            values, at = _attributes(page, found.end())
            yield found["tag"].decode().lower(), values
            continue
        at = _end_of_text(page, found)
        if at < 0:
            return


def _end_of_text(page: bytes, begin: re.Match[bytes]) -> int:
    """Give where a comment, a script or its like is over; -1 where that never comes."""
    name = begin["text"]
    if name is None:
        return page.find(b"-->", begin.end())
    end = _ENDS[name.lower()].search(page, begin.end())
    return end.end() if end else -1


def _attributes(page: bytes, at: int) -> tuple[dict[str, str], int]:
    values: dict[str, str] = {}
    last = at + _LONGEST_TAG
    while (found := _ATTRIBUTE.match(page, at, last)) is not None:
        name, *alternatives = found.groups()
        value = next((each for each in alternatives if each is not None), b"")
        values.setdefault(_text(name).lower(), _REFERENCE.sub(_meant, _text(value)))
        at = found.end()
    return values, at


def _meant(reference: re.Match[str]) -> str:
    return unescape(reference[0])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
