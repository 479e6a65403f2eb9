"""A release moved from one index to another, by real servers: pypiserver with a password, our own, a static host."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypi_server
import pytest
from index_servers import HTPASSWD, PASSWORD, USER
from tiny_release import held, make_sdist, make_wheel, release_of

from shipwheel.errors import MachineError
from shipwheel.files import sha256
from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.server import throw_away_index
from shipwheel.planning.job import Scope
from shipwheel.publishing.promotion import promote
from shipwheel.publishing.publication import Action, Unfinished
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Release, write_release

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a home without credentials."""
    for name in [each for each in os.environ if each.startswith(("TWINE_", "SHIPWHEEL_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return home


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """Give the folder that staging serves: two wheels and an sdist."""
    folder = tmp_path / "staging"
    folder.mkdir()
    make_wheel(folder)
    make_wheel(folder, tag="py2.py3")
    make_sdist(folder)
    return folder


@pytest.fixture
def production(tmp_path: Path) -> Iterator[tuple[Index, Path]]:
    folder = tmp_path / "production"
    folder.mkdir()
    with throw_away_index(folder, name="production") as index:
        yield index, folder


@contextlib.contextmanager
def static_host(folder: Path, files: Path, yanked: str | None = None) -> Iterator[Index]:
    """Serve files with a page that names no hash, as a plain web server does."""
    page = folder / "simple" / "tiny-demo"
    page.mkdir(parents=True)
    mark = f' data-yanked="{yanked}"' if yanked is not None else ""
    links = [f'<a href="../../files/{each.name}"{mark}>x</a>' for each in sorted(files.iterdir())]
    (page / "index.html").write_text("\n".join(["<!DOCTYPE html>", *links]))
    (folder / "files").symlink_to(files)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index_at(f"http://127.0.0.1:{server.server_port}/simple/", name="static")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def here(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in held(folder).items() if name.startswith("tiny")}


def distributions(folder: Path) -> dict[str, str]:
    """Give the hashes of what an index has kept, wherever below its folder."""
    found = (path for path in folder.rglob("tiny*") if path.name.endswith((".whl", ".tar.gz")))
    return {path.name: sha256(path) for path in found}


def test_the_very_bytes_from_a_guarded_index(staged, production, tmp_path, monkeypatch):
    index, folder = production
    passwords = tmp_path / "htpasswd"
    passwords.write_text(HTPASSWD)
    release = release_of(staged)
    state = tmp_path / ".shipwheel"
    with pypi_server.serving(staged, log=tmp_path / "log", passwords=passwords) as staging:
        # what is right for staging is not sent there, for it was given for production
        monkeypatch.setenv("TWINE_USERNAME", USER)
        monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)
        with pytest.raises(MachineError) as caught:
            promote(release, staging, index, state=state)
        assert caught.value.reference == "index-password"
        assert "SHIPWHEEL_FROM_PASSWORD" in str(caught.value.hint)
        assert distributions(folder) == {}

        monkeypatch.setenv("SHIPWHEEL_FROM_USERNAME", USER)
        monkeypatch.setenv("SHIPWHEEL_FROM_PASSWORD", PASSWORD)
        dry = promote(release, staging, index, state=state, dry_run=True)
        assert {each.action for each in dry.files} == {Action.PENDING}
        assert distributions(folder) == {}
        assert not state.exists()

        publication = promote(release, staging, index, state=state)
        assert publication.complete
        assert [each.read_back for each in publication.files] == [True] * len(here(staged))
        assert distributions(folder) == here(staged)

        again = promote(release, staging, index, state=state)
        assert {each.action for each in again.files} == {Action.IDENTICAL}
    assert PASSWORD not in "".join(path.read_text("utf-8") for path in state.rglob("*.json"))


@pytest.mark.parametrize("where", ["pypiserver", "static"])
def test_other_bytes_in_staging_go_nowhere(staged, production, tmp_path, where):
    """One server names the hash, from the other the file has to be fetched to know."""
    index, folder = production
    release = release_of(staged)
    make_wheel(staged, body="VALUE = 2\n")
    found = sha256(staged / "tiny_demo-1.0-py3-none-any.whl")
    serve = (
        pypi_server.serving(staged, log=tmp_path / "log")
        if where == "pypiserver"
        else static_host(tmp_path / "host", staged)
    )
    with serve as staging, pytest.raises((Refused, Unfinished)) as caught:
        promote(release, staging, index, state=tmp_path / "state")
    assert isinstance(caught.value, Refused)
    assert [each.rule for each in caught.value.reasons] == ["other-bytes"]
    assert found in caught.value.reasons[0].message
    assert distributions(folder) == {}


def test_every_reason_at_once(staged, production, tmp_path):
    index, folder = production
    release = release_of(staged)
    (staged / "tiny_demo-1.0.tar.gz").unlink()
    with static_host(tmp_path / "host", staged, yanked="broken") as staging:
        with pytest.raises(Refused) as caught:
            promote(release, staging, index, state=tmp_path / "state")
        assert [each.rule for each in caught.value.reasons] == [
            *("yanked-file", "yanked-file", "missing-file")
        ]
    assert distributions(folder) == {}


@pytest.mark.parametrize(
    ("release", "rule"),
    [({"rehearsal": True}, "rehearsal"), ({"scope": Scope.RELEASE, "private": True}, "private")],
)
def test_production_judges_again(staged, production, tmp_path, release, rule):
    index, folder = production
    told = release_of(staged, **release)
    public = Index(name="public", upload=index.upload, simple=index.simple, takes_private=False)
    with static_host(tmp_path / "host", staged) as staging, pytest.raises(Refused) as caught:
        promote(told, staging, public, state=tmp_path / "state")
    assert [each.rule for each in caught.value.reasons] == [rule]
    assert distributions(folder) == {}


def test_by_names_from_the_command_line(staged, production, tmp_path, tools, nobody):
    """A folder with no checkout but a configuration that names the indexes."""
    index, folder = production
    root = tmp_path / "ops"
    root.mkdir()
    this = f"{sys.version_info.major}.{sys.version_info.minor}"
    release: Release = release_of(staged, pythons=(this,))
    write_release(root / "release.json", release)
    with pypi_server.serving(staged, log=tmp_path / "log") as staging:
        (root / "shipwheel.toml").write_text(
            f'[index.staging]\nupload = "{staging.upload}"\nsimple = "{staging.simple}"\n'
            f'[index.production]\nupload = "{index.upload}"\nsimple = "{index.simple}"\n'
        )
        call = ("publish", "--release", "release.json")
        alone = tools.shipwheel(root, *call, "--from", "staging")
        assert alone.code == 2, alone.text
        unknown = tools.shipwheel(root, *call, "--from", "stagin", "--to", "production")
        assert unknown.code == 2, unknown.text
        assert "'staging'" in unknown.err
        sent = tools.shipwheel(
            root, *call, "--from", "staging", "--to", "production", env={"HOME": str(nobody)}
        )
    assert sent.code == 0, sent.text
    assert distributions(folder) == here(staged)
    assert "passed" in sent.out, "installed from production"
