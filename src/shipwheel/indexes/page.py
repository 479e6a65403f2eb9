"""What an index says of one project: the simple API's two forms, read from bytes (PEP 503, PEP 691)."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from shipwheel.errors import JobError, MachineError
from shipwheel.indexes.anchors import tags_of

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"
ACCEPT = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, text/html;q=0.1"

LARGEST_PAGE = 32 << 20  # bytes; the largest project page of PyPI is near 20 MB
# of a project, which has a few ten thousand at most: each takes about 1 KB of memory
_MOST_FILES = 100_000
_START = 64  # bytes by which the forms are told apart

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
    sign-in page, JobError for an answer that is neither form or lists too many files. Of `LARGEST_PAGE`
    bytes the files take less than 150 MB, whatever they are.
    """
    start = bytes(body[:_START]).lstrip()[:1]
    if start == b"{":
        return _from_json(body, url)
    if "html" in content_type or start == b"<":
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
    files: list[msgspec.Raw]  # counted before they are read
    meta: _JsonMeta = msgspec.field(default_factory=_JsonMeta)


def _from_json(body: bytes, url: str) -> Page:
    try:
        page = msgspec.json.decode(body, type=_JsonPage)
        _check_count(len(page.files), url)
        read = (msgspec.json.decode(each, type=_JsonFile) for each in page.files)
        files = tuple(_file_from_json(each, url) for each in read if _fetchable(each.url, url))
    except (
        msgspec.DecodeError,
        RecursionError,
    ) as error:  # the latter for what is nested without end
        raise JobError(
            "the index's JSON is not that of a project page", where=url, evidence=str(error)
        ) from error
    _check_version(page.meta.api_version, url)
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


def _check_count(files: int, url: str) -> None:
    if files > _MOST_FILES:
        raise JobError(
            f"the index lists more than {_MOST_FILES} files of one project",
            where=url,
            hint="look at what it sends there: no project has so many",
        )


def _check_version(version: str, url: str) -> None:
    """Refuse a major version that we do not know, as every client must (PEP 629)."""
    if version.partition(".")[0] != "1":
        raise JobError(
            f"the index speaks version {version[:20]!r} of the simple API, we speak 1",
            where=url,
            hint="a newer shipwheel may know it",
        )


def _from_html(body: bytes, url: str) -> Page:
    links: list[dict[str, str]] = []
    base: str | None = None
    version = "1.0"
    for tag, values in tags_of(body):
        if tag == "a" and "href" in values:
            links.append(values)
            _check_count(len(links), url)
        elif tag == "base" and base is None:
            base = values.get("href")
        elif tag == "meta" and values.get("name") == "pypi:repository-version":
            version = values.get("content", "1.0")
        elif tag == "input" and values.get("type", "").lower() == "password":
            raise _sign_in(url)
    _check_version(version, url)
    base = _joined(url, base) if base else url
    files = (_file_from_anchor(each, base) for each in links)
    return Page(url=url, form="html", files=tuple(each for each in files if each is not None))


def _sign_in(url: str) -> MachineError:
    return MachineError(
        "the index answers with a sign-in page: it asks for a password that is not there",
        where=url,
        hint="set TWINE_USERNAME and TWINE_PASSWORD, or use the keyring, ~/.pypirc or ~/.netrc",
    )


def _joined(url: str, link: str) -> str:
    """Give the address of a link; one that is none leads nowhere else."""
    try:
        return urljoin(url, link)
    except ValueError:
        return url


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
