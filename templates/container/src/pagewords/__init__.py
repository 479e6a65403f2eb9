"""Count the words of a text, and show them as a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Callable
from urllib.parse import parse_qs

from markupsafe import Markup

__all__ = ["application", "count", "page"]

_WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)?")
_LONGEST = 100_000  # characters of a question


def count(text: str) -> list[tuple[str, int]]:
    """Give the words of a text with how often they come, the most common first, then by name.

    >>> count("To be, or not to be")
    [('be', 2), ('to', 2), ('not', 1), ('or', 1)]
    """
    found = Counter(word.casefold() for word in _WORD.findall(text))
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def page(text: str) -> str:
    """Give an HTML page with a text and its words; nothing of the text is taken as markup."""
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td></tr>").format(word, number)
        for word, number in count(text)
    )
    return str(
        Markup(
            "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>pagewords</title>"
            "<p>{}</p><table>{}</table></html>"
        ).format(text, rows)
    )


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Answer `/?text=…` with the page of that text (WSGI, PEP 3333)."""
    asked = parse_qs(environ.get("QUERY_STRING", "")).get("text", [""])[0]
    body = page(asked[:_LONGEST]).encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
