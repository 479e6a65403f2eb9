"""Asking an index what it has, and fetching files from where a user would get them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar
from urllib.parse import urljoin

import requests
from packaging.utils import canonicalize_name
from urllib3.exceptions import HTTPError, NewConnectionError

from shipwheel.errors import JobError, MachineError
from shipwheel.files import written_aside
from shipwheel.indexes.answers import (
    DENIED,
    RETRIED,
    is_final,
    password_missing,
    seconds_asked,
    sentence,
    unreachable,
)
from shipwheel.indexes.in_folder import reach
from shipwheel.indexes.known import Index, is_loopback, origin_of
from shipwheel.indexes.page import ACCEPT, LARGEST_PAGE, IndexFile, Page, read_page
from shipwheel.indexes.trust import trust

_T = TypeVar("_T")

Credentials = tuple[str, str]
Sleep = Callable[[float], None]

MISSING = "index-missing"  # the reference of the error for a file that answers 404

_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces of an answer
_LARGEST_FILE = 4 << 30  # bytes of a file whose size nobody told us
_BLOCK = 1 << 20
_WAITS = (1.0, 2.0, 4.0)  # seconds before the second attempt, and so on
_LONGEST_WAIT = 60.0  # seconds, whatever Retry-After asks for
_LONGEST_ANSWER = 300.0  # seconds for an answer, and a second more for each
_SLOWEST = 10_000  # bytes of it: what drips for ever must end
_SAID = 1 << 16  # bytes of a refusal that are read
_PUBLIC_HOSTS = frozenset({"pypi.org", "test.pypi.org"})


class _Session(requests.Session):
    """Follows redirects, but a private index's to the public one: what it lacks is not looked for there.

    pypiserver answers so, and within a company there may be no road to PyPI.
    """

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Give where an answer leads on to, None where it is not followed."""
        target = super().get_redirect_target(resp)
        return None if target and self.falls_back(urljoin(resp.url, target)) else target

    def falls_back(self, url: str) -> bool:
        """Say whether a URL is the public index's, and that is not the one which was asked."""
        try:
            host = origin_of(url)[1]
        except ValueError:
            return False
        return host in _PUBLIC_HOSTS and host != self.host


