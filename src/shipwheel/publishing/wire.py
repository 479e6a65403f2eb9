"""One file on its way to an index, and what the answer means. twine's library speaks the protocol."""

from __future__ import annotations

import contextlib
import enum
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests_toolbelt import (  # type: ignore[import-untyped]
    MultipartEncoder,
    MultipartEncoderMonitor,
)
from twine.exceptions import InvalidDistribution
from twine.package import PackageFile
from twine.repository import Repository

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.indexes.answers import (
    CREDENTIALS_HINT,
    DENIED,
    RETRIED,
    clean,
    is_final,
    password_missing,
    seconds_asked,
    sentence,
    unreachable,
)
from shipwheel.indexes.in_folder import reach
from shipwheel.indexes.known import Index, is_loopback
from shipwheel.indexes.trust import trust
from shipwheel.publishing.credentials import Identity

OnBytes = Callable[[int, int], None]

_MEND = "mend what it says and run the same command again"
_TIMEOUT = (10.0, 600.0)  # seconds to connect; for the index to think over a whole file
_NO_UPLOADS = frozenset({404, 405, 501})
_BLOCK = 1 << 18  # bytes that are sent at once
_SAID = 1 << 16  # bytes of an answer that are read
# what indexes say of a file that they have: PyPI, pypiserver and devpi, GitLab, Artifactory, Nexus
_THERE = re.compile(r"already exist|already been taken|overwrite|not allow updating", re.IGNORECASE)


class Outcome(enum.Enum):
    """What became of one attempt to send a file."""

    TAKEN = "taken"
    AGAIN = "again"  # worth another attempt: nothing heard, or 429 and 5xx
    THERE = "there"  # refused because a file of that name is there
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """An attempt's outcome; `error` is what to raise if it was the last, `wait` seconds asked for."""

    outcome: Outcome
    error: ShipwheelError | None = None
    wait: float | None = None


class _LargeBlocks(HTTPAdapter):
    """Sends in blocks that cost little: urllib3's own of 16 KB are 300 calls for a file of 5 MB."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, blocksize=_BLOCK)


class Wire(Repository):
    """twine's repository, sending without printing, once a call, with a limit of time."""

    def __init__(self, index: Index, identity: Identity) -> None:
        super().__init__(index.upload, None, None, disable_progress_bar=True)
        self.index = index
        self.identity = identity
        self.session.auth = identity.authenticator
        if is_loopback(index.upload):
            self.session.trust_env = False  # no proxy stands between us and this machine
        trust(self.session, os.environ)
        self.set_certificate_authority(os.environ.get("TWINE_CERT"))
        for scheme in ("http://", "https://"):  # attempts are counted and told, not made below
            self.session.mount(scheme, _LargeBlocks(max_retries=0))
        reach(self.session, index)

    def send(self, package: PackageFile, on_bytes: OnBytes) -> Answer:
        """Send one file; `on_bytes` is told bytes sent and their total."""
        fields = self._convert_metadata_to_list_of_tuples(package.metadata_dictionary())
        with Path(package.filename).open("rb") as file:
            content = (package.basefilename, file, "application/octet-stream")
            encoder = MultipartEncoder(
                [
                    *fields,
                    (":action", "file_upload"),
                    ("protocol_version", "1"),
                    ("content", content),
                ]
            )
            return self._post(MultipartEncoderMonitor(encoder, _told(on_bytes, encoder.len)))

    def _post(self, body: Any) -> Answer:
        try:
            answer = self.session.post(
                self.url,
                data=body,
                allow_redirects=False,
                timeout=_TIMEOUT,
                headers={"Content-Type": body.content_type},
                stream=True,
            )
        except requests.RequestException as error:
            gone = unreachable(self.url, error, self.identity.secrets)
            return Answer(Outcome.REFUSED if is_final(error) else Outcome.AGAIN, gone)
        with answer:
            return self._read(answer, _said(answer))

    def _read(self, answer: requests.Response, said: str) -> Answer:
        status = answer.status_code
        if answer.is_redirect or status in {301, 302, 303, 307, 308}:
            return Answer(Outcome.REFUSED, self._redirected(answer))
        if status < requests.codes.multiple_choices:
            return Answer(Outcome.TAKEN)
        if status in DENIED and self.identity.authenticator is None:
            return Answer(Outcome.REFUSED, password_missing(self.url))
        refused = self._refused(answer, said)
        if status in RETRIED:
            return Answer(Outcome.AGAIN, refused, seconds_asked(answer.headers))
        there = _THERE.search(f"{answer.reason} {said}")
        if status == requests.codes.conflict or (
            status in self.index.capabilities.refusal and there
        ):
            return Answer(Outcome.THERE, refused)
        return Answer(Outcome.REFUSED, refused)

    def _refused(self, answer: requests.Response, body: str) -> ShipwheelError:
        said = sentence(answer.status_code, answer.reason, body, secrets=self.identity.secrets)
        hint = CREDENTIALS_HINT if answer.status_code in DENIED else None
        if answer.status_code in _NO_UPLOADS:
            hint = "nothing can be sent there; name the URL at which the index takes uploads"
        ill = answer.status_code in RETRIED
        return JobError(
            "the index has trouble of its own" if ill else "the index refuses the file",
            where=self.url,
            evidence=said,
            hint=hint
            or ("run the same command again later: it goes on where it stopped" if ill else _MEND),
            reference="index-refused",
        )

    def _redirected(self, answer: requests.Response) -> ShipwheelError:
        there = clean(answer.headers.get("Location", "?"), self.identity.secrets)
        return JobError(
            "the index sends uploads elsewhere, and files do not follow",
            where=self.url,
            evidence=f"{answer.status_code} to {there}",
            hint="where you trust that address, name it as the index's upload URL",
            reference="index-refused",
        )


def prepare(path: Path) -> PackageFile:
    """Read from a file what an index wants to be told; raises JobError where that cannot be read."""
    try:
        return PackageFile.from_filename(str(path), None)
    except (InvalidDistribution, OSError, ValueError) as error:
        raise JobError(
            f"{path.name} cannot be sent: its metadata cannot be read", evidence=clean(str(error))
        ) from error


def _told(on_bytes: OnBytes, total: int) -> Callable[[Any], None]:
    return lambda monitor: on_bytes(min(monitor.bytes_read, total), total)


def _said(answer: requests.Response) -> str:
    """Give the beginning of what was answered; the status stands, whatever breaks after it."""
    with contextlib.suppress(requests.RequestException):
        return next(answer.iter_content(_SAID), b"").decode("utf-8", "replace")
    return ""
