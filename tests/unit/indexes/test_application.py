"""The index's server without a socket: requests as werkzeug's own client makes them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import time

import pytest
from werkzeug.test import Client, EnvironBuilder

from shipwheel.indexes import application
from shipwheel.indexes.application import Application
from shipwheel.indexes.incoming import Form, place, refusal
from shipwheel.indexes.page import ACCEPT, HTML_TYPE, JSON_TYPE, read_page

PIP = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.fixture(params=["plain", "static"])
def index(request, tmp_path):
    """An index over an empty folder, of both kinds."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder, Client(Application(folder, static=request.param == "static"))


def send(client, path, data=None, **changes):
    data = path.read_bytes() if data is None else data
    parts = path.name.removesuffix(".tar.gz").split("-")
    form = {
        ":action": "file_upload",
        "protocol_version": "1",
        "name": "Tiny.Demo",
        "version": parts[1],
        "sha256_digest": hashlib.sha256(data).hexdigest(),
        "classifiers": ["a", "b"],
        "content": (data, path.name),
        **changes,
    }
    given = {key: _part(value) for key, value in form.items() if value is not None}
    return client.post("/", data=given, content_type="multipart/form-data")


def _part(value):
    return (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value


def listed(client):
    answer = client.get("/simple/tiny-demo/", headers={"Accept": ACCEPT})
    if answer.status_code == 404:
        return ()
    return read_page(answer.data, answer.content_type, "http://h/simple/tiny-demo/").files


def visible(folder):
    beside = {".metadata", ".provenance"}
    return sorted(path.name for path in folder.rglob("tiny_demo*") if path.suffix not in beside)


def test_a_file_comes_is_listed_and_comes_back(index, tmp_path, wheel, sdist):
    folder, client = index
    paths = [wheel(tmp_path), sdist(tmp_path)]
    for path in paths:
        assert send(client, path).status_code == 200
    files = listed(client)
    assert [each.filename for each in files] == [path.name for path in paths]
    for file, path in zip(files, paths, strict=True):
        answer = client.get(file.url.removeprefix("http://h"), buffered=True)
        assert answer.data == path.read_bytes()
        assert hashlib.sha256(answer.data).hexdigest() == file.sha256
        assert answer.headers.get("Content-Encoding") is None
        assert file.size == path.stat().st_size
        assert file.uploaded.startswith(time.strftime("%Y-", time.gmtime()))
    metadata = client.get(files[0].url.removeprefix("http://h") + ".metadata")
    assert b"Name: Tiny.Demo" in metadata.data
    assert client.get(files[1].url.removeprefix("http://h") + ".metadata").status_code == 404
    assert visible(folder) == sorted(path.name for path in paths)
    assert not list(folder.glob(".incoming*"))


def test_the_same_bytes_again_are_fine_and_others_are_refused(index, tmp_path, wheel):
    folder, client = index
    path = wheel(tmp_path)
    send(client, path)
    (there,) = folder.rglob(path.name)
    stamp = there.stat().st_mtime_ns
    assert send(client, path).status_code == 200
    others = path.read_bytes() + b"!"
    answer = send(client, path, others)
    assert answer.status_code == 400
    assert "File already exists" in answer.text, "twine looks for these words"
    assert hashlib.sha256(others).hexdigest() in answer.text
    assert there.stat().st_mtime_ns == stamp
    assert there.read_bytes() == path.read_bytes()


def test_a_name_that_lies_elsewhere_below_is_taken_too(index, tmp_path, wheel):
    folder, client = index
    wheel(folder / "by hand")
    assert send(client, wheel(tmp_path)).status_code == 200
    assert len(list(folder.rglob("*.whl"))) == 1
    assert send(client, wheel(tmp_path, body="other")).status_code == 400


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({":action": "doc_upload"}, "unknown :action 'doc_upload'"),
        ({":action": None}, "unknown :action ''"),
        ({"content": None}, "no file in the field `content`"),
        ({"content": (b"x", "../../etc/passwd")}, "the name of no wheel or sdist"),
        ({"content": (b"x", "../tiny_demo-1.0.tar.gz")}, "the name of no wheel or"),
        ({"content": (b"x", ".tiny_demo-1.0.tar.gz")}, "the name of no wheel or sdist"),
        ({"content": (b"x", "tiny_demo-1.0.exe")}, "the name of no wheel or sdist"),
        ({"name": "other"}, "the file is of tiny-demo, the form says 'other'"),
        ({"name": None}, "the file is of tiny-demo, the form says ''"),
        ({"version": "1.1"}, "the file is of version 1.0, the form says '1.1'"),
        ({"version": "one"}, "the file is of version 1.0, the form says 'one'"),
        ({"attestations": "[]"}, "no JSON list of attestations"),
        ({"attestations": '{"version": 1}'}, "no JSON list of attestations"),
        ({"attestations": '[{"version": 1}]'}, "no JSON list of attestations"),
        ({"attestations": "[" * 100_000}, "no JSON list of attestations"),
        ({"sha256_digest": "0" * 64}, "the bytes that came have sha256"),
    ],
)
def test_what_is_refused_and_why(index, tmp_path, wheel, changes, said):
    folder, client = index
    path = wheel(tmp_path)
    answer = send(client, path, **changes)
    assert answer.status_code == 400
    assert said in answer.text
    assert visible(folder) == []
    assert listed(client) == ()
    assert not (folder.parent / "passwd").exists()


