"""What a dry run says of an upload's credentials: as `identify` finds them, and without them."""

from __future__ import annotations

from pathlib import Path

import pytest
import twine.auth

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.indexes.known import Index, find_index, index_at, index_in
from shipwheel.publishing.credentials import NOBODY, identify
from shipwheel.publishing.sources import as_reader, source_of

OURS = index_at("https://index.example/up/")
NAMED = index_at("https://me@index.example/other/")
PYPI, TESTPYPI = (find_index(name, load_catalog().indexes, {}) for name in ("pypi", "testpypi"))
FOLDER = index_in(Path("site"))
OPEN = Index(name="x", upload="http://127.0.0.1/", simple="http://127.0.0.1/s/", anonymous=True)
SECRETS = ("env-secret", "rc-secret", "pypi-secret", "netrc-secret", "ring-secret")
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
ENV = {"TWINE_PASSWORD": "env-secret"}
TOKEN = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/"}


class Ring:
    """A keyring that knows PyPI's token alone."""

    @staticmethod
    def get_credential(system: str, username: str | None) -> None:
        del system, username

    @staticmethod
    def get_password(system: str, username: str) -> str | None:
        known = (PYPI.upload, "__token__")
        return "ring-secret" if (system, username) == known else None


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setattr(twine.auth, "keyring", None)
    return tmp_path


def rc(folder: Path, text: str) -> str:
    (folder / "rc").write_text(text)
    return str(folder / "rc")


@pytest.mark.parametrize(
    ("index", "environ", "pypirc", "said"),
    [
        (OPEN, {}, PYPIRC, "none: it takes uploads from anybody on this machine"),
        (FOLDER, ENV, PYPIRC, "none: it is a folder"),
        (OURS, {}, "", "none found"),
        (PYPI, {}, "", "none found: the upload would be refused"),
        (TESTPYPI, {}, PYPIRC, "none found: the upload would be refused"),
        (OURS, {}, PYPIRC, "RC, as rc-user"),
        (PYPI, {}, PYPIRC, "RC, as __token__"),
        (OURS, ENV, PYPIRC, "TWINE_PASSWORD, as rc-user"),
        (OURS, {**ENV, "TWINE_USERNAME": "you"}, PYPIRC, "TWINE_PASSWORD, as you"),
        (NAMED, ENV, "", "TWINE_PASSWORD, as me"),
        (PYPI, ENV, "", "TWINE_PASSWORD, as __token__"),
        (OURS, ENV, "", "none found"),  # a password is nobody's without a name
        (PYPI, {**TOKEN, **ENV}, PYPIRC, "trusted publishing: a token for this job"),
        (OURS, TOKEN, PYPIRC, "RC, as rc-user"),
    ],
)
def test_the_source_is_told_without_the_secret(
    home: Path, index: Index, environ: dict[str, str], pypirc: str, said: str
) -> None:
    path = rc(home, pypirc)
    told = source_of(index, environ, pypirc=path).replace(path, "RC")
    assert told.startswith(said)
    assert not [each for each in SECRETS if each in told]


@pytest.mark.parametrize("index", [OURS, NAMED, PYPI, TESTPYPI, OPEN])
@pytest.mark.parametrize("environ", [{}, ENV, {**ENV, "TWINE_USERNAME": "you"}])
@pytest.mark.parametrize("pypirc", ["", PYPIRC])
def test_it_names_a_source_where_identify_finds_one(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    index: Index,
    environ: dict[str, str],
    pypirc: str,
) -> None:
    # a laptop: twine itself would ask PyPI for what only a CI job can have
    monkeypatch.setattr(twine.auth.Resolver, "make_trusted_publishing_token", lambda _: None)
    path = rc(home, pypirc)
    told = source_of(index, environ, pypirc=path)
    try:
        found = identify(index, environ, pypirc=path)
    except MachineError:
        found = NOBODY
    assert (found is NOBODY or found == NOBODY) is told.startswith("none")


def test_the_keyring_and_netrc(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rc(home, "")
    monkeypatch.setattr(twine.auth, "keyring", Ring)
    assert source_of(PYPI, {}, pypirc=path) == "the keyring, as __token__"
    assert source_of(OURS, {}, pypirc=path) == "none found"
    netrc = home / ".netrc"
    netrc.write_text("machine index.example login me password netrc-secret\n")
    netrc.chmod(0o600)
    assert source_of(OURS, {}, pypirc=path) == "~/.netrc"


def test_trusted_publishing_as_asked_for(home: Path) -> None:
    path = rc(home, PYPIRC)
    assert source_of(PYPI, {}, pypirc=path, trusted=True).startswith("trusted publishing")
    assert source_of(PYPI, TOKEN, pypirc=path, trusted=False) == f"{path}, as __token__"


def test_a_file_that_cannot_be_read_is_said(home: Path) -> None:
    broken = rc(home, "password = rc-secret\n")
    told = source_of(OURS, {}, pypirc=broken)
    assert "cannot be read" in told
    assert "rc-secret" not in told


@pytest.mark.parametrize("index", [PYPI, TESTPYPI])
def test_the_public_indexes_are_read_as_nobody(
    monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    """TestPyPI takes uploads at the host that shows its pages: no token is minted to read them."""
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.example/")
    monkeypatch.setenv("TWINE_PASSWORD", "env-secret")
    assert as_reader(index) == NOBODY


def test_an_index_of_ones_own_is_read_with_its_credentials(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "me")
    monkeypatch.setenv("TWINE_PASSWORD", "env-secret")
    assert as_reader(OURS).basic == ("me", "env-secret")
    apart = Index(name="a", upload="https://up.example/", simple="https://index.example/simple/")
    assert as_reader(apart) == NOBODY
    (home / ".pypirc").write_text("nonsense")
    with pytest.raises(ConfigurationError):
        as_reader(OURS)
