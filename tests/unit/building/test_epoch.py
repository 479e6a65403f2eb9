from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.building.epoch import NO_COMMIT_EPOCH, epoch_mark, source_epoch, told_epoch
from shipwheel.building.repository import Repository

ID, OTHER = "a" * 40, "b" * 64


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / ".git"
    (folder / "refs" / "heads").mkdir(parents=True)
    return Repository(folder, folder, tmp_path, is_own=True)


@pytest.mark.parametrize(
    ("told", "epoch"), [("1", 1), ("0", 0), ("", None), ("-1", None), ("1.5", None), ("²", None)]
)
def test_the_users_time_is_a_number_of_seconds(told, epoch):
    assert told_epoch({"SOURCE_DATE_EPOCH": told}) == epoch


def test_a_tree_without_git_has_a_fixed_time_unless_one_is_told(tmp_path):
    assert source_epoch(tmp_path, {}, None) == NO_COMMIT_EPOCH
    assert source_epoch(tmp_path, {"SOURCE_DATE_EPOCH": "17"}, None) == 17
    assert epoch_mark(tmp_path, {}, None) == str(NO_COMMIT_EPOCH)


@pytest.mark.parametrize(
    ("head", "files", "found"),
    [
        (ID, {}, ID),
        ("ref: refs/heads/main", {"refs/heads/main": ID}, ID),
        ("ref: refs/heads/main", {"packed-refs": f"# pack\n{OTHER} refs/heads/main\n^{ID}"}, OTHER),
        ("ref: refs/heads/a/b", {"packed-refs": f"{ID} refs/heads/a\n{ID} refs/heads/b"}, None),
        ("ref: refs/heads/.invalid", {}, None),  # as `git init --ref-format=reftable` writes it
    ],
)
def test_the_commit_is_read_from_files(tmp_path, repository, head, files, found):
    (repository.folder / "HEAD").write_text(f"{head}\n")
    for name, text in files.items():
        (repository.folder / name).write_text(f"{text}\n")
    assert repository.head() == found
    if found is not None:
        assert epoch_mark(tmp_path, {}, repository) == found
        assert epoch_mark(tmp_path, {"SOURCE_DATE_EPOCH": "17"}, repository) == "17"
