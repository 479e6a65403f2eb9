"""Poetry's version constraints as the standard writes them (PEP 440)."""

from __future__ import annotations

import re

_VERSION = re.compile(r"\d+(?:\.\d+)*")
_PARTS = re.compile(r"\s*,\s*|\s+(?=[<>=!~^])")


def from_poetry(constraint: str) -> str:
    """Translate carets, tildes, wildcards and bare versions; "*" is an empty specifier.

    Of alternatives (`||`) the lowest and highest bounds are kept: the standard has no "or".
    Source: https://python-poetry.org/docs/dependency-specification/
    """
    alternatives = [part.strip() for part in re.split(r"\|\|?", constraint) if part.strip()]
    if len(alternatives) > 1:
        return _span([from_poetry(each) for each in alternatives])
    if not alternatives:
        return ""
    parts = [_part(part) for part in _PARTS.split(alternatives[0].strip()) if part]
    return ",".join(part for part in parts if part)


def _span(specifiers: list[str]) -> str:
    lows = [each for text in specifiers for each in text.split(",") if each.startswith(("==", ">"))]
    low = min(lows, key=_release, default="")
    return low.replace("==", ">=", 1).removesuffix(".*")


def _part(part: str) -> str:
    part = part.strip()
    if part in {"*", ""}:
        return ""
    if part.startswith("^"):
        return _between(part[1:], _caret(_release(part)))
    if part.startswith("~="):
        return part.replace(" ", "")
    if part.startswith("~"):
        release = _release(part)
        return _between(
            part[1:], (*release[:1], release[1] + 1) if len(release) > 1 else _next(release)
        )
    if part[0].isdigit():
        return f"=={part}"
    part = part.replace(" ", "")
    return part.replace("=", "==", 1) if re.match(r"=[^=]", part) else part


def _release(text: str) -> tuple[int, ...]:
    found = _VERSION.search(text)
    return tuple(int(each) for each in found[0].split(".")) if found else (0,)


def _caret(release: tuple[int, ...]) -> tuple[int, ...]:
    """Give the bound of a caret: the leftmost part that is not zero may not change."""
    for index, number in enumerate(release):
        if number:
            return (*release[:index], number + 1)
    return (*release[:-1], release[-1] + 1)


def _next(release: tuple[int, ...]) -> tuple[int, ...]:
    return (*release[:-1], release[-1] + 1)


def _between(low: str, high: tuple[int, ...]) -> str:
    return f">={low.strip()},<{'.'.join(map(str, high))}"
