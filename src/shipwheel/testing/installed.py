"""What a wheel holds by its own RECORD, and whether an environment still holds just that."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from shipwheel.dists.modules import module_of, site_path
from shipwheel.dists.wheel import open_wheel
from shipwheel.files import sha256


class WheelFiles(msgspec.Struct, frozen=True):
    """The files of a wheel that land in site-packages.

    `files` maps a path relative to site-packages (with `/`) to the hex sha256 in RECORD; RECORD itself
    and what lands elsewhere (scripts, headers, data) are not among them. `modules` maps dotted module
    names to such paths; `names` are the import names below which everything is the wheel's own.
    `stubs` says that the wheel holds type stubs alone.
    """

    name: str
    version: str
    files: Mapping[str, str]
    modules: Mapping[str, str]
    names: tuple[str, ...]
    requires: tuple[str, ...] = ()
    stubs: bool = False


@lru_cache(maxsize=4)
def read_wheel_files(wheel: Path) -> WheelFiles:
    """Read what a wheel says of itself; no module is read. Raises ArchiveError where it is no wheel."""
    opened = open_wheel(wheel)
    files = {
        site: entry.sha256
        for entry in opened.record
        if entry.sha256 and (site := path_within(entry.path))
    }
    modules = {name: path for path in sorted(files) if (name := module_of(path))}
    payload = [path for path in files if not path.startswith(f"{opened.dist_info}/")]
    names = opened.import_names
    return WheelFiles(
        name=opened.metadata.get("Name") or opened.artifact.name or "",
        version=opened.metadata.get("Version") or opened.artifact.version or "",
        files=files,
        modules=modules,
        names=tuple(name for name in names if not name.partition(".")[0].endswith("-stubs")),
        requires=opened.metadata.all("Requires-Dist"),
        stubs=bool(payload) and not modules,
    )


def path_within(member: str) -> str:
    """Give where a wheel's member lands below site-packages; empty for elsewhere, and for what leads out."""
    parts = member.split("/")
    return "" if not parts[0] or ".." in parts or "\\" in member else site_path(member)


def altered_files(site_packages: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Give the files that are not there, or not with the bytes that RECORD names."""
    return tuple(
        path for path, digest in sorted(files.items()) if not holds(site_packages / path, digest)
    )


def holds(path: Path, digest: str) -> bool:
    """Say whether a file is there and has the given hex sha256."""
    try:
        return sha256(path) == digest
    except OSError:
        return False


def added_files(site_packages: Path, wheel: WheelFiles) -> tuple[str, ...]:
    """Give files in the wheel's own folders that no distribution brought (byte code aside)."""
    found = {path for name in wheel.names for path in _files_below(site_packages, name)}
    left = found - wheel.files.keys()
    return tuple(sorted(left - others_files(site_packages))) if left else ()


def _files_below(site_packages: Path, name: str) -> Iterator[str]:
    start = len(str(site_packages)) + 1
    for folder, folders, files in os.walk(site_packages.joinpath(*name.split("."))):
        folders[:] = [each for each in folders if each != "__pycache__"]
        inside = folder[start:].replace(os.sep, "/")
        yield from (f"{inside}/{file}" for file in files)


def others_files(site_packages: Path) -> frozenset[str]:
    """Give the paths below site-packages that any installed distribution's RECORD names."""
    paths: set[str] = set()
    for record in site_packages.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", errors="replace", newline="") as file:
            paths.update(row[0] for row in csv.reader(file) if row)
    return frozenset(paths)
