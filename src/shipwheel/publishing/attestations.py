"""Attestations of a release's files (PEP 740): made with the job's identity, sent along, and read back.

pypi-attestations makes them, with Sigstore's services: a certificate for the identity, an entry in a log
that anybody can read. It is an extra (`shipwheel[attestations]`), for it brings thirty packages into the
job that may upload.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import functools
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.indexes.answers import clean
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import MISSING, SimpleIndex
from shipwheel.publishing.credentials import is_trusted_job
from shipwheel.publishing.release import ReleasedFile

# files and the folder that they lie in -> each one's attestation, by name
Attest = Callable[[tuple[ReleasedFile, ...], Path], Mapping[str, Path]]
Sign = Callable[[Path], str]  # a file -> its attestation as JSON
Signing = Callable[[], AbstractContextManager[Sign]]

FOLDER = "attestations"  # below `.shipwheel/`
LIBRARY = "pypi_attestations"
_ENDING = ".publish.attestation"  # as PyPI's own action calls them
_LARGEST = 4 << 20  # bytes of a file's provenance object; those of PyPI are some tens of KiB
_LACKING = "the files go without attestations"


@contextlib.contextmanager
def sigstore(trust: Any = None) -> Iterator[Sign]:
    """Sign as this job: one certificate for the identity that its provider gives, for all files.

    `trust` is sigstore's ClientTrustConfig, by default that of the public services.
    """
    from pypi_attestations import Attestation, Distribution  # noqa: PLC0415 - an extra
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415
    from sigstore.oidc import IdentityToken, detect_credential  # noqa: PLC0415
    from sigstore.sign import SigningContext  # noqa: PLC0415

    token = detect_credential()
    if token is None:
        raise JobError(
            "this job has no identity to attest with",
            hint="GitHub: `id-token: write`; GitLab: an id_tokens entry SIGSTORE_ID_TOKEN with the"
            " audience `sigstore`",
            reference="not-attested",
        )
    context = SigningContext.from_trust_config(trust or ClientTrustConfig.production())
    with context.signer(IdentityToken(token), cache=True) as signer:
        yield lambda path: Attestation.sign(signer, Distribution.from_file(path)).model_dump_json()


def attester(
    index: Index,
    folder: Path,
    *,
    trusted: bool | None = None,
    environ: Mapping[str, str] | None = None,
    signing: Signing = sigstore,
    emit: Emit = silent,
) -> Attest | None:
    """Give what attests the files for an upload to `index`, None where that takes none.

    Indexes take them from the identity alone that uploads: so where trusted publishing is used.
    `trusted` as in `credentials.identify`; the attestations are kept in `folder`. Where the extra is not
    installed the files go without, and that is told.
    """
    environ = os.environ if environ is None else environ
    if trusted is None:
        trusted = is_trusted_job(index, environ)
    if not (trusted and index.takes_attestations):
        return None
    if importlib.util.find_spec(LIBRARY) is None:
        emit(
            Warned(
                f"{_LACKING}: pypi-attestations is not installed",
                hint="install shipwheel[attestations] (in workflows: `shipwheel render --lock`)",
            )
        )
        return None
    return functools.partial(attest, folder=folder, signing=signing, emit=emit)


def attest(
    files: tuple[ReleasedFile, ...], dist: Path, *, folder: Path, signing: Signing, emit: Emit
) -> Mapping[str, Path]:
    """Give each file's attestation, made where `folder` holds none of these bytes: a resumed upload has some.

    Raises JobError where one cannot be made; nothing was sent then.
    """
    kept = {file.filename: folder / f"{file.filename}{_ENDING}" for file in files}
    missing = [file for file in files if not _is_of(kept[file.filename], file)]
    if missing:
        try:
            with signing() as sign:
                made = {file.filename: sign(dist / file.filename) for file in missing}
        except ShipwheelError:
            raise
        except Exception as error:
            # the library's clients raise what is of no common kind, and none of it may be a traceback
            raise _not_attested(error) from error
        for name, text in made.items():
            write_text(kept[name], text)
    emit(Notice(f"attested: {len(files)} files, {len(missing)} of them just now"))
    return kept


def read_attestations(
    files: tuple[ReleasedFile, ...],
    attested: Mapping[str, Path],
    page: Page,
    reader: SimpleIndex,
    emit: Emit = silent,
) -> None:
    """Hold what the index shows of each file's attestations against the file (PEP 740, `provenance`).

    One that was sent and is not shown is told; one of other bytes raises JobError. Signatures are not
    checked here: that is what an installer does, against the identity that it trusts.
    """
    unseen = []
    for file in files:
        there = page.file(file.filename)
        url = there.provenance if there is not None else None
        if url is not None and _confirm(file, url, reader):
            continue
        if url is not None or file.filename in attested:
            unseen.append(file.filename)
    if unseen:
        emit(
            Warned(
                f"{reader.index.name} took attestations and does not show those of {', '.join(unseen)}",
                hint="look at its pages later: the files themselves are whole",
            )
        )


def _confirm(file: ReleasedFile, url: str, reader: SimpleIndex) -> bool:
    """Say whether the index shows an attestation of the file; raise JobError where it is of another."""
    document = IndexFile(filename=f"{file.filename}.provenance", url=url)
    with tempfile.TemporaryDirectory(prefix="provenance-") as scratch:
        path = Path(scratch) / "provenance"
        try:
            reader.save(document, path, limit=_LARGEST)
        except ShipwheelError as error:
            if error.reference != MISSING:
                raise
            return False  # behind another cache than the pages
        data = path.read_bytes()
    if not any(_speaks_of(each, file) for each in _attestations(data)):
        raise JobError(
            f"the index shows no attestation of the bytes of {file.filename}",
            where=url,
            evidence=f"released sha256 {file.sha256}",
            hint="installers that ask for attestations will refuse the file; tell the index's operators",
            reference="index-other-bytes",
        )
    return True


class _Digest(msgspec.Struct, frozen=True):
    sha256: str = ""


class _Subject(msgspec.Struct, frozen=True):
    name: str
    digest: _Digest


class _Statement(msgspec.Struct, frozen=True):
    subject: tuple[_Subject, ...]


class _Envelope(msgspec.Struct, frozen=True):
    statement: str


class _Attestation(msgspec.Struct, frozen=True):
    envelope: _Envelope


class _Bundle(msgspec.Struct, frozen=True):
    attestations: tuple[_Attestation, ...]


class _Provenance(msgspec.Struct, frozen=True):
    attestation_bundles: tuple[_Bundle, ...]


def _attestations(data: bytes) -> tuple[_Attestation, ...]:
    """Read a provenance object; what is none has no attestations."""
    try:
        found = msgspec.json.decode(data, type=_Provenance)
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(each for bundle in found.attestation_bundles for each in bundle.attestations)


def _is_of(path: Path, file: ReleasedFile) -> bool:
    try:
        return _speaks_of(msgspec.json.decode(path.read_bytes(), type=_Attestation), file)
    except (OSError, msgspec.DecodeError):
        return False


def _speaks_of(attestation: _Attestation, file: ReleasedFile) -> bool:
    """Say whether an attestation's statement is about this very file."""
    try:
        text = base64.b64decode(attestation.envelope.statement, validate=True)
        (subject,) = msgspec.json.decode(text, type=_Statement).subject
    except (
        binascii.Error,
        ValueError,
        RecursionError,
    ):  # DecodeError is one, and so are several subjects
        return False
    return (subject.name, subject.digest.sha256) == (file.filename, file.sha256)


def _not_attested(error: Exception) -> JobError:
    said = clean(str(error)) or type(error).__name__
    return JobError(
        "the files could not be attested, and none was sent",
        evidence=said,
        hint="run the same command again later, or with --no-attestations",
        reference="not-attested",
    )
