"""Who we are to an index, from the environment and files; nobody's keyring is asked."""

from __future__ import annotations

import pytest
import requests
from requests.auth import HTTPBasicAuth
from twine.auth import TrustedPublishingAuthenticator
from twine.exceptions import TrustedPublishingFailure

from shipwheel.errors import ConfigurationError, ExitCode, JobError, MachineError
from shipwheel.indexes.known import Index, index_at
from shipwheel.publishing.credentials import (
    NOBODY,
    identify,
    is_trusted_job,
    reading,
    repository_config,
)

OURS = index_at("https://index.example/up/")
PYPI = Index(
    name="pypi", upload="https://upload.pypi.org/legacy/", simple="https://pypi.org/simple/"
)
GITLAB = index_at("https://gitlab.example/api/v4/projects/42/packages/pypi")
PYPIRC = """
[distutils]
index-servers =
    pypi
    ours

[pypi]
username = __token__
password = pypi-secret

[ours]
repository = https://index.example/up
username = rc-user
password = rc-secret
"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setattr("twine.auth.keyring", None)


def given(tmp_path) -> str:
    (tmp_path / "rc").write_text(PYPIRC)
    return str(tmp_path / "rc")


@pytest.mark.parametrize(
    ("index", "environ", "expected"),
    [
        (OURS, {}, ("rc-user", "rc-secret")),
        (OURS, {"TWINE_USERNAME": "me", "TWINE_PASSWORD": "env-secret"}, ("me", "env-secret")),
        (OURS, {"TWINE_PASSWORD": "env-secret"}, ("rc-user", "env-secret")),
        (OURS, {"TWINE_PASSWORD": ""}, ("rc-user", "rc-secret")),
        # a token's name is the index's to say, unless somebody says another
        (GITLAB, {"TWINE_PASSWORD": "job-token"}, ("gitlab-ci-token", "job-token")),
        (GITLAB, {"TWINE_USERNAME": "bot", "TWINE_PASSWORD": "a"}, ("bot", "a")),
        (index_at("https://url-user@index.example/up/"), {}, ("url-user", "rc-secret")),
        (PYPI, {}, ("__token__", "pypi-secret")),
        (PYPI, {"TWINE_PASSWORD": "env-secret"}, ("__token__", "env-secret")),
    ],
)
def test_identity(tmp_path, index, environ, expected):
    identity = identify(index, environ, pypirc=given(tmp_path))
    assert isinstance(identity.authenticator, HTTPBasicAuth)
    assert identity.basic == expected
    assert expected[1] not in repr(identity)
    assert expected[1] in identity.secrets


def test_no_name_without_a_token(tmp_path):
    assert identify(GITLAB, {}, pypirc=given(tmp_path)) == NOBODY


@pytest.mark.parametrize(
    "url", ["https://other.example/up/", "http://index.example/up/", "https://index.example/else/"]
)
def test_a_section_for_another_url_does_not_count(tmp_path, url):
    assert identify(index_at(url), {}, pypirc=given(tmp_path)) == NOBODY


def test_netrc_comes_last(tmp_path):
    (tmp_path / ".netrc").write_text("machine index.example login n password net-secret\n")
    assert identify(OURS, {}).basic == ("n", "net-secret")
    assert identify(OURS, {}, pypirc=given(tmp_path)).basic == ("rc-user", "rc-secret")


def test_our_own_throw_away_index_gets_nobodys_password(tmp_path):
    ours = Index(name="t", upload=OURS.upload, simple=OURS.simple, anonymous=True)
    environ = {"TWINE_USERNAME": "me", "TWINE_PASSWORD": "env-secret"}
    assert identify(ours, environ, pypirc=given(tmp_path)) == NOBODY


def test_pypi_without_a_token(monkeypatch):
    monkeypatch.setattr("twine.auth.Resolver.make_trusted_publishing_token", lambda _self: None)
    with pytest.raises(MachineError, match="asks for a password that is not there") as caught:
        identify(PYPI, {})
    assert caught.value.exit_code is ExitCode.MACHINE


TESTPYPI = Index(
    name="testpypi",
    upload="https://test.pypi.org/legacy/",
    simple="https://test.pypi.org/simple/",
)
GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://ci.example/token"}


@pytest.mark.parametrize(
    ("index", "environ", "trusted"),
    [
        (PYPI, {}, False),
        (PYPI, GITHUB, True),
        (TESTPYPI, GITHUB, True),
        (OURS, GITHUB, False),
        (PYPI, {"PYPI_ID_TOKEN": "x"}, True),
        (TESTPYPI, {"PYPI_ID_TOKEN": "x"}, False),
        (TESTPYPI, {"TESTPYPI_ID_TOKEN": "x"}, True),
    ],
)
def test_a_job_with_an_identity_token_asks_for_trusted_publishing(index, environ, trusted):
    assert is_trusted_job(index, environ) is trusted


def test_a_trusted_job_takes_no_token_that_lies_about(monkeypatch, tmp_path):
    monkeypatch.setattr("twine.auth.Resolver.make_trusted_publishing_token", lambda _self: "minted")
    environ = {**GITHUB, "TWINE_USERNAME": "me", "TWINE_PASSWORD": "env-secret"}
    identity = identify(PYPI, environ, pypirc=given(tmp_path))
    assert isinstance(identity.authenticator, TrustedPublishingAuthenticator)
    assert identity.basic is None
    assert "minted" in identity.secrets
    own = identify(PYPI, environ, pypirc=given(tmp_path), trusted=False)
    assert own.basic == ("me", "env-secret")


@pytest.mark.parametrize(
    "failure",
    [
        lambda _self: None,
        lambda _self: (_ for _ in ()).throw(TrustedPublishingFailure("no such publisher")),
        lambda _self: {}["token"],
        lambda _self: (_ for _ in ()).throw(requests.HTTPError("404")),
    ],
)
def test_where_trusted_publishing_fails_no_token_takes_its_place(monkeypatch, tmp_path, failure):
    monkeypatch.setattr("twine.auth.Resolver.make_trusted_publishing_token", failure)
    environ = {**GITHUB, "TWINE_PASSWORD": "env-secret"}
    with pytest.raises(JobError, match="trusted publishing failed") as caught:
        identify(PYPI, environ, pypirc=given(tmp_path))
    assert "id-token: write" in str(caught.value.hint)
    assert "env-secret" not in "\n".join(caught.value.lines())


@pytest.mark.parametrize(
    "text", ["[distutils\nsecret-1", "secret-1\n", "[a]\nb\n[a]\npassword=secret-1"]
)
def test_a_broken_file_is_not_quoted(tmp_path, text):
    (tmp_path / "rc").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        repository_config(OURS.upload, str(tmp_path / "rc"))
    assert "secret-1" not in "\n".join(caught.value.lines())
    assert caught.value.__cause__ is None


def test_credentials_stay_with_their_origin(tmp_path):
    identity = identify(OURS, {}, pypirc=given(tmp_path))
    assert reading(OURS, identity) == ("rc-user", "rc-secret")
    apart = Index(name="x", upload=OURS.upload, simple="https://cdn.example/simple/")
    assert reading(apart, identity) is None
