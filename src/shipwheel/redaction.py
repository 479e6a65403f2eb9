"""Credentials kept out of everything that a person or a log sees."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

# the user's part of a URL, be it a password or a token in the name's place
_URL_SECRET = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?!git@)[^/\s?#'\"<>]+@", re.IGNORECASE)
_FLAG_SECRET = re.compile(r"(?P<flag>--[a-z-]*(?:password|token)[= ])\S+", re.IGNORECASE)
_SECRET_NAMES = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|API_?KEY|PRIVATE_?KEY|CREDENTIAL|_PAT$)",
    re.IGNORECASE,
)
_SHORTEST_SECRET = 6  # shorter values would blank out ordinary words


def redact(text: str, environ: Mapping[str, str] | None = None) -> str:
    """Blank out credentials in URLs and the values of secret-looking environment variables."""
    return blank(text, secrets_of(os.environ if environ is None else environ))


def without_credentials(text: str) -> str:
    """Give a text whose URLs name no user: for files that are kept, where a mark in the place would break them.

    `ssh://git@…` stays: that user is everybody.
    """
    return _URL_SECRET.sub(r"\g<scheme>", text)


def secrets_of(*environs: Mapping[str, str]) -> tuple[str, ...]:
    """Give the values of variables that look like credentials, longest first.

    Of one over several lines (a key) each line too, for output is blanked as it comes.
    """
    found = {
        part
        for environ in environs
        for name, value in environ.items()
        if len(value) >= _SHORTEST_SECRET and _SECRET_NAMES.search(name)
        for part in (value, *value.splitlines())
        if len(part) >= _SHORTEST_SECRET
    }
    return tuple(sorted(found, key=len, reverse=True))


def blank(text: str, secrets: tuple[str, ...]) -> str:
    """Blank out credentials in URLs, those that a flag carries, and `secrets`."""
    if "://" in text:
        text = _URL_SECRET.sub(r"\g<scheme>***@", text)
    if "--" in text:
        text = _FLAG_SECRET.sub(r"\g<flag>***", text)
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
