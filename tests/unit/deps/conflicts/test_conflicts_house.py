"""Requirements of many packages as one list of links, and folders of them read."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tangled import TEN, made, many, write_projects, write_wheel, write_wheels

from shipwheel.deps.conflicts.answer import Kind, Link
from shipwheel.deps.conflicts.folder import read_folders, split_extras
from shipwheel.deps.conflicts.house import (
    House,
    Resident,
    is_bound,
    line_of,
    links_of,
    split_urls,
    target,
)
from shipwheel.deps.conflicts.pythons import excluding_pythons, lowest_common
from shipwheel.errors import ConfigurationError

PYTHONS = ("3.8", "3.9", "3.10", "3.11")


def resident(name: str, *requires: str, python: str = "", **parts: tuple[str, ...]) -> Resident:
    return Resident(
        name=name,
        version="1.0",
        origin=f"{name}/pyproject.toml",
        requires=requires,
        parts=parts,
        requires_python=python,
    )


def house(*residents: Resident) -> House:
    return House({each.name: each for each in residents})


def asked(links: tuple[Link, ...]) -> list[tuple[str, str]]:
    return [(each.requirer, each.requirement) for each in links]


def test_requirements_are_followed_through_the_house_with_the_extras_that_are_asked_for() -> None:
    a = resident("a", "B[Fast]>=1", "x")
    b = resident("b", "a", "y<2", fast=("z>1",), slow=("never",))
    every = house(a, b, resident("c", "away"))
    assert asked(links_of(every, ["a"])) == [
        ("a", "B[Fast]>=1"),
        ("a", "x"),
        ("b", "a"),
        ("b", "y<2"),
        ("b", "z>1"),
    ]
    assert links_of(every, ["a"])[-1].origin == "b/pyproject.toml [fast]"


def test_an_extra_that_names_the_project_itself_brings_the_others() -> None:
    one = resident("a", all=("a[x,y]",), x=("p<1",), y=("q",))
    assert asked(links_of(house(one), ["a"], ["all"])) == [
        ("a", "a[x,y]"),
        ("a", "p<1"),
        ("a", "q"),
    ]


def test_a_requirement_that_does_not_parse_names_its_file_and_no_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        links_of(house(resident("a", "b @@ https://user:geheim@host/x")), ["a"])
    assert caught.value.where == "a/pyproject.toml"
    assert "geheim" not in "".join(caught.value.lines())


@pytest.mark.parametrize(
    ("text", "relaxed", "line"),
    [
        ("b>=1", False, "b>=1"),
        ("b>=1", True, "b"),
        ("B[x] >=1 ; os_name == 'nt'", True, 'B[x]; os_name == "nt"'),
        ("b (<2)", False, "b<2"),
    ],
)
def test_a_line_for_uv_has_its_bound_or_none(text: str, relaxed, line: str) -> None:
    link = Link(requirer="a", requirement=text)
    assert line_of(link, relaxed=relaxed) == line
    assert is_bound(link)


def test_a_cell_is_asked_about_by_a_marker_beside_the_own_one() -> None:
    link = Link(requirer="a", requirement="b; os_name == 'nt' or os_name == 'posix'")
    marker = Requirement(line_of(link, marker="sys_platform == 'linux'")).marker
    assert marker is not None
    assert marker.evaluate({"os_name": "nt", "sys_platform": "linux"})
    assert not marker.evaluate({"os_name": "nt", "sys_platform": "win32"})


def test_what_comes_from_a_url_is_set_aside() -> None:
    links = [Link(requirer="a", requirement=each) for each in ("b", "C @ https://host/c.whl")]
    listed, aside = split_urls(links)
    assert [target(each) for each in listed] == ["b"]
    assert aside == ("c",)


def test_every_pyproject_below_a_folder_is_read_but_not_those_of_environments(
    tmp_path: Path,
) -> None:
    write_projects(tmp_path / "deep", many(12))
    for passed in ("node_modules", ".hidden", "venv"):
        write_projects(tmp_path / passed, (made("passed-by"),))
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    found = read_folders([tmp_path])
    assert [*found.house.residents] == [f"house-{each:03}" for each in range(12)]
    assert found.house.residents["house-011"].origin == "deep/house-011/pyproject.toml"
    assert found.notes == ()


def test_of_wheels_in_a_folder_the_newest_of_each_counts(tmp_path: Path) -> None:
    found = read_folders([write_wheels(tmp_path, TEN)])
    versions = found.house.versions()
    assert versions == {
        **dict.fromkeys(("cedar", "dogwood", "elm", "fir", "ginkgo", "hazel"), "1.0"),
        "alder": "2.0",
        "birch": "1.0",
        "core": "2.0",
        "ivy": "1.1",
    }
    assert len(found.notes) == len(TEN) - len(versions)
    assert found.house.residents["ivy"].requires == ("core[speed]>=1", "corre>=1")


def test_a_version_that_only_a_build_tells_is_told(tmp_path: Path) -> None:
    write_projects(tmp_path, (made("plain"),))
    path = tmp_path / "plain" / "pyproject.toml"
    path.write_text(path.read_text().replace('version = "1.0"', 'dynamic = ["version"]'))
    found = read_folders([tmp_path])
    assert found.house.residents["plain"].version == ""
    assert found.house.versions() == {"plain": "0"}
    assert "only a build tells the version of plain" in found.notes[0]


@pytest.mark.parametrize("broken", [False, True])
def test_a_folder_without_packages_or_with_a_broken_one_is_refused(tmp_path: Path, broken) -> None:
    if broken:
        (tmp_path / "a-1.0-py3-none-any.whl").write_bytes(b"PK nothing")
    with pytest.raises(ConfigurationError):
        read_folders([tmp_path])


def test_requirements_of_a_wheels_extras_are_told_from_its_own() -> None:
    requires = (
        "a>=1",
        "b ; extra == 'x'",
        'c<2 ; extra == "y" and python_version >= "3"',
        "d ; os_name",
    )
    plain, parts = split_extras(requires, ("x", "y"))
    assert plain == ("a>=1", "d ; os_name"), (
        "one that does not parse is told where it is asked about"
    )
    assert parts == {"x": ("b",), "y": ("c<2",)}


def test_the_lowest_python_that_all_admit() -> None:
    every = [resident("a", python=">=3.9"), resident("b", python="<3.11"), resident("c")]
    assert lowest_common(every, PYTHONS) == "3.9"
    assert excluding_pythons(every, PYTHONS) == ()


def test_packages_without_a_common_python_are_told_in_pairs_and_most_decide() -> None:
    every = [
        resident("a", python="<3.9"),
        resident("b", python=">=3.10"),
        resident("c", python=">=3.10"),
    ]
    (conflict,) = excluding_pythons(every, PYTHONS)
    assert conflict.kind is Kind.PYTHON
    assert [each.requirement for each in conflict.bounds] == ["Python <3.9", "Python >=3.10"]
    assert lowest_common(every, PYTHONS) == "3.10"


def test_a_house_is_as_large_and_as_tangled_as_asked_for(tmp_path: Path) -> None:
    plain, tangled = many(50), many(50, conflicts=2, cycles=1)
    assert len(plain) == len(tangled) == 50
    more = {each for dist in tangled for each in dist.requires} - {
        each for dist in plain for each in dist.requires
    }
    assert {"third-00==1.0", "third-00>=2", "third-01==1.0", "third-01>=2"} <= more
    assert write_wheel(tmp_path, plain[0]).stat().st_size < 2000
