"""Which index is meant: one that everybody knows, one of the configuration, or a URL."""

from __future__ import annotations

import difflib
import fnmatch
import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit, urlunsplit

import msgspec

from shipwheel.data.catalog import Capabilities, KnownIndex, load_catalog
from shipwheel.data.kinds import check_kind
from shipwheel.errors import ConfigurationError

_UNSAFE = re.compile(r"[\s\\\x00-\x1f\x7f]")
_SIMPLE_ENDINGS = ("/+simple/", "/simple/")
_PATH = re.compile(r"^[.~]|[/\\]")  # what no name of an index holds
_ANY = "unknown"  # the kind of an index that nothing is known of


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """A package index: where files are sent, where users get them, and what it takes.

    `upload` is the URL of the legacy upload API, `simple` that of the simple repository API (PEP 503,
    PEP 691) with a slash at its end; neither holds a password. `max_file_size` is in bytes, None where no
    limit is known. `takes_private`: also a project with a `Private ::` classifier. `completion_days`: so
    long after its first file a release takes more. `anonymous`: no credentials are looked for (our own
    throw-away index). `kind` names what it runs on, by which `capabilities` are found.
    """

    name: str
    upload: str
    simple: str
    takes_local_versions: bool = True
    takes_attestations: bool = False
    takes_private: bool = True
    max_file_size: int | None = None
    completion_days: int | None = None
    anonymous: bool = False
    username: str | None = None
    kind: str = _ANY

    @property
    def capabilities(self) -> Capabilities:
        """Give what its kind can do and how it answers; of a kind that we do not know: nothing for sure."""
        kinds = load_catalog().index_kinds
        return kinds.get(self.kind, kinds[_ANY])

    @property
    def folder(self) -> Path | None:
        """Give the folder of an index that is one, None for a server."""
        return _folder_at(self.upload) if self.upload.startswith("file:") else None

    @property
    def loopback(self) -> bool:
        """Say whether files sent there stay on this machine; a folder is there to be hosted."""
        return is_loopback(self.upload) and is_loopback(self.simple)

    @property
    def shares_origin(self) -> bool:
        """Say whether the upload API and the simple API are one server: credentials serve both."""
        return origin_of(self.upload) == origin_of(self.simple)


class IndexUrls(Protocol):
    """What a configured index gives: `[tool.shipwheel.index.NAME]`."""

    @property
    def upload(self) -> str:
        """Give the URL that files are sent to."""

    @property
    def simple(self) -> str:
        """Give the URL that users install from."""

    @property
    def kind(self) -> str | None:
        """Give the kind of index that it is, None where its URL may tell."""


def find_index(
    wanted: str, known: Mapping[str, KnownIndex], configured: Mapping[str, IndexUrls]
) -> Index:
    """Give the index of that name or URL; a path (`./site`, `/srv/index`, `file:///…`) is a folder's.

    `known` are the Catalog's, `configured` the project's own. Raises ConfigurationError for a name that
    is neither (naming those that are, and the nearest), for a configured name that stands for a known
    index already, and for a URL that cannot be used.
    """
    if wanted.startswith("file:"):
        return index_in(_path_of(wanted))
    if "://" in wanted:
        return index_at(wanted)
    if _PATH.search(wanted):
        return index_in(Path(wanted))
    _refuse_takeover(known, configured)
    if wanted in known:
        return _from_known(wanted, known[wanted])
    if wanted in configured:
        return _from_urls(wanted, configured[wanted])
    raise _unknown(wanted, sorted({*known, *configured}))


def index_at(url: str, *, name: str | None = None) -> Index:
    """Give the index at a URL: that of its upload API, or of its simple API where it ends in `simple/`.

    Where only the upload URL is given, the simple API is taken to lie in `simple/` below it, as
    pypiserver has it; devpi's is `+simple/`, so that one is named by its simple URL or configured.
    """
    base, username = _checked(url, "--to")
    base = base if base.endswith("/") else base + "/"
    for ending in _SIMPLE_ENDINGS:
        if base.endswith(ending):
            upload = base.removesuffix(ending) + "/"
            return _index(name or upload, upload, base, username)
    return _index(name or base, base, base + "simple/", username)


def index_in(folder: Path) -> Index:
    """Give the index that is a folder, for static hosting: its pages are files below `simple/`.

    The folder need not be there yet. Raises ConfigurationError where a file is.
    """
    where = folder.expanduser().absolute()
    if where.is_file():
        raise ConfigurationError("an index is a folder, and this is a file", where=str(folder))
    url = where.as_uri().rstrip("/") + "/"
    simple = url + "simple/"
    index = Index(name=str(folder), upload=url, simple=simple, anonymous=True, kind="folder")
    return as_its_kind(index)


