"""Roads to an index that are not plain: TLS with certificates of our own, and a proxy that asks for a name."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "index.example"  # nobody's: RFC 2606
_HOUR = dt.timedelta(hours=1)


def certificate(folder: Path, *, hours: int = 0) -> Path:
    """Make a certificate for HOST that signs itself, valid for two hours, `hours` from now; give its file.

    The key lies in the same file.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    start = dt.datetime.now(dt.UTC) + hours * _HOUR - _HOUR
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + 2 * _HOUR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"certificate{hours}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def tls(path: Path) -> ssl.SSLContext:
    """Give a server's side of TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@dataclass
class Tunnel:
    """A proxy that leads every CONNECT to one port of this machine, for whoever knows its password."""

    to: int
    password: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Give its URL, with user and password where it asks for them."""
        who = f"proxy-user:{self.password}@" if self.password else ""
        return f"http://{who}127.0.0.1:{self.port}"

    def knows(self, token: str | None) -> bool:
        """Say whether it lets somebody through."""
        wanted = base64.b64encode(f"proxy-user:{self.password}".encode()).decode()
        return not self.password or token == f"Basic {wanted}"


@contextlib.contextmanager
def tunnel(to: int, password: str = "") -> Iterator[Tunnel]:
    """Run such a proxy for the length of the block."""
    state = Tunnel(to, password)

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            state.asked.append(self.path)
            if not state.knows(self.headers.get("Proxy-Authorization")):
                self.send_error(407)
                return
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", state.to)) as there:
                _pass_on(self.connection, there)
            self.close_connection = True

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [])[0]:
                data = ready.recv(1 << 16)
                if not data:
                    return
                (other if ready is one else one).sendall(data)
