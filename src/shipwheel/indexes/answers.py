"""What an index's refusals and silences mean, in words for a person and without any secret."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from shipwheel.errors import MachineError, ShipwheelError
from shipwheel.process import redact

CREDENTIALS_HINT = (
    "set TWINE_USERNAME and TWINE_PASSWORD, or use the keyring, ~/.pypirc or ~/.netrc"
)
RETRIED = frozenset({429, *range(500, 600)}) - {501, 505}  # what a server cannot do stays so
DENIED = frozenset({401, 403})

_DISTRUST = "CERTIFICATE_VERIFY"  # OpenSSL's word, which requests passes on as text
_HEADING = 1 << 14  # characters of a page in which its heading is looked for
_LONGEST = 300  # characters of a stranger's sentence that are shown
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_TOLD_IN = re.compile(r"<(pre|h1|p|title)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_SPACES = re.compile(r"\s+")
_JSON_KEYS = ("message", "detail", "error", "errors", "title")


def sentence(status: int, reason: str, body: str, *, secrets: tuple[str, ...] = ()) -> str:
    """Give what a server said about a refusal as one short line: `400 Bad Request: …`.

    The body may be JSON, HTML or text; control characters, markup and secrets are taken out.
    """
    told = _from_json(body) or _from_html(body) or ("" if "<" in body else body)
    told = clean(told, secrets)
    head = clean(f"{status} {reason}", secrets)
    if not told or told.casefold() in head.casefold():
        return head
    return f"{head}: {told}"


def clean(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Make a stranger's text one bounded line, fit for a terminal and free of the secrets."""
    text = redact(_SPACES.sub(" ", _CONTROL.sub(" ", text)).strip())
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def password_missing(url: str) -> MachineError:
    """Give the error for an index that wants to know who we are, and nothing here says so."""
    return MachineError(
        "the index asks for a password that is not there",
        where=redact(url),
        hint=CREDENTIALS_HINT,
        reference="index-password",
    )


def unreachable(
    url: str, error: requests.RequestException, secrets: tuple[str, ...] = ()
) -> ShipwheelError:
    """Give the error for an index that did not answer, by the reason that the network gave."""
    what, hint = _silence(error)
    return MachineError(
        what,
        where=redact(url),
        evidence=clean(_innermost(error), secrets),
        hint=hint,
        reference="index-unreachable",
    )


def _silence(error: requests.RequestException) -> tuple[str, str]:
    if isinstance(error, requests.exceptions.SSLError) and _DISTRUST in str(error):
        return _distrust(str(error))
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not lead to the index", "check HTTPS_PROXY and NO_PROXY"
    if isinstance(error, requests.exceptions.Timeout):
        return "the index does not answer in time", "run the same command again"
    return "the index is out of reach", "check the URL and the network, then run the command again"


def is_final(error: requests.RequestException) -> bool:
    """Say whether no other attempt can end otherwise: a certificate or a proxy's user was refused."""
    said = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return "Tunnel connection failed: 4" in said
    return isinstance(error, requests.exceptions.SSLError) and _DISTRUST in said


def _distrust(said: str) -> tuple[str, str]:
    """Tell a certificate of another time from one of an authority that nobody named."""
    if "not yet valid" in said or "has expired" in said:
        return (
            "the index shows a certificate that is not valid now",
            "compare this machine's clock with another; the index's operators renew what has expired",
        )
    return (
        "the index shows a certificate that this machine does not know",
        "name its authority's bundle in REQUESTS_CA_BUNDLE or SSL_CERT_FILE (TWINE_CERT for uploads alone)",
    )


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """Give the seconds that Retry-After asks for, in either form (RFC 9110, 10.2.3); None where it says none.

    A date is held against the answer's own: this machine's clock may be wrong.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then, now = (parsedate_to_datetime(each) for each in (text, headers.get("Date", "")))
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _innermost(error: BaseException) -> str:
    """Give the reason at the bottom: what urllib3 wraps around it names objects, not causes."""
    reason: Any = error
    seen: set[int] = set()
    while id(reason) not in seen:
        seen.add(id(reason))
        inner = getattr(reason, "reason", None) or (reason.args[0] if reason.args else None)
        if not isinstance(inner, BaseException):
            break
        reason = inner
    text = str(reason)
    return re.sub(r"^<[^>]*>: ", "", text) or type(reason).__name__


def _from_json(body: str) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for _ in range(3):  # {"errors": [{"message": …}]}
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next((value[key] for key in _JSON_KEYS if value.get(key)), "")
    return value if isinstance(value, str) else ""


def _from_html(body: str) -> str:
    """Give the most telling element: what stands in <pre>, else the heading."""
    found: dict[str, str] = {}
    for tag, inner in _TOLD_IN.findall(body[:_HEADING]):
        text = html.unescape(_MARKUP.sub(" ", inner)).strip()
        if text:
            found.setdefault(tag.lower(), text)
    return next((found[tag] for tag in ("pre", "h1", "title", "p") if tag in found), "")