def kind_of(upload: str, simple: str) -> str:
    """Give the kind of index that its URLs tell, `unknown` where they tell nothing."""
    for kind in load_catalog().index_kinds.values():
        if any(fnmatch.fnmatchcase(url, like) for like in kind.urls for url in (upload, simple)):
            return kind.kind
    return _ANY


def is_loopback(url: str) -> bool:
    """Say whether a URL's host is this machine, by its text alone: nothing is looked up."""
    if _UNSAFE.search(url):
        return False
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host.rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> tuple[str, str, int]:
    """Give scheme, host and port of a URL, with the scheme's own port where none is named."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


def _from_known(name: str, urls: KnownIndex) -> Index:
    kind = kind_of(urls.upload, urls.simple)
    index = Index(name=name, upload=urls.upload, simple=urls.simple, kind=kind)
    return _with_rules_of(index, urls)


def _with_rules_of(index: Index, known: KnownIndex) -> Index:
    return msgspec.structs.replace(
        index,
        takes_local_versions=known.takes_local_versions,
        takes_attestations=known.takes_attestations,
        takes_private=known.takes_private,
        max_file_size=known.max_file_size,
        completion_days=known.completion_days,
    )


def _index(
    name: str, upload: str, simple: str, username: str | None, kind: str | None = None
) -> Index:
    """Give an index of one's own, with the limits of its kind."""
    kind = kind or kind_of(upload, simple)
    index = Index(name=name, upload=upload, simple=simple, username=username, kind=kind)
    return as_its_kind(index)


def as_its_kind(index: Index) -> Index:
    """Give an index with what its kind takes: PyPI under another name has PyPI's rules."""
    can = index.capabilities
    public = load_catalog().indexes.get(index.kind)
    if public is not None:
        return _with_rules_of(index, public)
    return msgspec.structs.replace(
        index, max_file_size=can.max_file_size, takes_attestations=can.takes_attestations
    )


def _from_urls(name: str, urls: IndexUrls) -> Index:
    where = f"[tool.shipwheel.index.{name}]"
    upload, username = _checked(urls.upload, f"{where} upload")
    simple, _ = _checked(urls.simple, f"{where} simple")
    simple = simple if simple.endswith("/") else simple + "/"
    if urls.kind is not None:
        check_kind(urls.kind, f"{where} kind")
    return _index(name, upload, simple, username, urls.kind)


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"} or not parts.path:
        raise ConfigurationError(
            "a folder's URL names no host", where="--to", hint="file:///srv/index, or its path"
        )
    return _folder_at(url)


def _folder_at(url: str) -> Path:
    from urllib.request import url2pathname  # noqa: PLC0415 - it takes its time, and few need it

    return Path(url2pathname(urlsplit(url).path))


def _checked(url: str, where: str) -> tuple[str, str | None]:
    """Give a URL without its user name, and that name; raise where it cannot be an index's."""
    if _UNSAFE.search(url):
        raise ConfigurationError("an index's URL holds a blank or a backslash", where=where)
    try:
        parts = urlsplit(url)
        host, password, _port = parts.hostname, parts.password, parts.port
    except ValueError as error:
        raise ConfigurationError("an index's URL cannot be read", where=where) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise ConfigurationError(
            "an index's URL starts with https:// or http:// and names a host",
            where=where,
            hint="https://index.example/upload/",
        )
    if password is not None:
        raise ConfigurationError(
            "an index's URL holds a password",
            where=where,
            hint="take it out of there, and set TWINE_PASSWORD or put it into the keyring or ~/.pypirc",
        )
    return _without_user(parts), parts.username


def _without_user(parts: SplitResult) -> str:
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def _refuse_takeover(known: Mapping[str, KnownIndex], configured: Mapping[str, IndexUrls]) -> None:
    """Refuse a configured `pypi`: a pull request must not be able to send a release elsewhere."""
    for name in configured:
        if name in known:
            raise ConfigurationError(
                f"the index {name!r} is known already and cannot be configured anew",
                where=f"[tool.shipwheel.index.{name}]",
                hint="give yours another name",
            )


def _unknown(wanted: str, names: Iterable[str]) -> ConfigurationError:
    names = list(names)
    near = difflib.get_close_matches(wanted, names, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return ConfigurationError(
        f"there is no index {wanted!r}",
        where="--to, or [tool.shipwheel.publish] index",
        hint=f"{guess}known are {', '.join(names)}, each [tool.shipwheel.index.NAME], a URL, and a folder"
        " (./index)",
    )