def test_a_web_page_cannot_upload(index, tmp_path, wheel):
    folder, client = index
    path = wheel(tmp_path)
    data = {":action": "file_upload", "content": (io.BytesIO(path.read_bytes()), path.name)}
    answer = client.post("/", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert visible(folder) == []


def test_one_file_an_upload(index, tmp_path, wheel):
    folder, client = index
    path = wheel(tmp_path)
    answer = send(client, path, gpg_signature=(b"x", f"{path.name}.asc"))
    assert answer.status_code == 413
    assert visible(folder) == []


def test_fields_without_end_are_refused(index, tmp_path, wheel, monkeypatch):
    _, client = index
    assert application._Upload.max_form_memory_size == 32 << 20
    monkeypatch.setattr(application._Upload, "max_form_memory_size", 1000)
    answer = send(client, wheel(tmp_path), description="x" * 2000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
        (PIP, JSON_TYPE),
        (ACCEPT, JSON_TYPE),
        (HTML_TYPE, HTML_TYPE),
        ("application/vnd.pypi.simple.latest+json", JSON_TYPE),
        (f"{JSON_TYPE};q=0.1, text/html;q=0.9", "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("page", ["/simple/", "/simple/tiny-demo/"])
def test_a_client_gets_the_form_that_it_likes_best(index, tmp_path, wheel, page, accept, kind):
    _, client = index
    send(client, wheel(tmp_path))
    answer = client.get(page, headers={"Accept": accept} if accept else {})
    assert answer.content_type == kind
    assert answer.headers["Vary"] == "Accept"
    if kind == JSON_TYPE:
        assert "tiny-demo" in json.dumps(json.loads(answer.data))
    else:
        assert "tiny" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/health", 200, None),
        ("/", 200, None),
        ("/simple", 301, "simple/"),
        ("/simple/tiny-demo", 301, "tiny-demo/"),
        ("/simple/Tiny.Demo/", 301, "../tiny-demo/"),
        ("/simple/missing/", 404, None),
        ("/simple/tiny-demo/../../secret", 404, None),
        ("/files/../secret", 404, None),
        ("/files//etc/passwd", 404, None),
        ("/files/secret", 404, None),
        ("/elsewhere", 404, None),
    ],
)
def test_what_else_is_asked(index, tmp_path, wheel, path, status, where):
    folder, client = index
    (folder / "secret").write_text("x")
    send(client, wheel(tmp_path))
    answer = client.get(path, buffered=True)
    assert (answer.status_code, answer.headers.get("Location")) == (status, where)
    assert client.put(path).status_code == (200 if path == "/health" else 405)


ATTESTATION = {
    "version": 1,
    "verification_material": {"certificate": "x", "transparency_entries": []},
    "envelope": {"statement": "x", "signature": "y"},
}


def test_attestations_are_kept_beside_their_file_and_shown(index, tmp_path, wheel, sdist):
    _, client = index
    path = wheel(tmp_path)
    send(client, path, attestations=json.dumps([ATTESTATION]))
    send(client, path, attestations=json.dumps([{**ATTESTATION, "version": 2}]))
    send(client, sdist(tmp_path))
    attested, bare = listed(client)
    assert (
        attested.provenance.partition("//")[2].partition("/")[2]
        == (f"{attested.url}.provenance".partition("//")[2].partition("/")[2])
    )
    assert bare.provenance is None
    answer = client.get(
        attested.provenance.removeprefix("http://h").removeprefix("http://localhost")
    )
    assert answer.content_type == "application/vnd.pypi.integrity.v1+json"
    (bundle,) = json.loads(answer.data)["attestation_bundles"]
    assert bundle == {
        "publisher": {"kind": "unverified", "claims": None},
        "attestations": [ATTESTATION],
    }
    assert client.get(bare.url.removeprefix("http://h") + ".provenance").status_code == 404
    assert "data-provenance" in client.get("/simple/tiny-demo/").text


def test_a_yank_is_told_in_both_forms(tmp_path, wheel):
    path = wheel(tmp_path)
    path.with_name(f"{path.name}.yanked").write_text("it loses data")
    client = Client(Application(tmp_path))
    assert [each.yanked for each in listed(client)] == ["it loses data"]
    assert 'data-yanked="it loses data"' in client.get("/simple/tiny-demo/").text


def test_a_static_index_that_died_before_its_pages_gets_them_with_the_same_file_again(
    tmp_path, wheel
):
    folder = tmp_path / "index"
    path = wheel(folder / "simple" / "tiny-demo")  # it has its name, and no page names it
    client = Client(Application(folder, static=True))
    assert listed(client) == ()
    assert [each.name for each in folder.rglob("*") if each.is_file()] == [path.name], "only read"
    assert send(client, path).status_code == 200
    assert [each.filename for each in listed(client)] == [path.name]


def test_what_dead_uploads_left_goes_after_a_day(tmp_path):
    for name, age in (("old", 90_000), ("new", 60)):
        left = tmp_path / f".incoming-{name}"
        left.mkdir()
        (left / "content").write_text("x")
        os.utime(left, (time.time() - age,) * 2)
    Client(Application(tmp_path)).post("/", data={})
    assert [path.name for path in tmp_path.iterdir()] == [".incoming-new"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path, wheel):
    folder = tmp_path / "index"
    folder.mkdir()
    client = Client(Application(folder))
    folder.chmod(0o500)
    answer = send(client, wheel(tmp_path))
    folder.chmod(0o700)
    assert answer.status_code == 400
    assert "the index's folder cannot be used: Permission denied" in answer.text


def test_two_at_once_under_one_name_cannot_both_win(tmp_path):
    form = Form(
        action="file_upload", filename="tiny_demo-1.0.tar.gz", name="tiny-demo", version="1.0"
    )
    assert refusal(form) is None
    for number, expected in ((1, None), (2, "File already exists")):
        aside = tmp_path / f".aside-{number}"
        aside.write_text(f"bytes of {number}")
        said = place(aside, tmp_path, ".", form)
        assert (said or "").startswith(expected or "")
    assert (tmp_path / "tiny_demo-1.0.tar.gz").read_text() == "bytes of 1"


def test_whatever_comes_is_answered_and_no_half_of_it_stays(index, tmp_path, wheel):
    folder, client = index
    path = wheel(tmp_path)
    data = {":action": "file_upload", "name": "tiny-demo", "version": "1.0"}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    told = f'name="sha256_digest"\r\n\r\n{digest}'.encode()
    data |= {"sha256_digest": digest}
    content = (io.BytesIO(path.read_bytes()), path.name)
    environ = EnvironBuilder(method="POST", data={**data, "content": content}).get_environ()
    body, kind = environ["wsgi.input"].read(), environ["CONTENT_TYPE"]
    chance = random.Random(6)
    answers = set()
    for _ in range(300):
        changed = bytearray(body)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(changed))
            if chance.random() < 0.5:
                changed[at] = chance.randrange(256)
            else:
                del changed[at : at + chance.randint(1, 30)]
        answers.add(client.post("/", data=bytes(changed), content_type=kind).status_code)
        for there in folder.rglob("*.whl"):
            # a form that lost its hash says nothing of the bytes
            assert told not in changed or there.read_bytes() == path.read_bytes()
            there.unlink()
    assert answers == {200, 400}, "the form may have been changed where it says nothing"
