"""Asking an index what it has, and fetching files from where a user would get them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import requests
from packaging.utils import canonicalize_name
from urllib3.exceptions import HTTPError

from shipwheel.errors import JobError, MachineError
from shipwheel.indexes.answers import (
    DENIED,
    RETRIED,
    password_missing,
    sentence,
    unreachable,
)
from shipwheel.indexes.known import Index, is_loopback, origin_of
from shipwheel.indexes.page import ACCEPT, IndexFile, Page, read_page

Credentials = tuple[str, str]
Sleep = Callable[[float], None]

MISSING = "index-missing"  # the reference of the error for a file that answers 404

_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces of an answer
_LARGEST_PAGE = 64 << 20  # bytes; the largest project page of PyPI is near 20 MB
_LARGEST_FILE = 4 << 30  # bytes of a file whose size nobody told us
_BLOCK = 1 << 20
_ATTEMPTS = 4
_SAID = 1 << 16  # bytes of a refusal that are read
_PUBLIC_HOSTS = frozenset({"pypi.org", "test.pypi.org"})


class SimpleIndex:
    """The reading side of an index; use as a context manager, or close it.

    `credentials` are sent to the index's own origin alone. Without them requests' own ways hold
    (netrc, proxies, REQUESTS_CA_BUNDLE); on loopback no proxy is asked.
    """

    def __init__(
        self, index: Index, credentials: Credentials | None = None, *, sleep: Sleep = time.sleep
    ) -> None:
        self.index = index
        self.credentials = credentials
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "shipwheel"
        if is_loopback(index.simple):
            self._session.trust_env = False

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
        with self._get(url, headers) as answer:
            if answer.status_code == requests.codes.not_found or self._fell_back(answer):
                return Page(url=url, form="none")
            self._raise_for(answer)
            body = b"".join(_bounded(answer, _LARGEST_PAGE, url))
            return read_page(body, answer.headers.get("Content-Type", ""), answer.url)

    def digest(self, file: IndexFile, *, limit: int | None = None) -> tuple[str, int]:
        """Fetch a file and give the sha256 and size of its bytes, as they came over the wire.

        Raises JobError where more than `limit` bytes come: then they are not what was looked for.
        """
        digest, size = hashlib.sha256(), 0
        # identity: an index that labels a .tar.gz as gzip-encoded must not make us unpack it
        with self._get(file.url, {"Accept-Encoding": "identity"}) as answer:
            self._raise_for(answer)
            for block in _bounded(answer, limit or _LARGEST_FILE, file.url):
                digest.update(block)
                size += len(block)
        return digest.hexdigest(), size

    def sha256(self, file: IndexFile) -> str:
        """Give the hash that the index names, or that of the fetched file where it names none."""
        return file.sha256 or self.digest(file)[0]

    def _get(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Ask, and ask again where that is worth it: no connection, 429, 5xx."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._session.get(
                    url, headers=headers, auth=self._auth(url), timeout=_TIMEOUT, stream=True
                )
            except requests.ConnectionError as error:
                if attempt == _ATTEMPTS or is_loopback(url):
                    raise unreachable(url, error) from None
            except requests.RequestException as error:
                raise unreachable(url, error) from None
            else:
                if answer.status_code not in RETRIED or attempt == _ATTEMPTS:
                    return answer
                answer.close()
            self._sleep(2.0 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")

    def _auth(self, url: str) -> Credentials | None:
        if self.credentials and origin_of(url) == origin_of(self.index.simple):
            return self.credentials
        return None

    def _fell_back(self, answer: requests.Response) -> bool:
        """Say whether a private index sent us to the public one: then it does not have the project."""
        host = origin_of(answer.url)[1]
        return host in _PUBLIC_HOSTS and host != origin_of(self.index.simple)[1]

    def _raise_for(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status < requests.codes.bad_request:
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
        if status == requests.codes.not_found:
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


def _bounded(answer: requests.Response, limit: int, url: str) -> Iterator[bytes]:
    """Give the bytes of an answer; raise where there are more than `limit`, or the wire breaks."""
    seen = 0
    encoded = answer.headers.get("Content-Encoding", "identity") != "identity"
    decode = encoded and answer.request.headers.get("Accept-Encoding") != "identity"
    try:
        for block in answer.raw.stream(_BLOCK, decode_content=decode):
            seen += len(block)
            if seen > limit:
                raise JobError(
                    f"the index sends more than the {limit} bytes that were expected", where=url
                )
            yield block
    except (HTTPError, OSError) as error:
        raise unreachable(url, requests.ConnectionError(error)) from None
