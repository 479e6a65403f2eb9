"""Files as others released them: fetched once from the configured index, kept, held to their hashes.

The index is the one that pip is configured for. A file is looked up on its project's page, so that an
sdist comes without being built, which `pip download` would do. Nothing here runs what it fetches.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests
from filelock import FileLock
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from shipwheel.indexes.known import index_at, origin_of
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import SimpleIndex

CACHE = Path.home() / ".cache" / "shipwheel-tests"
RELEASED = CACHE / "released"
_PYPI = "https://pypi.org/simple/"
_BLOCK = 1 << 20
_ATTEMPTS = 4


def fetch(filename: str, sha256: str) -> Path:
    """Give a released file from the cache, fetched first where it is not there; its bytes are checked."""
    kept = RELEASED / filename
    if not (kept.is_file() and digest(kept) == sha256):
        RELEASED.mkdir(parents=True, exist_ok=True)
        with FileLock(RELEASED / f".{filename}.lock"):
            if not (kept.is_file() and digest(kept) == sha256):
                _fetch(filename, sha256, kept)
    return kept


def digest(path: Path) -> str:
    """Give a file's sha256 as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def project_of(filename: str) -> str:
    """Give the normalized name of the project that a distribution's filename tells."""
    if filename.endswith(".whl"):
        return parse_wheel_filename(filename)[0]
    return parse_sdist_filename(filename)[0]


@cache
def page(project: str) -> Page:
    """Give the files that the index has of a project."""
    url, credentials = _configured()
    with SimpleIndex(index_at(url), credentials) as index:
        return index.page(project)


def _fetch(filename: str, sha256: str, kept: Path) -> None:
    offered = page(project_of(filename)).file(filename)
    assert offered is not None, f"the index has no {filename}"
    aside = kept.with_name(f".{filename}.part")
    for attempt in range(_ATTEMPTS):
        try:
            _download(offered, aside)
        except requests.RequestException:
            if attempt + 1 == _ATTEMPTS:
                raise
            time.sleep(2.0**attempt)
        else:
            break
    assert digest(aside) == sha256, f"{filename} is not the file that was pinned"
    os.replace(aside, kept)


def _download(offered: IndexFile, to: Path) -> None:
    # identity: a .tar.gz that is labelled as gzip-encoded must not be unpacked
    headers = {"Accept-Encoding": "identity"}
    index, credentials = _configured()
    user = credentials if origin_of(offered.url) == origin_of(index) else None
    with (
        requests.get(offered.url, headers=headers, auth=user, timeout=60, stream=True) as answer,
        to.open("wb") as stream,
    ):
        answer.raise_for_status()
        for block in answer.iter_content(_BLOCK):
            stream.write(block)


def _trust(settings: dict[str, str]) -> None:
    """Have requests trust what pip and OpenSSL trust here: a run of tests has no bundle of its own."""
    names = (":env:.cert", "install.cert", "global.cert")
    told = [settings[name].strip("'\"") for name in names if name in settings]
    bundles = [os.environ.get("SSL_CERT_FILE", ""), *told]
    bundle = next((each for each in bundles if each and Path(each).is_file()), None)
    if bundle is not None:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", bundle)


@cache
def _configured() -> tuple[str, tuple[str, str] | None]:
    """Give the index that pip uses, and the user that its URL names."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    settings = dict(line.partition("=")[::2] for line in listed.splitlines())
    _trust(settings)
    names = (":env:.index-url", "install.index-url", "global.index-url")
    url = next((settings[name].strip("'\"") for name in names if name in settings), _PYPI)
    parts = urlsplit(url)
    credentials = (parts.username, parts.password or "") if parts.username else None
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return plain if plain.endswith("/") else f"{plain}/", credentials
