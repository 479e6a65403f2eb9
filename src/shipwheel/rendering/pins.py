"""Action pins in a workflow's text: `uses: owner/action@COMMIT # vX.Y.Z`, and what a bot made of them.

A bot (Dependabot, Renovate) moves commit and comment together to a newer version. That is no drift: it is
read back and kept. Anything else that happens to a pin is an edit, and is told by its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

# begins with a text of its own, so that a search is quick; `_is_key` looks at what stands before it
_USES = re.compile(
    r"""uses:(?P<gap>[ ]*)(?P<quote>["']?)(?P<action>[^\s@"'./][^\s@"']*)"""
    r"""(?:@(?P<ref>[^\s"'#]*))?(?P=quote)(?P<tail>[ \t]*(?:\#.*)?)$""",
    re.MULTILINE,
)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_COMMENT = re.compile(r"[ \t]+#[ \t]*(?P<version>v?\d+(?:\.\d+){0,3})[ \t]*")
_LONGEST = 4  # numbers in a version


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A pinned action at a line (from 1): its commit, and its version as the comment writes it."""

    action: str
    commit: str
    version: str
    line: int = 0

    @property
    def order(self) -> tuple[int, ...]:
        """Give the version as numbers that compare, `v8` being `v8.0.0`."""
        return order_of(self.version)


def order_of(version: str) -> tuple[int, ...]:
    """Give a version's numbers, filled up with zeros."""
    numbers = [int(each) for each in version.removeprefix("v").split(".")]
    return (*numbers, *[0] * (_LONGEST - len(numbers)))


def pins_in(text: str) -> tuple[Pin, ...]:
    """Give the well-formed pins of a workflow, in their order."""
    return tuple(pin for _, pin in _uses(text) if pin is not None)


def blanked(text: str) -> str:
    """Give the text with each well-formed pin's commit and version taken out, as its digest sees it."""
    return _USES.sub(
        lambda found: _written(found, "PIN") if _is_key(found) and _pin(found) else found[0], text
    )


def kept(text: str, pins: Mapping[str, Pin]) -> str:
    """Give our text with the pins that a bot moved on, by action."""

    def moved(found: re.Match[str]) -> str:
        own, pin = _pin(found), pins.get(found["action"])
        if own is None or pin is None or pin.order <= own.order or not _is_key(found):
            return found[0]
        return _written(found, pin.commit) + f" # {pin.version}"

    return _USES.sub(moved, text)


def highest(pins: Iterable[Pin]) -> dict[str, Pin]:
    """Give the newest pin of each action."""
    found: dict[str, Pin] = {}
    for pin in pins:
        if pin.action not in found or pin.order > found[pin.action].order:
            found[pin.action] = pin
    return found


def bumps(ours: str, theirs: str) -> tuple[Pin, ...]:
    """Give the pins on disk that a bot moved: a newer version than ours and another commit."""
    wanted = highest(pins_in(ours))
    return tuple(
        pin
        for pin in pins_in(theirs)
        if (own := wanted.get(pin.action)) and pin.order > own.order and pin.commit != own.commit
    )


def edits(ours: str, theirs: str, *, older: bool) -> Iterator[str]:
    """Say what was done to the pins on disk that no bot does, a sentence each.

    `older`: the file was written by an older shipwheel, whose pins were older ones.
    """
    wanted = highest(pins_in(ours))
    yield from unpinned(theirs)
    for pin in pins_in(theirs):
        own = wanted.get(pin.action)
        said = None if own is None else _edit(own, pin, older=older)
        if said:
            yield f"line {pin.line}: {said}"


def unpinned(text: str) -> Iterator[str]:
    """Say which actions of a workflow are not pinned to a commit with its version behind it."""
    for line, pin, found in _places(text):
        if pin is None:
            yield f"line {line}: {_malformed(found)}"


def _edit(own: Pin, pin: Pin, *, older: bool) -> str | None:
    if pin.order == own.order:
        if pin.commit == own.commit:
            return None
        return f"{pin.action} has another commit than {own.version}, and the same version"
    if pin.commit == own.commit:
        return f"{pin.action} says {pin.version}, and its commit is that of {own.version}"
    if pin.order < own.order and not older:
        return f"{pin.action} went back from {own.version} to {pin.version}"
    return None


def _malformed(found: re.Match[str]) -> str:
    action, ref = found["action"], found["ref"]
    if not ref:
        return f"{action} names no commit"
    if not _COMMIT.fullmatch(ref):
        return f"{action} is pinned to {ref!r}, which is no commit: a tag or branch can be moved"
    return f"{action} has no comment `# vX.Y.Z` behind its commit: no bot can tell its version"


def _places(text: str) -> Iterator[tuple[int, Pin | None, re.Match[str]]]:
    line, at = 1, 0
    for found in filter(_is_key, _USES.finditer(text)):
        line += text.count("\n", at, found.start())
        at = found.start()
        yield line, _pin(found, line), found


def _is_key(found: re.Match[str]) -> bool:
    """Say whether it begins its line, be it an item of a list."""
    start = found.string.rfind("\n", 0, found.start()) + 1
    return found.string[start : found.start()].strip(" ") in {"", "-"}


def _uses(text: str) -> Iterator[tuple[int, Pin | None]]:
    for line, pin, _ in _places(text):
        yield line, pin


def _pin(found: re.Match[str], line: int = 0) -> Pin | None:
    comment = _COMMENT.fullmatch(found["tail"])
    if comment is None or not _COMMIT.fullmatch(found["ref"] or ""):
        return None
    return Pin(action=found["action"], commit=found["ref"], version=comment["version"], line=line)


def _written(found: re.Match[str], ref: str) -> str:
    return f"uses:{found['gap']}{found['quote']}{found['action']}@{ref}{found['quote']}"
