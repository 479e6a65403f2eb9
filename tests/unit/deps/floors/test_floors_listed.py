"""What a listing shows of bounds, for libraries and applications apart."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from shipwheel.deps.cells import Cell
from shipwheel.deps.floors.listed import remarks_on, tried_versions
from shipwheel.deps.listing import Listing, read_listing
from shipwheel.indexes.page import IndexFile

CELL = Cell("3.12", "manylinux_x86_64")


def file(version, tag="py3-none-any", **facts):
    name = f"a-{version}-{tag}.whl" if tag else f"a-{version}.tar.gz"
    return IndexFile(filename=name, url=f"https://index.invalid/{name}", **facts)


FILES = [
    file("0.9", ""),
    file("1.0", "cp312-cp312-manylinux2014_x86_64"),
    file("1.1"),
    file("1.2", yanked="broken"),
    file("2.0"),
    file("3.0rc1"),
]
LISTING = read_listing(FILES, "a")

SAID = [
    # requirement, what libraries are told, what applications are told
    ("a>=1.0", {}, {}),
    ("a", {"unbounded": "warning"}, {"unbounded": "note"}),
    ("a!=1.1", {"unbounded": "warning"}, {"unbounded": "note"}),
    ("a==2.0", {"pinned": "warning"}, {}),
    ("a==1.0", {"pinned": "warning"}, {}),
    ("a>=1.0,<2", {"capped": "warning"}, {"capped": "note"}),
    ("a~=1.0", {"capped": "warning"}, {"capped": "note"}),
    ("a==1.*", {"capped": "warning"}, {"capped": "note"}),
    ("a>=1.0,<3", {"capped": "note"}, {}),
    ("a>=4", {"unsatisfied": "warning"}, {"unsatisfied": "warning"}),
    ("a>=1.2", {"yanked": "warning"}, {"yanked": "warning"}),
    ("a>=0.9", {"no-wheel": "warning"}, {"no-wheel": "warning"}),
    ("a>=0.9; python_version < '3.12'", {}, {}),
    ("b>=1", {"unlisted": "warning"}, {"unlisted": "warning"}),
    ("a @ https://index.invalid/a.whl", {"url": "note"}, {"url": "note"}),
    ("not a requirement", {}, {}),
]


def lookup(name):
    return LISTING if name == "a" else Listing()


@pytest.mark.parametrize(("text", "library", "application"), SAID)
def test_bounds_are_judged_by_what_they_are_for(text, library, application):
    for kind, wanted in (("library", library), ("application", application)):
        found = remarks_on([text], lookup, CELL, kind)
        assert {each.rule: each.level for each in found} == wanted


@pytest.mark.parametrize(
    ("specifier", "wanted"),
    [("", ["1.0", "1.1", "2.0"]), (">=1.1", ["1.1", "2.0"]), ("<1", ["0.9"]), (">9", [])],
)
def test_versions_with_wheels_are_tried_and_sdists_where_there_are_none(specifier, wanted):
    found = tried_versions(SpecifierSet(specifier), LISTING, CELL)
    assert [str(each) for each in found] == wanted


def test_a_version_is_yanked_only_where_all_its_files_are():
    files = [file("1.0", yanked=""), file("1.0", ""), file("1.1", yanked="")]
    assert [str(each) for each in read_listing(files, "a").yanked] == ["1.1"]


def test_a_url_is_told_without_its_password():
    text = "a @ https://bob:geheim-4711@index.invalid/a.whl"
    (found,) = remarks_on([text], lookup, CELL, "library")
    assert found.requirement == "a @ https://***@index.invalid/a.whl"
