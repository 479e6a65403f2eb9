"""A compiler cache before the compilers of a build: which, how, and what it says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from shipwheel.building.compiler_cache import (
    CompilerCache,
    Counts,
    compiler_cache,
    uncached,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="stand-ins are POSIX's")

SETUPTOOLS = "setuptools.build_meta"
LOG = """# /p/a.c
cache_miss
direct_cache_miss
preprocessed_cache_miss
# /p/b.c
direct_cache_hit
# /p/c.c
preprocessed_cache_hit
direct_cache_miss
# -shared
called_for_link
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Give a folder for PATH with compilers and what only looks like one."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("gcc", "c++", "x86_64-linux-gnu-gcc-12", "clang-19", "gcc-ar", "occ", "python3"):
        program(folder / name)
    return folder


def program(path: Path) -> None:
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)


def environ(programs: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(programs), **more}


def test_each_compiler_of_the_machine_has_a_stand_in(programs: Path, tmp_path: Path) -> None:
    program(programs / "ccache")
    (programs / "cc").symlink_to("ccache")  # as a distribution's own folder of stand-ins
    cache = compiler_cache(tmp_path / "c", SETUPTOOLS, environ(programs))
    assert cache is not None
    assert (cache.name, cache.first) == ("ccache", tmp_path / "c" / "bin")
    found = {each.name: each.resolve().name for each in cache.first.iterdir()}
    assert found == dict.fromkeys(("gcc", "c++", "x86_64-linux-gnu-gcc-12", "clang-19"), "ccache")
    assert cache.variables == {"CCACHE_STATSLOG": str(tmp_path / "c" / "statistics")}


@pytest.mark.parametrize(
    ("backend", "there", "taken", "stands_in"),
    [
        (SETUPTOOLS, ("ccache",), "ccache", True),
        ("scikit_build_core.build", ("ccache",), "ccache", True),
        ("mesonpy", ("ccache",), "ccache", False),
        (SETUPTOOLS, (), None, False),
    ],
)
def test_which_is_taken(programs, tmp_path, backend, there, taken, stands_in) -> None:
    for name in there:
        program(programs / name)
    cache = compiler_cache(tmp_path / "c", backend, environ(programs))
    assert (cache and cache.name) == taken
    assert bool(cache and cache.first) == stands_in


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"CC": "gcc -m64"}, None),
        ({"CC": "/opt/bin/gcc -m64"}, "{ccache} /opt/bin/gcc -m64"),
        ({"CC": "ccache gcc"}, None),
        ({"CC": "/usr/bin/ccache gcc"}, None),
    ],
    ids=["a name", "a path", "a cache", "a cache by path"],
)
def test_a_compiler_of_the_users_own(programs, tmp_path, own, told) -> None:
    program(programs / "ccache")
    cache = compiler_cache(tmp_path / "c", SETUPTOOLS, environ(programs, **own))
    assert cache is not None
    wanted = told and told.format(ccache=programs / "ccache")
    assert cache.variables.get("CC") == wanted


def test_what_the_user_has_switched_off_stays_off(programs: Path, tmp_path: Path) -> None:
    program(programs / "ccache")
    assert compiler_cache(tmp_path, SETUPTOOLS, environ(programs, CCACHE_DISABLE="1")) is None
    assert uncached()["CCACHE_DISABLE"] == "1"


def test_what_it_did_is_counted_for_this_build(tmp_path: Path) -> None:
    log = tmp_path / "log"
    cache = CompilerCache("ccache", sys.executable, log, Counts(), {})
    assert cache.counts() is None
    assert cache.said() == ""  # a ccache that keeps no such log, or nothing compiled
    log.write_text(LOG, encoding="utf-8")
    assert cache.counts() == Counts(hits=2, misses=1)
    assert cache.said() == "ccache gave 2 of 3 compilations"
