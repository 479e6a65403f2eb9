"""What an index says of one project: the simple API's two forms, read from bytes (PEP 503, PEP 691)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from shipwheel.errors import JobError, MachineError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"
ACCEPT = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, text/html;q=0.1"

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class IndexFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that an index offers.

    `sha256` is None where the index names no such hash; `size` in bytes where it says so; `yanked` is
    the reason, empty where none was given, None for a file that is not yanked (PEP 592);
    `uploaded` is the time of the upload as the index words it (PEP 700); `provenance` the URL of its
    attestations (PEP 740).
    """

    filename: str
    url: str
    sha256: str | None = None
    size: int | None = None
    yanked: str | None = None
    uploaded: str | None = None
    requires_python: str | None = None
    provenance: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All files of a project on an index; `form` is `none` where it has no such project."""

    url: str
    form: Literal["json", "html", "none"]
    files: tuple[IndexFile, ...] = ()

    def file(self, filename: str) -> IndexFile | None:
        """Give the file of that name, None where it is not there."""
        return next((each for each in self.files if each.filename == filename), None)


def read_page(body: bytes, content_type: str, url: str) -> Page:
    """Read the answer of an index, in the form that its bytes have, whatever its header promised.

    `url` is where the answer came from in the end: links are relative to it. Raises MachineError for a
    sign-in page, JobError for an answer that is neither form.
    """
    if body.lstrip()[:1] == b"{":
        return _from_json(body, url)
    if "html" in content_type or body.lstrip()[:1] == b"<":
        return _from_html(body, url)
    raise JobError(
        "the index gave an answer that is neither a JSON nor an HTML project page",
        where=url,
        evidence=f"content type {content_type!r}, {len(body)} bytes",
        hint="check the index's simple URL",
    )


class _JsonFile(msgspec.Struct):
    filename: str
    url: str
    hashes: dict[str, str] = {}
    requires_python: str | None = msgspec.field(name="requires-python", default=None)
    yanked: bool | str = False
    size: int | None = None
    uploaded: str | None = msgspec.field(name="upload-time", default=None)
    provenance: str | None = None


class _JsonMeta(msgspec.Struct):
    api_version: str = msgspec.field(name="api-version", default="1.0")


class _JsonPage(msgspec.Struct):
    files: list[_JsonFile]
    meta: _JsonMeta = msgspec.field(default_factory=_JsonMeta)


def _from_json(body: bytes, url: str) -> Page:
    try:
        page = msgspec.json.decode(body, type=_JsonPage)
    except msgspec.DecodeError as error:
        raise JobError(
            "the index's JSON is not that of a project page", where=url, evidence=str(error)
        ) from error
    _check_version(page.meta.api_version, url)
    files = tuple(_file_from_json(each, url) for each in page.files if _fetchable(each.url, url))
    return Page(url=url, form="json", files=files)


def _file_from_json(raw: _JsonFile, url: str) -> IndexFile:
    yanked = raw.yanked if isinstance(raw.yanked, str) else ("" if raw.yanked else None)
    return IndexFile(
        filename=raw.filename,
        url=urljoin(url, raw.url),
        sha256=_clean_hash(raw.hashes.get("sha256")),
        size=raw.size,
        yanked=yanked,
        uploaded=raw.uploaded,
        requires_python=raw.requires_python,
        provenance=_followed(raw.provenance, url),
    )


def _check_version(version: str, url: str) -> None:
    """Refuse a major version that we do not know, as every client must (PEP 629)."""
    if version.partition(".")[0] != "1":
        raise JobError(
            f"the index speaks version {version[:20]!r} of the simple API, we speak 1",
            where=url,
            hint="a newer shipwheel may know it",
        )


class _Anchors(HTMLParser):
    """Collects links, the base, the API's version, and signs of a sign-in page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[dict[str, str]] = []
        self.base: str | None = None
        self.version = "1.0"
        self.asks_password = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values)
        elif tag == "base" and self.base is None:
            self.base = values.get("href")
        elif tag == "meta" and values.get("name") == "pypi:repository-version":
            self.version = values.get("content", "1.0")
        elif tag == "input" and values.get("type", "").lower() == "password":
            self.asks_password = True


def _from_html(body: bytes, url: str) -> Page:
    parser = _Anchors()
    parser.feed(body.decode("utf-8", "replace"))
    parser.close()
    if parser.asks_password:
        raise MachineError(
            "the index answers with a sign-in page: it asks for a password that is not there",
            where=url,
            hint="set TWINE_USERNAME and TWINE_PASSWORD, or use the keyring, ~/.pypirc or ~/.netrc",
        )
    _check_version(parser.version, url)
    base = urljoin(url, parser.base) if parser.base else url
    files = (_file_from_anchor(each, base) for each in parser.links)
    return Page(url=url, form="html", files=tuple(each for each in files if each is not None))


def _file_from_anchor(values: dict[str, str], base: str) -> IndexFile | None:
    href, _, fragment = values["href"].strip().partition("#")
    if not _fetchable(href, base):
        return None
    address = urljoin(base, href)
    filename = unquote(urlsplit(address).path.rpartition("/")[2])
    if not filename:
        return None
    algorithm, _, digest = fragment.partition("=")
    return IndexFile(
        filename=filename,
        url=address,
        sha256=_clean_hash(digest) if algorithm == "sha256" else None,
        yanked=values.get("data-yanked"),
        requires_python=values.get("data-requires-python") or None,
        provenance=_followed(values.get("data-provenance"), base),
    )


def _followed(link: str | None, base: str) -> str | None:
    return urljoin(base, link) if link and _fetchable(link, base) else None


def _fetchable(link: str, base: str) -> bool:
    """Only the web is followed: an index has no business pointing at this machine's files.

    One that is a folder points at files of that folder (`indexes.in_folder`).
    """
    try:
        return urlsplit(urljoin(base, link)).scheme in {"http", "https", urlsplit(base).scheme}
    except ValueError:
        return False


def _clean_hash(value: str | None) -> str | None:
    text = (value or "").strip().lower()
    return text if _SHA256.match(text) else None
