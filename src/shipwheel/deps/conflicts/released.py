"""What indexes have of a package: its versions, and what each of them requires, without building one."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from packaging.metadata import parse_email
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from shipwheel import process
from shipwheel.deps.listing import Listing, VersionFiles, read_listing
from shipwheel.deps.sources import Source, Sources
from shipwheel.errors import ShipwheelError
from shipwheel.indexes.metadata import metadata_in
from shipwheel.indexes.page import IndexFile
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.project.names import normalize

_AT_ONCE = 8
_LARGEST_METADATA = 4 << 20  # bytes
_LARGEST_FILE = (
    16 << 20
)  # bytes of a distribution that is fetched where the index gives no metadata alone
_MOST_REQUIREMENTS = 2000  # of one version: a stranger's
_LONGEST_NAME = 255
_FIRST_STATIC = (2, 2)  # of an sdist what it does not call dynamic holds (PEP 643)


class Required(msgspec.Struct, frozen=True):
    """What a version requires (PEP 508) and which extras it has; `known` is false where only a build tells."""

    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    known: bool = True


class Released:
    """The indexes' answers, each fetched once, by as many threads as ask; what cannot be had is empty.

    `silent`: nothing is asked at all (no network), so that an empty listing says nothing.
    """

    def __init__(self, sources: Sources, *, silent: bool = False) -> None:
        self._sources = sources
        self.silent = silent
        self._files: dict[str, tuple[tuple[Source, IndexFile], ...]] = {}
        self._listings: dict[str, Listing] = {}
        self._required: dict[tuple[str, Version], Required] = {}
        self._idle: dict[Source, list[SimpleIndex]] = {}
        self._lock = threading.Lock()
        self.failed: dict[str, None] = {}

    def listing(self, name: str) -> Listing:
        """Give a package's releases that are not yanked."""
        if name not in self._listings:
            self._listings[name] = read_listing((file for _, file in self._of(name)), name)
        return self._listings[name]

    def required(self, name: str, version: Version) -> Required:
        """Give what a version requires: by its metadata file (PEP 658), else by its smallest file."""
        key = (name, version)
        if key not in self._required:
            self._required[key] = self._fetched(name, version)
        return self._required[key]

    def fetch(self, name: str, versions: Iterable[Version]) -> None:
        """Fetch what several versions require, several at once."""
        self._of(name)
        process.parallel(lambda each: self.required(name, each), list(versions), workers=_AT_ONCE)

    def fetch_listings(self, names: Iterable[str]) -> None:
        """Fetch several listings at once."""
        process.parallel(self.listing, sorted({*names} - {*self._listings}), workers=_AT_ONCE)

    def close(self) -> None:
        """Give the connections back."""
        for every in self._idle.values():
            for each in every:
                each.close()

    def _of(self, name: str) -> tuple[tuple[Source, IndexFile], ...]:
        if name not in self._files:
            self._files[name] = () if self.silent else tuple(self._listed(name))
        return self._files[name]

    def _listed(self, name: str) -> Iterator[tuple[Source, IndexFile]]:
        for source in self._sources.indexes:
            try:
                with self._index(source) as index:
                    files = index.page(name).files
            except ShipwheelError:
                self.failed[name] = None
                return
            yield from ((source, file) for file in files)
            if files and not self._sources.every:
                return

    @contextlib.contextmanager
    def _index(self, source: Source) -> Iterator[SimpleIndex]:
        with self._lock:
            idle = self._idle.setdefault(source, [])
            index = idle.pop() if idle else SimpleIndex(source.index, source.credentials)
        try:
            yield index
        finally:
            with self._lock:
                idle.append(index)

    def _fetched(self, name: str, version: Version) -> Required:
        found = [
            (source, file) for source, file in self._of(name) if version_of(file, name) == version
        ]
        for source, file in sorted(found, key=lambda each: _order(each[1])):
            data = self._metadata(source, file)
            if data is not None:
                return read_required(data, sdist=not file.filename.endswith(".whl"))
        return Required(known=False)

    def _metadata(self, source: Source, file: IndexFile) -> bytes | None:
        """Give a file's metadata, None where it cannot be had."""
        with tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as name:
            if file.filename.endswith(".whl"):
                beside = msgspec.structs.replace(
                    file, url=f"{file.url.partition('#')[0]}.metadata", sha256=None, size=None
                )
                saved = self._saved(source, beside, Path(name) / "METADATA", _LARGEST_METADATA)
                if saved is not None:
                    return saved.read_bytes()
            if (file.size or 0) > _LARGEST_FILE:
                return None
            whole = self._saved(source, file, Path(name) / _plain(file), _LARGEST_FILE)
            return None if whole is None else metadata_in(whole)

    def _saved(self, source: Source, file: IndexFile, path: Path, limit: int) -> Path | None:
        try:
            with self._index(source) as index:
                index.save(file, path, limit=limit)
        except ShipwheelError:
            return None
        return path


def read_required(data: bytes, *, sdist: bool = False) -> Required:
    """Read METADATA, or an sdist's PKG-INFO, which counts where it calls no requirement dynamic (PEP 643)."""
    try:
        raw, _unparsed = parse_email(data)
    except (ValueError, TypeError, UnicodeError):  # a stranger's bytes
        return Required(known=False)
    dynamic = {each.lower() for each in raw.get("dynamic", ())}
    static = _release(raw.get("metadata_version", "")) >= _FIRST_STATIC
    return Required(
        tuple(raw.get("requires_dist", ()))[:_MOST_REQUIREMENTS],
        tuple(raw.get("provides_extra", ()))[:_MOST_REQUIREMENTS],
        known=not sdist or (static and not dynamic & {"requires-dist", "provides-extra"}),
    )


def pythons_of(files: VersionFiles | None) -> tuple[str, ...]:
    """Give the requires-python that the index tells of a version's files, nothing where it tells none."""
    every = [*(each for _tags, each in files.wheels), *files.sdists] if files else []
    known = [" ".join(each.split()) for each in every if each]
    return tuple(known[:1])


def version_of(file: IndexFile, name: str) -> Version | None:
    """Give the version in a file's name, None where it is no distribution of `name`."""
    if len(file.filename) > _LONGEST_NAME:
        return None
    try:
        if file.filename.endswith(".whl"):
            found, version, *_rest = parse_wheel_filename(file.filename)
        else:
            found, version = parse_sdist_filename(file.filename)
    except (InvalidVersion, ValueError):
        return None
    return version if normalize(found) == name else None


def chosen(versions: Sequence[Version], most: int) -> tuple[Version, ...]:
    """Give at most so many versions, newest first: half of them the newest, then the last of each minor release."""
    newest = sorted(versions, reverse=True)
    if len(newest) <= most:
        return tuple(newest)
    first = newest[: most // 2]
    last_of: dict[tuple[int, ...], Version] = {}
    for each in newest[most // 2 :]:
        last_of.setdefault(each.release[:2], each)
    return tuple([*first, *last_of.values()][:most])


def _order(file: IndexFile) -> tuple[bool, bool, int]:
    """Wheels first, the ones of any platform before others, small ones before large ones."""
    name = file.filename
    return not name.endswith(".whl"), not name.endswith("-none-any.whl"), file.size or 0


def _plain(file: IndexFile) -> str:
    return "file.whl" if file.filename.endswith(".whl") else "file.tar.gz"


def _release(text: str) -> tuple[int, ...]:
    try:
        return Version(text).release
    except InvalidVersion:
        return ()
