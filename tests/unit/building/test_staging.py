from __future__ import annotations

import os

import pytest

from shipwheel.building.inputs import Inputs
from shipwheel.building.repository import find_repository, stand_in
from shipwheel.building.staging import stage


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "my pröject"
    (root / "src" / "spam").mkdir(parents=True)
    (root / "src" / "spam" / "__init__.py").write_text("x")
    (root / "setup.py").write_text("s")
    (root / "dist").mkdir()
    (root / "dist" / "old.whl").write_text("")
    return root


def checkout(root):
    git = root / ".git"
    (git / "refs" / "tags").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "index").write_text("index")
    (git / "config").write_text("[core]\n\tbare = false\n")
    (git / "packed-refs").write_text("# pack\n111 refs/heads/main\n222 refs/tags/v1\n")
    (git / "refs" / "tags" / "v2").write_text("333\n")
    return git


def test_the_copy_has_the_members_alone_and_the_same_name(tree, tmp_path):
    inputs = Inputs(tree, ("setup.py", "src/spam/__init__.py"), "digest", None)
    staged = stage(inputs, tmp_path / "stage")
    found = sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*"))
    assert found == ["setup.py", "src", "src/spam", "src/spam/__init__.py"]
    assert staged.name == tree.name


def test_a_second_copy_has_nothing_of_the_first(tree, tmp_path):
    staged = stage(Inputs(tree, ("setup.py",), "digest", None), tmp_path / "stage")
    (staged / "left over").write_text("")
    staged = stage(Inputs(tree, ("src/spam/__init__.py",), "digest", None), tmp_path / "stage")
    assert [path.name for path in staged.iterdir()] == ["src"]


def test_an_empty_gitignore_stands_between_the_copy_and_ours(tree, tmp_path):
    staged = stage(Inputs(tree, ("setup.py",), "digest", None), tmp_path / "stage")
    assert (staged.parent / ".gitignore").read_text() == ""


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_links_that_stay_inside_stay_links_and_others_become_copies(tree, tmp_path):
    (tmp_path / "outside.txt").write_text("outside")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "f.txt").write_text("f")
    (tree / "inside").symlink_to("setup.py")
    (tree / "src" / "up").symlink_to("../setup.py")
    (tree / "out").symlink_to("../outside.txt")
    (tree / "dir").symlink_to("../folder")
    paths = ("dir", "inside", "out", "setup.py", "src/up")
    staged = stage(Inputs(tree, paths, "digest", None), tmp_path / "stage")
    assert (staged / "inside").is_symlink()
    assert (staged / "src" / "up").read_text() == "s"
    assert not (staged / "out").is_symlink()
    assert (staged / "out").read_text() == "outside"
    assert (staged / "dir" / "f.txt").read_text() == "f"


def test_the_stand_in_shares_all_but_head_and_index(tree, tmp_path):
    git = checkout(tree)
    repository = find_repository(tree)
    assert repository.is_own
    assert list(repository.tags()) == ["222 refs/tags/v1", "v2 333"]
    staged = tmp_path / "staged"
    staged.mkdir()
    stand_in(repository, staged)
    assert sorted(path.name for path in (staged / ".git").iterdir()) == [
        "HEAD",
        "commondir",
        "index",
    ]
    assert (staged / ".git" / "commondir").read_text() == f"{git}\n"


def test_a_linked_worktree_and_a_project_below_the_top(tree, tmp_path):
    git = checkout(tree)
    linked, folder = tmp_path / "linked", git / "worktrees" / "linked"
    (linked / "packages" / "spam").mkdir(parents=True)
    folder.mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/other\n")
    (folder / "commondir").write_text("../..\n")
    (linked / ".git").write_text(f"gitdir: {folder}\n")
    repository = find_repository(linked)
    assert (repository.folder, repository.common, repository.is_own) == (folder, git, True)
    assert not find_repository(linked / "packages" / "spam").is_own


def test_a_submodule_is_not_copied_as_a_checkout(tree):
    git = checkout(tree)
    (git / "config").write_text("[core]\n\tworktree = ../../spam\n")
    assert not find_repository(tree).is_own


def test_no_repository(tree):
    assert find_repository(tree) is None


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_link_to_nowhere_is_left_out_and_a_folder_elsewhere_stays_a_link(tree, tmp_path):
    (tree / "nowhere").symlink_to("/not/there")
    (tree / "loop").symlink_to("loop")
    (tree / "root").symlink_to(tmp_path)
    paths = ("loop", "nowhere", "root", "setup.py")
    staged = stage(Inputs(tree, paths, "digest", None), tmp_path / "stage")
    assert sorted(each.name for each in staged.iterdir()) == ["root", "setup.py"]
    assert (staged / "root").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_project_below_the_top_is_staged_beside_its_neighbours(tmp_path):
    top = tmp_path / "repository"
    project = top / "libs" / "spam"
    project.mkdir(parents=True)
    (top / ".git").mkdir()
    (top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (top / "VERSION").write_text("7")
    (top / ".gitignore").write_text("dist/")
    (top / "libs" / "eggs").mkdir()
    (project / "setup.py").write_text("s")
    (project / ".shipwheel").mkdir()
    inputs = Inputs(project, ("setup.py",), "digest", find_repository(project))
    staged = stage(inputs, tmp_path / "stage")
    assert staged == tmp_path / "stage" / "repository" / "libs" / "spam"
    assert [each.name for each in staged.iterdir()] == ["setup.py"]
    assert (staged / ".." / ".." / "VERSION").read_text() == "7"
    assert (staged.parent / "eggs").is_symlink()
    # hatchling packs the one it finds above: a link could not be unpacked
    assert not (staged.parent.parent / ".gitignore").is_symlink()
    assert (staged.parent.parent / ".git" / "HEAD").is_file()