class SimpleIndex:
    """The reading side of an index; use as a context manager, or close it.

    `credentials` are sent to the index's own origin alone. Without them requests' own ways hold
    (netrc, proxies, REQUESTS_CA_BUNDLE), and SSL_CERT_FILE; on loopback no proxy is asked.
    """

    def __init__(
        self, index: Index, credentials: Credentials | None = None, *, sleep: Sleep = time.sleep
    ) -> None:
        self.index = index
        self.credentials = credentials
        self._sleep = sleep
        self._session = _Session(origin_of(index.simple)[1])
        self._session.headers["User-Agent"] = "shipwheel"
        if is_loopback(index.simple):
            self._session.trust_env = False
        trust(self._session, os.environ)
        reach(self._session, index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def page_url(self, project: str) -> str:
        """Give the URL of a project's page."""
        return f"{self.index.simple}{canonicalize_name(project)}/"

    def page(self, project: str) -> Page:
        """Give the files that the index has of a project; none where it does not know it (404).

        Raises MachineError where it is out of reach or wants a password that is not there, JobError
        where it refuses or answers with what is no project page.
        """
        url = self.page_url(project)
        headers = {"Accept": ACCEPT, "Cache-Control": "max-age=0"}
        return self._ask(url, headers, lambda answer: self._page(answer, url))

    def _page(self, answer: requests.Response, url: str) -> Page:
        if answer.status_code == requests.codes.not_found or self._fell_back(answer):
            return Page(url=url, form="none")
        self._raise_for(answer)
        body = b"".join(_bounded(answer, LARGEST_PAGE, url))
        return read_page(body, answer.headers.get("Content-Type", ""), answer.url)

    def digest(self, file: IndexFile, *, limit: int | None = None) -> tuple[str, int]:
        """Fetch a file and give the sha256 and size of its bytes, as they came over the wire.

        Raises JobError where more than `limit` bytes come: then they are not what was looked for.
        """
        return self._fetch(file, limit, contextlib.nullcontext)

    def save(self, file: IndexFile, path: Path, *, limit: int | None = None) -> tuple[str, int]:
        """Fetch a file to `path`, aside and renamed, and give sha256 and size as `digest` does."""
        return self._fetch(file, limit, lambda: written_aside(path))

    def _fetch(
        self,
        file: IndexFile,
        limit: int | None,
        into: Callable[[], AbstractContextManager[IO[bytes] | None]],
    ) -> tuple[str, int]:
        def taken(answer: requests.Response) -> tuple[str, int]:
            self._raise_for(answer)
            digest, size = hashlib.sha256(), 0
            with into() as kept:  # anew at each attempt
                for block in _bounded(answer, limit or _LARGEST_FILE, file.url):
                    digest.update(block)
                    size += len(block)
                    if kept is not None:
                        kept.write(block)
            return digest.hexdigest(), size

        # identity: an index that labels a .tar.gz as gzip-encoded must not make us unpack it
        return self._ask(file.url, {"Accept-Encoding": "identity"}, taken)

    def sha256(self, file: IndexFile) -> str:
        """Give the hash that the index names, or that of the fetched file where it names none."""
        return file.sha256 or self.digest(file)[0]

    def _ask(
        self, url: str, headers: dict[str, str], take: Callable[[requests.Response], _T]
    ) -> _T:
        """Ask, and take the answer in; again where that is worth it: a broken connection, 429, 5xx."""
        for wait in (*_WAITS, None):
            asked = None
            try:
                with self._session.get(
                    url, headers=headers, auth=self._auth(url), timeout=_TIMEOUT, stream=True
                ) as answer:
                    if wait is None or answer.status_code not in RETRIED:
                        return take(answer)
                    asked = seconds_asked(answer.headers)
            except requests.RequestException as error:
                if wait is None or not _may_pass(error, url):
                    raise unreachable(url, error) from None
            self._sleep(min(wait if asked is None else asked, _LONGEST_WAIT))
        raise AssertionError("the last attempt returns or raises")

    def _auth(self, url: str) -> Credentials | None:
        if self.credentials and origin_of(url) == origin_of(self.index.simple):
            return self.credentials
        return None

    def _fell_back(self, answer: requests.Response) -> bool:
        """Say whether a private index sends us to the public one: then it does not have what was asked for."""
        target = answer.headers.get("Location", "") if answer.is_redirect else ""
        return self._session.falls_back(urljoin(answer.url, target))

    def _raise_for(self, answer: requests.Response) -> None:
        status, fell_back = answer.status_code, answer.is_redirect and self._fell_back(answer)
        if status < requests.codes.bad_request and not fell_back:
            return
        if status in DENIED and "Authorization" not in answer.request.headers:
            raise password_missing(answer.url)
        said = self._said(answer)
        if status in RETRIED:
            raise MachineError(
                "the index is out of order",
                where=answer.url,
                evidence=said,
                hint="run the same command again later",
                reference="index-unreachable",
            )
        if status == requests.codes.not_found or fell_back:
            raise JobError("the index does not have it", where=answer.url, reference=MISSING)
        raise JobError(
            "the index refuses to be read",
            where=answer.url,
            evidence=said,
            hint="look whether this user, or its token, may read there",
        )

    def _said(self, answer: requests.Response) -> str:
        body = next(answer.iter_content(_SAID), b"")
        return sentence(
            answer.status_code,
            answer.reason,
            body.decode("utf-8", "replace"),
            secrets=(self.credentials or ("", ""))[1:],
        )


def _may_pass(error: requests.RequestException, url: str) -> bool:
    """Say whether another attempt can be better; where nobody listens on this machine it cannot."""
    if not isinstance(error, requests.ConnectionError) or is_final(error):
        return False
    refused = error.args and isinstance(getattr(error.args[0], "reason", None), NewConnectionError)
    return not (refused and is_loopback(url))


def _bounded(answer: requests.Response, limit: int, url: str) -> Iterator[bytes]:
    """Give the bytes of an answer; raise where there are more than `limit`, and where the wire breaks."""
    seen, started = 0, time.monotonic()
    encoded = answer.headers.get("Content-Encoding", "identity") != "identity"
    decode = encoded and answer.request.headers.get("Accept-Encoding") != "identity"
    try:
        for block in answer.raw.stream(_BLOCK, decode_content=decode):
            seen += len(block)
            if seen > limit:
                raise JobError(
                    f"the index sends more than the {limit} bytes that were expected",
                    where=url,
                    hint="look at what it sends there: it is not what was looked for",
                )
            if time.monotonic() - started > _LONGEST_ANSWER + seen / _SLOWEST:
                raise requests.Timeout(f"{seen} bytes in {_LONGEST_ANSWER:g} seconds")
            yield block
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise requests.ConnectionError(error) from None
