from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.indexes.page import read_page
from shipwheel.indexes.shelf import Shelf
from shipwheel.indexes.static import write_pages
from shipwheel.indexes.yanking import yank


def yanks(folder):
    return {each.filename: each.yanked for each in Shelf(folder).files()}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("Tiny-Demo==1.0", {"tiny_demo-1.0-py3-none-any.whl", "tiny_demo-1.0.tar.gz"}),
        ("tiny.demo == 1", {"tiny_demo-1.0-py3-none-any.whl", "tiny_demo-1.0.tar.gz"}),
        ("tiny_demo-1.0.tar.gz", {"tiny_demo-1.0.tar.gz"}),
    ],
)
def test_a_version_or_one_file_there_and_back(tmp_path, wheel, sdist, what, expected):
    wheel(tmp_path)
    wheel(tmp_path, "2.0")
    sdist(tmp_path / "below")
    assert set(yank(tmp_path, what, "it loses\n data ")) == expected
    assert {
        name for name, reason in yanks(tmp_path).items() if reason == "it loses data"
    } == expected
    assert yank(tmp_path, what, None) == tuple(sorted(expected))
    assert set(yanks(tmp_path).values()) == {None}
    assert not (tmp_path / "simple").exists(), "pages that are no files stay none"


@pytest.mark.parametrize(
    "what", ["tiny-demo", "tiny-demo>=1", "tiny-demo==3", "other==1.0", "x-1.0.tar.gz", "../x", ""]
)
def test_nothing_is_meant(tmp_path, wheel, what):
    wheel(tmp_path)
    with pytest.raises(ConfigurationError, match="to yank"):
        yank(tmp_path, what, "")
    assert yanks(tmp_path) == {"tiny_demo-1.0-py3-none-any.whl": None}


def test_the_pages_of_a_static_index_say_it(tmp_path, wheel):
    wheel(tmp_path)
    write_pages(Shelf(tmp_path))
    yank(tmp_path, "tiny-demo==1.0", "")
    body = (tmp_path / "simple" / "tiny-demo" / "index.json").read_bytes()
    (file,) = read_page(body, "", "https://h/simple/tiny-demo/").files
    assert file.yanked == "", "yanked without a reason"
