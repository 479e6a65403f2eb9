"""What normalizing keeps and what it refuses; the same members, the same bytes: see test_sdist.py."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from shipwheel.dists.bounds import ArchiveError
from shipwheel.dists.normalize import normalize_sdist, normalize_wheel

EPOCH = 1_700_000_001
DATE = (2023, 11, 14, 22, 13, 20)  # UTC, and zip knows even seconds alone
ROOT = "spam-1.0"


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    return tmp_path / "spam-1.0.tar.gz"


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{ROOT}/{name}")
    info.type, info.linkname = kind, to
    return info


def test_contents_and_execute_bits_stay_and_links_become_copies(sdist, archives):
    program = tarfile.TarInfo(f"{ROOT}/empty.sh")
    program.mode = 0o4711
    chain = [link("to-link", "to-a"), link("to-a", "in/a.py")]
    hard = link("hard", f"{ROOT}/in/a.py", tarfile.LNKTYPE)
    archives.write_sdist(sdist, [("in/a.py", "content")], special=[*chain, hard, program])
    normalize_sdist(sdist, EPOCH)
    with tarfile.open(sdist) as archive:
        found = {each.name: each for each in archive}
        for name in ("in/a.py", "to-a", "to-link", "hard"):
            member = found[f"{ROOT}/{name}"]
            assert member.isreg()
            assert archive.extractfile(member).read() == b"content"
    assert found[f"{ROOT}/empty.sh"].mode == 0o755
    assert found[f"{ROOT}/in"].isdir(), "a folder that no member named"


@pytest.mark.parametrize(
    ("special", "told"),
    [
        ([link("a", "../../etc/passwd")], "leads out"),
        ([link("a", "nowhere")], "leads to no file"),
        ([link("a", "b"), link("b", "a")], "leads to no file"),
        ([link("PKG-INFO/b", "../PKG-INFO")], "a file and a folder"),
    ],
)
def test_what_cannot_be_a_file_is_refused_and_the_sdist_stays(sdist, archives, special, told):
    archives.write_sdist(sdist, special=special)
    before = sdist.read_bytes()
    with pytest.raises(ArchiveError, match=told):
        normalize_sdist(sdist, EPOCH)
    assert sdist.read_bytes() == before
    assert list(sdist.parent.iterdir()) == [sdist]


def write_wheel(path: Path, date: tuple[int, ...], mode: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("b.py", "b" * 99), ("a.sh", ""), ("spam-1.0.dist-info/RECORD", "")):
            info = zipfile.ZipInfo(name, date)
            info.external_attr = (mode | (0o111 if name == "a.sh" else 0)) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def test_a_wheels_times_and_modes_become_the_commits(tmp_path):
    one = write_wheel(tmp_path / "one.whl", (2026, 1, 2, 3, 4, 6), 0o100600)
    two = write_wheel(tmp_path / "two.whl", (2025, 5, 5, 5, 5, 6), 0o100664)
    assert normalize_wheel(one, EPOCH)
    assert normalize_wheel(two, EPOCH)
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        found = archive.infolist()
        assert archive.read("b.py") == b"b" * 99
    assert [each.filename for each in found] == ["b.py", "a.sh", "spam-1.0.dist-info/RECORD"]
    assert {each.date_time for each in found} == {DATE}
    assert [each.external_attr >> 16 for each in found] == [0o100644, 0o100755, 0o100644]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_wheel_that_is_as_it_should_be_is_not_written_again(tmp_path):
    wheel = write_wheel(tmp_path / "one.whl", DATE, 0o100644)
    before = wheel.stat().st_ino, wheel.read_bytes()
    assert not normalize_wheel(wheel, EPOCH)
    assert (wheel.stat().st_ino, wheel.read_bytes()) == before


def test_a_time_that_zip_cannot_hold_becomes_its_first(tmp_path):
    wheel = write_wheel(tmp_path / "one.whl", DATE, 0o100644)
    normalize_wheel(wheel, 0)
    with zipfile.ZipFile(wheel) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
