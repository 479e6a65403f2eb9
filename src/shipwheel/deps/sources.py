"""Where dependencies come from: the indexes that uv is configured with, and their listings."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from shipwheel import process
from shipwheel.deps.listing import Listing, read_listing
from shipwheel.errors import ConfigurationError, ShipwheelError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import IndexFile
from shipwheel.indexes.simple import Credentials, SimpleIndex
from shipwheel.machine.environment import uv_command
from shipwheel.machine.variables import for_installer
from shipwheel.process import redact

_SECONDS = 60  # nothing is resolved: no index is asked
_OPTIONS = ("--index-url", "--extra-index-url", "--find-links")


class Source(msgspec.Struct, frozen=True):
    """An index and what it wants to know of us."""

    index: Index
    credentials: Credentials | None = None

    def __repr__(self) -> str:
        """Show no password: this may stand in a traceback."""
        return f"Source({self.index.simple!r})"


class Sources(msgspec.Struct, frozen=True):
    """The indexes in the order in which uv asks them, and places whose files nobody lists for us.

    `every`: all of them count (`UV_INDEX_STRATEGY`); else the first that has a project has it alone.
    """

    indexes: tuple[Source, ...]
    unlisted: tuple[str, ...] = ()
    every: bool = False


def configured_sources(root: Path, emit: Emit = silent) -> Sources:
    """Ask uv which indexes hold for the project in `root`, from variables, uv.toml and pyproject.

    Raises ConfigurationError with uv's words where it refuses them.
    """
    with tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as name:
        nothing, answer = Path(name) / "nothing.in", Path(name) / "answer.txt"
        write_text(nothing, "")
        command = (uv_command(), "pip", "compile", "--quiet", "--no-header", "--no-annotate")
        options = ("--emit-index-url", "--emit-find-links", "-o", answer, nothing)
        done = process.run(
            (*command, *options), cwd=root, env=for_installer(os.environ), timeout=_SECONDS
        )
        if not done.ok:
            raise ConfigurationError(
                "uv refuses its settings",
                where=str(root),
                evidence=done.tail(12),
                hint="mend uv.toml, [tool.uv] in pyproject.toml or the variable that it names",
            )
        found = read_sources(answer.read_text("utf-8"), os.environ.get("UV_INDEX_STRATEGY", ""))
    for place in found.unlisted:
        emit(Notice(f"{redact(place)} lists no files for us: uv alone knows what lies there"))
    return found


def read_sources(text: str, strategy: str = "") -> Sources:
    """Read the options that uv would write into a lock; extra indexes stand before the default one."""
    default: list[str] = []
    extra: list[str] = []
    links: list[str] = []
    places = dict(zip(_OPTIONS, (default, extra, links), strict=True))
    for line in text.splitlines():
        option, _, value = line.strip().partition(" ")
        if option in places and value:
            places[option].append(value.strip())
    urls = [*extra, *default]
    return Sources(
        tuple(_source(url) for url in urls if _is_web(url)),
        (*(url for url in urls if not _is_web(url)), *links),
        every=strategy.startswith("unsafe"),
    )


class Listings:
    """The listings of projects, each fetched once, by as many threads as ask.

    One that cannot be had is empty: then uv's word stands alone, which is told once.
    """

    def __init__(self, sources: Sources, emit: Emit = silent) -> None:
        self._sources = sources
        self._emit = emit
        self._known: dict[str, Listing] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self.failed: list[str] = []

    def of(self, name: str) -> Listing:
        """Give the listing of a project by its normalized name."""
        with self._lock:
            own = self._locks.setdefault(name, threading.Lock())
        with own:
            if name not in self._known:
                self._known[name] = self._fetched(name)
            return self._known[name]

    def fetch(self, names: Iterable[str], workers: int) -> None:
        """Fetch several at once."""
        process.parallel(self.of, sorted(set(names)), workers=workers)

    def _fetched(self, name: str) -> Listing:
        try:
            return read_listing(self._files(name), name)
        except ShipwheelError as error:
            with self._lock:
                first = not self.failed
                self.failed.append(name)
            if first:
                where = redact(error.where or "an index")
                self._emit(
                    Warned(f"{where}: {error.what}; uv's word stands alone", error.hint or "")
                )
            return Listing()

    def _files(self, name: str) -> Iterator[IndexFile]:
        for source in self._sources.indexes:
            with SimpleIndex(source.index, source.credentials) as index:
                files = index.page(name).files
            yield from files
            if files and not self._sources.every:
                return


Lookup = Callable[[str], Listing]


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"}


def _source(url: str) -> Source:
    parts = urlsplit(url)
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    plain = plain if plain.endswith("/") else f"{plain}/"
    credentials = None
    if parts.username is not None:
        credentials = (unquote(parts.username), unquote(parts.password or ""))
    return Source(Index(name=plain, upload=plain, simple=plain), credentials)
