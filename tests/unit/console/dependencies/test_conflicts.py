"""Conflicts as a person sees them."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.console.dependencies.conflicts import conflicts_section, conflicts_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.deps.conflicts.answer import (
    Agreement,
    Conflict,
    Conflicts,
    Contested,
    Kind,
    Link,
    Relaxation,
)

OWN = Link(requirer="demo", version="1.0", requirement="b>=2", origin="pyproject.toml")
WITH_A = Link(requirer="demo", version="1.0", requirement="a<2", origin="pyproject.toml")
OF_A = Link(requirer="a", version="1.9", requirement="b<2")
CONFLICT = Conflict(
    kind=Kind.VERSIONS,
    package="b",
    bounds=(OWN, WITH_A),
    chains=((OWN,), (WITH_A, OF_A)),
    released=("1.0", "2.0"),
    agreements=(Agreement(package="a", versions=("2.0", "2.1"), looked_at=5, of=5),),
    cells=("3.11 on linux", "3.12 on linux", "3.12 on win32"),
)
FOUND = Conflicts(
    project="demo",
    ok=False,
    packages=1,
    requirements=3,
    conflicts=(CONFLICT,),
    relaxations=(
        Relaxation(bounds=(OWN,), taken={"b": "1.0"}),
        Relaxation(bounds=(WITH_A,), taken={"a": "2.1"}),
    ),
    asked=7,
)


def lines(found: Conflicts) -> str:
    return "\n".join(line for each in conflicts_tables(found) for line in plain_lines(each, Look()))


def test_both_chains_who_agrees_where_it_holds_and_what_may_be_relaxed() -> None:
    text = lines(FOUND)
    assert "b     demo 1.0: b>=2" in text
    assert "demo 1.0: a<2\n          a 1.9: b<2" in text
    assert "b: no released version is >=2 and <2 (with 3.11 on linux; 3.12 on linux, win32)" in text
    assert "a takes b>=2 in 2.0, 2.1 (looked at: 5 of 5 versions)" in text
    assert "what to relax: 1 bound, none smaller does" in text
    assert "or  a<2    demo (pyproject.toml)  a 2.1" in text


def test_what_was_cut_off_or_asked_of_caches_says_so() -> None:
    found = msgspec.structs.replace(
        FOUND, certain=False, offline=True, assumed=("old 1.0",), set_aside=("far",), notes=("so",)
    )
    text = lines(found)
    assert "a smaller one was not ruled out in the time" in text
    assert "offline: by what uv's cache held" in text
    assert "old 1.0" in text
    assert "not asked, for they come from a URL: far" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": Kind.NO_VERSION}, "b: no released version is <2; there are 1.0, 2.0"),
        ({"kind": Kind.NO_VERSION, "circle": True}, "comes back to it: a circle"),
        ({"kind": Kind.NO_VERSION, "released": ()}, "none that is not yanked is known"),
        ({"kind": Kind.NO_VERSION, "released": tuple("123456789")}, "there are 9, from 1 to 9"),
        ({"kind": Kind.SIBLING, "released": ("3.0",)}, "b: 3.0 lies here, which is not <2"),
        (
            {"kind": Kind.UNKNOWN, "near": "bb"},
            "neither an index that was asked nor a folder has it",
        ),
        ({"kind": Kind.UNKNOWN, "near": "bb"}, "did you mean bb?"),
        ({"kind": Kind.OTHER, "package": "", "said": "because"}, "| because"),
        ({"kind": Kind.VERSIONS, "counts": False}, "(in none of the cells of the plan)"),
    ],
)
def test_each_kind_in_words(fields: dict[str, object], said: str) -> None:
    conflict = msgspec.structs.replace(CONFLICT, chains=((OF_A,),), cells=(), **fields)
    assert said in lines(msgspec.structs.replace(FOUND, conflicts=(conflict,)))


def test_pythons_that_exclude_each_other_are_no_requirement_to_parse() -> None:
    links = tuple(
        msgspec.structs.replace(OWN, requirement=f"Python {each}") for each in ("<3", ">3")
    )
    conflict = Conflict(
        kind=Kind.PYTHON, package="Python", bounds=links, chains=tuple((each,) for each in links)
    )
    text = lines(msgspec.structs.replace(FOUND, conflicts=(conflict,), relaxations=()))
    assert "Python: these have none in common" in text


def test_many_bounds_on_one_package_are_one_row_a_bound() -> None:
    bounds = tuple(Link(requirer=f"p{at}", requirement="b<2") for at in range(9))
    found = msgspec.structs.replace(
        FOUND,
        conflicts=(msgspec.structs.replace(CONFLICT, chains=((OWN,), (bounds[0],))),),
        contested=(Contested(package="b", bounds=(*bounds, OWN)),),
        relaxations=(Relaxation(bounds=(OWN, WITH_A)), Relaxation(bounds=bounds[:2])),
    )
    text = lines(found)
    assert "b     <2: p0, p1, p2, p3, p4 and 4 more" in text
    assert "b: no version meets all of these bounds" in text
    assert "what to relax: 2 bounds" in text
    assert "p1" not in text.partition("what to relax")[2], "as few others are in the JSON"


def test_the_section_draws_the_chains() -> None:
    section = conflicts_section(FOUND)
    assert section.title == "conflicts: over b"
    (drawing,) = section.pictures
    assert {(each.source, each.target) for each in drawing.edges} == {
        ("demo 1.0", "b"),
        ("demo 1.0", "a 1.9"),
        ("a 1.9", "b"),
    }


def test_no_conflict_is_one_line() -> None:
    found = msgspec.structs.replace(FOUND, ok=True, conflicts=(), relaxations=())
    assert "3 requirements of 1 package: no conflict (uv asked 7 times" in lines(found)
    assert conflicts_section(found).title == "conflicts: none"
    assert "(uv asked once, " in lines(msgspec.structs.replace(found, asked=1))
