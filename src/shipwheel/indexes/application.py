"""The index's server as a WSGI application: uploads, the simple API in JSON and HTML, files.

werkzeug speaks HTTP (forms as streams, what a client accepts, ranges); what an index is stands here.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from packaging.utils import canonicalize_name
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from shipwheel.indexes.guard import Guard
from shipwheel.indexes.incoming import ASIDE, Form, place, refusal
from shipwheel.indexes.listing import project_html, project_json, root_html, root_json
from shipwheel.indexes.metadata import metadata_in
from shipwheel.indexes.page import HTML_TYPE, JSON_TYPE
from shipwheel.indexes.shelf import METADATA, PROVENANCE, Held, Shelf
from shipwheel.indexes.static import (
    JSON_PAGE,
    PAGE,
    SIMPLE,
    place_of,
    write_project,
)

_FIELDS = 32 << 20  # bytes of a form beside its file: a README can be long
_PARTS = 10_000
_BLOCK = 1 << 20
_KINDS = {
    METADATA: "application/octet-stream",
    PROVENANCE: "application/vnd.pypi.integrity.v1+json",
}
_DAY = 24 * 3600.0
_ACCEPTED = {
    "text/html": ("text/html; charset=utf-8", False),
    HTML_TYPE: (HTML_TYPE, False),
    "application/vnd.pypi.simple.latest+html": (HTML_TYPE, False),
    JSON_TYPE: (JSON_TYPE, True),
    "application/vnd.pypi.simple.latest+json": (JSON_TYPE, True),
}

StartResponse = Callable[..., Any]


class _Upload(Request):
    """A request whose file goes to a file of its own, aside, and whose other fields are bounded."""

    max_form_memory_size = _FIELDS
    max_form_parts = _PARTS
    aside: IO[bytes] | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        if self.aside is None:
            raise RequestEntityTooLarge("one file an upload")
        stream, self.aside = self.aside, None
        return stream


class Application:
    """An index over a folder. `health` is a path that answers 200; `static`: its pages are files.

    `guard` says who may upload, or also read; without one everybody may.

    A static index gives those files themselves: what a user of the static host gets is what is read here. It
    writes them with an upload, and never otherwise.
    """

    def __init__(
        self,
        folder: Path,
        *,
        health: str = "/health",
        static: bool = False,
        guard: Guard | None = None,
    ) -> None:
        self.folder = folder
        self.guard = guard
        self.health = health
        self.static = static
        self.shelf = Shelf(folder)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, whatever it is: WSGI's call (PEP 3333)."""
        request = _Upload(environ)
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = error.get_response(environ)
        except OSError as error:
            # 400 for an upload: that a disk is full or read-only changes by no other attempt
            status = 400 if request.method == "POST" else 500
            response = _told(status, f"the index's folder cannot be used: {error.strerror}")
        return response(environ, start_response)

    def _answer(self, request: _Upload) -> Response:
        if request.path == self.health:
            return Response("well\n")
        if not self._admits(request):
            return _unknown(request)
        if request.method == "POST":
            if (
                "Origin" in request.headers
            ):  # a browser's: any page could send a form to this machine
                return _told(403, "uploads come from tools, not from web pages")
            return self._take(request)
        if request.method in {"GET", "HEAD"}:
            return self._read(request)
        return _told(405, "this index is read with GET, and takes uploads with POST")

    def _admits(self, request: _Upload) -> bool:
        """Say whether whoever asks may have this; a browser's pages are read as anything else is."""
        reads = request.method in {"GET", "HEAD"}
        if self.guard is None or (reads and not self.guard.reading):
            return True
        who = request.authorization
        if who is None or who.type != "basic":
            return False
        return self.guard.admits(who.username, who.password)

    def _read(self, request: Request) -> Response:
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == SIMPLE:
            return self._simple(request, rest)
        if first == "files":
            return self._file(request, rest)
        if not first:
            return Response("An index of Python packages: its pages are at simple/\n")
        return _told(404, "there is nothing here")

    def _simple(self, request: Request, rest: str) -> Response:
        """Answer for `simple/` and what lies below: the projects, a project, and a static index's files."""
        name, slash, filename = rest.partition("/")
        if filename:
            return self._file(request, f"{SIMPLE}/{rest}")
        if not request.path.endswith("/"):
            return _moved(f"{name or SIMPLE}/")
        if not name:
            return self._page(request, "", root_json, root_html)
        project = canonicalize_name(name)
        if slash and name != project:
            return _moved(f"../{quote(project)}/")
        return self._page(
            request,
            project,
            lambda files: project_json(project, files, _link, request.base_url),
            lambda files: project_html(project, files, _link, request.base_url),
        )

    def _page(
        self,
        request: Request,
        project: str,
        as_json: Callable[[Any], bytes],
        as_html: Callable[[Any], bytes],
    ) -> Response:
        """Give a page in the form that the client likes best; a static index's is the file itself."""
        wanted = request.accept_mimetypes.best_match(list(_ACCEPTED), "text/html")
        kind, json = _ACCEPTED[wanted]
        if self.static:
            body = _bytes_of(self.folder / SIMPLE / project / (JSON_PAGE if json else PAGE))
        else:
            subject = self.shelf.files(project) if project else self.shelf.projects()
            body = (as_json if json else as_html)(subject) if subject or not project else None
        if body is None:
            return _told(404, f"this index has no project {project}")
        response = Response(body, content_type=kind)
        response.headers["Vary"] = "Accept"
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _file(self, request: Request, relative: str) -> Response:
        """Give a distribution, a wheel's METADATA or a file's attestations: what the shelf has, and no other file."""
        beside = next((each for each in (METADATA, PROVENANCE) if relative.endswith(each)), "")
        path = self.shelf.find(relative.removesuffix(beside))
        if path is None:
            return _told(404, "this index has no such file")
        if not beside:
            return send_file(path, request.environ, mimetype="application/octet-stream")
        data = (
            metadata_in(path)
            if beside == METADATA
            else _bytes_of(path.with_name(path.name + beside))
        )
        if data is None or (beside == METADATA and path.suffix != ".whl"):
            return _told(404, f"this file has no {beside}")
        return Response(data, content_type=_KINDS[beside])

    def _take(self, request: _Upload) -> Response:
        """Take an upload; a file is listed once it has its name, and not before all of it came."""
        with self._aside() as (path, stream):
            request.aside = stream
            content = request.files.get("content")
            stream.flush()
            stream.seek(0)
            form = Form(
                action=request.form.get(":action"),
                filename=content.filename if content else None,
                name=request.form.get("name"),
                version=request.form.get("version"),
                sha256=request.form.get("sha256_digest"),
                attestations=request.form.get("attestations"),
            )
            reason = refusal(form)
            if reason is None:
                project = canonicalize_name(form.name or "")
                where = place_of(project) if self.static else "."
                reason = place(path, self.folder, where, form)
                if reason is None and self.static:
                    write_project(self.shelf, project)
        return _told(400, reason) if reason else Response("taken\n")

    @contextmanager
    def _aside(self) -> Iterator[tuple[Path, IO[bytes]]]:
        """Give a file in the index's own folder, so that it can be named in one step; it is gone after."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _sweep(self.folder)
        with tempfile.TemporaryDirectory(
            prefix=ASIDE, dir=self.folder, ignore_cleanup_errors=True
        ) as own:
            path = Path(own, "content")
            with path.open("w+b") as stream:
                yield path, stream


def _unknown(request: Request) -> Response:
    """Ask for a name and a password (RFC 7617), once all of what was sent is heard: clients read no answer before."""
    while request.stream.read(_BLOCK):
        pass
    wrong = "a name and a password that are not these" if request.authorization else "nobody"
    response = _told(401, f"this index asks who you are, and was told {wrong}")
    response.headers["WWW-Authenticate"] = 'Basic realm="shipwheel index"'
    return response


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sweep(folder: Path) -> None:
    """Take away what uploads of a server left that died a day ago or longer."""
    for left in folder.glob(f"{ASIDE}*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > _DAY:
            shutil.rmtree(left, ignore_errors=True)


def _link(held: Held) -> str:
    return f"../../files/{quote(held.path)}"


def _moved(where: str) -> Response:
    return Response("", 301, {"Location": where})


def _told(status: int, what: str) -> Response:
    return Response(f"{what}\n", status, content_type="text/plain; charset=utf-8")
