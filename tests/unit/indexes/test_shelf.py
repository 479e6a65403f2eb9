"""What lies in a folder, and what anybody's files say of themselves."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import resource
import struct
import tarfile
import zipfile
import zlib

import pytest

from shipwheel.indexes.metadata import metadata_in, requires_python_in
from shipwheel.indexes.shelf import Shelf, moment


def test_a_file_and_what_a_page_says_of_it(tmp_path, wheel, sdist):
    path = wheel(tmp_path / "below" / "here")
    sdist(tmp_path)
    made, source = Shelf(tmp_path).files("tiny-demo")
    assert (made.path, made.filename) == (f"below/here/{path.name}", path.name)
    assert (made.project, made.version) == ("tiny-demo", "1.0")
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.size == path.stat().st_size
    assert made.uploaded == "2023-11-14T22:13:20.250000Z"
    assert made.requires_python == source.requires_python == ">=3.8, <4"
    with zipfile.ZipFile(path) as archive:
        told = hashlib.sha256(archive.read("tiny_demo-1.0.dist-info/METADATA")).hexdigest()
    assert made.metadata == told
    assert source.metadata is None
    assert made.yanked is None


def test_versions_are_in_their_order_and_projects_apart(tmp_path, wheel):
    for version in ("1.10", "1.9", "1.9rc1"):
        wheel(tmp_path, version)
    wheel(tmp_path, name="other")
    shelf = Shelf(tmp_path)
    assert [each.version for each in shelf.files("tiny-demo")] == ["1.9rc1", "1.9", "1.10"]
    assert shelf.projects() == ("other", "tiny-demo")
    assert len(shelf.files()) == 4
    assert shelf.files("missing") == ()


def test_what_is_no_distribution_or_not_there_yet_is_passed_by(tmp_path, wheel):
    done = wheel(tmp_path)
    for name in ("README.md", "x.whl", "tiny_demo-1.0.exe", f".{done.name}", "a-b-c.tar.gz.asc"):
        (tmp_path / name).write_text("x")
    aside = tmp_path / ".incoming-1"
    aside.mkdir()
    wheel(aside, "2.0")
    assert [each.filename for each in Shelf(tmp_path).files()] == [done.name]


def test_a_name_counts_once(tmp_path, wheel):
    first = wheel(tmp_path / "a")
    wheel(tmp_path / "b", body="other")
    (held,) = Shelf(tmp_path).files()
    assert held.path == f"a/{first.name}"


def test_a_changed_file_is_read_again_and_a_yank_is_seen_at_once(tmp_path, wheel):
    path = wheel(tmp_path)
    shelf = Shelf(tmp_path)
    before = shelf.files()[0]
    wheel(tmp_path, body="longer than before")
    after = shelf.files()[0]
    assert after.sha256 != before.sha256
    (tmp_path / f"{path.name}.yanked").write_text("it loses\nfiles  \n")
    assert shelf.files()[0].yanked == "it loses files"
    (tmp_path / f"{path.name}.yanked").write_text("")
    assert shelf.files()[0].yanked == ""


def test_a_file_by_its_path_and_no_other_path(tmp_path, wheel):
    path = wheel(tmp_path / "in")
    (tmp_path / "secret").write_text("x")
    shelf = Shelf(tmp_path)
    assert shelf.find(f"in/{path.name}") == path
    for other in (
        path.name,
        "secret",
        f"../{tmp_path.name}/in/{path.name}",
        f"/in/{path.name}",
        "",
    ):
        assert shelf.find(other) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "1970-01-01T00:00:00.000000Z"), (1e30, "1970-01-01T00:00:00.000000Z")],
)
def test_moments(seconds, expected):
    assert moment(seconds) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"Name: x\nRequires-Python: >=3.9\n", ">=3.9"),
        (b"Name: x\r\nRequires-Python: >=3.9,\r\n  <4\r\n\r\nbody", ">=3.9, <4"),
        (b"Name: x\n\nRequires-Python: >=3.9\n", None),
        (b"Requires-Python: \xff\xfe\n", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"", None),
    ],
)
def test_requires_python(text, expected):
    assert requires_python_in(text) == expected


# --- what strangers send -------------------------------------------------------------------------


def lying_end(data: bytes) -> bytes:
    at = data.rindex(b"PK\x05\x06")
    return data[: at + 12] + struct.pack("<I", 0xFFFFFFF0) + data[at + 16 :]


def twice(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("other-1.0.dist-info/METADATA", "Name: other\n")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"PK",
        lambda data: data[:-30],
        lying_end,
        twice,
    ],
    ids=["empty", "stub", "cut", "lying", "twice"],
)
def test_a_broken_wheel_has_no_metadata(tmp_path, wheel, change):
    path = wheel(tmp_path)
    path.write_bytes(change(path.read_bytes()))
    assert metadata_in(path) is None
    assert Shelf(tmp_path).files()[0].metadata is None


def test_an_sdist_that_unpacks_to_gigabytes_is_left(tmp_path):
    path = tmp_path / "tiny_demo-1.0.tar.gz"
    head = tarfile.TarInfo("tiny_demo-1.0/zeros")
    head.size = 3 << 30
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.write(pack.compress(head.tobuf()))
        for _ in range(80):
            file.write(pack.compress(bytes(1 << 20)))
        file.write(pack.flush())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert metadata_in(path) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10


def test_metadata_of_many_megabytes_is_left(tmp_path, wheel):
    path = tmp_path / "tiny_demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny_demo-1.0.dist-info/METADATA", bytes(5 << 20))
    assert metadata_in(path) is None


def test_pkg_info_deep_in_an_sdist_is_another_projects(tmp_path, sdist):
    assert b"Tiny.Demo" in metadata_in(sdist(tmp_path, before=1 << 16))
    (tmp_path / "tiny_demo-2.0.tar.gz").write_bytes(gzip.compress(b"no tar at all" * 99))
    assert metadata_in(tmp_path / "tiny_demo-2.0.tar.gz") is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user reads everything")
def test_a_file_that_may_not_be_read_is_left_out(tmp_path, wheel):
    wheel(tmp_path).chmod(0)
    assert Shelf(tmp_path).files() == ()
