"""Attestations as pypi-attestations makes them, from identity to read-back; Sigstore's services are stand-ins."""

from __future__ import annotations

import base64
import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_release import make_sdist, make_wheel, release_of

from shipwheel.errors import JobError
from shipwheel.indexes.known import Index
from shipwheel.indexes.server import throw_away_index
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.attestations import attester, sigstore
from shipwheel.publishing.publication import Unfinished
from shipwheel.publishing.publish import publish

pytest.importorskip("pypi_attestations", reason="pypi-attestations is not installed (an extra)")
pytestmark = pytest.mark.integration


@pytest.fixture
def services(monkeypatch):
    """Give the stand-ins, and make this process a job that may ask for its identity."""
    from sigstore_stand_in import serving

    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving() as found:
        for name, value in found.job.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    make_wheel(folder)
    make_sdist(folder)
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "packages"
    folder.mkdir()
    with throw_away_index(folder) as found:
        yield Index(
            name="here",
            upload=found.upload,
            simple=found.simple,
            anonymous=True,
            takes_attestations=True,
        )


def attesting(index, services, tmp_path, emit=lambda _event: None):
    from sigstore.models import ClientTrustConfig

    trust = ClientTrustConfig.from_json(services.trust)
    signing = functools.partial(sigstore, trust)
    return attester(index, tmp_path / "attested", trusted=True, signing=signing, emit=emit)


def test_sent_with_the_files_and_read_back(dist, index, services, tmp_path):
    from cryptography import x509
    from pypi_attestations import Attestation

    release = release_of(dist)
    told = []
    attest = attesting(index, services, tmp_path, told.append)
    publication = publish(
        release, index, dist=dist, state=tmp_path / "state", attest=attest, emit=told.append
    )
    assert publication.complete
    assert services.audiences == ["sigstore"], "one identity, asked for by its audience"
    assert len(services.identities) == 1, "one certificate for all files"
    assert len(services.logged) == len(release.files)
    assert not any("does not show" in str(each) for each in told)

    with SimpleIndex(index) as reader:
        page = reader.page(release.project)
        for file in release.files:
            there = page.file(file.filename)
            assert there is not None
            assert there.provenance is not None
            path = tmp_path / "provenance"
            reader.save(there.__class__(filename="p", url=there.provenance), path)
            (bundle,) = json.loads(path.read_bytes())["attestation_bundles"]
            (sent,) = bundle["attestations"]
            kept = tmp_path / "attested" / f"{file.filename}.publish.attestation"
            assert sent == json.loads(kept.read_bytes()), "what was sent is what is kept"
            found = Attestation.model_validate(sent)
            assert (
                found.statement["predicateType"] == "https://docs.pypi.org/attestations/publish/v1"
            )
            subject = {"name": file.filename, "digest": {"sha256": file.sha256}}
            assert found.statement["subject"] == [subject]
            raw = base64.b64decode(sent["verification_material"]["certificate"])
            certificate = x509.load_der_x509_certificate(raw)
            certificate.verify_directly_issued_by(services.root)

    again = attesting(index, services, tmp_path)
    publish(release, index, dist=dist, state=tmp_path / "state", attest=again)
    assert len(services.identities) == 1, "nothing is attested that is not sent"


def test_a_resumed_upload_sends_the_attestations_that_it_has(dist, index, services, tmp_path):
    release = release_of(dist)
    attest = attesting(index, services, tmp_path)
    assert attest is not None
    attest(release.in_order, dist)  # and then it died
    publish(release, index, dist=dist, state=tmp_path / "state", attest=attest)
    assert len(services.identities) == 1
    assert len(services.logged) == len(release.files)


def nothing_there(index: Index, project: str) -> bool:
    with SimpleIndex(index) as reader:
        return not reader.page(project).files


def test_without_a_certificate_nothing_is_sent(dist, index, services, tmp_path):
    release = release_of(dist)
    services.refuses = "this identity is not known"
    attest = attesting(index, services, tmp_path)
    with pytest.raises(Unfinished) as caught:
        publish(release, index, dist=dist, state=tmp_path / "state", attest=attest)
    assert caught.value.reference == "not-attested"
    text = "\n".join(caught.value.lines())
    assert services.identities
    assert not any(token in text for token in services.identities)
    assert nothing_there(index, release.project)


@pytest.mark.parametrize("lacking", ["identity", "permission"])
def test_a_job_without_an_identity(dist, index, services, tmp_path, monkeypatch, lacking):
    release = release_of(dist)
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if lacking == "identity":
        for name in [each for each in os.environ if each.startswith(("GITHUB_", "ACTIONS_"))]:
            monkeypatch.delenv(name)
    attest = attesting(index, services, tmp_path)
    with pytest.raises(Unfinished) as caught:
        publish(release, index, dist=dist, state=tmp_path / "state", attest=attest)
    assert isinstance(caught.value.cause, JobError)
    assert caught.value.reference == "not-attested"
    assert services.audiences == []
    assert nothing_there(index, release.project)
