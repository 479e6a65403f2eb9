"""What differs between two builds of one file, told by member and by byte."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from shipwheel.dists.byte_ranges import MOST_RANGES, ByteRange, byte_ranges, text_difference
from shipwheel.dists.comparison import compare_files

MiB = 1 << 20


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (b"", b"", []),
        (b"same", b"same", []),
        (b"abc", b"aXc", [(1, 1, "62", "58")]),
        (b"abc", b"", [(0, 3, "61 62 63", "")]),
        (b"ab", b"abcd", [(2, 2, "", "63 64")]),
        (b"aXbbbYc", b"a.bbb.c", [(1, 5, "58 62 62 62 59", "2e 62 62 62 2e")]),
        (
            b"X" + bytes(20) + b"Y",
            b"x" + bytes(20) + b"y",
            [(0, 1, "58", "78"), (21, 1, "59", "79")],
        ),
        (bytes(MiB) + b"\1", bytes(MiB) + b"\2", [(MiB, 1, "01", "02")]),
        (bytes(4095) + b"ab", bytes(4095) + b"cd", [(4095, 2, "61 62", "63 64")]),
    ],
)
def test_runs_of_bytes(first, second, found):
    assert byte_ranges(first, second) == tuple(ByteRange(*each) for each in found)


def test_a_long_run_shows_its_beginning():
    (run,) = byte_ranges(b"a" * 100, b"b" * 100)
    assert (run.offset, run.length, run.first) == (0, 100, " ".join(["61"] * 16))


def test_of_many_runs_the_last_holds_the_rest():
    step = bytes(99)
    first, second = (step + b"a") * 50, (step + b"b") * 50
    runs = byte_ranges(first, second)
    assert len(runs) == MOST_RANGES
    assert runs[-1].offset + runs[-1].length == len(first)


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")),
        (b"a\0b", b"a\0c", ()),
        (b"\xff", b"a", ()),
        (b"a" * MiB + b"a", b"b", ()),
    ],
)
def test_texts_are_told_by_line(first, second, lines):
    assert text_difference(first, second) == lines


def test_a_long_difference_of_texts_is_cut():
    lines = text_difference(b"a\n" * 100, b"b\n" * 100)
    assert len(lines) == 41
    assert lines[-1] == "… 161 more lines"


def wheel(path: Path, *members: tuple[str, bytes], year: int = 2020, level: int = 6) -> Path:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), content, 8, level)
    return path


def sdist(path: Path, mode: int, user: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    info = tarfile.TarInfo("spam-1.0/a")
    info.mode, info.uname, info.size = mode, user, 1
    with gzip.GzipFile(path, "wb", mtime=0) as raw, tarfile.open(fileobj=raw, mode="w") as archive:
        archive.addfile(info, io.BytesIO(b"a"))
    return path


def told(tmp_path: Path, first: Path, second: Path) -> list[tuple[str, ...]]:
    compared = compare_files(first, second, tmp_path / "dist" / first.name)
    assert not compared.identical
    assert compared.here == "absent"
    return [(each.member, each.what, each.first, each.second) for each in compared.differences]


def pair(tmp_path: Path, name: str) -> tuple[Path, Path]:
    return tmp_path / "1" / name, tmp_path / "2" / name


def test_a_member_tells_what_differs_of_it(tmp_path):
    one, two = pair(tmp_path, "a.whl")
    wheel(one, ("a.py", b"x = 1\n"), ("b.py", b""), ("gone.py", b""))
    wheel(two, ("a.py", b"x = 23\n"), ("b.py", b""), ("new.py", b""), year=2021)
    assert told(tmp_path, one, two) == [
        ("a.py", "content", "6 bytes", "7 bytes"),
        ("a.py", "time", "2020-01-01 00:00:00", "2021-01-01 00:00:00"),
        ("b.py", "time", "2020-01-01 00:00:00", "2021-01-01 00:00:00"),
        ("gone.py", "missing", "there", "not there"),
        ("new.py", "missing", "not there", "there"),
    ]


def test_an_order_and_an_archive_that_differ_though_no_member_does(tmp_path):
    one, two = pair(tmp_path, "a.whl")
    wheel(one, ("a", b""), ("b", b""))
    wheel(two, ("b", b""), ("a", b""))
    assert told(tmp_path, one, two) == [("", "order", "a", "b")]
    content = b"".join(b"%d" % number for number in range(999))
    wheel(one, ("a", content), level=1)
    wheel(two, ("a", content), level=9)
    (found,) = told(tmp_path, one, two)
    assert found[:2] == ("", "archive")


def test_an_sdists_headers(tmp_path):
    one, two = pair(tmp_path, "spam-1.0.tar.gz")
    sdist(one, 0o644, "me")
    sdist(two, 0o600, "you")
    assert told(tmp_path, one, two) == [
        ("spam-1.0/a", "mode", "644", "600"),
        ("spam-1.0/a", "owner", "0:0 me:", "0:0 you:"),
    ]


@pytest.mark.parametrize(("here", "said"), [(b"x", "same"), (b"y", "other"), (None, "absent")])
def test_what_lies_in_dist_is_compared_too(tmp_path, here, said):
    one, two = pair(tmp_path, "a.whl")
    for path in (one, two):
        wheel(path, ("a", b"x"))
    dist = tmp_path / "dist" / "a.whl"
    if here is not None:
        wheel(dist, ("a", here))
    compared = compare_files(one, two, dist)
    assert (compared.identical, compared.here, compared.differences) == (True, said, ())


def test_a_file_that_one_build_alone_made(tmp_path):
    one, _ = pair(tmp_path, "a.whl")
    compared = compare_files(wheel(one, ("a", b"x")), None, tmp_path / "a.whl")
    assert not compared.identical
    assert compared.sha256[1] is None
    assert compared.size == (one.stat().st_size, None)
