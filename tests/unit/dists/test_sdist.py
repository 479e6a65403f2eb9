from __future__ import annotations

import gzip
import os
import tarfile
import tracemalloc

import pytest

from shipwheel.dists.bounds import ArchiveError
from shipwheel.dists.normalize import normalize_sdist
from shipwheel.dists.sdist import open_sdist, unpack_sdist


def link(name, target, *, hard=False):
    info = tarfile.TarInfo(name)
    info.type = tarfile.LNKTYPE if hard else tarfile.SYMTYPE
    info.linkname = target
    return info


@pytest.fixture
def sdist(tmp_path):
    return tmp_path / "spam-1.0.tar.gz"


def test_reads_members_and_metadata(sdist, archives):
    opened = open_sdist(archives.write_sdist(sdist, [("src/spam.py", "x = 1\n")]))
    assert opened.root == "spam-1.0"
    assert [member.name for member in opened.members] == [
        "spam-1.0/PKG-INFO",
        "spam-1.0/src/spam.py",
    ]
    assert opened.metadata.get("version") == "1.0"
    assert opened.epoch == 1_700_000_000


def test_unpacks_with_times_and_modes(sdist, tmp_path, archives):
    program = tarfile.TarInfo("spam-1.0/run.sh")
    program.mode = 0o4777
    archives.write_sdist(sdist, [("a/b.py", "x")], special=[program])
    root = unpack_sdist(sdist, tmp_path / "out")
    assert (root / "a" / "b.py").read_text() == "x"
    assert int((root / "a" / "b.py").stat().st_mtime) == 1_700_000_000
    if os.name == "posix":
        assert (root / "run.sh").stat().st_mode & 0o7777 == 0o755
        assert (root / "a" / "b.py").stat().st_mode & 0o7777 == 0o644


def test_links_become_copies(sdist, tmp_path, archives):
    archives.write_sdist(
        sdist,
        [("a.py", "x")],
        special=[
            link("spam-1.0/c.py", "b.py"),
            link("spam-1.0/b.py", "a.py"),
            link("spam-1.0/d/e.py", "spam-1.0/a.py", hard=True),
        ],
    )
    root = unpack_sdist(sdist, tmp_path / "out")
    for name in ("b.py", "c.py", "d/e.py"):
        assert (root / name).read_text() == "x"
        assert not (root / name).is_symlink()


@pytest.mark.parametrize(
    ("members", "special", "what"),
    [
        ([("/etc/evil", "x")], [], "leads out"),
        ([("../evil", "x")], [], "leads out"),
        ([("a/../../../evil", "x")], [], "leads out"),
        ([("!C:/evil", "x")], [], "leads out"),
        ([("a\\..\\..\\evil", "x")], [], "leads out"),
        ([("a.py", "x"), ("a.py", "y")], [], "twice"),
        ([("a.py", "x"), ("./a.py", "y")], [], "twice"),
        ([("!other/a.py", "x")], [], "one top folder"),
        ([], [link("spam-1.0/evil", "/etc/passwd")], "link leads out"),
        ([], [link("spam-1.0/evil", "../../etc/passwd")], "link leads out"),
        ([], [link("spam-1.0/evil", "etc/passwd", hard=True)], "link leads out"),
        ([], [link("spam-1.0/a", "b"), link("spam-1.0/b", "a")], "leads to no file"),
        ([("d/a.py", "x")], [link("spam-1.0/d/e", "../d")], "leads to no file"),
    ],
)
def test_refuses_what_leads_elsewhere(sdist, tmp_path, members, special, what, archives):
    archives.write_sdist(sdist, members, special=special)
    with pytest.raises(ArchiveError, match=what):
        unpack_sdist(sdist, tmp_path / "out")
    assert not (tmp_path / "evil").exists()


