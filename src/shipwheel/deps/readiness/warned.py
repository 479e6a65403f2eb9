"""What the tests' JUnit file says of deprecations that were raised as errors: whose code asked for it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from shipwheel.deps.readiness.answer import Warned

AS_ERRORS = ("error::DeprecationWarning", "error::PendingDeprecationWarning")
_LARGEST = 64 << 20  # bytes of a JUnit file that are read
_LONGEST = 300
_CASE = re.compile(r"<(failure|error)\b[^>]*>(.*?)</\1>", re.DOTALL)
_PLACE = re.compile(
    r"^(?:.*?File \")?([^\s\"\n][^\"\n:]{0,400})(?:\", line |:)(\d{1,7})(?:, in .*|:.*)?$",
    re.MULTILINE,
)
_SAID = re.compile(r"\b((?:Pending)?DeprecationWarning): ([^\n]{0,2000})")
_WARNS = re.compile(r"^>? +(?:\w+ = )?[\w.]*\bwarn\w*\(", re.MULTILINE)
_SITE = re.compile(r".*(?:site|dist)-packages[/\\]")


def warnings_in(junit: Path, tops: Collection[str]) -> tuple[Warned, ...]:
    """Read the warnings of a test run, the project's own first; `tops` are its top-level import names.

    A warning belongs to the last place of its traceback that called what is deprecated, and is no module of
    Python's own. What cannot be read says nothing.
    """
    try:
        with junit.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ()
    found: Counter[tuple[str, int, str, str]] = Counter()
    for case in _CASE.finditer(text):
        one = _warning(html.unescape(case[2]))
        if one is not None:
            found[one] += 1
    every = (
        Warned(
            file=_SITE.sub("", file), line=line, category=category, said=said,
            own=_is_own(file, tops), tests=count,
        )
        for (file, line, category, said), count in found.items()
    )  # fmt: skip
    return tuple(sorted(every, key=lambda each: (not each.own, each.file, each.line)))


def _warning(text: str) -> tuple[str, int, str, str] | None:
    said = [*_SAID.finditer(text)]
    places = _places(text)
    if not said or not places:
        return None
    file, line = places[-1]
    return file, line, said[-1][1], said[-1][2].strip()[:_LONGEST]


def _places(text: str) -> list[tuple[str, int]]:
    """Give a traceback's places, the one that asked for what is deprecated last.

    A function that warns of itself raises where it says so; who called it stands before that.
    """
    found = [match for match in _PLACE.finditer(text) if match[1].endswith(".py")]
    own = [match for match in found if not _is_python(match[1])]
    if len(own) > 1 and own[-1] is found[-1]:
        start, end = own[-2].end(), own[-1].end() + _LONGEST
        if _WARNS.search(text[start:end]):
            own.pop()
    return [(match[1], int(match[2])) for match in own]


def _is_python(file: str) -> bool:
    """Say whether a file is of the standard library: below `lib/python3.13`, and not installed into it."""
    return bool(re.search(r"lib[/\\]python3\.\d+t?[/\\]", file)) and not _SITE.match(file)


def _is_own(file: str, tops: Collection[str]) -> bool:
    if not _SITE.match(file):
        return True  # the tests, which lie in the checkout
    return re.split(r"[/\\]", _SITE.sub("", file))[0].removesuffix(".py") in tops
