from __future__ import annotations

import pytest

from shipwheel.building.keep import all_kept, find_kept, keep, kept_path
from shipwheel.building.placement import foreign_files, place, retire
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Made, Record, Status
from shipwheel.errors import JobError
from shipwheel.files import sha256
from shipwheel.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def kept(workspace, filename, content, file_id="sdist", key=None):
    path = workspace.root / filename
    path.write_bytes(content)
    key = key or f"{filename}{content!r}".ljust(64, "0")
    return keep(workspace, key, path, file_id=file_id, resolved={}, resolved_at=0.0, tools={})


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_kept_file_is_found_by_its_key_and_trusted_by_its_bytes(workspace):
    entry = kept(workspace, "spam-1.0.tar.gz", b"one", key="k" * 64)
    assert find_kept(workspace, "k" * 64) == entry
    assert find_kept(workspace, "k" * 24 + "other") is None
    kept_path(workspace, entry).write_bytes(b"two")
    assert find_kept(workspace, "k" * 64) is None


@pytest.mark.parametrize("entry", ["", '{"key": "k', "[]"])
def test_a_half_written_entry_is_not_trusted(workspace, entry):
    made = kept(workspace, "spam-1.0.tar.gz", b"one", key="k" * 64)
    (kept_path(workspace, made).parent / "entry.json").write_text(entry)
    assert find_kept(workspace, "k" * 64) is None


def test_a_file_without_its_entry_is_not_trusted(workspace):
    made = kept(workspace, "spam-1.0.tar.gz", b"one", key="k" * 64)
    (kept_path(workspace, made).parent / "entry.json").unlink()
    assert find_kept(workspace, "k" * 64) is None


def test_only_the_newest_generations_of_a_file_are_kept(workspace):
    for number in range(8):
        kept(workspace, "spam-1.0.tar.gz", bytes([number]))
    kept(workspace, "spam-1.0-py3-none-any.whl", b"x", "any")
    entries = list(all_kept(workspace))
    assert len([each for each in entries if each.id == "sdist"]) == 6
    assert len(entries) == 7


def test_placing_twice_leaves_the_file_alone(workspace):
    entry = kept(workspace, "spam-1.0.tar.gz", b"one")
    path = place(workspace, entry)
    before = path.stat().st_mtime_ns
    assert place(workspace, entry).stat().st_mtime_ns == before
    assert names(workspace.dist) == ["spam-1.0.tar.gz"]


def test_another_version_of_ours_moves_away_and_others_stay(workspace):
    place(workspace, kept(workspace, "spam-1.0.tar.gz", b"one"))
    place(workspace, kept(workspace, "spam-1.0-py3-none-any.whl", b"wheel", "any"))
    (workspace.dist / "notes.txt").write_text("foreign")
    (workspace.dist / "spam-0.9.tar.gz").write_text("foreign, though it looks like ours")
    (workspace.dist / "eggs-1.0.tar.gz").write_text("foreign")
    place(workspace, kept(workspace, "spam-1.1.tar.gz", b"two"))
    assert names(workspace.dist) == [
        "eggs-1.0.tar.gz",
        "notes.txt",
        "spam-0.9.tar.gz",
        "spam-1.1.tar.gz",
    ]
    assert names(workspace.old) == ["spam-1.0-py3-none-any.whl", "spam-1.0.tar.gz"]
    assert [each.name for each in foreign_files(workspace)] == [
        "eggs-1.0.tar.gz",
        "notes.txt",
        "spam-0.9.tar.gz",
    ]


def test_the_same_planned_file_under_another_name_moves_away(workspace):
    old = "spam-1.0-cp312-cp312-linux_x86_64.whl"
    new = "spam-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
    other = "spam-1.0-cp313-cp313-manylinux_2_17_x86_64.whl"
    place(workspace, kept(workspace, old, b"1", "cp312-manylinux_x86_64"))
    place(workspace, kept(workspace, other, b"2", "cp313-manylinux_x86_64"))
    place(workspace, kept(workspace, new, b"3", "cp312-manylinux_x86_64"))
    assert names(workspace.dist) == [new, other]


def test_new_bytes_under_the_same_name_keep_the_old_ones_aside(workspace):
    place(workspace, kept(workspace, "spam-1.0.tar.gz", b"one"))
    place(workspace, kept(workspace, "spam-1.0.tar.gz", b"two"))
    assert (workspace.dist / "spam-1.0.tar.gz").read_bytes() == b"two"
    assert (workspace.old / "spam-1.0.tar.gz").read_bytes() == b"one"


def test_a_foreign_file_of_that_name_is_refused_and_not_touched(workspace):
    workspace.dist.mkdir()
    (workspace.dist / "spam-1.0.tar.gz").write_bytes(b"somebody's")
    with pytest.raises(JobError, match="was not made by shipwheel"):
        place(workspace, kept(workspace, "spam-1.0.tar.gz", b"one"))
    assert (workspace.dist / "spam-1.0.tar.gz").read_bytes() == b"somebody's"


def test_a_file_of_a_record_is_ours_though_it_is_not_kept(workspace):
    workspace.dist.mkdir()
    path = workspace.dist / "spam-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
    path.write_bytes(b"by cibuildwheel")
    made = Made(
        id="cp312-manylinux_x86_64",
        filename=path.name,
        sha256=sha256(path),
        size=15,
        builder="cibuildwheel",
    )
    record = Record(job="wheels", session="wheels", status=Status.PASSED, made=(made,))
    manifest = Manifest(records=(record,))
    assert foreign_files(workspace, manifest) == []
    assert foreign_files(workspace) == [path]
    asked = []

    def belongs(file_id, filename):
        asked.append((file_id, filename))
        return False

    (moved,) = retire(workspace, belongs, manifest=manifest)
    assert asked == [("cp312-manylinux_x86_64", path.name)]
    assert moved == workspace.old / path.name
    assert names(workspace.dist) == []
