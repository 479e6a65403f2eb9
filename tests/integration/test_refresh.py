"""The maintainer's command against a server and git repositories of this machine: `nox -s refresh`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shipwheel.data.catalog import data_text, load_catalog

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
FILES = ("pythons", "runners", "actions", "images")
INDEX = "application/vnd.oci.image.index.v1+json"
NEW_DIGEST = f"sha256:{'1f' * 32}"
TODAY = "2027-11-30"

README = """# Runner Images

## Available Images

| Image | Architecture | YAML Label | Included Software |
| --------------------|--------------|---------------------|------------------|
| Ubuntu 28.04 Arm64 ![preview](https://img.example/badge/preview)<br>![Endpoint Badge](https://img.example/u.json) | arm64 | `ubuntu-28.04-arm` | [ubuntu-28.04-arm64] |
| Ubuntu 24.04 [![deprecated](https://img.example/badge/deprecated)](https://issues.example/1)<br>![Endpoint Badge](https://img.example/v.json) | x64 | `ubuntu-latest` or `ubuntu-24.04` | [ubuntu-24.04] |
| Windows Server 2025<br>![Endpoint Badge](https://img.example/w.json) | x64 | `windows-latest`, `windows-2025`, or `windows-2025-vs2026` | [windows-2025] |

| Tool name | Installation strategy |
|-----------|-----------------------|
| Go        | `3` latest |
"""


def release_cycle(**changes: str) -> str:
    """Give peps.python.org's answer in its form, with other statuses by version."""
    said = {}
    for python in load_catalog().pythons:
        if python.implementation == "cpython":
            said[python.version] = {
                "branch": "main" if python.status == "feature" else python.version,
                "pep": python.pep,
                "status": changes.get(f"v{python.version.replace('.', '_')}", python.status),
                "first_release": str(python.first_release),
                "end_of_life": python.end_of_life,
                "release_manager": "Somebody",
            }
    return json.dumps(said, indent=2)


def pypy_versions() -> str:
    """Give PyPy's list in its form: one release for all that we have as maintained."""
    known = [each for each in load_catalog().pythons if each.implementation == "pypy"]
    releases = [
        {
            "pypy_version": "7.3.30" if each.maintained else "7.3.8",
            "python_version": f"{each.version}.4",
            "stable": True,
            "latest_pypy": each.maintained,
            "date": str(each.first_release or "2026-06-01"),
            "files": [{"filename": "x.tar.bz2", "arch": "x64", "platform": "linux"}],
        }
        for each in known
    ]
    nightly = {**releases[-1], "pypy_version": "nightly", "stable": False}
    return json.dumps([nightly, *reversed(releases)])


@dataclass
class World:
    """A server with pages and a registry; what it was asked, and with which passwords."""

    url: str = ""
    pages: dict[str, str | Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    digest: str = NEW_DIGEST
    kind: str = INDEX
    challenge: str = ""
    seen: list[tuple[str, str, str | None]] = field(default_factory=list)


def handler_of(world: World) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a server in one place
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def answer(self, status: int, text: str = "", **headers: str) -> None:
            data = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def do_HEAD(self) -> None:
            allowed = self.headers.get("Authorization")
            world.seen.append(("HEAD", self.path, allowed))
            repository = self.path.split("/manifests/")[0].removeprefix("/v2/")
            scope = f"repository:{repository}:pull"
            if allowed == f"Bearer token-for-{scope}" and INDEX in self.headers["Accept"]:
                self.answer(200, Content_Type=world.kind, Docker_Content_Digest=world.digest)
            else:
                challenge = f'Bearer realm="{world.url}/token",service="here",scope="{scope}"'
                self.answer(401, WWW_Authenticate=world.challenge or challenge)

        def do_GET(self) -> None:
            world.seen.append(("GET", self.path, self.headers.get("Authorization")))
            path, _, query = self.path.partition("?")
            if path == "/token":
                scope = dict(each.split("=") for each in query.split("&"))["scope"]
                text = scope.replace("%3A", ":").replace("%2F", "/")
                self.answer(200, json.dumps({"token": f"token-for-{text}", "expires_in": 300}))
                return
            page = world.pages.get(path)
            if callable(page):
                page(self)
            elif page is None:
                self.answer(404)
            else:
                self.answer(200, page)

    return Handler


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(world))
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    world.pages = {
        "/release-cycle.json": release_cycle(v3_14="security"),
        "/versions.json": pypy_versions(),
        "/README.md": README,
    }
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield world
    server.shutdown()
    server.server_close()
    thread.join()


def git(*words: str, cwd: Path) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "tag.gpgSign=false"]
    done = subprocess.run(
        ["git", *who, *words], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repositories(tmp_path_factory) -> Path:
    """Give a folder with a bare repository for each action; `.commit` beside has the expected one."""
    top = tmp_path_factory.mktemp("repositories")
    work = top / "work"
    work.mkdir()
    git("init", "-q", cwd=work)
    for number in range(3):
        git("commit", "-q", "--allow-empty", "-m", f"commit {number}", cwd=work)
    first, second, third = git("rev-list", "--reverse", "HEAD", cwd=work).split()
    git("tag", "v98.9.9", first, cwd=work)  # a light tag
    git(
        "tag", "-a", "-m", "release", "v99.0.1", second, cwd=work
    )  # an annotated one: an object of its own
    git("tag", "v99", third, cwd=work)
    git("tag", "v100.0.0-rc.1", third, cwd=work)
    assert git("rev-parse", "v99.0.1", cwd=work) != second
    for name in load_catalog().actions:
        git("clone", "-q", "--bare", str(work), str(top / name), cwd=top)
    (top / "commit").write_text(second)
    return top


@pytest.fixture
def data(tmp_path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in FILES:
        (folder / f"{name}.toml").write_text(data_text(name), encoding="utf-8", newline="\n")
    return folder


def refresh(data: Path, world: World, repositories: Path, *more: str, nox: bool = False):
    """Run the command, all its sources being here."""
    places = {
        "--data": data,
        "--release-cycle": f"{world.url}/release-cycle.json",
        "--pypy": f"{world.url}/versions.json",
        "--runner-images": f"{world.url}/README.md",
        "--repositories": repositories,
        "--registry": world.url,
        "--today": TODAY,
        "--timeout": "20",
    }
    words = [str(word) for pair in places.items() for word in pair]
    if nox:
        command = [
            sys.executable,
            "-m",
            "nox",
            "-f",
            str(ROOT / "noxfile.py"),
            "-s",
            "refresh",
            "--",
        ]
    else:
        command = [sys.executable, str(ROOT / ".ci" / "refresh_catalog.py")]
    return subprocess.run(
        [*command, *words, *more],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def read(data: Path, name: str):
    return tomllib.loads((data / f"{name}.toml").read_text("utf-8"))[name.removesuffix("s")]


def bytes_of(data: Path):
    return {path.name: path.read_bytes() for path in data.iterdir()}


def test_all_sources_are_taken_and_a_second_time_changes_no_byte(data, world, repositories):
    done = refresh(data, world, repositories)
    assert done.returncode == 0, done.stderr
    pythons = {row["target"]: row for row in read(data, "pythons")}
    assert pythons["3.14t"]["status"] == pythons["3.14"]["status"] == "security"
    runners = {row["id"]: row for row in read(data, "runners")}
    assert runners["ubuntu-28.04-arm"]["status"] == "preview"
    assert runners["ubuntu-24.04"]["status"] == "deprecated"
    assert runners["windows-2025"]["status"] == "available"
    commit = (repositories / "commit").read_text()
    for row in read(data, "actions"):
        assert (row["version"], row["commit"]) == ("v99.0.1", commit)
    assert {row["digest"] for row in read(data, "images")} == {NEW_DIGEST}
    assert '+status = "security"' in done.stdout
    assert f"+commit = {json.dumps(commit)}" in done.stdout
    assert "actions/checkout v99.0.1: how long it has been out" in done.stdout
    assert "ubuntu-24.04 is deprecated" in done.stdout
    for name in FILES:
        assert f"ead on {TODAY}" in (data / f"{name}.toml").read_text("utf-8")
    before = bytes_of(data)
    again = refresh(data, world, repositories, "--today", "2029-01-01")
    assert (again.returncode, again.stdout) == (0, "nothing has changed\n")
    assert bytes_of(data) == before


def test_nox_runs_it(data, world, repositories):
    done = refresh(data, world, repositories, nox=True)
    assert done.returncode == 0, done.stderr
    assert {row["version"] for row in read(data, "actions")} == {"v99.0.1"}


def test_check_writes_nothing_and_says_by_its_code_what_would_change(data, world, repositories):
    before = bytes_of(data)
    done = refresh(data, world, repositories, "--check")
    assert done.returncode == 1, done.stderr
    assert "+++ actions.toml" in done.stdout
    assert bytes_of(data) == before
    refresh(data, world, repositories)
    assert refresh(data, world, repositories, "--check").returncode == 0


def test_local_files_do_as_well(data, world, repositories, tmp_path):
    for name in ("release-cycle.json", "versions.json", "README.md"):
        (tmp_path / name).write_text(world.pages[f"/{name}"], encoding="utf-8")
    places = {
        "--release-cycle": tmp_path / "release-cycle.json",
        "--pypy": tmp_path / "versions.json",
        "--runner-images": tmp_path / "README.md",
    }
    world.pages = {}
    done = refresh(data, world, repositories, *(str(w) for pair in places.items() for w in pair))
    assert done.returncode == 0, done.stderr
    assert "+++ pythons.toml" in done.stdout
    assert "+++ runners.toml" in done.stdout


def slow(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte now and then: each arrives in time, the whole never does."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    for _ in range(40):
        try:
            request.wfile.write(b" ")
            request.wfile.flush()
        except OSError:
            return
        time.sleep(0.2)


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b"[" * (1 << 16))
    except OSError:
        return


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (None, "the answer was 404"),
        ("<html>sign in</html>", "not what it should be"),
        (slow, "no whole answer in time"),
        (endless, "has more than 8388608 bytes"),
    ],
)
def test_one_source_out_of_reach_stops_no_other(data, world, repositories, page, why):
    before = (data / "pythons.toml").read_bytes()
    world.pages["/release-cycle.json"] = page
    if page is None:
        del world.pages["/release-cycle.json"]
    done = refresh(data, world, repositories, "--timeout", "3")
    assert done.returncode == 3
    assert why in done.stderr
    assert done.stderr.count("not read:") == 1
    assert {row["version"] for row in read(data, "actions")} == {"v99.0.1"}
    assert {row["digest"] for row in read(data, "images")} == {NEW_DIGEST}
    # of the file with two sources, the other one is taken: PyPy's list knows a first release
    assert (data / "pythons.toml").read_bytes().count(b"[[python]]") == before.count(b"[[python]]")
    assert not any(
        row["status"] == "security" for row in read(data, "pythons") if row["target"] == "3.14"
    )


def test_nobody_listening_and_no_repository(data, world, repositories, tmp_path):
    lonely = tmp_path / "some"
    shutil.copytree(repositories / "actions", lonely / "actions")
    dead = ["--release-cycle", "http://127.0.0.1:9/x", "--registry", "http://127.0.0.1:9"]
    done = refresh(data, world, lonely, *dead)
    assert done.returncode == 3
    unread = [line for line in done.stderr.splitlines() if line.startswith("not read: ")]
    outside = [name for name in load_catalog().actions if not name.startswith("actions/")]
    assert len(unread) == 1 + len(outside) + len(load_catalog().images)
    assert sum("neither a URL nor a folder" in line for line in unread) == len(outside)
    assert all(
        "out of reach" in line for line in unread if "127.0.0.1:9" in line or "docker.io" in line
    )
    versions = {row["name"]: row["version"] for row in read(data, "actions")}
    assert versions["actions/checkout"] == "v99.0.1"
    assert all(versions[name] == load_catalog().actions[name].version for name in outside)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "application/vnd.oci.image.manifest.v1+json"}, "of one architecture"),
        ({"digest": "sha256:short"}, "is no digest"),
        ({"digest": ""}, "is no digest"),
        ({"challenge": 'Basic realm="staff"'}, "wants to know who asks"),
        ({"challenge": 'Bearer realm="file:///etc/passwd"'}, "wants to know who asks"),
    ],
)
def test_a_registry_that_answers_otherwise_changes_no_image(data, world, repositories, change, why):
    for name, value in change.items():
        setattr(world, name, value)
    before = (data / "images.toml").read_bytes()
    done = refresh(data, world, repositories)
    assert done.returncode == 3
    assert done.stderr.count(why) == len(load_catalog().images)
    assert (data / "images.toml").read_bytes() == before


def test_nobodys_password_is_sent(data, world, repositories, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password geheim\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert refresh(data, world, repositories).returncode == 0
    sent = {said for _, _, said in world.seen if said is not None}
    assert sent
    assert all(said.startswith("Bearer token-for-") for said in sent)


def test_a_version_that_was_moved_is_not_taken(data, world, repositories):
    text = (data / "actions.toml").read_text("utf-8")
    version = load_catalog().actions["actions/checkout"].version
    ours = text.replace(f'"{version}"', '"v99.0.1"', 1)
    (data / "actions.toml").write_text(ours, encoding="utf-8", newline="\n")
    done = refresh(data, world, repositories)
    assert done.returncode == 3
    assert "v99.0.1 was moved to" in done.stderr
    commit = load_catalog().actions["actions/checkout"].commit
    assert read(data, "actions")[0]["commit"] == commit


def test_a_folder_without_data_is_a_wrong_call(world, repositories, tmp_path):
    assert refresh(tmp_path, world, repositories).returncode == 2
