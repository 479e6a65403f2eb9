"""The files of a tree, from git's answer and from a walk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipwheel.project.listing import parse_listing, walk


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", []),
        ("H a.py\0? b c.py\0", [("H", "a.py"), ("?", "b c.py")]),
        ("H ä/ö.py\0", [("H", "ä/ö.py")]),
        ("H new\nline.py\0", [("H", "new\nline.py")]),
        ("warning: unable to access 'x'\nH a.py\0? b\0", [("H", "a.py"), ("?", "b")]),
        ("fatal: not a git repository", []),
    ],
)
def test_the_listing_of_git(output, expected):
    assert list(parse_listing(output)) == expected


def test_a_walk_leaves_out_junk_environments_and_what_is_no_file(tmp_path: Path) -> None:
    for name in ("a.py", "pkg/b.py", "junk/c.py", "env/pyvenv.cfg", "env/lib/d.py", "e.junk"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("pkg", target_is_directory=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")

    def is_junk(path: str) -> bool:
        return path.startswith("junk/") or path.endswith(".junk")

    assert sorted(walk(tmp_path, is_junk)) == ["a.py", "link", "pkg/b.py"]