def test_a_link_to_a_folder_that_is_followed_by_a_file_in_it_writes_nothing_outside(
    sdist, tmp_path, archives
):
    # the classic: a link to the outside first, then a file "below" it
    archives.write_sdist(sdist, [], special=[link("spam-1.0/x", "..")])
    with tarfile.open(sdist, "r:gz") as archive:
        assert archive.getmember("spam-1.0/x").issym()
    with pytest.raises(ArchiveError):
        unpack_sdist(sdist, tmp_path / "out")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.BLKTYPE])
def test_refuses_devices(sdist, tmp_path, kind, archives):
    info = tarfile.TarInfo("spam-1.0/device")
    info.type = kind
    with pytest.raises(ArchiveError, match="neither a file nor a folder"):
        unpack_sdist(archives.write_sdist(sdist, special=[info]), tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"not gzip", gzip.compress(b"not tar" * 200, mtime=0)])
def test_refuses_what_is_no_archive(sdist, content):
    sdist.write_bytes(content)
    with pytest.raises(ArchiveError):
        open_sdist(sdist)


def test_refuses_one_that_is_cut_short(sdist, tmp_path, archives):
    archives.write_sdist(sdist, [("a.bin", os.urandom(100_000))])
    sdist.write_bytes(sdist.read_bytes()[:50_000])
    with pytest.raises(ArchiveError, match="cannot be read"):
        unpack_sdist(sdist, tmp_path / "out")


def test_refuses_a_bomb_in_little_memory(sdist, tmp_path, archives):
    archives.write_bomb(sdist, 128 << 20)
    tracemalloc.start()
    with pytest.raises(ArchiveError, match="bomb"):
        unpack_sdist(sdist, tmp_path / "out")
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_refuses_a_header_that_would_fill_the_memory(sdist):
    header = tarfile.TarInfo("spam-1.0/x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 31
    sdist.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096)))
    with pytest.raises(ArchiveError, match="too long"):
        open_sdist(sdist)


def test_the_same_members_give_the_same_bytes(tmp_path, archives):
    one, two = tmp_path / "1" / "spam-1.0.tar.gz", tmp_path / "2" / "spam-1.0.tar.gz"
    one.parent.mkdir()
    two.parent.mkdir()
    archives.write_sdist(one, [("b.py", "b"), ("a.py", "a")])
    archives.write_sdist(two, [("a.py", "a"), ("b.py", "b")])
    os.utime(two, (1, 1))
    normalize_sdist(one, 1_600_000_000)
    normalize_sdist(two, 1_600_000_000)
    assert one.read_bytes() == two.read_bytes()
    assert list(one.parent.iterdir()) == [one]


def test_a_normalized_sdist_is_plain(sdist, archives):
    archives.write_sdist(sdist, [("a/b.py", "x"), ("ä.py", "y")])
    normalize_sdist(sdist, 1_600_000_000)
    with tarfile.open(sdist, "r:gz") as archive:
        members = archive.getmembers()
    assert [each.name for each in members] == sorted(each.name for each in members)
    assert {each.mtime for each in members} == {1_600_000_000}
    assert {(each.uid, each.gid, each.uname, each.gname) for each in members} == {(0, 0, "", "")}
    assert {each.mode for each in members} <= {0o644, 0o755}
    header = sdist.read_bytes()[:8]
    assert header[3] == 0, "no filename in the gzip header"
    assert header[4:] == bytes(4), "and no time"


def test_of_doubled_members_the_last_is_kept(sdist, archives):
    # hatchling packs a PKG-INFO that lies in the tree beside its own
    archives.write_sdist(sdist, [("PKG-INFO", "Metadata-Version: 2.4\nName: spam\nVersion: 2.0\n")])
    normalize_sdist(sdist, 1_600_000_000)
    opened = open_sdist(sdist)
    assert len(opened.members) == 1
    assert opened.metadata.get("Version") == "2.0"


def test_an_sdist_without_metadata_is_none(sdist):
    with tarfile.open(sdist, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("spam-1.0/a.py"))
    with pytest.raises(ArchiveError, match="no PKG-INFO"):
        open_sdist(sdist)
