from __future__ import annotations

import time

import pytest
import requests
from urllib3.exceptions import MaxRetryError

from shipwheel.errors import ExitCode
from shipwheel.indexes.answers import (
    clean,
    is_final,
    password_missing,
    seconds_asked,
    sentence,
    unreachable,
)


@pytest.mark.parametrize(
    ("status", "reason", "body", "expected"),
    [
        (400, "Bad Request", "", "400 Bad Request"),
        (400, "Bad Request", "no such name", "400 Bad Request: no such name"),
        (403, "Forbidden", '{"message": "not yours"}', "403 Forbidden: not yours"),
        (403, "Forbidden", '{"errors": [{"message": "deep"}]}', "403 Forbidden: deep"),
        (
            400,
            "Bad",
            "<html><h1>Head</h1><pre>it is\n there &amp; other</pre>",
            "400 Bad: it is there & other",
        ),
        (500, "Oops", "<html><title>Internal</title></html>", "500 Oops: Internal"),
        (404, "Not Found", "<h1>404 Not Found</h1>", "404 Not Found"),
        (400, "Bad", "<script>alert(1)</script>", "400 Bad"),
        (400, "File already exists", "<html></html>", "400 File already exists"),
        (400, "Bad", "[1, 2]", "400 Bad: [1, 2]"),
    ],
)
def test_sentence(status, reason, body, expected):
    assert sentence(status, reason, body) == expected


def test_a_strangers_text_is_one_short_line_without_secrets_or_control_characters():
    text = clean(
        "\x1b[31mred\x1b[0m\n\u202esecret-1234 https://a:b@h/ " + "x" * 999, ("secret-1234",)
    )
    assert text.startswith("[31mred [0m *** https://***@h/ xxx")
    assert len(text) == 300


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (
            requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"),
            "the index shows a certificate that this machine does not know",
        ),
        (
            requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] is not yet valid"),
            "the index shows a certificate that is not valid now",
        ),
        (requests.exceptions.SSLError("EOF occurred"), "the index is out of reach"),
        (requests.exceptions.ProxyError("x"), "the proxy does not lead to the index"),
        (requests.exceptions.ReadTimeout("x"), "the index does not answer in time"),
        (requests.exceptions.ConnectionError("x"), "the index is out of reach"),
        (requests.exceptions.TooManyRedirects("x"), "the index is out of reach"),
    ],
)
def test_silences(error, what):
    found = unreachable("https://u:geheim@h/", error)
    assert (found.what, found.exit_code) == (what, ExitCode.MACHINE)
    assert "geheim" not in "\n".join(found.lines())


def test_the_innermost_reason_is_told():
    inner = MaxRetryError(None, "/", OSError(111, "Connection refused"))  # type: ignore[arg-type]
    assert unreachable("http://h/", requests.ConnectionError(inner)).evidence == (
        "[Errno 111] Connection refused"
    )


def test_a_missing_password_names_the_ways_to_give_one():
    error = password_missing("https://h/")
    assert error.exit_code is ExitCode.MACHINE
    assert "TWINE_PASSWORD" in (error.hint or "")


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] x"), True),
        (requests.exceptions.SSLError("EOF occurred in violation of protocol"), False),
        (requests.exceptions.ProxyError("Tunnel connection failed: 407 Proxy"), True),
        (requests.exceptions.ProxyError("Tunnel connection failed: 503 Busy"), False),
        (requests.exceptions.ConnectionError("CERTIFICATE_VERIFY"), False),
        (requests.exceptions.ReadTimeout("x"), False),
    ],
)
def test_what_no_other_attempt_changes(error, final):
    assert is_final(error) is final


NOON = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "date", "seconds"),
    [
        (None, NOON, None),
        ("7", "", 7.0),
        ("0", "", 0.0),
        ("9" * 400, "", 999999999.0),
        ("-7", NOON, None),
        ("soon", NOON, None),
        ("Sat, 21 Nov 2026 12:00:30 GMT", NOON, 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", NOON, 0.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", "", None),
        ("Sat, 21 Nov 2026 12:00:30", NOON, None),
        ("Sat, 99 Nov 99999 12:00:30 GMT", NOON, None),
    ],
)
def test_retry_after_needs_no_clock_of_ours(asked, date, seconds):
    headers = {"Date": date} | ({} if asked is None else {"Retry-After": asked})
    assert seconds_asked(headers) == seconds


@pytest.mark.parametrize("body", ["[" * 60_000, "<p>" * 20_000, "<pre>" * 12_000, '{"a":' * 12_000])
def test_no_refusal_takes_long_to_read(body):
    started = time.process_time()
    assert sentence(500, "Internal Server Error", body).startswith("500 Internal Server Error")
    assert time.process_time() - started < 3
