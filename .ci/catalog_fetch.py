"""What the world says, fetched: a page, a repository's tags, an image's digest. All bounded.

Nothing here knows a data file. A place is a URL or, for a page, a local file; whatever fails raises
FetchError with a sentence.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from shipwheel.errors import ShipwheelError
from shipwheel.process import run

LARGEST = 8 << 20  # bytes of an answer; PyPy's list, the largest one, has about half a MiB

_BLOCK = 1 << 16
# only an index over all architectures: the digest of one machine's manifest would fail on the others
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_REFERENCE = re.compile(r"(?P<host>[\w.-]+(?::\d+)?)/(?P<name>[\w./-]+):(?P<tag>[\w.-]+)")
_HUB = {"docker.io": "https://registry-1.docker.io"}


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""

    @property
    def either(self) -> str:
        return self.token or self.access_token


class FetchError(Exception):
    """A source could not be read; the sentence says why."""


def page(place: str, timeout: float) -> str:
    """Give the text of a page (URL or local file) of at most `LARGEST` bytes, within `timeout` seconds."""
    if not _is_url(place):
        return _file(Path(place))
    try:
        with requests.get(place, timeout=timeout, stream=True, auth=_nobody) as answer:
            return _text(_succeeded(answer), time.monotonic() + timeout)
    except (requests.RequestException, HTTPError) as error:
        raise FetchError(_why(error)) from error


def tags(repository: str, timeout: float) -> str:
    """Give what `git ls-remote --tags` says of a repository (URL or local folder)."""
    if not _is_url(repository) and not Path(repository).is_dir():
        raise FetchError(f"{repository} is neither a URL nor a folder")
    # no question to a person, no protocol that runs commands
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:file"}
    try:
        done = run(["git", "ls-remote", "--tags", "--", repository], env=env, timeout=timeout)
    except ShipwheelError as error:
        raise FetchError(str(error)) from error
    if not done.ok:
        late = done.returncode == 124  # process.run's code for what it stopped
        raise FetchError("no answer in time" if late else done.tail(1) or "git failed")
    return done.output


def digest(reference: str, timeout: float, registry: str | None = None) -> str:
    """Give the digest that a registry has for `host/name:tag`, asked as anybody may ask.

    `registry` is a URL in place of the host's own. The registry's answer names where a token is to
    be had (https://distribution.github.io/distribution/spec/auth/token/).
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise FetchError(f"{reference} is not of the form host/name:tag")
    base = registry or _HUB.get(match["host"], f"https://{match['host']}")
    url = f"{base.rstrip('/')}/v2/{match['name']}/manifests/{match['tag']}"
    headers = {"Accept": ", ".join(_INDEXES)}
    try:
        answer = requests.head(url, headers=headers, timeout=timeout, auth=_nobody)
        if answer.status_code == requests.codes.unauthorized:
            headers["Authorization"] = f"Bearer {_token(answer, timeout)}"
            answer = requests.head(url, headers=headers, timeout=timeout, auth=_nobody)
    except (requests.RequestException, HTTPError) as error:
        raise FetchError(_why(error)) from error
    kind = _succeeded(answer).headers.get("Content-Type", "").partition(";")[0]
    if kind not in _INDEXES:
        raise FetchError(f"{reference} is of one architecture ({kind or 'no type'})")
    return answer.headers.get("Docker-Content-Digest", "")


def _token(answer: requests.Response, timeout: float) -> str:
    """Ask for an anonymous token, where the registry's answer says."""
    challenge = answer.headers.get("WWW-Authenticate", "")
    said = dict(_CHALLENGE.findall(challenge))
    if not challenge.lower().startswith("bearer ") or not _is_url(said.get("realm", "")):
        raise FetchError("the registry wants to know who asks")
    wanted = {key: said[key] for key in ("service", "scope") if key in said}
    with requests.get(
        said["realm"], params=wanted, timeout=timeout, stream=True, auth=_nobody
    ) as given:
        text = _text(_succeeded(given), time.monotonic() + timeout)
    try:
        return msgspec.json.decode(text, type=_Token).either
    except msgspec.MsgspecError as error:
        raise FetchError("the registry gives no token") from error


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        return _bounded(data).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FetchError(str(error)) from error


def _text(answer: requests.Response, deadline: float) -> str:
    data = b""
    # what has arrived, however little: to wait for a whole block would let a slow server keep us
    while block := answer.raw.read1(_BLOCK, decode_content=True):
        data = _bounded(data + block)
        if time.monotonic() > deadline:
            raise FetchError("no whole answer in time")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FetchError(f"the answer is not UTF-8: {error}") from error


def _bounded(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise FetchError(f"the answer has more than {LARGEST} bytes")
    return data


def _succeeded(answer: requests.Response) -> requests.Response:
    if answer.status_code != requests.codes.ok:
        raise FetchError(f"the answer was {answer.status_code} {answer.reason}".rstrip())
    return answer


def _why(error: Exception) -> str:
    late = isinstance(error, (requests.Timeout, ReadTimeoutError))
    return "no answer in time" if late else f"out of reach ({type(error).__name__})"


def _is_url(place: str) -> bool:
    return urlsplit(place).scheme in {"http", "https"}


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # else requests takes a password for the host from ~/.netrc
    return request
