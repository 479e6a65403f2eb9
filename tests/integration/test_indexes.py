"""Indexes of our own against real clients: pip, uv, twine, a static host, and a publisher that is killed."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import index_servers
import msgspec
import pypi_server
import pytest
import requests
from index_servers import PASSWORD, USER
from tiny_release import held, make_sdist, make_wheel, release_of

from shipwheel.errors import ShipwheelError
from shipwheel.files import sha256, written_aside
from shipwheel.indexes.guard import Guard
from shipwheel.indexes.in_folder import reach
from shipwheel.indexes.known import Index, find_index, index_in
from shipwheel.indexes.server import free_port, server_command, throw_away_index
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.indexes.yanking import yank
from shipwheel.machine.here import this_machine
from shipwheel.planning.job import Scope
from shipwheel.process import background
from shipwheel.project.config import IndexConfig
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.publication import Action, Unfinished
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import Release

pytestmark = pytest.mark.integration

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
UV = Path(sys.executable).with_name("uv")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "dist"
    folder.mkdir(parents=True)
    for tag in ("py3", "py2.py3"):
        make_wheel(folder, tag=tag)
    make_sdist(folder)
    return folder


def released(dist: Path) -> Release:
    return release_of(dist, scope=Scope.RELEASE, pythons=(THIS,))


@contextlib.contextmanager
def static_host(folder: Path, log: Path) -> Iterator[str]:
    """Serve a folder as any static host does; give the URL of its simple API."""
    port = free_port()
    serve = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with background([*serve, "--directory", str(folder)], log=log):
        ready(port)
        yield f"http://127.0.0.1:{port}/simple/"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Give the Python of an empty environment with pip."""
    place = tmp_path / "environment"
    make = [UV, "venv", "-q", "--seed", "--python", sys.executable, place]
    subprocess.run(make, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return place / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(tool: str, python: Path, url: str, *what: str) -> subprocess.CompletedProcess[str]:
    """Install from one index alone: no configuration of this machine names another."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
    calls = {
        "pip": [python, "-m", "pip", "install", "--no-cache-dir", "-v"],
        "uv": [UV, "pip", "install", "--no-cache", "--no-config", "--python", python],
    }
    command = [
        *calls[tool],
        "--index-url",
        url,
        "--only-binary",
        ":all:",
        "--force-reinstall",
        *what,
    ]
    return subprocess.run(
        list(map(str, command)),
        env={**kept, "PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


# --- passwords ---------------------------------------------------------------------------------


def send(tool: str, index: Index, dist: Path, password: str) -> subprocess.CompletedProcess[str]:
    """Upload a folder's files as somebody who uses another tool does; the password is in no argument."""
    files = sorted(map(str, dist.iterdir()))
    calls = {
        "twine": [sys.executable, "-m", "twine", "upload", "--repository-url", index.upload],
        "uv": [UV, "publish", "--publish-url", index.upload],
    }
    who = {
        "TWINE_USERNAME": USER,
        "TWINE_PASSWORD": password,
        "UV_PUBLISH_USERNAME": USER,
        "UV_PUBLISH_PASSWORD": password,
    }
    return subprocess.run(
        list(map(str, [*calls[tool], *files])),
        env={**os.environ, **who, "NO_PROXY": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("reading", [False, True])
def test_an_index_that_asks_who_you_are(dist, tmp_path, environment, reading, monkeypatch):
    folder, log = tmp_path / "packages", tmp_path / "log"
    guard = Guard(USER, PASSWORD, reading=reading)
    for name in ("TWINE_USERNAME", "TWINE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with throw_away_index(folder, log=log, guard=guard) as index:
        tool = "uv" if reading else "twine"
        wrong = send(tool, index, dist, "wrong")
        assert wrong.returncode != 0
        assert "401" in wrong.stdout + wrong.stderr
        assert not folder.exists() or held(folder) == {}
        with pytest.raises(ShipwheelError, match="password"):
            publish(released(dist), index, dist=dist)
        done = send(tool, index, dist, PASSWORD)
        assert done.returncode == 0, done.stdout + done.stderr
        assert held(folder) == held(dist)

        url = index.simple
        mine = url.replace("://", f"://{USER}:{PASSWORD}@")
        for installer in ("pip", "uv") if reading else ("uv",):
            anybody = install(installer, environment, url, "tiny-demo")
            assert (anybody.returncode == 0) is not reading, anybody.stdout + anybody.stderr
            known = install(installer, environment, mine, "tiny-demo")
            assert known.returncode == 0, known.stdout + known.stderr

        monkeypatch.setenv("TWINE_USERNAME", USER)
        monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)
        again = publish(released(dist), index, dist=dist)
        assert {each.action for each in again.files} == {Action.IDENTICAL}
        assert again.complete
    assert PASSWORD not in log.read_text()


def test_the_password_of_an_index_is_in_no_command(tmp_path):
    if not Path("/proc/self/cmdline").is_file():
        pytest.skip("this system has no /proc to read the arguments of processes from")
    password = "in-no-command-0815"  # nobody else's: other tests run beside this one
    with throw_away_index(tmp_path / "packages", guard=Guard(USER, password)) as index:
        assert requests.get(index.simple, timeout=10).ok
        said = list(commands())
    assert [each for each in said if b"shipwheel.indexes.served" in each]
    assert not [each for each in said if password.encode() in each]


def commands() -> Iterator[bytes]:
    """Give the command of every process that this user may see."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


# --- two weeks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "closed"), [(13, False), (15, True)])
def test_half_a_release_is_completed_within_two_weeks(dist, tmp_path, days, closed):
    folder = tmp_path / "packages"
    folder.mkdir()
    first = next(dist.glob("*.whl"))
    shutil.copy(first, folder)
    came = time.time() - days * 24 * 3600
    os.utime(folder / first.name, (came, came))
    with throw_away_index(folder) as served:
        urls = IndexConfig(upload=served.upload, simple=served.simple, kind="pypi")
        index = find_index("a-pypi", {}, {"a-pypi": urls})
        planned = publish(released(dist), index, dist=dist, dry_run=True)
        assert [each.partition(":")[0] for each in planned.intent.reasons] == (
            ["window-closed"] if closed else []
        )
        if closed:
            with pytest.raises(Unfinished, match="refused") as caught:
                publish(released(dist), index, dist=dist)
            assert "takes files of a version for 14 days" in "\n".join(caught.value.lines())
            assert list(held(folder)) == [first.name], "nothing was sent"
        else:
            assert publish(released(dist), index, dist=dist).complete
            assert held(folder) == held(dist)


# --- a folder for a static host ----------------------------------------------------------------


def test_a_release_into_a_folder_that_a_static_host_serves(dist, tmp_path, environment):
    index = index_in(tmp_path / "site")
    release = released(dist)
    planned = publish(release, index, dist=dist, dry_run=True)
    assert {each.action for each in planned.files} == {Action.PENDING}
    assert not (tmp_path / "site").exists()

    def installs(page):
        return try_installs(
            release, index, page, machine=this_machine(), folder=tmp_path / "installs"
        )

    publication = publish(release, index, dist=dist, install=installs)
    assert publication.complete
    assert [(each.python, each.ok) for each in publication.installs] == [(THIS, True)]
    again = publish(release, index, dist=dist)
    assert {each.action for each in again.files} == {Action.IDENTICAL}

    log = tmp_path / "host.log"
    with static_host(tmp_path / "site", log) as url:
        for tool in ("pip", "uv"):
            pinned = tmp_path / "pinned.txt"
            hashes = " ".join(f"--hash=sha256:{digest}" for digest in held(dist).values())
            pinned.write_text(f"tiny-demo==1.0 {hashes}\n")
            done = install(tool, environment, url, "--require-hashes", "-r", str(pinned))
            assert done.returncode == 0, done.stdout + done.stderr
            subprocess.run([environment, "-c", "import tiny_demo"], check=True)
        with SimpleIndex(Index(name="host", upload=url, simple=url)) as reader:
            page = reader.page("tiny-demo")
            assert page.form == "html"
            assert {each.filename: reader.digest(each)[0] for each in page.files} == held(dist)
    # an installer that is not held to hashes reads METADATA alone before it chooses
    assert 'py3-none-any.whl.metadata HTTP/1.1" 200' in log.read_text()


def _publish_until(dist: Path, site: Path, fatal: int, steps: object) -> None:
    """Publish, and be killed at one of the steps that change the disk; tell how many there are."""
    count = 0
    changing = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}

    def look(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT
        if event in changing or writes:
            count += 1
            if count == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    publish(released(dist), index_in(site), dist=dist)
    steps.put(count)  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_publisher_killed_at_any_step_is_completed_by_the_same_command(dist, tmp_path):
    fork = multiprocessing.get_context("fork")
    steps = fork.SimpleQueue()

    def run(site: Path, fatal: int) -> int | None:
        process = fork.Process(target=_publish_until, args=(dist, site, fatal, steps))
        process.start()
        process.join(60)
        return process.exitcode

    assert run(tmp_path / "whole", 0) == 0
    total = steps.get()
    assert total > 30, "each of the files, pages and notes is written"
    for fatal in range(1, total + 1):
        site = tmp_path / f"site-{fatal}"
        forget(dist)
        assert run(site, fatal) == -signal.SIGKILL
        assert_no_half_file(site, dist)
        assert publish(released(dist), index_in(site), dist=dist).complete
        with SimpleIndex(index_in(site)) as reader:
            files = reader.page("tiny-demo").files
        assert {each.filename: each.sha256 for each in files} == held(dist)
        assert visible(site) == visible(tmp_path / "whole")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_two_releases_at_once_into_one_folder(tmp_path):
    fork = multiprocessing.get_context("fork")
    site = tmp_path / "site"

    def run(version: str) -> None:
        folder = tmp_path / version / "dist"
        folder.mkdir(parents=True)
        for minor in range(8):
            make_wheel(folder, version, tag=f"py3{minor}")
        make_sdist(folder, version)
        publish(
            release_of(folder, version=version, scope=Scope.RELEASE), index_in(site), dist=folder
        )

    running = [fork.Process(target=run, args=(version,)) for version in ("1.0", "2.0", "3.0")]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
    assert [each.exitcode for each in running] == [0, 0, 0]
    with SimpleIndex(index_in(site)) as reader:
        listed = {each.filename for each in reader.page("tiny-demo").files}
    made = {path.name for path in tmp_path.glob("*/dist/*")}
    assert len(made) == 27
    assert listed == made


def forget(dist: Path) -> None:
    """Forget what an earlier run noted: each is the first of its folder."""
    for path in (dist.parent / ".shipwheel").glob("*"):
        if path.is_file():
            path.unlink()


def visible(site: Path) -> set[str]:
    names = (path.relative_to(site) for path in site.rglob("*"))
    return {each.as_posix() for each in names if not any(p.startswith(".") for p in each.parts)}


def assert_no_half_file(site: Path, dist: Path) -> None:
    """What a static host would serve of a dead upload are whole files."""
    for path in site.rglob("tiny_demo*"):
        if path.name in held(dist) and not any(p.startswith(".") for p in path.parts):
            assert sha256(path) == held(dist)[path.name]


# --- what the records say of each kind ---------------------------------------------------------


@contextlib.contextmanager
def running(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Index, tuple[str, str] | None]]:
    """Serve an empty index of a kind; give it, and who may send files."""
    place = folder / "packages"
    if kind == "folder":
        yield index_in(place), None
        return
    place.mkdir()
    if kind == "shipwheel":
        with throw_away_index(place, log=folder / "log") as index:
            yield index, None
    elif kind == "pypiserver":
        with pypi_server.serving(place, log=folder / "log") as index:
            yield msgspec.structs.replace(index, kind=kind), None
    else:
        server = request.getfixturevalue("devpi_server")
        yield index_servers.index_on_devpi(server), (USER, PASSWORD)


@pytest.mark.parametrize("kind", ["pypiserver", "devpi", "folder", "shipwheel"])
def test_an_index_answers_as_its_record_says(kind, tmp_path, request):
    made = [make_one(tmp_path / each) for each in ("one", "two")]
    with running(kind, tmp_path, request) as (index, who):
        said = index.capabilities
        assert said.kind == kind
        with requests.Session() as session:
            session.trust_env = False
            session.auth = who
            session.headers["User-Agent"] = "twine/7"
            reach(session, index)
            first, again, other = (form(session, index, made[at]) for at in (0, 0, 1))
        assert first == 200
        assert (again == 200) is (said.same_bytes == "taken")
        assert other in said.refusal
        with SimpleIndex(index) as reader:
            page = reader.page("tiny-demo")
        (file,) = page.files
        assert file.sha256 == sha256(made[0]), "whatever was sent after it"
        if kind != "folder":  # our own reader gets a folder's JSON; a static host's users do not
            assert (page.form == "json") is said.json_pages
        assert (file.uploaded is not None) is said.upload_times


def make_one(folder: Path) -> Path:
    folder.mkdir()
    return make_wheel(folder, body=f"VALUE = {folder.name!r}\n")


def form(session: requests.Session, index: Index, path: Path) -> int:
    fields = {":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1"}
    fields |= {"name": "tiny-demo", "version": "1.0", "filetype": "bdist_wheel", "pyversion": "py3"}
    files = {"content": (path.name, path.read_bytes())}
    return session.post(index.upload, data=fields, files=files, timeout=60).status_code


# --- our own server ----------------------------------------------------------------------------


def test_pip_uv_and_twine_against_our_server(dist, tmp_path, environment):
    folder = tmp_path / "packages"
    folder.mkdir()
    make_wheel(folder, "0.9")
    log = tmp_path / "server.log"
    with throw_away_index(folder, log=log) as index:
        twine = [sys.executable, "-m", "twine", "upload", "--disable-progress-bar"]
        where = ["--repository-url", index.upload, "-u", "nobody", "-p", "nothing"]
        files = sorted(map(str, dist.iterdir()))
        for _ in range(2):  # the same bytes are taken again
            sent = subprocess.run(
                [*twine, *where, *files], check=False, capture_output=True, text=True
            )
            assert sent.returncode == 0, sent.stdout + sent.stderr
        assert held(dist).items() <= held(folder).items()

        for tool in ("pip", "uv"):
            done = install(tool, environment, index.simple, "tiny-demo")
            assert done.returncode == 0, done.stdout + done.stderr
            assert version_in(environment) == "1.0"
        # upload times: of two versions, uv takes what was there by then
        os.utime(folder / "tiny_demo-0.9-py3-none-any.whl", (1.5e9, 1.5e9))
        by_then = install(
            "uv", environment, index.simple, "tiny-demo", "--exclude-newer", "2020-01-01T00:00:00Z"
        )
        assert by_then.returncode == 0, by_then.stderr
        assert version_in(environment) == "0.9"
        # yanked: taken where it is pinned, with the reason told, and not otherwise
        yank(folder, "tiny-demo==1.0", "it loses data")
        for tool in ("pip", "uv"):
            assert install(tool, environment, index.simple, "tiny-demo").returncode == 0
            assert version_in(environment) == "0.9"
            pinned = install(tool, environment, index.simple, "tiny-demo==1.0")
            assert pinned.returncode == 0
            assert "it loses data" in pinned.stdout + pinned.stderr
    assert "GET '/simple/tiny-demo/' 200" in log.read_text()


def version_in(python: Path) -> str:
    script = "from importlib.metadata import version; print(version('tiny-demo'))"
    done = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="memory is read from /proc")
def test_a_large_file_costs_the_server_no_memory(dist, tmp_path):
    large = dist / "tiny_demo-1.0-py30-none-any.whl"
    with written_aside(large) as file:
        file.write((dist / "tiny_demo-1.0-py3-none-any.whl").read_bytes())
        for _ in range(100):
            file.write(os.urandom(1 << 20))
    folder = tmp_path / "packages"
    folder.mkdir()
    port = free_port()
    with subprocess.Popen(
        server_command(folder, port, "/health"), stderr=subprocess.DEVNULL
    ) as server:
        try:
            url = f"http://127.0.0.1:{port}/"
            ready(port)
            with large.open("rb") as body:
                answer = upload(url, body)
            assert answer == 200
            peak = (Path("/proc") / str(server.pid) / "status").read_text().partition("VmHWM:")[2]
            assert int(peak.split()[0]) < 100 << 10, "kB"
        finally:
            server.terminate()
    assert sha256(folder / large.name) == sha256(large)


def upload(url: str, body: object) -> int:
    from requests_toolbelt import MultipartEncoder

    name = "tiny_demo-1.0-py30-none-any.whl"
    form = MultipartEncoder(
        {
            ":action": "file_upload",
            "name": "tiny-demo",
            "version": "1.0",
            "content": (name, body, "application/octet-stream"),
        }
    )
    with requests.Session() as session:
        session.trust_env = False
        kind = {"Content-Type": form.content_type}
        return session.post(url, data=form, headers=kind, timeout=60).status_code


def ready(port: int) -> None:
    for _ in range(400):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.connect()
            return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")
