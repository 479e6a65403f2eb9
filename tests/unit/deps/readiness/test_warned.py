from __future__ import annotations

import html
from pathlib import Path

import pytest

from shipwheel.deps.readiness.warned import warnings_in

SITE = "../env/lib/python3.13/site-packages"
STDLIB = "/usr/lib/python3.13"


def junit(folder: Path, *tracebacks: str) -> Path:
    cases = "".join(
        f'<testcase name="t"><failure message="x">{html.escape(each)}</failure></testcase>'
        for each in tracebacks
    )
    path = folder / "junit.xml"
    path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return path


OWN = (
    f"tests/test_a.py:4: \n{SITE}/demo/a.py:7: DeprecationWarning\nE  DeprecationWarning: f() goes"
)
CASES = {
    "the package": (OWN, ("demo/a.py", 7, True)),
    "its tests": (
        "tests/test_a.py:4: DeprecationWarning\nE  DeprecationWarning: f() goes",
        ("tests/test_a.py", 4, True),
    ),
    "a dependency": (
        f"tests/test_a.py:4: \n{SITE}/deep/b.py:9: DeprecationWarning\nE  DeprecationWarning: f() goes",
        ("deep/b.py", 9, False),
    ),
    "whoever called a function that warns of itself": (
        f"""
    def f():
>       deep.g()
{SITE}/demo/a.py:7:
_ _ _
    def g():
>       warnings.warn("g goes", DeprecationWarning, stacklevel=2)
E       DeprecationWarning: f() goes
{SITE}/deep/b.py:9: DeprecationWarning
""",
        ("demo/a.py", 7, True),
    ),
    "whoever called Python's own": (
        (
            f"{SITE}/demo/a.py:7: \n{STDLIB}/ast.py:99: DeprecationWarning\n"
            "E  DeprecationWarning: f() goes"
        ),
        ("demo/a.py", 7, True),
    ),
    "a traceback of unittest": (
        (
            f'  File "{SITE}/demo/a.py", line 7, in f\n    g()\n  File "{STDLIB}/x.py", line 2, in g\n'
            "DeprecationWarning: f() goes"
        ),
        ("demo/a.py", 7, True),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_warning_belongs_to_whoever_asked_for_it(tmp_path: Path, case: str) -> None:
    text, (file, line, own) = CASES[case]
    (found,) = warnings_in(junit(tmp_path, text), {"demo"})
    assert (found.file, found.line, found.own, found.said) == (file, line, own, "f() goes")


def test_the_same_warning_is_counted_and_the_own_stand_first(tmp_path: Path) -> None:
    deep = CASES["a dependency"][0]
    found = warnings_in(junit(tmp_path, deep, OWN, OWN), {"demo"})
    assert [(each.file, each.tests) for each in found] == [("demo/a.py", 2), ("deep/b.py", 1)]


@pytest.mark.parametrize(
    "text", ["tests/test_a.py:4: AssertionError\nE  assert 0", "DeprecationWarning: nowhere", ""]
)
def test_other_failures_say_nothing(tmp_path: Path, text: str) -> None:
    assert warnings_in(junit(tmp_path, text), {"demo"}) == ()


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert warnings_in(tmp_path / "none.xml", {"demo"}) == ()
