"""Whose certificates are believed."""

from __future__ import annotations

import requests

from shipwheel.indexes.trust import trust


def believed(session: requests.Session) -> bool | str | bytes:
    """Give what requests would hold a server's certificate to."""
    settings = session.merge_environment_settings("https://index.example/", {}, None, None, None)
    return settings["verify"]


def test_what_openssl_is_told(tmp_path, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    session = requests.Session()
    trust(session, {"SSL_CERT_FILE": str(tmp_path / "gone.pem")})
    assert believed(session) is True
    trust(session, {"SSL_CERT_FILE": str(bundle)})
    assert believed(session) == str(bundle)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "own.pem")
    assert believed(session) == "own.pem"
