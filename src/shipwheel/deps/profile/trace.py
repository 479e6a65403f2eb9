"""uv's own trace, read with the time of each line: the phases of an install and what each package took.

The sums of phases stand in lines that uv prints for everybody. What a package took comes from its
trace (uv 0.13): a package's lock in the cache is held while its files are fetched or built. A uv that
words this otherwise leaves the packages without times, never with wrong ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from shipwheel.deps.profile.answer import Phases
from shipwheel.project.names import normalize

_MARKS = (
    ("resolve", re.compile(r"Resolved \d+ packages? in ")),
    ("prepare", re.compile(r"Prepared \d+ packages? in ")),
    ("install", re.compile(r"Installed \d+ packages? in ")),
    ("compile", re.compile(r"Bytecode compiled \d+ files? in ")),
)
_LOCK = re.compile(r"TRACE (Acquired exclusive lock for|Released lock at) `([^`]{1,4096})`")
_BUILD = re.compile(r"DEBUG (?:Building|Preparing metadata for): ([A-Za-z0-9._-]+)(?:==| @ |$)")
_INSTALL = re.compile(
    r'TRACE (Extracting wheel files|Writing record) name=PackageName\("([^"]{1,255})"\)'
)
_BUCKET = re.compile(r"(?:wheels|sdists)-v\d+")


class Line(NamedTuple):
    """A line of output and the seconds from the command's start to its arrival."""

    at: float
    text: str


class Own(msgspec.Struct, frozen=True):
    """What a package took, in seconds; `built`: from source."""

    download: float = 0.0
    build: float = 0.0
    install: float = 0.0
    built: bool = False


class _Held(msgspec.Struct):
    name: str
    since: float
    sdist: bool
    building: float | None = None


def read_phases(lines: Iterable[Line], whole: float) -> Phases:
    """Give the phases of an install that took `whole` seconds; what uv left out took no time."""
    marks: dict[str, float] = {}
    for line in lines:
        for name, pattern in _MARKS:
            if pattern.match(line.text):
                marks[name] = line.at
    spent: dict[str, float] = {}
    before = 0.0
    for name, _pattern in _MARKS:
        if name in marks:
            spent[name] = max(0.0, marks[name] - before)
            before = max(before, marks[name])
    return Phases(**spent, rest=max(0.0, whole - before))


def read_packages(lines: Sequence[Line], names: Collection[str]) -> dict[str, Own]:
    """Give what each of `names` (normalized) took; what only a build needs counts as its build."""
    found = {name: _Sums() for name in names}
    held: dict[str, _Held] = {}
    extracting: dict[str, float] = {}
    begun = _installing_since(lines)
    for line in lines:
        if match := _LOCK.search(line.text):
            _lock(match[1].startswith("Acquired"), match[2], line.at, held, found)
        elif match := _BUILD.search(line.text):
            _building(normalize(match[1]), line.at, held)
        elif line.at >= begun and (match := _INSTALL.search(line.text)):
            name = normalize(match[2])
            if match[1].startswith("Extracting"):
                extracting[name] = line.at
            elif name in extracting and name in found:
                found[name].install += line.at - extracting.pop(name)
    return {name: sums.frozen() for name, sums in found.items()}


class _Sums:
    """What was added up so far."""

    def __init__(self) -> None:
        self.download = self.build = self.install = 0.0
        self.built = False

    def frozen(self) -> Own:
        return Own(self.download, self.build, self.install, self.built)


def _lock(
    acquired: bool,  # noqa: FBT001 - which of two lines it was
    path: str,
    at: float,
    held: dict[str, _Held],
    found: dict[str, _Sums],
) -> None:
    parts = path.replace("\\", "/").removesuffix("/.lock").split("/")
    bucket = next((part for part in parts if _BUCKET.fullmatch(part)), None)
    if bucket is None or len(parts) < 4:
        return
    key = "/".join(parts)
    if acquired:
        sdist = bucket.startswith("sdists")
        # wheels: …/NAME/VERSION-TAGS.lock; sdists: …/NAME/VERSION, and locks of what lies below it
        if sdist == parts[-1].endswith(".lock") or parts[-1] == "src":
            return
        held[key] = _Held(normalize(parts[-2]), at, sdist)
    elif (own := held.pop(key, None)) is not None and own.name in found:
        _add(found[own.name], own, at)


def _building(name: str, at: float, held: dict[str, _Held]) -> None:
    for own in held.values():
        if own.sdist and own.name == name and own.building is None:
            own.building = at


def _add(sums: _Sums, own: _Held, at: float) -> None:
    until = at if own.building is None else own.building
    sums.download += until - own.since
    sums.build += at - until
    sums.built = sums.built or own.sdist


def _installing_since(lines: Sequence[Line]) -> float:
    """Give when files begin to go into the environment: before, they go into those of builds."""
    patterns = [pattern for name, pattern in _MARKS if name in {"resolve", "prepare"}]
    return max(
        (line.at for line in lines if any(each.match(line.text) for each in patterns)), default=0.0
    )
