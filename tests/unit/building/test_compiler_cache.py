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
STAND_INS = {"gcc", "c++", "x86_64-linux-gnu-gcc-12", "clang-19"}
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
    assert cache.programs == {"ccache": str(programs / "ccache")}
    assert cache.first == tmp_path / "c" / "bin"
    found = {each.name: each.resolve().name for each in cache.first.iterdir()}
    assert found == dict.fromkeys(STAND_INS, "ccache")
    assert cache.variables == {"CCACHE_STATSLOG": str(tmp_path / "c" / "statistics")}


@pytest.mark.parametrize(
    ("backend", "there", "counted", "first"),
    [
        (SETUPTOOLS, ("ccache",), ["ccache"], STAND_INS),
        (SETUPTOOLS, ("ccache", "sccache"), ["ccache"], STAND_INS),
        (SETUPTOOLS, ("sccache",), ["sccache"], STAND_INS),
        ("scikit_build_core.build", ("ccache",), ["ccache"], STAND_INS),
        ("mesonpy", ("ccache",), ["ccache"], {"ccache"}),
        # Meson takes sccache where it finds both; should it take the other, that is told too
        ("mesonpy", ("ccache", "sccache"), ["sccache", "ccache"], {"sccache"}),
    ],
)
def test_which_is_taken(programs, tmp_path, monkeypatch, backend, there, counted, first) -> None:
    monkeypatch.setattr("shipwheel.building.compiler_cache._sccache_counts", lambda _: Counts(3, 4))
    for name in there:
        program(programs / name)
    cache = compiler_cache(tmp_path / "c", backend, environ(programs))
    assert list(cache.programs) == counted
    assert {each.name for each in cache.first.iterdir()} == first
    assert ("CCACHE_STATSLOG" in cache.variables) == ("ccache" in counted)
    assert cache.before == (Counts(3, 4) if "sccache" in counted else Counts())


def test_without_a_cache_nothing_stands_in(programs, tmp_path) -> None:
    assert compiler_cache(tmp_path / "c", SETUPTOOLS, environ(programs)) is None
    assert not (tmp_path / "c").exists()


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
    cache = CompilerCache({"ccache": sys.executable}, log, Counts(), {}, tmp_path)
    assert cache.counts() == {}
    assert cache.said() == ""  # a ccache that keeps no such log, or nothing compiled
    log.write_text(LOG, encoding="utf-8")
    assert cache.counts() == {"ccache": Counts(hits=2, misses=1)}
    assert cache.said() == "ccache gave 2 of 3 compilations"


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (Counts(5, 5), Counts(5, 5), ""),
        (Counts(5, 5), Counts(5, 7), "sccache gave 0 of 2 compilations"),
        (Counts(5, 5), Counts(8, 6), "sccache gave 3 of 4 compilations"),
        # its server ends by itself when it has nothing to do, and counts from nothing then
        (Counts(5, 5), Counts(2, 0), "sccache gave 2 of 2 compilations"),
    ],
)
def test_a_server_counts_for_all_builds(tmp_path, monkeypatch, before, now, said) -> None:
    monkeypatch.setattr("shipwheel.building.compiler_cache._sccache_counts", lambda _: now)
    programs = {"sccache": "sccache", "ccache": "ccache"}
    cache = CompilerCache(programs, tmp_path / "log", before, {}, tmp_path)
    assert cache.said() == said
    (tmp_path / "log").write_text(LOG, encoding="utf-8")
    both = ", ".join(filter(None, ("ccache gave 2 of 3 compilations", said)))
    assert cache.said() == both
