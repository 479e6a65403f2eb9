"""Stand-ins on loopback for what attests: a provider of identities, Sigstore's certificates (Fulcio) and log (Rekor).

They answer the client's own requests with what it checks: a certificate for its key, with the timestamp
of a certificate log signed by a key that the client is told to trust. What they log proves nothing.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

REQUEST_TOKEN = "request-token-1"
_TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")  # RFC 6962
_START = "2020-01-01T00:00:00Z"
_ECDSA = "PKIX_ECDSA_P256_SHA_256"


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@dataclass
class Sigstore:
    """The services' keys, and what they were asked."""

    url: str = ""
    authority: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    log: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    refuses: str = ""  # what Fulcio says in place of a certificate
    audiences: list[str] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)
    logged: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = self._certificate(self.authority.public_key(), authority=True)

    @property
    def job(self) -> dict[str, str]:
        """Give the variables of a GitHub job that may ask for an identity token."""
        return {
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/token?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        }

    @property
    def trust(self) -> str:
        """Give sigstore's ClientTrustConfig that trusts these services alone, as JSON."""
        logs = [
            {
                "baseUrl": self.url,
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": base64.b64encode(public(self.log)).decode(),
                    "keyDetails": _ECDSA,
                    "validFor": {"start": _START},
                },
                "logId": {"keyId": base64.b64encode(self.log_id).decode()},
            }
        ]
        raw = base64.b64encode(self.root.public_bytes(serialization.Encoding.DER)).decode()
        authority = {
            "subject": {"organization": "stand-in", "commonName": "stand-in"},
            "uri": self.url,
            "certChain": {"certificates": [{"rawBytes": raw}]},
            "validFor": {"start": _START},
        }
        service = {
            "url": self.url,
            "majorApiVersion": 1,
            "validFor": {"start": _START},
            "operator": "stand-in",
        }
        kind = "application/vnd.dev.sigstore"
        return json.dumps(
            {
                "mediaType": f"{kind}.clienttrustconfig.v0.1+json",
                "trustedRoot": {
                    "mediaType": f"{kind}.trustedroot+json;version=0.1",
                    "tlogs": logs,
                    "ctlogs": logs,
                    "certificateAuthorities": [authority],
                },
                "signingConfig": {
                    "mediaType": f"{kind}.signingconfig.v0.2+json",
                    "caUrls": [service],
                    "rekorTlogUrls": [service],
                    "rekorTlogConfig": {"selector": "ANY"},
                    "tsaConfig": {"selector": "ANY"},
                },
            }
        )

    @property
    def log_id(self) -> bytes:
        return hashlib.sha256(public(self.log)).digest()

    def token(self, audience: str) -> str:
        self.audiences.append(audience)
        now = int(time.time())
        claims = {"iss": self.url, "sub": "repo:me/demo:ref:refs/tags/v1.0", "aud": audience}
        return jwt.encode({**claims, "iat": now, "nbf": now, "exp": now + 300}, "k" * 32)

    def sign(self, request: x509.CertificateSigningRequest) -> list[str]:
        """Give the chain for a request: the certificate with its timestamp, and ours."""
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        serial = x509.random_serial_number()
        bare = self._certificate(key, serial=serial)
        stamped = self._certificate(key, serial=serial, stamp=self._stamp(bare))
        return [
            each.public_bytes(serialization.Encoding.PEM).decode() for each in (stamped, self.root)
        ]

    def enter(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Give what Rekor says of an entry; its proofs are none."""
        self.logged.append(entry)
        nothing = base64.b64encode(b"none").decode()
        body = base64.b64encode(json.dumps(entry).encode()).decode()
        proof = {
            "logIndex": 0,
            "rootHash": "00" * 32,
            "treeSize": 1,
            "hashes": [],
            "checkpoint": "stand-in\n1\nAA==\n\n",
        }
        told = {
            "body": body,
            "integratedTime": int(time.time()),
            "logID": self.log_id.hex(),
            "logIndex": len(self.logged),
            "verification": {"inclusionProof": proof, "signedEntryTimestamp": nothing},
        }
        return {"ab" * 32: told}

    def _certificate(
        self,
        key: ec.EllipticCurvePublicKey,
        *,
        authority: bool = False,
        serial: int | None = None,
        stamp: bytes | None = None,
    ) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
        today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name if authority else x509.Name([]))
            .issuer_name(name)
            .public_key(key)
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(today - dt.timedelta(days=1))
            .not_valid_after(today + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority=authority), critical=True)
        )
        if not authority:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
            identity = x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier("https://x.example")]
            )
            builder = builder.add_extension(usage, critical=False).add_extension(
                identity, critical=True
            )
        if stamp is not None:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(_TIMESTAMPS, stamp), critical=False
            )
        return builder.sign(self.authority, hashes.SHA256())

    def _stamp(self, bare: x509.Certificate) -> bytes:
        """Give the extension with one signed timestamp of a certificate (RFC 6962, 3.2 and 3.3)."""
        when = struct.pack(">Q", int(time.time() * 1000))
        issuer = hashlib.sha256(public(self.authority)).digest()
        tbs = bare.tbs_certificate_bytes
        told = b"\0\0" + when + b"\0\1" + issuer + struct.pack(">I", len(tbs))[1:] + tbs + b"\0\0"
        signature = self.log.sign(told, ec.ECDSA(hashes.SHA256()))
        one = b"\0" + self.log_id + when + b"\0\0\4\3" + struct.pack(">H", len(signature))
        one += signature
        several = struct.pack(">H", len(one)) + one
        several = struct.pack(">H", len(several)) + several
        length = len(several)
        octets = bytes([length]) if length < 128 else bytes([0x81, length])
        return b"\4" + octets + several


def _usage(*, authority: bool) -> x509.KeyUsage:
    nothing = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, **nothing)


@contextlib.contextmanager
def serving() -> Iterator[Sigstore]:
    """Run the services for the length of the block."""
    state = Sigstore()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: Sigstore) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def reply(self, code: int, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            asked = urlsplit(self.path)
            if asked.path != "/token":
                self.reply(404, {})
            elif self.headers["Authorization"].lower() != f"bearer {REQUEST_TOKEN}":
                self.reply(401, {})
            else:
                self.reply(200, {"value": state.token(parse_qs(asked.query)["audience"][0])})

        def do_POST(self):
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/v1/log/entries":
                self.reply(201, state.enter(sent))
                return
            state.identities.append(self.headers["Authorization"].removeprefix("Bearer "))
            if state.refuses:
                self.reply(400, {"code": 3, "message": state.refuses})
                return
            pem = base64.b64decode(sent["certificateSigningRequest"])
            chain = state.sign(x509.load_pem_x509_csr(pem))
            told = {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}
            self.reply(201, told)

    return Handler
