"""Whether a description renders, as an index would render it."""

from __future__ import annotations

import io
import re
import threading
from email.message import EmailMessage
from functools import lru_cache

_PLACE = re.compile(r"^.*?:(?P<line>\d*): \((?P<level>[A-Z]+)/\d*\) (?P<text>.*)$", re.DOTALL)
_ONE_AT_A_TIME = threading.Lock()  # docutils keeps its roles and directives in module globals


@lru_cache(maxsize=256)  # the same text stands in every wheel of a release
def fault(description: str, content_type: str) -> str:
    """Give why a description does not render, or an empty string.

    reStructuredText is rendered (also where the type is missing or unknown, as indexes do); Markdown
    and plain text cannot fail.
    """
    if media_type(content_type) in {"text/markdown", "text/plain"}:
        return ""
    # docutils takes a quarter second to import, and most descriptions are Markdown
    from readme_renderer import rst  # noqa: PLC0415

    said = io.StringIO()
    with _ONE_AT_A_TIME:
        rendered = rst.render(description, stream=said)
    return "" if rendered is not None else readable(said.getvalue())


def media_type(content_type: str) -> str:
    """Give `text/markdown` of `text/markdown; charset=UTF-8`; reStructuredText where nothing is said."""
    message = EmailMessage()
    message["content-type"] = content_type.replace("\n", " ") or "text/x-rst"
    return message.get_content_type()


def readable(said: str) -> str:
    """Give docutils' first complaint as a sentence with its line."""
    match = _PLACE.match(said.strip())
    if match is None:
        return " ".join(said.split())[:300] or "nothing comes out of it"
    text = " ".join(match["text"].split())
    return f"line {match['line']}: {text}"[:300] if match["line"] else text[:300]
