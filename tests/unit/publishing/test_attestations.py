"""When files are attested, what is made anew, and what an index shows of it; values and a stand-in signer."""

from __future__ import annotations

import base64
import contextlib
import json
from types import SimpleNamespace

import pytest

from shipwheel.errors import JobError
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import MISSING
from shipwheel.publishing import attestations
from shipwheel.publishing.attestations import attest, attester, read_attestations
from shipwheel.publishing.release import ReleasedFile

A, B = "a" * 64, "b" * 64
WHEEL = ReleasedFile(
    id="any", filename="demo-1-py3-none-any.whl", sha256=A, size=1, builder="build"
)
SDIST = ReleasedFile(id="sdist", filename="demo-1.tar.gz", sha256=B, size=1, builder="build")
FILES = (WHEEL, SDIST)
HASHES = {each.filename: each.sha256 for each in FILES}
PYPI = Index(
    name="pypi",
    upload="https://upload.pypi.org/legacy/",
    simple="https://pypi.org/simple/",
    takes_attestations=True,
)
OTHER = Index(name="x", upload="https://x.example/", simple="https://x.example/simple/")
JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example"}


def attestation(name: str, digest: str, subjects: int = 1) -> dict:
    subject = {"name": name, "digest": {"sha256": digest}}
    statement = json.dumps({"_type": "s", "subject": [subject] * subjects}).encode()
    return {"version": 1, "envelope": {"statement": base64.b64encode(statement).decode()}}


class Signed:
    """Signs by the file's name, and remembers what it was asked for."""

    def __init__(self, error: Exception | None = None):
        self.asked = []
        self.error = error

    @contextlib.contextmanager
    def __call__(self):
        yield self.sign

    def sign(self, path):
        if self.error is not None:
            raise self.error
        self.asked.append(path.name)
        return json.dumps(attestation(path.name, HASHES[path.name]))


@pytest.mark.parametrize(
    ("index", "trusted", "environ", "installed", "made"),
    [
        (PYPI, None, JOB, True, True),
        (PYPI, True, {}, True, True),
        (PYPI, False, JOB, True, False),
        (PYPI, None, {}, True, False),
        (OTHER, True, JOB, True, False),
        (PYPI, True, JOB, False, False),
    ],
)
def test_when_files_are_attested(tmp_path, monkeypatch, index, trusted, environ, installed, made):
    found = object() if installed else None
    monkeypatch.setattr(attestations.importlib.util, "find_spec", lambda _name: found)
    told = []
    asked = attester(index, tmp_path, trusted=trusted, environ=environ, emit=told.append)
    assert (asked is not None) is made
    assert len(told) == (0 if installed else 1), "that an extra is missing is told, nothing else"


def test_each_file_once_and_what_is_there_already_not_again(tmp_path):
    signed, told = Signed(), []
    given = {"folder": tmp_path, "signing": signed, "emit": told.append}
    first = attest((WHEEL,), tmp_path, **given)
    assert signed.asked == [WHEEL.filename]
    again = attest(FILES, tmp_path, **given)
    assert signed.asked == [WHEEL.filename, SDIST.filename]
    assert set(again) == {WHEEL.filename, SDIST.filename}
    assert again[WHEEL.filename] == first[WHEEL.filename]
    assert json.loads(again[SDIST.filename].read_bytes())["version"] == 1
    assert told[-1].text == "attested: 2 files, 1 of them just now"


@pytest.mark.parametrize(
    "kept", ["{", "{}", json.dumps(attestation(WHEEL.filename, B)), json.dumps(attestation("x", A))]
)
def test_what_is_not_of_these_bytes_is_made_anew(tmp_path, kept):
    (tmp_path / f"{WHEEL.filename}.publish.attestation").write_text(kept)
    signed = Signed()
    attest((WHEEL,), tmp_path, folder=tmp_path, signing=signed, emit=lambda _event: None)
    assert signed.asked == [WHEEL.filename]


def test_whatever_the_library_raises_is_an_error_of_ours(tmp_path):
    signed = Signed(RuntimeError("the log is\x1b[31m full"))
    with pytest.raises(JobError) as caught:
        attest(FILES, tmp_path, folder=tmp_path, signing=signed, emit=lambda _event: None)
    assert caught.value.evidence == "the log is [31m full"
    assert "--no-attestations" in str(caught.value.hint)
    assert list(tmp_path.iterdir()) == []


class Reader:
    """Gives a provenance object for each file."""

    def __init__(self, documents):
        self.index = SimpleNamespace(name="here")
        self.documents = documents

    def save(self, file, path, *, limit):
        if file.url not in self.documents:
            raise JobError("the index does not have it", reference=MISSING)
        path.write_bytes(self.documents[file.url])


def provenance(attestations: object) -> bytes:
    bundles = [{"publisher": {}, "attestations": attestations}]
    return json.dumps({"version": 1, "attestation_bundles": bundles}).encode()


def shown(**documents: object) -> tuple[Page, Reader]:
    """Give a page on which the files have these documents: a list of attestations, or bytes."""
    names = {"wheel": WHEEL, "sdist": SDIST}
    bodies, files = {}, []
    for key, file in names.items():
        url = f"https://h/{key}" if key in documents else None
        files.append(
            IndexFile(filename=file.filename, url="https://h/", sha256=file.sha256, provenance=url)
        )
        if url is not None:
            told = documents[key]
            bodies[url] = told if isinstance(told, bytes) else provenance(told)
    return Page(url="https://h/", form="json", files=tuple(files)), Reader(bodies)


RIGHT = attestation(WHEEL.filename, A)


@pytest.mark.parametrize(
    "told",
    [
        [],
        [attestation(WHEEL.filename, B)],
        [attestation("demo-1-py2-none-any.whl", A)],
        [attestation(WHEEL.filename, A, subjects=2)],
        [{"version": 1, "envelope": {"statement": "no base64!"}}],
        [{"version": 1, "envelope": {"statement": "AAAA"}}],
        b"<html>",
        b"{}",
    ],
)
def test_an_attestation_of_other_bytes(told):
    page, reader = shown(wheel=told)
    with pytest.raises(JobError) as caught:
        read_attestations(FILES, {}, page, reader)
    assert WHEEL.filename in caught.value.what
    assert A in str(caught.value.evidence)


@pytest.mark.parametrize("told", [[RIGHT], [attestation("x", B), RIGHT]])
def test_an_attestation_of_these_bytes(tmp_path, told):
    page, reader = shown(wheel=told)
    heard = []
    read_attestations(FILES, {WHEEL.filename: tmp_path}, page, reader, heard.append)
    assert heard == []


@pytest.mark.parametrize("behind", [False, True])
def test_one_that_was_sent_and_is_not_shown(tmp_path, behind):
    """Its page has no link yet, or the link leads nowhere yet."""
    page, reader = shown(wheel=[RIGHT], **({"sdist": b""} if behind else {}))
    reader.documents.pop("https://h/sdist", None)
    heard = []
    read_attestations(FILES, {SDIST.filename: tmp_path}, page, reader, heard.append)
    (warned,) = heard
    assert SDIST.filename in warned.text
