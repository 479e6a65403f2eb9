"""What a file of a release says of itself and brings along: metadata, foreign libraries, its own lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.dists.bounds import ArchiveError
from shipwheel.dists.headers import Headers
from shipwheel.dists.sdist import open_sdist
from shipwheel.dists.wheel import Wheel, open_wheel, read_member

# where auditwheel and delvewheel (`name.libs/`) and delocate (`.dylibs/`) put what they bring in
_BROUGHT_IN = re.compile(r"(?:^|/)(?:[^/]+\.libs|\.dylibs)/[^/]+\Z")
_LIBRARY = re.compile(r"\.(?:so|dylib|dll)(?:\.|\Z)", re.IGNORECASE)
_MOST_LISTS = 20  # of a wheel
_LARGEST_LIST = 4 << 20  # bytes
_MOST_TOLD = 2000  # components of a wheel


class Library(msgspec.Struct, frozen=True):
    """A foreign library in a wheel; `sha256` is RECORD's, None where that has none."""

    path: str
    sha256: str | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A component that a list in the wheel names (PEP 770); `source` is the list's member."""

    name: str
    version: str = ""
    purl: str = ""
    source: str = ""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a file."""

    metadata: Headers
    libraries: tuple[Library, ...] = ()
    told: tuple[Told, ...] = ()


def read_parts(path: Path) -> Parts:
    """Read a wheel or an sdist, within the bounds of `dists`; raises ArchiveError where it cannot be read."""
    if path.suffix != ".whl":
        return Parts(metadata=open_sdist(path).metadata)
    wheel = open_wheel(path)
    libraries = (
        Library(each.path, each.sha256)
        for each in wheel.record
        if _BROUGHT_IN.search(each.path) and _LIBRARY.search(each.path)
    )
    return Parts(
        metadata=wheel.metadata,
        libraries=tuple(libraries),
        told=tuple(_told(wheel))[:_MOST_TOLD],
    )


class _Listed(msgspec.Struct, frozen=True):
    name: str
    version: str = ""
    purl: str = ""


class _About(msgspec.Struct, frozen=True):
    component: _Listed | None = None


class _List(msgspec.Struct, frozen=True):
    components: tuple[_Listed, ...] = ()
    metadata: _About = _About()


def _told(wheel: Wheel) -> Iterator[Told]:
    """Give what the wheel's own CycloneDX lists name, but for the wheel itself."""
    folder = f"{wheel.dist_info}/sboms/"
    lists = [each.name for each in wheel.members if each.name.startswith(folder)]
    for name in lists[:_MOST_LISTS]:
        found = _read_list(wheel.path, name)
        for each in found.components:
            if each != found.metadata.component:
                yield Told(name=each.name, version=each.version, purl=each.purl, source=name)


def _read_list(path: Path, name: str) -> _List:
    """Read a list; one of another form (SPDX), or that cannot be read, names nothing."""
    try:
        return msgspec.json.decode(read_member(path, name, limit=_LARGEST_LIST), type=_List)
    except (msgspec.DecodeError, RecursionError, ArchiveError):
        return _List()
