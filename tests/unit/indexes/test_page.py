from __future__ import annotations

import json

import pytest

from shipwheel.errors import ExitCode, JobError, MachineError
from shipwheel.indexes.page import JSON_TYPE, IndexFile, read_page

URL = "https://h/simple/demo/"
A, B = "a" * 64, "b" * 64


def html(body: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


def answer(files: list[dict], version: str = "1.1") -> bytes:
    return json.dumps({"meta": {"api-version": version}, "name": "demo", "files": files}).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            f'<a href="demo-1.whl#sha256={A}">demo-1.whl</a>',
            IndexFile(filename="demo-1.whl", url=URL + "demo-1.whl", sha256=A),
        ),
        (
            f'<a href="../../f/demo-1%2Bg1.tar.gz#sha256={A.upper()}">x</a>',
            IndexFile(filename="demo-1+g1.tar.gz", url="https://h/f/demo-1%2Bg1.tar.gz", sha256=A),
        ),
        ('<a href="/d.whl#md5=00">d</a>', IndexFile(filename="d.whl", url="https://h/d.whl")),
        ('<a href="d.whl#sha256=zz">d</a>', IndexFile(filename="d.whl", url=URL + "d.whl")),
        (
            '<a href="d.whl" data-yanked="bad" data-requires-python="&gt;=3.9">d</a>',
            IndexFile(filename="d.whl", url=URL + "d.whl", yanked="bad", requires_python=">=3.9"),
        ),
        (
            '<a data-yanked href="d.whl">d</a>',
            IndexFile(filename="d.whl", url=URL + "d.whl", yanked=""),
        ),
        (
            '<base href="https://cdn/x/"><a href="d.whl">d</a>',
            IndexFile(filename="d.whl", url="https://cdn/x/d.whl"),
        ),
    ],
)
def test_links(body, expected):
    page = read_page(html(body), "text/html", URL)
    assert page.files == (expected,)
    assert page.form == "html"


@pytest.mark.parametrize(
    "link", ["file:///etc/passwd", "javascript:x", "data:,x", "../", "http://[", "mailto:a@b"]
)
def test_links_that_are_no_files_are_left_out(link):
    assert read_page(html(f'<a href="{link}">x</a>'), "text/html", URL).files == ()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            {"filename": "d.whl", "url": "../f/d.whl", "hashes": {"sha256": A}, "size": 7},
            IndexFile(filename="d.whl", url="https://h/simple/f/d.whl", sha256=A, size=7),
        ),
        (
            {
                "filename": "d.whl",
                "url": "https://cdn/d.whl",
                "hashes": {"md5": "0"},
                "yanked": True,
            },
            IndexFile(filename="d.whl", url="https://cdn/d.whl", yanked=""),
        ),
        (
            {"filename": "d.whl", "url": "/d.whl", "hashes": {}, "yanked": "why", "new-key": [1]},
            IndexFile(filename="d.whl", url="https://h/d.whl", yanked="why"),
        ),
        (
            {
                "filename": "d.whl",
                "url": "/d.whl",
                "hashes": {},
                "yanked": False,
                "upload-time": "T",
            },
            IndexFile(filename="d.whl", url="https://h/d.whl", uploaded="T"),
        ),
    ],
)
def test_json_files(raw, expected):
    page = read_page(answer([raw]), JSON_TYPE, URL)
    assert page.files == (expected,)
    assert page.form == "json"


def test_a_file_url_in_json_is_left_out():
    raw = {"filename": "d.whl", "url": "file:///d.whl", "hashes": {}}
    assert read_page(answer([raw]), JSON_TYPE, URL).files == ()


@pytest.mark.parametrize("content_type", [JSON_TYPE, "text/html", "application/json", ""])
def test_the_bytes_decide_whatever_the_header_promised(content_type):
    assert read_page(html('<a href="d.whl">d</a>'), content_type, URL).file("d.whl")
    assert read_page(answer([{"filename": "d.whl", "url": "d.whl"}]), content_type, URL).file(
        "d.whl"
    )


@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (b"hello", "text/plain", "the index gave an answer that is neither"),
        (b'{"files": 3}', JSON_TYPE, "the index's JSON is not that of a project page"),
        (b'{"oops": ', JSON_TYPE, "the index's JSON is not that of a project page"),
        (answer([], "2.0"), JSON_TYPE, "the index speaks version '2.0'"),
        (
            html('<meta name="pypi:repository-version" content="2.0">'),
            "text/html",
            "the index speaks version '2.0'",
        ),
    ],
)
def test_no_project_page(body, content_type, what):
    with pytest.raises(JobError) as caught:
        read_page(body, content_type, URL)
    assert caught.value.what.startswith(what)


def test_a_sign_in_page_is_not_an_empty_index():
    with pytest.raises(MachineError) as caught:
        read_page(html('<form><input type="PASSWORD" name="p"></form>'), "text/html", URL)
    assert "asks for a password that is not there" in caught.value.what
    assert caught.value.exit_code is ExitCode.MACHINE


@pytest.mark.parametrize("link", ["https://h/x.provenance", "x.provenance", "/p/x.provenance"])
def test_where_the_attestations_are(link):
    from urllib.parse import urljoin

    at = "https://h/simple/x/"
    as_json = f'{{"files": [{{"filename": "x-1.tar.gz", "url": "f", "provenance": "{link}"}}]}}'
    as_html = f'<a href="x-1.tar.gz" data-provenance="{link}">x</a>'
    for body in (as_json, as_html):
        assert read_page(body.encode(), "text/html", at).files[0].provenance == urljoin(at, link)
    evil = as_json.replace(link, "file:///etc/passwd")
    assert read_page(evil.encode(), "", at).files[0].provenance is None
