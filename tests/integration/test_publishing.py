"""Publishing against real indexes: pypiserver and devpi-server, and small servers that misbehave."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pypi_server
import pytest
from index_servers import HTPASSWD, PASSWORD, USER, index_on_devpi
from tiny_release import held, make_sdist, make_wheel, release_of

from shipwheel.errors import ExitCode, JobError, MachineError, ShipwheelError
from shipwheel.events import Event, Notice, StepStarted
from shipwheel.files import sha256
from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.page import IndexFile
from shipwheel.indexes.server import free_port
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.machine.here import this_machine
from shipwheel.publishing.commit import built_from, read_commit
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.publication import Action, Unfinished
from shipwheel.publishing.publish import publish
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.rehearsal import rehearse
from shipwheel.publishing.release import (
    hash_again,
    read_release,
    write_release,
)
from shipwheel.workspace import Workspace

pytestmark = pytest.mark.integration


# --- a release of real files -------------------------------------------------------------------


THIS = f"{sys.version_info.major}.{sys.version_info.minor}"  # a Python that is surely here


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A wheel for each of two tags, and an sdist."""
    folder = tmp_path / "project with ü" / "dist"
    folder.mkdir(parents=True)
    make_wheel(folder)
    make_wheel(folder, tag="py2.py3")
    make_sdist(folder)
    return folder


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a home without credentials, and let no proxy or token of the terminal in."""
    for name in [each for each in os.environ if each.startswith("TWINE_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    # a proxy must never be asked for this machine's own servers
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    return home


def texts(error: ShipwheelError) -> str:
    return "\n".join(error.lines())


# --- servers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """An index under test and the folder that its files lie in."""

    index: Index
    folder: Path


@pytest.fixture
def pypiserver(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "packages"
    folder.mkdir()
    with pypi_server.serving(folder, log=tmp_path / "server.log") as index:
        yield Running(index, folder)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Running]:
    """pypiserver that wants a password for everything."""
    folder = tmp_path / "packages"
    folder.mkdir()
    passwords = tmp_path / "htpasswd"
    passwords.write_text(HTPASSWD)
    log = tmp_path / "server.log"
    with pypi_server.serving(folder, log=log, passwords=passwords) as index:
        yield Running(index, folder)


@pytest.fixture(name="devpi")
def an_index_on_devpi(devpi_server: str) -> Index:
    return index_on_devpi(devpi_server)


@dataclass
class Misbehaving:
    """A server that does as the test says: answers to uploads in turn, then takes them."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    answers: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    posts: int = 0
    stored: list[str] = field(default_factory=list)
    name_hash: Callable[[bytes], str] = lambda data: "#sha256=" + hashlib.sha256(data).hexdigest()
    promise: str = "text/html"
    page: bytes | None = None
    hidden: int = 0  # so many looks at the page show nothing yet

    @property
    def index(self) -> Index:
        return index_at(f"http://127.0.0.1:{self.port}/")

    def listing(self) -> bytes:
        if self.page is not None:
            return self.page
        if self.hidden > 0:
            self.hidden -= 1
            return b"<html></html>"
        links = (
            f'<a href="/files/{name}{self.name_hash(data)}">{name}</a>'
            for name, data in self.files.items()
        )
        return f"<html>{''.join(links)}</html>".encode()


