"""A release that dies and is published again: the places to die at, and what an index has at the end."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypi_server
from fault_proxy import Death, FaultProxy, fault_proxy
from index_servers import USER, devpi, devpi_token, index_on_devpi
from publisher import Call, Publisher, Told, published
from tiny_release import held, make_sdist, make_wheel, release_of

from shipwheel.indexes.known import Index
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.release import write_release

SERVERS = ("pypiserver", "devpi")
TAGS = ("py2.py3", "py3", *(f"py3{minor}" for minor in range(6, 13)))
# ten files: the page, ten uploads, the page again, and each file read back
REQUESTS = 2 + 2 * (len(TAGS) + 1)
DEATHS = tuple(
    (server, Death(number, unseen))
    for server, numbers in (
        ("pypiserver", range(1, REQUESTS + 1)),
        # nothing is written any more where files are read back: the first and the last of those will do
        ("devpi", (*range(1, REQUESTS - len(TAGS) + 1), REQUESTS)),
    )
    for number in numbers
    for unseen in (True, False)
)


@dataclass(frozen=True)
class Site:
    """An index behind a proxy, and how a publisher comes to it. `fresh` gives the path of an empty one."""

    name: str
    proxy: FaultProxy
    environ: Mapping[str, str]
    secret: str
    folder: Path | None = None  # pypiserver's

    def fresh(self) -> Index:
        """Give an empty index on the server itself, not behind the proxy."""
        self.proxy.forget()
        if self.folder is None:
            return index_on_devpi(self.proxy.upstream)
        for path in self.folder.iterdir():
            path.unlink()
        upload = f"{self.proxy.upstream}/"
        return Index(name="pypiserver", upload=upload, simple=f"{upload}simple/", anonymous=True)

    def call(self, project: Path, index: Index) -> Call:
        """Give the call that publishes a project to an index through the proxy."""
        url = self.proxy.url(urlsplit(index.simple).path)
        return Call(project, url, {**self.environ, "HOME": os.fspath(project)})

    def holds(self, index: Index) -> dict[str, str]:
        """Fetch every file that users of the index see, past the proxy; give names and hashes."""
        user, password = self.environ["TWINE_USERNAME"], self.environ["TWINE_PASSWORD"]
        with SimpleIndex(index, (user, password)) as reader:
            files = reader.page("tiny-demo").files
            return {each.filename: reader.digest(each)[0] for each in files}


@contextlib.contextmanager
def site(name: str, folder: Path, server: str | None = None) -> Iterator[Site]:
    """Start a server, or take a devpi that runs, and a proxy before it."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        files = None
        secret = "geheim-4711-pass"
        if name == "devpi":
            server = server or stack.enter_context(devpi(folder))
            secret = devpi_token(server)
        else:
            files = folder / "packages"
            files.mkdir()
            server = stack.enter_context(pypi_server.serving(files, log=folder / "log")).upload
        proxy = stack.enter_context(fault_proxy(server.rstrip("/")))
        environ = {
            "TWINE_USERNAME": USER,
            "TWINE_PASSWORD": secret,
            "PATH": os.environ.get("PATH", ""),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        yield Site(name, proxy, environ, secret, files)


def project_with(
    folder: Path, tags: tuple[str, ...] = TAGS, body: str = "VALUE = 1\n", **fields: Any
) -> Path:
    """Make a project with a judged release in `dist/`: a wheel for each tag and an sdist."""
    dist = folder / "dist"
    dist.mkdir(parents=True)
    version = fields.get("version", "1.0")
    for tag in tags:
        make_wheel(dist, version, body, tag)
    make_sdist(dist, version)
    write_release(folder / "release.json", release_of(dist, **fields))
    return folder


@dataclass(frozen=True)
class Died:
    """A death and what followed: what had arrived, how often each file was sent, and the second run."""

    site: str
    death: Death
    at: str
    killed: bool
    arrived: int
    resent: int  # files that were sent although the index listed them
    sent: Counter[str]
    first: Told
    again: Told
    same: bool


def at(number: int) -> str:
    """Give what the request of that number is for, in a release that nobody disturbs."""
    files = len(TAGS) + 1
    if number in {1, files + 2}:
        return "page 1" if number == 1 else "page 2"
    return f"upload {number - 1}" if number <= files + 1 else f"file {number - files - 2}"


def die_and_resume(place: Site, project: Path, death: Death) -> Died:
    """Kill the publisher at a request, and run the same again."""
    index = place.fresh()
    shutil.rmtree(project / ".shipwheel", ignore_errors=True)
    proxy = place.proxy
    call = place.call(project, index)
    publisher = Publisher(call)
    proxy.death, proxy.victim = death, lambda: publisher.pid
    first = publisher.told()
    arrived = set(place.holds(index))
    before = proxy.sent()
    proxy.death = None
    again = published(call)
    sent = proxy.sent()
    resent = sum(sent[name] > before[name] for name in arrived)
    same = place.holds(index) == held(project / "dist")
    return Died(
        place.name,
        death,
        at(death.number),
        first.code == -9,
        len(arrived),
        resent,
        sent,
        first,
        again,
        same,
    )


def leaks(secret: str, folder: Path) -> list[str]:
    """Give the files below a folder that hold a password, as it is or as HTTP sends it."""
    basic = base64.b64encode(f"{USER}:{secret}".encode())
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(each in path.read_bytes() for each in (secret.encode(), basic))
    ]
