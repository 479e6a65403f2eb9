"""Publishing where the road is not plain: TLS, proxies, indexes that take nothing, large files, two at once."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypi_server
import pytest
from dying import leaks, project_with
from fault_proxy import fault_proxy, refusing_early
from index_servers import HTPASSWD, PASSWORD, USER, devpi_token, index_on_devpi
from publisher import Call, published
from roads import HOST, certificate, tls, tunnel
from tiny_release import held

from shipwheel.files import sha256
from shipwheel.indexes.server import throw_away_index
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.planning.job import Scope

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="processes are copied as POSIX does it"),
]
TAGS = ("py3",)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a publisher that has a password and nothing else."""
    return {
        "HOME": os.fspath(tmp_path),
        "PATH": os.environ.get("PATH", ""),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "TWINE_USERNAME": USER,
        "TWINE_PASSWORD": PASSWORD,
    }


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder


# --- TLS and proxies ---------------------------------------------------------------------------


@contextlib.contextmanager
def encrypted(packages: Path, cert: Path) -> Iterator[int]:
    """Serve packages by pypiserver behind TLS; give the port."""
    with (
        pypi_server.serving(packages) as index,
        fault_proxy(index.upload.rstrip("/"), tls(cert)) as proxy,
    ):
        yield proxy.port


def test_a_certificate_that_nobody_vouches_for(tmp_path, packages, environ):
    project = project_with(tmp_path / "project", TAGS)
    with encrypted(packages, certificate(tmp_path)) as port:
        told = published(Call(project, f"https://127.0.0.1:{port}/", environ))
    assert told.code == 3, told.text
    assert "a certificate that this machine does not know" in told.text
    assert "REQUESTS_CA_BUNDLE" in told.text
    assert told.waits == (), "no other attempt changes that"
    assert leaks(PASSWORD, project) == []


@pytest.mark.parametrize("hours", [24, -24], ids=["behind", "ahead"])
def test_a_clock_that_is_wrong(tmp_path, packages, environ, hours):
    project = project_with(tmp_path / "project", TAGS, scope=Scope.RELEASE)
    cert = certificate(tmp_path, hours=hours)
    with encrypted(packages, cert) as port, tunnel(port) as proxy:
        road = {"HTTPS_PROXY": proxy.url, "REQUESTS_CA_BUNDLE": os.fspath(cert)}
        told = published(Call(project, f"https://{HOST}/", {**environ, **road}))
    assert told.code == 3, told.text
    assert "a certificate that is not valid now" in told.text
    assert "clock" in told.text
    assert told.waits == ()


def test_a_release_through_a_proxy_that_asks_for_a_name(tmp_path, packages, environ):
    project = project_with(tmp_path / "project", TAGS, scope=Scope.RELEASE)
    cert = certificate(tmp_path)
    with encrypted(packages, cert) as port, tunnel(port, "proxy-geheim-0815") as proxy:
        road = {"HTTPS_PROXY": proxy.url, "REQUESTS_CA_BUNDLE": os.fspath(cert)}
        told = published(Call(project, f"https://{HOST}/", {**environ, **road}))
        assert told.code == 0, told.text
        assert held(packages) == held(project / "dist")
        assert set(proxy.asked) == {f"{HOST}:443"}
        assert leaks(PASSWORD, project) + leaks(proxy.password, project) == []

        road["HTTPS_PROXY"] = proxy.url.replace("geheim", "wrong")
        told = published(Call(project, f"https://{HOST}/", {**environ, **road}))
        assert told.code == 3, told.text
        assert "the proxy does not lead to the index" in told.text
        assert "407" in told.text
        assert told.waits == ()
        assert leaks("proxy-wrong-0815", project) == []


# --- indexes that take nothing -----------------------------------------------------------------