def reply(handler: BaseHTTPRequestHandler, code: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def misbehaving() -> Iterator[Misbehaving]:
    state = Misbehaving()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/files/"):
                data = state.files.get(self.path.rpartition("/")[2])
                reply(self, 200, data) if data is not None else reply(self, 404)
            else:
                reply(self, 200, state.listing(), Content_Type=state.promise)

        def do_POST(self) -> None:
            state.posts += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.answers:
                answer = state.answers.pop(0)
                if answer is lost:
                    keep(state, body)
                answer(self)
            else:
                keep(state, body)
                reply(self, 200)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def keep(state: Misbehaving, body: bytes) -> None:
    head, _, rest = body.partition(b'name="content"; filename="')[2].partition(b'"')
    content = rest.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
    state.files[head.decode()] = content
    state.stored.append(head.decode())


def lost(handler: BaseHTTPRequestHandler) -> None:
    """Take the file and die before the answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def answering(
    code: int, body: bytes = b"", **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: reply(handler, code, body, **headers)


# --- the cycle ---------------------------------------------------------------------------------


def test_a_rehearsal_ends_with_installs_and_leaves_nothing(dist, tmp_path, interpreters):
    workspace = Workspace(dist.parent)
    pythons = [each for each in ("3.8", "3.12", "3.13") if each in interpreters][:2]
    release = release_of(
        dist,
        pythons=(*pythons, "3.99"),
        smoke="python -c 'import tiny_demo; assert tiny_demo.VALUE'",
    )
    events: list[Event] = []
    log = tmp_path / "log"
    publication = rehearse(
        release, dist, workspace=workspace, machine=this_machine(), emit=events.append, log=log
    )
    assert publication.complete
    assert {each.filename: each.action for each in publication.files} == dict.fromkeys(
        held(dist), Action.UPLOADED
    )
    assert [each.read_back for each in publication.files] == [True] * len(held(dist))
    assert [(each.python, each.ok) for each in publication.installs] == [
        (each, True) for each in pythons
    ]
    assert any("3.99 is not on this machine" in e.text for e in events if isinstance(e, Notice))
    assert list(workspace.cache.iterdir()) == []
    url = next(e.text for e in events if isinstance(e, Notice)).rpartition(" ")[2]
    with pytest.raises(MachineError, match="out of reach"), SimpleIndex(index_at(url)) as gone:
        gone.page("tiny-demo")


def test_an_import_that_fails_stops_the_rehearsal(dist, interpreters):
    release = release_of(dist, pythons=(THIS,), modules=("tiny_demo.lost",))
    with pytest.raises(Unfinished) as caught:
        rehearse(release, dist, workspace=Workspace(dist.parent), machine=this_machine())
    assert caught.value.exit_code is ExitCode.FOUND
    assert "No module named 'tiny_demo.lost'" in texts(caught.value)
    assert [each.ok for each in caught.value.publication.installs] == [False]


def test_uploaded_then_identical_then_other_bytes(dist, pypiserver, tmp_path):
    index = pypiserver.index
    planned = publish(release_of(dist), index, dist=dist, dry_run=True)
    assert {each.action for each in planned.files} == {Action.PENDING}
    assert not list(pypiserver.folder.iterdir())
    assert not (dist.parent / ".shipwheel").exists()

    order: list[str] = []
    first = publish(
        release_of(dist),
        index,
        dist=dist,
        emit=lambda e: (
            order.append(e.detail) if isinstance(e, StepStarted) and e.name == "upload" else None
        ),
    )
    assert {each.action for each in first.files} == {Action.UPLOADED}
    assert order[-1].endswith(".tar.gz")
    assert held(pypiserver.folder) == held(dist)
    stamps = {path.name: path.stat().st_mtime_ns for path in pypiserver.folder.iterdir()}

    again = publish(release_of(dist), index, dist=dist)
    assert {each.action for each in again.files} == {Action.IDENTICAL}
    assert stamps == {path.name: path.stat().st_mtime_ns for path in pypiserver.folder.iterdir()}

    published = sha256(dist / "tiny_demo-1.0-py3-none-any.whl")
    changed = make_wheel(dist, body="VALUE = 2\n")
    make_wheel(dist, tag="py30")
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), index, dist=dist)
    assert isinstance(caught.value.cause, Refused)
    assert caught.value.exit_code is ExitCode.FOUND
    assert published in texts(caught.value)
    assert sha256(changed) in texts(caught.value)
    actions = {each.filename: each.action for each in caught.value.publication.files}
    assert actions[changed.name] is Action.REFUSED
    assert actions["tiny_demo-1.0-py30-none-any.whl"] is Action.PENDING
    assert not (pypiserver.folder / "tiny_demo-1.0-py30-none-any.whl").exists()


def test_the_release_file_is_hashed_again(dist, pypiserver, tmp_path):
    path = tmp_path / "release.json"
    write_release(path, release_of(dist))
    release = read_release(path)
    assert release == release_of(dist)
    make_wheel(dist, body="VALUE = 3\n")
    make_sdist(dist).unlink()
    with pytest.raises(Refused) as caught:
        publish(release, pypiserver.index, dist=dist)
    assert {reason.rule for reason in caught.value.reasons} == {"changed-file", "missing-file"}
    assert not list(pypiserver.folder.iterdir())
    with pytest.raises(Refused):
        hash_again(release, dist)


def test_a_local_release_goes_nowhere_else(dist):
    elsewhere = index_at("https://index.example/")
    with pytest.raises(Refused) as caught:
        publish(release_of(dist), elsewhere, dist=dist)
    assert [reason.rule for reason in caught.value.reasons] == ["local-scope"]


KILLED = """
import os, sys
from pathlib import Path
import msgspec
from shipwheel.events import StepDone, StepStarted
from shipwheel.indexes.known import index_at
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import read_release

kind = {"before": StepStarted, "after": StepDone}[sys.argv[3]]
left = int(sys.argv[4])

def die(event):
    global left
    if isinstance(event, kind) and event.name == "upload":
        left -= 1
        if left == 0:
            os._exit(137)  # no handler, no finally: as a kill -9

publish(read_release(Path(sys.argv[1])), index_at(sys.argv[2]), dist=Path(sys.argv[1]).parent / "dist", emit=die)
"""


@pytest.mark.parametrize(
    ("when", "nth"), [("before", 1), ("after", 1), ("before", 3), ("after", 3)]
)
def test_a_dead_upload_is_completed_by_the_same_command(dist, pypiserver, when, nth):
    release = release_of(dist)
    path = dist.parent / "release.json"
    write_release(path, release)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), pypiserver.index.upload, when, str(nth)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert died.returncode == 137, died.stderr
    arrived = set(held(pypiserver.folder))
    assert len(arrived) == (nth - 1 if when == "before" else nth)
    publication = publish(release, pypiserver.index, dist=dist)
    assert held(pypiserver.folder) == held(dist)
    assert {
        each.filename for each in publication.files if each.action is Action.IDENTICAL
    } == arrived
    assert {each.filename for each in publication.files if each.action is Action.UPLOADED} == set(
        held(dist)
    ) - arrived


def test_devpi_from_first_upload_to_other_bytes(dist, devpi, monkeypatch, tmp_path):
    monkeypatch.setenv("TWINE_USERNAME", USER)
    monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)
    first = publish(release_of(dist), devpi, dist=dist)
    assert {(each.action, each.read_back) for each in first.files} == {(Action.UPLOADED, True)}
    with SimpleIndex(devpi) as reader:
        assert reader.page("tiny-demo").form == "json"
    again = publish(release_of(dist), devpi, dist=dist)
    assert {each.action for each in again.files} == {Action.IDENTICAL}
    make_wheel(dist, body="VALUE = 2\n")
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), devpi, dist=dist)
    assert isinstance(caught.value.cause, Refused)


def test_the_commit_that_git_knows(tmp_path, commit):
    assert read_commit(tmp_path / "nowhere") is None
    project = tmp_path / "project"
    made = (
        "dist/demo.whl",
        "src/demo.egg-info/PKG-INFO",
        "src/__pycache__/noxfile.cpython-311.pyc",
    )
    for name in ("a.py", *made):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    shutil.move(project / "dist", tmp_path / "dist")
    shutil.move(project / "src", tmp_path / "src")
    commit(project)
    subprocess.run(["git", "tag", "v1.0"], cwd=project, check=True)
    shutil.move(tmp_path / "dist", project / "dist")
    shutil.move(tmp_path / "src", project / "src")
    clean = read_commit(project)
    assert clean is not None
    assert (len(clean.id), clean.dirty, clean.tags) == (40, False, ("v1.0",))
    assert built_from(project) == clean.id
    (project / "a.py").write_text("changed")
    (project / "new.py").write_text("")
    changed = read_commit(project)
    assert changed is not None
    assert (changed.dirty, changed.changed) == (True, ("a.py", "new.py"))
    assert built_from(project) == f"{clean.id}+dirty"


# --- silence, refusal, passwords ---------------------------------------------------------------


def test_an_index_out_of_reach(dist):
    index = index_at(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(MachineError, match="out of reach") as caught:
        publish(release_of(dist), index, dist=dist)
    assert caught.value.exit_code is ExitCode.MACHINE


def test_nothing_is_looked_for_where_a_private_index_sends_its_users(dist, tmp_path):
    folder = tmp_path / "packages"
    folder.mkdir()
    # a port of a public host that nobody answers at: as within a company without a road outside
    with pypi_server.serving(folder, fallback="https://pypi.org:9/simple/") as index:
        with SimpleIndex(index) as reader:
            assert reader.page("tiny-demo").form == "none"
            lost = IndexFile(filename="x", url=f"{index.simple}tiny-demo/")
            with pytest.raises(JobError, match="does not have it"):
                reader.digest(lost)
        assert publish(release_of(dist), index, dist=dist).complete
    assert held(folder) == held(dist)


def test_a_password_that_is_not_there(dist, guarded):
    with pytest.raises(MachineError, match="asks for a password that is not there") as caught:
        publish(release_of(dist), guarded.index, dist=dist)
    assert caught.value.exit_code is ExitCode.MACHINE
    assert "TWINE_PASSWORD" in texts(caught.value)


@pytest.mark.parametrize("way", ["environment", "pypirc", "netrc"])
def test_a_password_that_is_there(dist, guarded, monkeypatch, nobody, tmp_path, way):
    if way == "environment":
        monkeypatch.setenv("TWINE_USERNAME", USER)
        monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)
    elif way == "pypirc":
        write_pypirc(nobody, guarded.index.upload.rstrip("/"), PASSWORD)
    else:
        (nobody / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    seen: list[Event] = []
    release = release_of(dist, pythons=(THIS,))
    log = tmp_path / "install.log"
    install = functools.partial(
        try_installs, release, guarded.index, machine=this_machine(), folder=tmp_path / "i", log=log
    )
    publication = publish(release, guarded.index, dist=dist, install=install, emit=seen.append)
    assert publication.complete
    assert [(each.python, each.ok) for each in publication.installs] == [(THIS, True)]
    assert held(guarded.folder) == held(dist)
    shown = repr(seen) + msgspec.json.encode(publication).decode()
    assert PASSWORD not in shown + everything_below(dist.parent) + log.read_text()


def test_a_wrong_password_is_refused_and_not_shown(dist, guarded, nobody):
    write_pypirc(nobody, guarded.index.upload, "wrong-" + PASSWORD)
    with pytest.raises(ShipwheelError) as caught:
        publish(release_of(dist), guarded.index, dist=dist)
    assert caught.value.exit_code is ExitCode.FOUND
    assert "403" in texts(caught.value)
    assert PASSWORD not in texts(caught.value) + everything_below(dist.parent)


def test_another_indexs_password_is_not_sent(dist, guarded, nobody):
    write_pypirc(nobody, "https://elsewhere.example/", PASSWORD)
    with pytest.raises(MachineError, match="asks for a password that is not there"):
        publish(release_of(dist), guarded.index, dist=dist)


def test_a_broken_pypirc_is_not_quoted(dist, guarded, nobody):
    (nobody / ".pypirc").write_text(f"[distutils\npassword {PASSWORD}\n")
    with pytest.raises(ShipwheelError) as caught:
        publish(release_of(dist), guarded.index, dist=dist)
    assert caught.value.exit_code is ExitCode.USAGE
    assert PASSWORD not in texts(caught.value)


def write_pypirc(home: Path, url: str, password: str) -> None:
    text = f"""
        [distutils]
        index-servers = ours

        [ours]
        repository = {url}
        username = {USER}
        password = {password}
    """
    (home / ".pypirc").write_text(textwrap.dedent(text))


def everything_below(folder: Path) -> str:
    return "".join(
        path.read_text("utf-8", "replace")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".whl", ".gz"}
    )


def echo(handler: BaseHTTPRequestHandler) -> None:
    """Refuse, and be careless with what was sent."""
    token = handler.headers["Authorization"]
    told = f"no such project here; you sent {token} alias {PASSWORD}"
    reply(handler, 403, json.dumps({"message": told}).encode(), Content_Type="application/json")


def test_a_refusal_is_told_in_the_servers_words_without_the_password(dist, misbehaving, nobody):
    write_pypirc(nobody, misbehaving.index.upload, PASSWORD)
    misbehaving.answers = [answering(200), echo]
    misbehaving.hidden = 3
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), misbehaving.index, dist=dist)
    error = caught.value
    assert error.exit_code is ExitCode.FOUND
    assert "403 Forbidden: no such project here; you sent Basic *** alias ***" in texts(error)
    assert [each.action for each in error.publication.files] == [
        Action.UPLOADED,
        Action.PENDING,
        Action.PENDING,
    ]
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    seen = texts(error) + everything_below(dist.parent)
    assert PASSWORD not in seen
    assert basic not in seen


def test_a_redirect_is_not_followed_with_the_file(dist, misbehaving):
    misbehaving.answers = [answering(301, Location="https://elsewhere.example/")]
    with pytest.raises(Unfinished, match="sends uploads elsewhere") as caught:
        publish(release_of(dist), misbehaving.index, dist=dist)
    assert "https://elsewhere.example/" in texts(caught.value)
    assert misbehaving.posts == 1


# --- what is worth another attempt -------------------------------------------------------------


def test_bounded_attempts_with_growing_waits(dist, misbehaving):
    misbehaving.answers = [answering(503, b"try later")] * 9
    waits: list[float] = []
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), misbehaving.index, dist=dist, sleep=waits.append)
    assert waits == [1.0, 2.0, 4.0]
    assert misbehaving.posts == 4
    assert "503 Service Unavailable: try later" in texts(caught.value)


def test_an_index_that_recovers_gets_its_time(dist, misbehaving):
    misbehaving.answers = [answering(429, Retry_After="7"), answering(500)]
    waits: list[float] = []
    publication = publish(release_of(dist), misbehaving.index, dist=dist, sleep=waits.append)
    assert waits == [7.0, 2.0]
    assert publication.complete
    assert sorted(misbehaving.stored) == sorted(held(dist))


def test_a_lost_answer_is_not_answered_with_the_file_again(dist, misbehaving):
    misbehaving.answers = [lost]
    publication = publish(release_of(dist), misbehaving.index, dist=dist, sleep=lambda _: None)
    assert publication.complete
    assert sorted(misbehaving.stored) == sorted(held(dist))


def test_patience_for_a_page_that_lags(dist, misbehaving):
    misbehaving.hidden = 3
    waits: list[float] = []
    seen: list[Event] = []
    publication = publish(
        release_of(dist), misbehaving.index, dist=dist, sleep=waits.append, emit=seen.append
    )
    assert waits == [0.1, 0.2]
    assert any("does not list" in each.text for each in seen if isinstance(each, Notice))
    assert publication.complete


def test_a_page_that_never_lists_the_files(dist, misbehaving):
    misbehaving.hidden = 999
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), misbehaving.index, dist=dist, sleep=lambda _: None)
    assert "does not list them" in texts(caught.value)
    assert caught.value.exit_code is ExitCode.FOUND


# --- what an index says of its files -----------------------------------------------------------


def test_files_without_hashes_are_fetched_and_hashed(dist, misbehaving):
    misbehaving.name_hash = lambda _data: ""
    assert publish(release_of(dist), misbehaving.index, dist=dist).complete
    again = publish(release_of(dist), misbehaving.index, dist=dist)
    assert {each.action for each in again.files} == {Action.IDENTICAL}
    make_wheel(dist, body="VALUE = 2\n")
    with pytest.raises(Unfinished) as caught:
        publish(release_of(dist), misbehaving.index, dist=dist)
    assert isinstance(caught.value.cause, Refused)


def test_an_index_that_lies_about_its_bytes(dist, misbehaving):
    first = "tiny_demo-1.0-py3-none-any.whl"
    publish(release_of(dist), misbehaving.index, dist=dist)
    true = {name: hashlib.sha256(data).hexdigest() for name, data in misbehaving.files.items()}
    by_bytes = {data: true[name] for name, data in misbehaving.files.items()}
    bad = misbehaving.files[first][:-1] + b"!"
    by_bytes[bad] = true[first]
    misbehaving.files[first] = bad
    misbehaving.name_hash = lambda data: f"#sha256={by_bytes[data]}"
    with pytest.raises(Unfinished, match="gives other bytes") as caught:
        publish(release_of(dist), misbehaving.index, dist=dist)
    assert true[first] in texts(caught.value)
    assert hashlib.sha256(bad).hexdigest() in texts(caught.value)


def test_html_where_json_was_promised(dist, misbehaving):
    misbehaving.promise = "application/vnd.pypi.simple.v1+json"
    assert publish(release_of(dist), misbehaving.index, dist=dist).complete


def test_a_sign_in_page(dist, misbehaving):
    misbehaving.page = b'<html><form><input type="password"></form></html>'
    with pytest.raises(MachineError, match="asks for a password"):
        publish(release_of(dist), misbehaving.index, dist=dist)
    assert misbehaving.posts == 0


# --- the index in the foreground ---------------------------------------------------------------

SERVE = """
import sys
from pathlib import Path
from shipwheel.indexes.server import serve
serve(Path(sys.argv[1]), int(sys.argv[2]), lambda event: print(event.text, flush=True))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process on Windows")
def test_an_index_served_until_ctrl_c(tmp_path):
    port = free_port()
    folder = tmp_path / "new folder"
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as serving:
        assert serving.stdout is not None
        assert f"http://127.0.0.1:{port}/simple/" in serving.stdout.readline()
        with SimpleIndex(index_at(f"http://127.0.0.1:{port}/")) as reader:
            assert reader.page("anything").form == "none"
        serving.send_signal(signal.SIGINT)
        assert serving.wait(10) == 0
    with pytest.raises(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", port))):
        pass


ORPHANING = """
import os, sys
from pathlib import Path
from shipwheel.indexes.server import throw_away_index
with throw_away_index(Path(sys.argv[1])) as index:
    print(index.simple, flush=True)
    os._exit(137)
"""


def test_no_index_outlives_a_killed_process(tmp_path):
    died = subprocess.run(
        [sys.executable, "-c", ORPHANING, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == 137
    port = int(died.stdout.strip().removesuffix("/simple/").rpartition(":")[2])
    deadline = time.monotonic() + 20
    while listens(port):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_port_that_is_taken(tmp_path, pypiserver):
    from shipwheel.indexes.server import serve

    port = int(pypiserver.index.upload.rstrip("/").rpartition(":")[2])
    with pytest.raises(MachineError, match=f"port {port} of this machine is taken"):
        serve(tmp_path / "other", port)


# --- trusted publishing ------------------------------------------------------------------------

MINTED = "pypi-minted-0815"
# in a JSON web token's form: header, claims, signature
IDENTITY = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg": "none"}', b'{"aud": "stand-in"}', b"signature")
)


@dataclass
class Trusting:
    """An index with the endpoints of trusted publishing, and a CI's that gives identity tokens.

    The upload side speaks TLS, as twine asks; `mints` says whether it knows the publisher.
    """

    state: Misbehaving = field(default_factory=Misbehaving)
    upload_port: int = 0
    mints: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    @property
    def index(self) -> Index:
        return Index(
            name="trusting",
            upload=f"https://127.0.0.1:{self.upload_port}/legacy/",
            simple=f"http://127.0.0.1:{self.state.port}/simple/",
        )


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that signs itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here, and trusted publishing speaks TLS alone")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return cert, key


def upload_side(trust: Trusting) -> type[BaseHTTPRequestHandler]:
    class Uploads(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/_/oidc/audience"
            reply(self, 200, b'{"audience": "stand-in"}')

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/legacy/":
                trust.authorizations.append(self.headers.get("Authorization", ""))
                keep(trust.state, body)
                reply(self, 200)
                return
            trust.asked.append(("mint", json.loads(body)["token"]))
            if trust.mints:
                reply(self, 200, json.dumps({"token": MINTED, "success": True}).encode())
            else:
                error = {"code": "invalid-publisher", "description": "no publisher matched"}
                reply(self, 422, json.dumps({"errors": [error]}).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    return Uploads


def reading_side(trust: Trusting) -> type[BaseHTTPRequestHandler]:
    class Reading(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/token"):
                trust.asked.append((self.path, self.headers["Authorization"]))
                reply(self, 200, json.dumps({"value": IDENTITY}).encode())
            elif self.path.startswith("/files/"):
                data = trust.state.files.get(self.path.rpartition("/")[2])
                reply(self, 200, data) if data is not None else reply(self, 404)
            else:
                reply(self, 200, trust.state.listing(), Content_Type=trust.state.promise)

        def log_message(self, *_args: Any) -> None:
            pass

    return Reading


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[tuple[Trusting, Path]]:
    cert, key = certificate(tmp_path)
    trust = Trusting()
    uploads = ThreadingHTTPServer(("127.0.0.1", 0), upload_side(trust))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    uploads.socket = context.wrap_socket(uploads.socket, server_side=True)
    rest = ThreadingHTTPServer(("127.0.0.1", 0), reading_side(trust))
    trust.upload_port, trust.state.port = uploads.server_address[1], rest.server_address[1]
    threads = []
    for server in (uploads, rest):
        server.daemon_threads = True
        threads.append(threading.Thread(target=server.serve_forever, args=(0.05,)))
        threads[-1].start()
    yield trust, cert
    for server, thread in zip((uploads, rest), threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


def job_of(trust: Trusting, cert: Path) -> dict[str, str]:
    """Give the variables of a GitHub job that may ask for an identity token, and has a password too."""
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{trust.state.port}/token?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token-1",
        "TWINE_USERNAME": USER,
        "TWINE_PASSWORD": PASSWORD,
        "TWINE_CERT": str(cert),
        "REQUESTS_CA_BUNDLE": str(cert),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def test_trusted_publishing_with_the_jobs_identity_alone(dist, trusting, tools):
    trust, cert = trusting
    folder = dist.parent
    write_release(
        folder / "release.json",
        msgspec.structs.replace(release_of(dist), index="trusting", target=trust.index),
    )
    send = ("publish", "--release", "release.json", "--trusted-publishing")

    trust.mints = False
    refused = tools.shipwheel(folder, *send, env=job_of(trust, cert))
    assert refused.code == 1, refused.text
    assert "trusted publishing failed" in refused.err
    assert "no publisher matched" in refused.err, refused.text
    assert trust.authorizations == [], "no password takes the place of a token that was not minted"

    nobodys = {k: v for k, v in job_of(trust, cert).items() if not k.startswith("ACTIONS_")}
    missing = tools.shipwheel(folder, *send, env=nobodys)
    assert missing.code == 1, missing.text
    assert "id-token: write" in missing.err
    assert trust.authorizations == []

    trust.mints = True
    trust.asked.clear()
    sent = tools.shipwheel(folder, *send, env=job_of(trust, cert))
    assert sent.code == 0, sent.text
    assert trust.asked[:2] == [
        ("/token?x=1&audience=stand-in", "bearer request-token-1"),
        ("mint", IDENTITY),
    ]
    minted = "Basic " + base64.b64encode(f"__token__:{MINTED}".encode()).decode()
    assert set(trust.authorizations) == {minted}
    assert len(trust.authorizations) == 3
    assert MINTED not in sent.text
    assert PASSWORD not in sent.text
    assert {
        name: hashlib.sha256(data).hexdigest() for name, data in trust.state.files.items()
    } == held(dist)
