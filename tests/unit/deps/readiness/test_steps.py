from __future__ import annotations

import pytest

from shipwheel.deps.readiness.answer import Gap, PackageGaps, Readiness, Use, Warned, Why
from shipwheel.deps.readiness.steps import steps


def gap(why: Why = Why.SDIST, python: str = "3.15", **more: object) -> Gap:
    return Gap(python=python, platform="win_amd64", **{"state": "missing", "why": why, **more})


def package(*gaps: Gap, **more: object) -> PackageGaps:
    return PackageGaps(name="fast", version="2.0", gaps=gaps, **more)


def asked(*packages: PackageGaps, own: tuple[Use, ...] = ()) -> Readiness:
    return Readiness(project="demo", ok=False, dependencies=1, packages=packages, own=own)


def use(name: str, line: int, removed: str = "3.12") -> Use:
    state = "removed" if removed else "deprecated"
    return Use(
        name=name, file="a.py", line=line, state=state, removed=removed, instead="other", source="s"
    )


CASES = {
    "the own bound is in the way": (
        package(gap(newest="3.1", since="3.0"), bound="<3"),
        "relax fast<3: 3.1 has wheels for Python 3.15",
    ),
    "another package's bound is": (
        package(gap(newest="3.1", since="3.0"), via=("deep",)),
        "fast 3.1 has wheels for Python 3.15; a bound of deep is in its way",
    ),
    "the own bound admits it": (
        package(gap(newest="3.1", since="3.0"), bound=">=1"),
        "build fast 2.0 for Python 3.15, or wait: there is an sdist alone",
    ),
    "an sdist alone": (
        package(gap(), gap(python="3.15t")),
        "build fast 2.0 for Python 3.15, 3.15t, or wait: there is an sdist alone",
    ),
    "neither": (package(gap(Why.NO_WHEEL)), "wait for a wheel of fast for Python 3.15"),
    "it excludes the Python": (
        package(gap(Why.REQUIRES_PYTHON)),
        "wait for fast: its newest version 2.0 excludes Python 3.15",
    ),
    "a newer system": (
        package(gap(Why.NEWER_SYSTEM, needs="manylinux_2_39_x86_64")),
        "wait for fast: the wheels of 2.0 for Python 3.15 want a newer system (manylinux_2_39_x86_64)",
    ),
    "nobody has it": (
        package(gap(Why.UNKNOWN)),
        "say where fast is to be had: no index that was asked has it",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_package_is_one_step(case: str) -> None:
    lacking, said = CASES[case]
    assert [each.said for each in steps(asked(lacking), (), ("3.14",))] == [said]


def test_an_older_version_is_nothing_to_do() -> None:
    lacking = package(gap(state="older", used="1.0", newest="1.0", since="1.0"))
    assert steps(asked(lacking), (), ("3.14",)) == ()


def test_what_is_in_our_hands_comes_first_and_the_new_python_last() -> None:
    found = asked(
        package(gap()),
        package(gap(newest="3.1"), bound="<3"),
        own=(use("late", 9, ""), use("imp", 3), use("imp", 5)),
    )
    told = steps(found, ("3.15", "3.14"), ("3.14",), ">=3.10,<3.15")
    assert [each.kind for each in told] == ["relax", "relax", "replace", "replace", "build", "add"]
    assert told[0].said == "relax requires-python >=3.10,<3.15: it excludes 3.15"
    assert told[2].said == "replace imp at a.py:3, a.py:5 (gone from 3.12 on): other"
    assert told[3].said == "replace late at a.py:9 (deprecated): other"
    assert told[-1].subject == "3.15"


def test_a_python_that_requires_python_admits_is_added_alone() -> None:
    assert [each.kind for each in steps(asked(), ("3.15t",), ("3.14",), ">=3.10")] == ["add"]


def test_what_the_tests_met_is_told_once_and_a_dependencys_last() -> None:
    def warned(file: str, *, own: bool) -> Warned:
        return Warned(file=file, line=3, category="DeprecationWarning", said="old", own=own)

    found = Readiness(
        project="demo",
        ok=False,
        dependencies=0,
        own=(use("imp", 3),),
        warned=(warned("deep.py", own=False), warned("a.py", own=True), warned("b.py", own=True)),
    )
    assert [(each.kind, each.subject) for each in steps(found, (), ())] == [
        ("replace", "imp"),
        ("replace", "b.py:3"),
        ("wait", "deep.py:3"),
    ]
