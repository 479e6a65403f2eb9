"""The cells that are asked about: a Python on a platform, how uv names it, and which wheels fit there."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator

import msgspec
from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms

from shipwheel.data.catalog import Platform, data_text
from shipwheel.planning.platforms import has_python
from shipwheel.planning.target import Target, parse_target

_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}  # PEP 600
_FIRST_ABI3T = 15  # PEP 803: the stable ABI of free-threaded Pythons begins with 3.15


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a platform is asked for: uv's name, None where it has none; the floor of its C library."""

    platform: str
    uv: str | None = None
    floor: str = ""
    like: str | None = None


class Cell(msgspec.Struct, frozen=True, order=True):
    """A Python by the Plan's name (`3.14t`) on a platform by cibuildwheel's (`musllinux_x86_64`)."""

    python: str
    platform: str

    @property
    def target(self) -> Target:
        """Give the Python, parsed."""
        return parse_target(self.python)

    @property
    def full_version(self) -> str:
        """Give the version to hold against requires-python: the newest patch, which users run."""
        return f"{self.target.release}.99"

    @property
    def way(self) -> Way:
        """Give how its platform is asked for."""
        return _ways()[self.platform]

    def __str__(self) -> str:
        """Give it in words."""
        return f"{self.python} on {self.platform}"


def cells_of(pythons: Iterable[str], platforms: Iterable[Platform]) -> tuple[Cell, ...]:
    """Give a cell a Python and platform that there is; a universal2 wheel has to serve two."""
    known = _ways()
    pairs = ((text, platform) for text in pythons for platform in platforms)
    found = (
        Cell(text, name)
        for text, platform in pairs
        if has_python(platform, parse_target(text))
        for name in _single(platform.id)
        if name in known
    )
    return tuple(dict.fromkeys(found))


def refusal(cell: Cell) -> str:
    """Say why uv cannot be asked about a cell, nothing where it can."""
    if cell.target.free_threaded:
        return "uv's --python-version takes no free-threaded Python"
    if cell.target.implementation != "cpython":
        return f"uv's --python-version takes no {cell.target.implementation}"
    if cell.way.uv is None:
        return f"uv knows no platform {cell.platform}"
    return ""


def nearest(cell: Cell) -> Cell:
    """Give the cell whose packages stand for those of one that uv cannot be asked about."""
    like = cell.way.like
    platform = like if cell.way.uv is None and like else cell.platform
    return Cell(cell.target.release, platform)


@functools.cache
def supported_tags(cell: Cell) -> frozenset[Tag]:
    """Give the tags of all wheels that an installer takes in a cell."""
    target, platforms = cell.target, list(_platform_tags(cell.way))
    if target.implementation == "cpython":
        found = {*cpython_tags(target.version, abis=[target.tag], platforms=platforms)}
        found |= {*_abi3t(target, platforms)}
    else:
        abi = f"pypy{target.release.replace('.', '')}_{_data()['pypy-abi']}"
        found = {*generic_tags(target.tag, [abi], platforms)}
    return frozenset(
        {*found, *compatible_tags(target.version, interpreter=target.tag, platforms=platforms)}
    )


def _abi3t(target: Target, platforms: list[str]) -> Iterator[Tag]:
    """Give the free-threaded stable ABI's tags, which older packaging does not know."""
    if target.free_threaded:
        for minor in range(_FIRST_ABI3T, target.version[1] + 1):
            yield from (Tag(f"cp3{minor}", "abi3t", platform) for platform in platforms)


def _platform_tags(way: Way) -> Iterator[str]:
    family, _, machine = way.platform.partition("_")
    major, _, minor = way.floor.partition(".")
    if family == "manylinux":
        lowest = 5 if machine in {"x86_64", "i686"} else 17
        for each in range(int(minor), lowest - 1, -1):
            yield f"manylinux_{major}_{each}_{machine}"
            if each in _LEGACY:
                yield f"{_LEGACY[each]}_{machine}"
        yield f"linux_{machine}"
    elif family == "musllinux":
        yield from (f"musllinux_{major}_{each}_{machine}" for each in range(int(minor), -1, -1))
        yield f"linux_{machine}"
    elif family == "macosx":
        yield from mac_platforms((int(major), int(minor)), machine)
    else:
        yield way.platform


def _single(platform: str) -> tuple[str, ...]:
    if platform == "macosx_universal2":
        return ("macosx_arm64", "macosx_x86_64")
    return (platform,)


@functools.cache
def _data() -> dict[str, object]:
    return tomllib.loads(data_text("resolving"))


@functools.cache
def _ways() -> dict[str, Way]:
    rows = msgspec.convert(_data()["resolving"], tuple[Way, ...])
    return {row.platform: row for row in rows}
