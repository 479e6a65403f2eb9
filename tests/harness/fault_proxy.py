"""A proxy on loopback in front of an index: it counts what is asked, and spoils the exchanges it is told to.

An exchange is named by its kind (`page`, `file`, `upload`) and its number among those, from 1. A spoil is
a function of one Exchange: it may forward to the index, once, twice or in part, answer, or hang up.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_FILENAME = re.compile(rb'name="content"; filename="([^"]+)"')
_PER_CONNECTION = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
_PATIENCE = 60.0  # seconds for the index, or for the victim to be known


@dataclass(frozen=True)
class Answer:
    """What a server answered: status, headers and the body's bytes."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """An exchange that was asked for; `filename` is that of an upload whose body was read."""

    number: int
    kind: str
    nth: int
    filename: str


@dataclass(frozen=True)
class Death:
    """At which request of all, from 1, the client is killed: before the index sees it, or after it answered."""

    number: int
    unseen: bool

    def __str__(self) -> str:
        return f"{'before' if self.unseen else 'after'} {self.number}"


Spoil = Callable[["Exchange"], None]


@dataclass
class FaultProxy:
    """The proxy's state: what it was told, and what it saw."""

    upstream: str
    port: int = 0
    spoils: dict[tuple[str, int], Spoil] = field(default_factory=dict)
    always: dict[str, Spoil] = field(default_factory=dict)
    death: Death | None = None
    victim: Callable[[], int | None] = lambda: None  # its process id, once it has one
    seen: list[Seen] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/") -> str:
        """Give the URL of a path of the index, through the proxy."""
        return f"http://127.0.0.1:{self.port}{path}"

    def sent(self) -> Counter[str]:
        """Count how often each file was sent, whatever became of it."""
        return Counter(each.filename for each in self.seen if each.kind == "upload")

    def forget(self) -> None:
        """Spoil and kill nothing any more, and count anew."""
        self.spoils, self.always, self.death = {}, {}, None
        self.seen, self._counts = [], Counter()

    def admit(self, kind: str) -> tuple[int, int]:
        """Count a request; give its number among all, and among its kind."""
        with self._lock:
            self._counts[""] += 1
            self._counts[kind] += 1
            return self._counts[""], self._counts[kind]

    def kill(self) -> None:
        """Kill the client as `kill -9` does."""
        deadline = time.monotonic() + _PATIENCE
        while (victim := self.victim()) is None:
            assert time.monotonic() < deadline, "nobody said who is to be killed"
            time.sleep(0.001)
        os.kill(victim, signal.SIGKILL)


