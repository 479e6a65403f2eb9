from __future__ import annotations

import os

import pytest

from shipwheel.project.tree import ABSENT, Tree, witnesses_hold


@pytest.fixture
def root(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a = 1\n")
    (tmp_path / "setup.cfg").write_text("[metadata]\n")
    return tmp_path


def look(root):
    tree = Tree(root)
    tree.read("setup.cfg")
    tree.is_file("tox.ini")
    tree.names("src")
    return tree.witnesses


def test_what_was_looked_at_is_witnessed(root):
    seen = look(root)
    assert set(seen) == {"setup.cfg", "tox.ini", "src"}
    assert seen["tox.ini"] == ABSENT
    assert witnesses_hold(root, seen)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "tox.ini").write_text(""),
        lambda root: (root / "setup.cfg").unlink(),
        lambda root: (root / "setup.cfg").write_text("[metadata]\nname = a\n"),
        lambda root: os.utime(root / "setup.cfg", ns=(1, 1)),
        lambda root: (root / "src" / "b.py").write_text(""),
        lambda root: (root / "src" / "a.py").rename(root / "src" / "c.py"),
    ],
)
def test_a_change_breaks_the_witnesses(root, change):
    seen = look(root)
    change(root)
    assert not witnesses_hold(root, seen)


@pytest.mark.parametrize("name", ["__pycache__", ".pytest_cache", "build", "a.egg-info"])
def test_what_tools_leave_behind_breaks_nothing(root, name):
    seen = look(root)
    (root / "src" / name).mkdir()
    assert witnesses_hold(root, seen)


def test_text_that_is_no_utf_8_is_read(root):
    (root / "old.py").write_bytes("# -*- coding: latin-1 -*-\nname = 'Ä'\n".encode("latin-1"))
    assert "Ä" in Tree(root).read("old.py")


def test_a_huge_file_is_not_read(root):
    with (root / "huge").open("wb") as file:
        file.truncate((4 << 20) + 1)
    assert Tree(root).read("huge") is None


def test_the_check_imports_nothing_heavy():
    import ast
    import inspect

    from shipwheel.project import tree

    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(inspect.getsource(tree)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= {"__future__", "os", "zlib", "collections", "fnmatch", "stat"}
