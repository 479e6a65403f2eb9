from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shipwheel.building.prefix_map import mapping_variables

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="MSVC has no such option")

SETUPTOOLS, CMAKE = "setuptools.build_meta", "scikit_build_core.build"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("backend", "names"),
    [
        (SETUPTOOLS, {"CPPFLAGS"}),
        ("mesonpy", {"CPPFLAGS"}),
        (CMAKE, {"CFLAGS", "CXXFLAGS"}),
        ("backend_of_the_tree", {"CPPFLAGS"}),
    ],
)
def test_what_the_backend_reads_is_set(folder, backend, names):
    found = mapping_variables(backend, {folder: "spam-1.0"}, {})
    assert found == dict.fromkeys(names, f"-ffile-prefix-map={folder}=spam-1.0")


def test_the_users_flags_stay_in_front(folder):
    environ = {"CPPFLAGS": "-DX=1", "CFLAGS": "-O1"}
    assert mapping_variables(SETUPTOOLS, {folder: "."}, environ) == {
        "CPPFLAGS": f"-DX=1 -ffile-prefix-map={folder}=."
    }
    assert mapping_variables(CMAKE, {folder: "."}, environ) == {
        "CFLAGS": f"-O1 -ffile-prefix-map={folder}=.",
        "CXXFLAGS": f"-ffile-prefix-map={folder}=.",
    }


@pytest.mark.parametrize(
    ("compilers", "mapped"),
    [
        ({"CC": "gcc -pthread"}, True),
        ({"CC": "/usr/lib/ccache/x86_64-linux-gnu-gcc-12"}, True),
        ({"CC": "sccache clang", "CXX": "clang++-18"}, True),
        ({"CC": "zig cc -target aarch64-linux-gnu"}, True),
        ({"CC": " "}, True),
        ({"CC": "icc"}, False),
        ({"CC": "gcc", "CXX": "nvc++"}, False),
        ({"CC": "ccache"}, False),
        ({"CC": "'gcc"}, False),
    ],
)
def test_a_compiler_that_may_not_know_the_option_is_not_given_it(folder, compilers, mapped):
    assert bool(mapping_variables(SETUPTOOLS, {folder: "."}, compilers)) is mapped


def test_paths_are_quoted_and_an_ambiguous_one_is_left_out(folder):
    spaced = folder / "my project"
    assert mapping_variables(SETUPTOOLS, {spaced: "."}, {}) == {
        "CPPFLAGS": f"'-ffile-prefix-map={spaced}=.'"
    }
    assert mapping_variables(SETUPTOOLS, {folder / "a=b": "."}, {}) == {}


def test_a_folder_behind_a_link_is_mapped_under_both_names(folder):
    (folder / "real").mkdir()
    (folder / "link").symlink_to(folder / "real")
    (flags,) = mapping_variables(SETUPTOOLS, {folder / "link": "."}, {}).values()
    assert flags.split() == [f"-ffile-prefix-map={folder / each}=." for each in ("link", "real")]
