"""Whose certificates are believed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import requests


def trust(session: requests.Session, environ: Mapping[str, str]) -> None:
    """Let a session believe the certificates of SSL_CERT_FILE, as OpenSSL, uv and git do.

    requests has a list of its own otherwise; its own REQUESTS_CA_BUNDLE, where it is set, still wins. An
    index that uv is let in to is then one that we are let in to.
    """
    bundle = environ.get("SSL_CERT_FILE", "")
    if bundle and Path(bundle).is_file():
        session.verify = bundle