def test_a_static_index_takes_no_uploads(tmp_path, environ):
    (tmp_path / "site" / "simple" / "tiny-demo").mkdir(parents=True)
    project = project_with(tmp_path / "project", TAGS)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=os.fspath(tmp_path / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        told = published(Call(project, url, environ))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert told.code == 1, told.text
    assert "501 Unsupported method" in told.text
    assert "the URL at which the index takes uploads" in told.text
    assert told.waits == ()
    assert leaks(PASSWORD, project) == []


def test_an_index_where_this_user_may_only_read(tmp_path, packages, environ):
    project = project_with(tmp_path / "project", TAGS)
    (tmp_path / "htpasswd").write_text(HTPASSWD.replace(USER, "another"))
    with pypi_server.serving(packages, passwords=tmp_path / "htpasswd", guards="update") as index:
        told = published(Call(project, index.upload, environ))
        assert told.code == 1, told.text
        assert "403 Forbidden" in told.text
        assert told.waits == ()
        nobody = {name: value for name, value in environ.items() if "TWINE" not in name}
        told = published(Call(project, index.upload, nobody))
        assert told.code == 3, told.text
        assert "asks for a password that is not there" in told.text
    assert list(packages.iterdir()) == []
    assert leaks(PASSWORD, project) == []


# --- two at once -------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["ours", "devpi"])
def busy(request, tmp_path_factory):
    """Give a URL of an index and credentials; pypiserver lists files that are half written."""
    if request.param == "devpi":
        server = request.getfixturevalue("devpi_server")
        yield (
            index_on_devpi(server),
            {"TWINE_USERNAME": USER, "TWINE_PASSWORD": devpi_token(server)},
        )
    else:
        with throw_away_index(tmp_path_factory.mktemp("busy")) as index:
            yield index, {}


def test_the_same_release_twice_at_once(tmp_path, busy, environ):
    index, credentials = busy
    projects = [project_with(tmp_path / str(number), version="1.0") for number in range(3)]
    for project in projects[1:]:  # the same bytes, as of one build
        for path in (projects[0] / "dist").iterdir():
            (project / "dist" / path.name).write_bytes(path.read_bytes())
        (project / "release.json").write_bytes((projects[0] / "release.json").read_bytes())
    calls = [Call(each, index.simple, {**environ, **credentials}) for each in projects]
    with ThreadPoolExecutor(len(calls)) as pool:
        told = list(pool.map(published, calls))
    assert [each.code for each in told] == [0, 0, 0], "\n".join(each.text for each in told)
    assert on(index, credentials) == held(projects[0] / "dist")


def test_two_releases_under_one_version_do_not_both_succeed(tmp_path, busy, environ):
    index, credentials = busy
    bodies = ("VALUE = 1\n", "VALUE = 2\n")
    projects = [
        project_with(tmp_path / str(number), TAGS, body, version="2.0")
        for number, body in enumerate(bodies)
    ]
    calls = [Call(each, index.simple, {**environ, **credentials}) for each in projects]
    with ThreadPoolExecutor(len(calls)) as pool:
        told = list(pool.map(published, calls))
    whole = [held(each / "dist") for each in projects]
    there = {name: value for name, value in on(index, credentials).items() if "-2.0" in name}
    for each, files in zip(told, whole, strict=True):
        assert (each.code == 0) == (there == files), each.text
        assert each.code == 0 or "other-bytes: " in each.text
    assert 1 in [each.code for each in told]


def on(index, credentials):
    who = (credentials["TWINE_USERNAME"], credentials["TWINE_PASSWORD"]) if credentials else None
    with SimpleIndex(index, who) as reader:
        return {each.filename: reader.digest(each)[0] for each in reader.page("tiny-demo").files}


# --- a large file ------------------------------------------------------------------------------


def test_a_hundred_megabytes_take_no_memory(tmp_path, packages, environ):
    project = project_with(tmp_path / "project", TAGS, random_text(100 << 20))
    (wheel,) = (project / "dist").glob("*.whl")
    assert wheel.stat().st_size > 100 << 20
    with throw_away_index(packages) as index, fault_proxy(index.upload.rstrip("/")) as proxy:
        proxy.spoils = {("upload", 1): refusing_early(413)}
        told = published(Call(project, proxy.url(), environ))
        assert told.code == 1, told.text
        assert "413" in told.text, "what is answered before all was sent is heard"
        assert proxy.sent().total() == 1
        told = published(Call(project, index.upload, environ))
        assert told.code == 0, told.text
        assert told.peak < 150e6, told.peak
        assert sha256(packages / wheel.name) == sha256(wheel)


def random_text(size: int) -> str:
    return os.urandom(1 << 19).hex() * (size >> 20)


# --- passwords in the list of processes ----------------------------------------------------------


def test_no_process_has_the_password_in_its_arguments(tmp_path, packages, environ, tools):
    if not Path("/proc/self/cmdline").is_file():
        pytest.skip("this system has no /proc to read the arguments of processes from")
    this = f"{sys.version_info.major}.{sys.version_info.minor}"
    project = project_with(tmp_path / "project", TAGS, pythons=(this,))
    (tmp_path / "htpasswd").write_text(HTPASSWD)
    seen: set[bytes] = set()
    over = threading.Event()
    watcher = threading.Thread(target=watch, args=(seen, over))
    with pypi_server.serving(packages, passwords=tmp_path / "htpasswd") as index:
        watcher.start()
        try:
            call = ("publish", "--release", "release.json", "--to", index.upload)
            sent = tools.shipwheel(project, *call, env=environ)
            installed = tools.shipwheel(project, *call, "--read-back", env=environ)
        finally:
            over.set()
            watcher.join()
    assert (sent.code, installed.code) == (0, 0), sent.text + installed.text
    assert any(b"\0install\0" in each and b"/simple/" in each for each in seen), installed.text
    assert not [each for each in seen if PASSWORD.encode() in each]
    assert PASSWORD not in sent.text + installed.text
    assert leaks(PASSWORD, project) == []


def watch(seen: set[bytes], over: threading.Event) -> None:
    """Collect the arguments of all processes until it is over."""
    while not over.is_set():
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                seen.add(each.read_bytes())
        time.sleep(0.002)
