from __future__ import annotations

import pytest
import requests
from urllib3.exceptions import MaxRetryError

from shipwheel.errors import ExitCode
from shipwheel.indexes.answers import clean, password_missing, sentence, unreachable


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
            requests.exceptions.SSLError("x"),
            "the index shows a certificate that this machine does not know",
        ),
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
