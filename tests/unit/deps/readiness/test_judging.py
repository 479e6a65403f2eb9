from __future__ import annotations

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from shipwheel.deps.cells import Cell
from shipwheel.deps.listing import Listing, newest, read_listing
from shipwheel.deps.readiness.answer import Why
from shipwheel.deps.readiness.judging import (
    ceilings,
    gaps_by_listing,
    gaps_by_uv,
    stand_in_version,
    there,
)
from shipwheel.deps.uv_output import Resolved
from shipwheel.indexes.page import IndexFile

LINUX, WINDOWS = Cell("3.12", "manylinux_x86_64"), Cell("3.12", "win_amd64")
NEW, THREADED = Cell("3.15", "manylinux_x86_64"), Cell("3.14t", "manylinux_x86_64")


def listing(*filenames: str, requires: str | None = None, yanked: str | None = None) -> Listing:
    files = (
        IndexFile(filename=name, url=f"https://x/{name}", requires_python=requires, yanked=yanked)
        for name in filenames
    )
    return read_listing(files, "pkg")


FAST = listing(
    "pkg-1.0-cp312-cp312-manylinux2014_x86_64.whl",
    "pkg-1.0-cp312-cp312-win_amd64.whl",
    "pkg-1.0.tar.gz",
    "pkg-1.1-cp312-cp312-manylinux2014_x86_64.whl",
    "pkg-1.1-cp315-cp315-manylinux_2_39_x86_64.whl",
    "pkg-1.1.tar.gz",
    "pkg-2.0rc1-cp312-cp312-win_amd64.whl",
)


def resolved(version: str, *, missing: bool = False) -> dict[str, Resolved]:
    return {"pkg": Resolved("pkg", version, missing=missing)}


def test_a_listing_knows_which_versions_fit() -> None:
    assert FAST.fitting(LINUX) == (Version("1.0"), Version("1.1"))
    assert FAST.fitting(WINDOWS) == (Version("1.0"), Version("2.0rc1"))
    assert FAST.fitting(NEW) == ()
    assert FAST.allowed(()) == (Version("1.0"), Version("1.1"))
    assert FAST.allowed([SpecifierSet("<1.1"), SpecifierSet(">=2.0rc1")]) == (
        Version("1.0"),
        Version("2.0rc1"),
    )
    assert newest(FAST.fitting(WINDOWS)) == Version("1.0"), (
        "a pre-release only where nothing else is"
    )


def test_what_strangers_put_on_an_index_is_skipped() -> None:
    odd = listing(
        "pkg-1.0.exe",
        "pkg-1.0-py2.7.egg",
        "other-1.0-py3-none-any.whl",
        "pkg-not.a.version-py3-none-any.whl",
        "pkg-1.0-" + ".".join(["py3"] * 40) + "-" + ".".join(["none"] * 40) + "-any.whl",
        "pkg-1.0-" + "x" * 300 + "-none-any.whl",
    )
    assert odd.releases == ()
    assert listing("pkg-1.0-py3-none-any.whl", yanked="").releases == ()


def test_a_missing_wheel_with_its_reason() -> None:
    highest = {"pkg": Version("1.1")}

    def gap(cell: Cell, of: Listing, version: str = "1.1"):
        found = list(gaps_by_uv(cell, resolved(version, missing=True), lambda _: of, {}, highest))
        assert [name for name, _gap in found] == ["pkg"]
        return found[0][1]

    newer = gap(NEW, FAST)
    assert (newer.state, newer.why, newer.needs) == (
        "missing",
        Why.NEWER_SYSTEM,
        "manylinux_2_39_x86_64",
    )
    windows = gap(WINDOWS, FAST)
    assert (windows.why, windows.newest, windows.since) == (Why.SDIST, "1.0", "1.0")
    no_sdist = listing("pkg-1.1-cp312-cp312-win_amd64.whl")
    assert gap(LINUX, no_sdist).why is Why.NO_WHEEL
    excluded = listing("pkg-1.1-py3-none-any.whl", requires=">=3.13")
    assert gap(LINUX, excluded).why is Why.REQUIRES_PYTHON
    assert gap(LINUX, Listing()).why is Why.UNKNOWN


def test_an_older_version_is_a_gap_only_for_want_of_a_wheel() -> None:
    def gaps(cell: Cell, version: str, of: Listing, highest: str = "1.1"):
        return list(
            gaps_by_uv(cell, resolved(version), lambda _: of, {}, {"pkg": Version(highest)})
        )

    [(_name, older)] = gaps(WINDOWS, "1.0", FAST)
    assert (older.state, older.used, older.why) == ("older", "1.0", Why.SDIST)
    assert gaps(LINUX, "1.1", FAST) == []
    assert gaps(LINUX, "1.0", FAST) == [], "1.1 has a wheel there: somebody's bound holds it back"
    assert gaps(WINDOWS, "1.0", FAST, highest="1.0") == [], "no cell takes 1.1"
    aged = read_listing(
        [
            IndexFile(filename="pkg-1.0-py3-none-any.whl", url="https://x/1"),
            IndexFile(
                filename="pkg-1.1-py3-none-any.whl", url="https://x/2", requires_python=">=3.13"
            ),
        ],
        "pkg",
    )
    assert gaps(LINUX, "1.0", aged) == [], "1.1 is not for that Python"


def test_a_cell_that_uv_does_not_know_is_judged_by_the_files() -> None:
    assert [
        gap.state for _name, gap in gaps_by_listing(WINDOWS, resolved("1.1"), lambda _: FAST, {})
    ] == ["older"]
    bound = {"pkg": [SpecifierSet(">=1.1")]}
    assert [
        gap.state for _name, gap in gaps_by_listing(WINDOWS, resolved("1.1"), lambda _: FAST, bound)
    ] == ["missing"], "1.0 has a wheel, and is not allowed"
    assert not list(gaps_by_listing(LINUX, resolved("1.1"), lambda _: FAST, {}))
    assert not list(gaps_by_listing(LINUX, resolved("9"), lambda _: Listing(), {})), (
        "what no index lists came from a folder of uv's"
    )


def test_when_a_stand_in_is_needed() -> None:
    assert stand_in_version(LINUX, FAST, ()) is None
    assert stand_in_version(NEW, FAST, ()) == Version("1.1")
    assert stand_in_version(WINDOWS, FAST, [SpecifierSet(">=1.1,<2")]) == Version("1.1")
    assert stand_in_version(LINUX, FAST, [SpecifierSet(">9")]) is None, "that is no wheel's matter"
    assert stand_in_version(LINUX, Listing(), ()) is None


def test_where_it_is_elsewhere() -> None:
    gap = next(
        gap
        for _name, gap in gaps_by_uv(
            NEW, resolved("1.1", missing=True), lambda _: FAST, {}, {"pkg": Version("1.1")}
        )
    )
    found = there((LINUX, WINDOWS, NEW, THREADED), FAST, [gap])
    assert [(each.platform, each.since, each.newest) for each in found] == [
        ("manylinux_x86_64", "1.0", "1.1"),
        ("win_amd64", "1.0", "1.0"),
    ]


def test_the_newest_that_any_cell_takes() -> None:
    assert ceilings([resolved("1.0"), resolved("1.10"), {}]) == {"pkg": Version("1.10")}
