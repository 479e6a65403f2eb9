"""An index that is a folder, asked and sent to as any other: requests to `file://` meet our own server here.

No process and no port is in between: the application answers in this process. So publishing, reading back
and promoting know nothing of folders, and what is read are the very files that a static host serves.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from shipwheel.indexes.known import Index


def reach(session: requests.Session, index: Index) -> None:
    """Let a session reach an index that is a folder; for any other there is nothing to do."""
    if index.folder is not None:
        session.mount(index.upload, FolderAdapter(index.folder, index.upload))


class FolderAdapter(BaseAdapter):
    """Answers requests below the URL `root` from a folder, as our own server answers."""

    def __init__(self, folder: Path, root: str) -> None:
        # werkzeug is for those alone who have such an index
        from shipwheel.indexes.application import Application  # noqa: PLC0415

        super().__init__()
        self._application = Application(folder, static=True)
        self._root = urlsplit(root).path

    def send(  # noqa: PLR0917 - the interface's
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer a request; what of the interface belongs to networks is of no use here."""
        del timeout, verify, cert, proxies
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            told.update(status=status, headers=headers)

        chunks = self._application(self._environ(request), start)
        return _response(request, told["status"], told["headers"], chunks, stream=stream)

    def close(self) -> None:
        """Close nothing: each answer closes its own file."""

    def _environ(self, request: requests.PreparedRequest) -> dict[str, Any]:
        """Give a request as WSGI has it (PEP 3333)."""
        path = unquote(urlsplit(request.url or "").path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            # WSGI's text is bytes in latin-1
            "PATH_INFO": "/" + path.removeprefix(unquote(self._root)).encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "0",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": _body(request.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            plain = key in {"CONTENT_TYPE", "CONTENT_LENGTH"}
            environ[key if plain else f"HTTP_{key}"] = value
        return environ


class _Chunks(io.RawIOBase):
    """The pieces of an answer as a file; closes what gave them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._next: Iterator[bytes] = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._next, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def close(self) -> None:
        close = getattr(self._chunks, "close", None)
        if close is not None and not self.closed:
            close()
        super().close()


def _body(body: Any) -> Any:
    """Give a request's body as a file: what has `read` (an upload's form) is one already."""
    if hasattr(body, "read"):
        return body
    data = body.encode() if isinstance(body, str) else (body or b"")
    return io.BytesIO(data)


def _response(
    request: requests.PreparedRequest,
    status: str,
    headers: list[tuple[str, str]],
    chunks: Iterable[bytes],
    *,
    stream: bool,
) -> requests.Response:
    code, _, reason = status.partition(" ")
    response = requests.Response()
    response.status_code = int(code)
    response.reason = reason
    response.headers.update(headers)
    response.url = request.url or ""
    response.request = request
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.raw = HTTPResponse(
        body=_Chunks(chunks), headers=dict(headers), status=int(code), preload_content=False
    )
    if not stream:
        _ = response.content
    return response
