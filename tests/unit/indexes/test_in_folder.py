"""A folder as an index, through requests: no socket is opened (the tests' guard would see it)."""

from __future__ import annotations

import hashlib

import pytest
import requests

from shipwheel.errors import ConfigurationError, ShipwheelError
from shipwheel.indexes.in_folder import reach
from shipwheel.indexes.known import index_at, index_in
from shipwheel.indexes.page import IndexFile
from shipwheel.indexes.simple import SimpleIndex


def send(index, path):
    with requests.Session() as session:
        reach(session, index)
        data = {":action": "file_upload", "name": "tiny-demo", "version": "1.0"}
        with path.open("rb") as file:
            return session.post(index.upload, data=data, files={"content": (path.name, file)})


@pytest.mark.parametrize("where", ["index", "with blank/ü #1%20"])
def test_a_file_goes_in_and_comes_out(tmp_path, wheel, sdist, where):
    index = index_in(tmp_path / where)
    with SimpleIndex(index) as reader:
        assert reader.page("Tiny.Demo").form == "none"
        assert not (tmp_path / where).exists(), "reading makes nothing"
        for path in (wheel(tmp_path), sdist(tmp_path)):
            assert send(index, path).status_code == 200
        page = reader.page("Tiny.Demo")
        assert page.form == "json"
        for file, path in zip(page.files, (wheel(tmp_path), sdist(tmp_path)), strict=True):
            assert file.url.startswith("file:///")
            data = path.read_bytes()
            assert reader.digest(file) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (tmp_path / where / "simple" / "index.html").is_file()


def test_other_bytes_are_refused_with_words(tmp_path, wheel):
    index = index_in(tmp_path / "index")
    send(index, wheel(tmp_path))
    answer = send(index, wheel(tmp_path, body="other"))
    assert answer.status_code == 400
    assert "File already exists" in answer.text


@pytest.mark.parametrize("link", ["../../../secret", "file:///etc/hostname", "../../secret"])
def test_a_page_cannot_point_out_of_its_folder(tmp_path, wheel, link):
    folder = tmp_path / "index"
    index = index_in(folder)
    send(index, wheel(tmp_path))
    (tmp_path / "secret").write_text("x")
    (folder / "secret").write_text("x")
    page = folder / "simple" / "tiny-demo" / "index.json"
    page.write_text(f'{{"files": [{{"filename": "tiny_demo-1.0.tar.gz", "url": "{link}"}}]}}')
    with SimpleIndex(index) as reader:
        (file,) = reader.page("tiny-demo").files
        with pytest.raises(ShipwheelError, match=r"does not have it|out of reach"):
            reader.digest(file)


def test_a_server_cannot_point_into_a_folder(tmp_path, wheel):
    index = index_at("http://127.0.0.1:1/")
    made = wheel(tmp_path)
    with SimpleIndex(index) as reader, pytest.raises(ShipwheelError) as caught:
        reader.digest(IndexFile(filename=made.name, url=made.as_uri()))
    assert "No connection adapters" in str(caught.value.evidence)


def test_an_index_is_no_file(tmp_path, wheel):
    with pytest.raises(ConfigurationError, match="this is a file"):
        index_in(wheel(tmp_path))