class Exchange:
    """One request on its way, and what can be done with it."""

    def __init__(self, handler: BaseHTTPRequestHandler, proxy: FaultProxy) -> None:
        self._handler, self._proxy = handler, proxy
        self.headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in _PER_CONNECTION
        }
        self.kind = _kind(handler.command, handler.path)
        self.number, self.nth = proxy.admit(self.kind)

    @cached_property
    def body(self) -> bytes:
        """Read the request's body, once."""
        return self._handler.rfile.read(int(self._handler.headers.get("Content-Length", "0")))

    @property
    def whole(self) -> bool:
        """Say whether all of the body came: a client that is killed leaves the rest out."""
        return len(self.body) == int(self._handler.headers.get("Content-Length", "0"))

    def note(self) -> None:
        """Write down that this was asked."""
        named = _FILENAME.search(self.__dict__.get("body", b""))
        filename = named[1].decode() if named else ""
        self._proxy.seen.append(Seen(self.number, self.kind, self.nth, filename))

    def forward(self) -> Answer:
        """Ask the index, and give its answer."""
        with contextlib.closing(self._connection()) as connection:
            self._send(connection, self.body)
            return _read(connection)

    def forward_half(self) -> None:
        """Send the index the first half of the body alone, and hear what it makes of that."""
        with contextlib.closing(self._connection()) as connection:
            self._send(connection, self.body[: len(self.body) // 2])
            connection.sock.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError, http.client.HTTPException):
                _read(connection)

    def give(self, answer: Answer, *, of: int | None = None) -> None:
        """Give the client an answer; `of`: only so many bytes of its body, and then hang up."""
        handler = self._handler
        handler.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _PER_CONNECTION:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body[:of])
        if of is not None:
            self.hang_up()

    def give_bytes(self, data: bytes) -> None:
        """Give the client bytes that need not be HTTP, and hang up."""
        self._handler.wfile.write(data)
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection, whatever was said so far."""
        self._handler.close_connection = True
        with contextlib.suppress(OSError):
            self._handler.wfile.flush()
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._proxy.upstream)
        assert parts.hostname is not None
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=_PATIENCE)

    def _send(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        connection.putrequest(
            self._handler.command, self._handler.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in self.headers.items():
            connection.putheader(name, value)
        if self.body:
            connection.putheader("Content-Length", str(len(self.body)))
        connection.endheaders()
        connection.send(body)


def _kind(method: str, path: str) -> str:
    if method != "GET":
        return "upload"
    return "page" if urlsplit(path).path.endswith("/") else "file"


def _read(connection: http.client.HTTPConnection) -> Answer:
    with connection.getresponse() as answer:
        return Answer(answer.status, answer.read(), dict(answer.getheaders()))


@contextlib.contextmanager
def fault_proxy(upstream: str, tls: ssl.SSLContext | None = None) -> Iterator[FaultProxy]:
    """Stand before the server at `upstream` (scheme, host and port) for the length of the block.

    With `tls` clients have to speak that; the server is asked without it.
    """
    proxy = FaultProxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a head and a body are two sends: 40 ms an answer

        def handle(self) -> None:
            # the client is gone, perhaps killed, or does not trust us
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                super().handle()

        def do_GET(self) -> None:
            _serve(Exchange(self, proxy), proxy)

        do_POST = do_GET  # noqa: N815 - the base class names it so

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _serve(exchange: Exchange, proxy: FaultProxy) -> None:
    spoil = proxy.spoils.get((exchange.kind, exchange.nth)) or proxy.always.get(exchange.kind)
    death = proxy.death if proxy.death and proxy.death.number == exchange.number else None
    early = getattr(spoil, "early", False)
    if not early and not exchange.whole:
        exchange.hang_up()
        return
    exchange.note()
    if death is not None:
        if not death.unseen:
            exchange.forward()
        proxy.kill()
        exchange.hang_up()
    elif spoil is not None:
        spoil(exchange)
    else:
        exchange.give(exchange.forward())


# --- spoils --------------------------------------------------------------------------------------


def lost_request(exchange: Exchange) -> None:
    """Hang up; the index never hears of it."""
    exchange.hang_up()


def lost_answer(exchange: Exchange) -> None:
    """Let the index do what was asked, and hang up."""
    exchange.forward()
    exchange.hang_up()


def cut_request(exchange: Exchange) -> None:
    """Let the index have half of what was sent, and hang up."""
    exchange.forward_half()
    exchange.hang_up()


def cut_answer(exchange: Exchange) -> None:
    """Let the client have half of the answer; one without a body loses an announced one."""
    answer = exchange.forward()
    whole = answer.body or b"nothing"
    exchange.give(Answer(answer.status, whole, answer.headers), of=len(whole) // 2)


def doubled(exchange: Exchange) -> None:
    """Ask the index twice, and give the second answer."""
    exchange.forward()
    exchange.give(exchange.forward())


def no_http(exchange: Exchange) -> None:
    """Answer with what is no HTTP."""
    exchange.give_bytes(b"\x15\x03\x01 this is another protocol\r\n\r\n")


def swallowed(exchange: Exchange) -> None:
    """Say that all is well, and keep nothing."""
    exchange.give(Answer(200))


def answering(status: int, body: bytes = b"", **headers: str) -> Spoil:
    """Give the spoil that answers so, without asking the index."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.give(Answer(status, body, told))


def late(seconds: float) -> Spoil:
    """Give the spoil that lets the index do its part and answers only after so long."""

    def spoil(exchange: Exchange) -> None:
        answer = exchange.forward()
        time.sleep(seconds)
        exchange.give(answer)

    return spoil


def refusing_early(status: int) -> Spoil:
    """Give the spoil that answers without reading what is sent, and hangs up."""

    def spoil(exchange: Exchange) -> None:
        exchange.give(Answer(status), of=0)

    spoil.early = True  # type: ignore[attr-defined]
    return spoil


def changed(change: Callable[[Answer], Answer]) -> Spoil:
    """Give the spoil that changes the index's answer."""
    return lambda exchange: exchange.give(change(exchange.forward()))
