"""The distributions below a folder, with what an index's pages say of each."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
from packaging.version import Version

from shipwheel.files import sha256
from shipwheel.indexes.metadata import metadata_in, requires_python_in
from shipwheel.indexes.named import named_in

YANKED = ".yanked"  # beside a file: it is yanked, and the text is the reason (PEP 592)
METADATA = ".metadata"  # beside a wheel: its METADATA (PEP 658)
PROVENANCE = ".provenance"  # beside a file: its attestations (PEP 740)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution in the folder; `path` is relative to that, with slashes.

    `uploaded` is UTC in ISO 8601 with microseconds (PEP 700); `yanked` the reason, empty where none was
    given, None where it is not yanked; `metadata` the sha256 of a wheel's METADATA.
    """

    path: str
    filename: str
    project: str
    version: str
    sha256: str
    size: int
    uploaded: str
    requires_python: str | None = None
    yanked: str | None = None
    metadata: str | None = None
    attested: bool = False


class Shelf:
    """A folder of distributions; each file is read once, and again when its size or time changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[tuple[int, int], Held]] = {}
        self._lock = threading.Lock()

    def files(self, project: str | None = None) -> tuple[Held, ...]:
        """Give the files of a project (its normalized name), or all: by project, version and name.

        A name that stands in two places counts where it comes first.
        """
        found: dict[str, Held] = {}
        for path, name in distributions(self.folder):
            if project is None or name == project:
                held = self._held(path)
                if held is not None:
                    found.setdefault(held.filename, held)
        return tuple(sorted(found.values(), key=_order))

    def find(self, relative: str) -> Path | None:
        """Give the distribution at a path relative to the folder, with slashes; None for whatever else."""
        for path, _ in distributions(self.folder):
            if path.relative_to(self.folder).as_posix() == relative:
                return path
        return None

    def projects(self) -> tuple[str, ...]:
        """Give the normalized names of all projects, sorted; no file is read for that."""
        return tuple(sorted({name for _, name in distributions(self.folder)}))

    def _held(self, path: Path) -> Held | None:
        relative = path.relative_to(self.folder).as_posix()
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            with self._lock:
                kept = self._read.get(relative)
            if kept is None or kept[0] != stamp:
                kept = (stamp, read_file(path, relative, status))
                with self._lock:
                    self._read[relative] = kept
        except OSError:
            return None  # it went away while we looked
        attested = path.with_name(path.name + PROVENANCE).is_file()
        return msgspec.structs.replace(kept[1], yanked=_yanked(path), attested=attested)


def distributions(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give each file below `folder` that has a distribution's name, with its project, in one order.

    What starts with a dot is passed by: files that are being written are called so.
    """
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            parsed = named(name)
            if parsed is not None:
                yield Path(base, name), parsed[0]


@functools.lru_cache(maxsize=1 << 16)
def named(filename: str) -> tuple[str, Version] | None:
    """Give normalized name and version by a distribution's file name, None where it is none."""
    if filename.startswith("."):
        return None
    return named_in(filename)


def read_file(path: Path, relative: str, status: os.stat_result) -> Held:
    """Read what a page says of a file; raises OSError where it cannot be read."""
    parsed = named(path.name)
    assert parsed is not None, "only distributions are read"
    metadata = metadata_in(path)
    wheel = path.suffix == ".whl"
    return Held(
        path=relative,
        filename=path.name,
        project=parsed[0],
        version=str(parsed[1]),
        sha256=sha256(path),
        size=status.st_size,
        uploaded=moment(status.st_mtime),
        requires_python=requires_python_in(metadata) if metadata else None,
        metadata=hashlib.sha256(metadata).hexdigest() if metadata and wheel else None,
    )


def moment(seconds: float) -> str:
    """Give a time since the epoch as PEP 700 wants it: UTC, ISO 8601, a `Z`."""
    try:
        time = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):  # a file system can hold any number
        time = dt.datetime.fromtimestamp(0, dt.UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _order(held: Held) -> tuple[str, Version, str]:
    return held.project, Version(held.version), held.filename


def _yanked(path: Path) -> str | None:
    try:
        text = path.with_name(path.name + YANKED).read_text("utf-8", "replace")
    except OSError:
        return None
    return " ".join(text[:1000].split())
