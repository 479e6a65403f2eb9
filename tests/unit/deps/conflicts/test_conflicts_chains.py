"""Chains to what is contested, and who would agree: over ten tangled distributions."""

from __future__ import annotations

import pytest
from packaging.version import Version
from tangled import TEN, Made, made

from shipwheel.deps.conflicts.agreeing import admits_one
from shipwheel.deps.conflicts.answer import Link
from shipwheel.deps.conflicts.proposing import excluding
from shipwheel.deps.conflicts.released import Required, chosen, read_required, version_of
from shipwheel.deps.conflicts.walking import chains_from, common, contested, environment_of
from shipwheel.deps.listing import Listing, read_listing
from shipwheel.indexes.page import IndexFile

LINUX = environment_of("3.12", "linux")


class Shelf:
    """What some distributions are to an index."""

    def __init__(self, *dists: Made) -> None:
        self.dists = dists

    def listing(self, name: str) -> Listing:
        files = (
            IndexFile(filename=f"{each.module}-{each.version}-py3-none-any.whl", url="")
            for each in self.dists
            if each.name == name
        )
        return read_listing(files, name)

    def required(self, name: str, version: Version) -> Required:
        for each in self.dists:
            if each.name == name and Version(each.version) == version:
                return Required(each.requires)
        return Required(known=False)


def ask(text: str, requirer: str = "demo") -> Link:
    return Link(requirer=requirer, requirement=text, origin="here")


def told(shelf: Shelf, *texts: str, **taken: str) -> list[list[str]]:
    sides = [[*chains_from(ask(each), shelf, LINUX, taken=taken)] for each in texts]
    return [
        [f"{link.requirer} {link.version}: {link.requirement}" for link in chain]
        for chain in contested(sides, shelf, {})
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("alder", "birch"), []),
        (
            ("alder<2", "hazel"),
            [
                ["demo : alder<2", "alder 1.1: core<2"],
                ["demo : hazel", "hazel 1.0: birch>=1", "birch 1.0: core==2.0"],
            ],
        ),
        (("core<2", "birch>=1"), [["demo : core<2"], ["demo : birch>=1", "birch 1.0: core==2.0"]]),
        (("core==3",), [["demo : core==3"]]),
        (("cedar",), []),
        (("elm",), [["demo : elm", "elm 1.0: fir", "fir 1.0: ginkgo", "ginkgo 1.0: elm<1"]]),
    ],
)
def test_chains_lead_from_each_bound_to_what_is_contested(texts, expected) -> None:
    assert told(Shelf(*TEN), *texts) == expected


def test_three_bounds_that_only_together_exclude_every_version() -> None:
    shelf = Shelf(made("b", "1"), made("b", "2"), made("b", "3"))
    assert told(shelf, "b!=1", "b!=2", "b!=3") == [
        ["demo : b!=1"],
        ["demo : b!=2"],
        ["demo : b!=3"],
    ]


def test_the_versions_that_uv_takes_are_followed_where_they_are_allowed() -> None:
    chains = chains_from(ask("alder"), Shelf(*TEN), LINUX, taken={"alder": "1.0"})
    assert [each[-1].requirement for each in chains] == ["alder", "core==1.0"]


def test_markers_and_extras_decide_what_is_followed_and_nonsense_is_passed_by() -> None:
    shelf = Shelf(
        made(
            "a",
            "1.0",
            "win; sys_platform == 'win32'",
            "old; python_version < '3.8'",
            "x; extra == 'x'",
            "y; extra == 'y'",
            "???",
            "here",
        )
    )
    chains = chains_from(ask("a[x]"), shelf, LINUX)
    assert [each[-1].requirement for each in chains] == ["a[x]", "x; extra == 'x'", "here"]
    windows = chains_from(ask("a"), shelf, environment_of("3.7", "win32"))
    assert [each[-1].requirement for each in windows][1:3] == [
        "win; sys_platform == 'win32'",
        "old; python_version < '3.8'",
    ]


def test_a_circle_ends() -> None:
    assert len([*chains_from(ask("cedar"), Shelf(*TEN), LINUX)]) == 3


def test_what_lies_here_has_one_version_and_is_not_walked_through() -> None:
    shelf = Shelf(*TEN)
    assert common("core", [ask("core>=2")], shelf, {"core": "1.0"}) == ()
    assert [*chains_from(ask("elm"), shelf, LINUX, here=["elm"])] == [(ask("elm"),)]


def test_likely_conflicts_are_single_bounds_first_and_then_pairs() -> None:
    links = [ask(each) for each in ("core==3", "core<1.1", "core>=1", "core>=2")]
    found = [*excluding("core", links, Shelf(*TEN), {})]
    assert found == [frozenset({links[0]}), frozenset({links[1], links[3]})]


@pytest.mark.parametrize(
    ("requires", "known", "agrees"),
    [
        (("core<2",), True, False),
        (("core>=1",), True, True),
        ((), True, True),
        (("core<2; sys_platform == 'win32'",), True, True),
        (("core>=1", "core!=2.0"), True, False),
        (("core>=1",), False, False),
    ],
)
def test_a_version_agrees_where_its_own_bound_admits_what_the_others_ask_for(
    requires, known, agrees
) -> None:
    assert admits_one(Required(requires, (), known), "core", [Version("2.0")], LINUX) is agrees


METADATA = b"Metadata-Version: %s\nName: a\nVersion: 1\nRequires-Dist: b<2\nProvides-Extra: x\n%s\n"


@pytest.mark.parametrize(
    ("version", "more", "sdist", "known"),
    [
        (b"2.1", b"", False, True),
        (b"2.1", b"", True, False),
        (b"2.2", b"", True, True),
        (b"2.4", b"Dynamic: Requires-Dist\n", True, False),
        (b"2.4", b"Dynamic: License-File\n", True, True),
        (b"no", b"", True, False),
    ],
)
def test_an_sdists_metadata_counts_where_it_calls_nothing_dynamic(
    version, more, sdist, known
) -> None:
    found = read_required(METADATA % (version, more), sdist=sdist)
    assert found.known is known
    assert found.requires == ("b<2",)
    assert found.extras == ("x",)


def test_of_thousands_of_versions_the_newest_and_the_last_of_each_minor_are_looked_at() -> None:
    versions = [Version(f"1.{minor}.{patch}") for minor in range(50) for patch in range(40)]
    found = [str(each) for each in chosen(versions, 60)]
    assert len(found) == 60
    assert found[:2] == ["1.49.39", "1.49.38"]
    assert found[-1] == "1.20.39"
    assert chosen(versions[:3], 60) == tuple(reversed(versions[:3]))


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("a_b-1.0-py3-none-any.whl", "1.0"),
        ("a-b-1.1.tar.gz", "1.1"),
        ("other-1.0.tar.gz", None),
        ("a-b-1.0.exe", None),
        ("a" * 300, None),
    ],
)
def test_a_files_version(filename: str, version: str | None) -> None:
    found = version_of(IndexFile(filename=filename, url=""), "a-b")
    assert (None if found is None else str(found)) == version
