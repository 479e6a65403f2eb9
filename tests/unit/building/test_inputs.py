from __future__ import annotations

import os

import pytest

from shipwheel.building.inputs import member_digests, version_variables


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "a.py").write_text("a")
    (tmp_path / "b.py").write_text("b")
    return tmp_path


def digests(tree, *paths):
    return list(member_digests(tree, paths or ("a.py", "b.py")))


def test_the_content_decides_and_nothing_else_of_a_file(tree):
    before = digests(tree)
    os.utime(tree / "a.py", (1, 1))
    assert digests(tree) == before
    (tree / "a.py").write_text("A")
    after = digests(tree)
    assert (after[0], after[1]) != (before[0], before[1])
    assert after[1] == before[1]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no execute bit")
def test_the_execute_bit_and_a_links_target_decide(tree):
    before = digests(tree)
    (tree / "a.py").chmod(0o755)
    assert digests(tree) != before
    (tree / "link").symlink_to("a.py")
    to_a = digests(tree, "link")
    (tree / "link").unlink()
    (tree / "link").symlink_to("b.py")
    assert digests(tree, "link") != to_a


def test_a_member_that_went_away_is_another_input(tree):
    before = digests(tree)
    (tree / "b.py").unlink()
    assert digests(tree) != before


def test_variables_that_decide_versions():
    environ = {
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SPAM": "1.0",
        "SOURCE_DATE_EPOCH": "1",
        "HOME": "/root",
        "PBR_VERSION": "2",
    }
    assert version_variables(environ) == [
        "PBR_VERSION=2",
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SPAM=1.0",
        "SOURCE_DATE_EPOCH=1",
    ]
