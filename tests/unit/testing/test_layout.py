from __future__ import annotations

import pytest

from shipwheel.testing.layout import Place, find_places, plan_overlay

FLAT = ("pkg/__init__.py", "pkg/a.py", "setup.py", "tests/test_a.py")

PLACES = {
    "declared": ([("pkg", "src/pkg")], (), ("src/pkg/__init__.py",), [Place("pkg", "src/pkg")]),
    "declared module": ([("m", "m.py")], (), ("m.py",), [Place("m", "m.py", file=True)]),
    "declared, not there": ([("pkg", "src/pkg")], (), ("a.py",), []),
    "the root itself": ([("pkg", ".")], (), ("__init__.py",), [Place("pkg", "")]),
    "from the wheel": ([], ("pkg",), ("src/pkg/a.py",), [Place("pkg", "src/pkg")]),
    "module of the wheel": ([], ("m",), ("lib/m.py",), [Place("m", "lib/m.py", file=True)]),
    "beside a declared one": (
        [("a", "code/a")],
        ("b",),
        ("code/a/__init__.py", "code/b/__init__.py"),
        [Place("a", "code/a"), Place("b", "code/b")],
    ),
    "longest first": (
        [("ns", "ns"), ("ns.deep", "deep")],
        (),
        ("ns/a.py", "deep/b.py"),
        [Place("ns.deep", "deep"), Place("ns", "ns")],
    ),
    "made by the build": ([], ("generated",), ("a.py",), []),
}


@pytest.mark.parametrize("kind", PLACES)
def test_find_places(kind: str) -> None:
    declared, names, tree, expected = PLACES[kind]
    assert list(find_places(declared, names, tree)) == expected


@pytest.mark.parametrize(
    ("root", "found"), [("odd/place", True), ("tests/fixtures", False), ("tests", False)]
)
def test_an_unusual_root_is_found_by_the_wheels_files(root: str, found: bool) -> None:  # noqa: FBT001
    held = ("pkg/__init__.py", "pkg/a.py", "pkg/_made.py")
    tree = (f"{root}/pkg/__init__.py", f"{root}/pkg/a.py", f"{root}/pkg/lost.py")
    assert [place.path for place in find_places((), ("pkg",), tree, held)] == (
        [f"{root}/pkg"] if found else []
    )


PKG = Place("pkg", "src/pkg")

# tree, wheel, places, test paths; what is copied, what is placed
PLANS = {
    "the wheel's files alone": (
        ("README.md", "src/pkg/__init__.py", "src/pkg/lost.py", "src/pkg/data.txt"),
        ("pkg/__init__.py", "pkg/_version.py", "pkg-1.dist-info/METADATA"),
        (PKG,),
        (),
        ("README.md",),
        {"src/pkg/__init__.py": "pkg/__init__.py", "src/pkg/_version.py": "pkg/_version.py"},
    ),
    "tests stay": (
        (
            *("src/pkg/tests/__init__.py", "src/pkg/tests/data/a.bin", "src/pkg/sub/test/x.c"),
            *("src/pkg/conftest.py", "src/pkg/test_a.py", "src/pkg/a_test.py", "src/pkg/testa.py"),
        ),
        ("pkg/tests/__init__.py",),
        (PKG,),
        (),
        (
            *("src/pkg/tests/data/a.bin", "src/pkg/sub/test/x.c"),
            *("src/pkg/conftest.py", "src/pkg/test_a.py", "src/pkg/a_test.py"),
        ),
        {"src/pkg/tests/__init__.py": "pkg/tests/__init__.py"},
    ),
    "a folder named testing": (
        (
            "src/pkg/testing/api.py",
            "src/pkg/other/testing/api.py",
            "src/pkg/other/testing/test_a.py",
        ),
        (),
        (PKG,),
        (),
        ("src/pkg/other/testing/api.py", "src/pkg/other/testing/test_a.py"),
        {},
    ),
    "configured paths": (
        ("src/pkg/unit_tests/a.py", "src/pkg/code/a.py", "src/pkg/b.py"),
        (),
        (PKG,),
        ("src/pkg", "src/pkg/code", "src/pkg/unit_tests/", "src"),
        ("src/pkg/unit_tests/a.py",),
        {},
    ),
    "a module": (
        ("m.py", "n.py", "conftest.py"),
        ("m.py",),
        (Place("m", "m.py", file=True),),
        (),
        ("n.py", "conftest.py"),
        {"m.py": "m.py"},
    ),
    "a module that the wheel lost": (
        ("m.py", "n.py"),
        (),
        (Place("m", "m.py", file=True),),
        (),
        ("n.py",),
        {},
    ),
    "a compiled module": (
        ("src/m.pyx", "src/m.h"),
        ("m.cpython-312-x86_64-linux-gnu.so",),
        (Place("m", "src/m.pyx", file=True),),
        (),
        ("src/m.h",),
        {"src/m.cpython-312-x86_64-linux-gnu.so": "m.cpython-312-x86_64-linux-gnu.so"},
    ),
    "mapped from another folder": (
        ("code/a.py", "code/b.py"),
        ("pkg/a.py",),
        (Place("pkg", "code"),),
        (),
        (),
        {"code/a.py": "pkg/a.py"},
    ),
    "mapped from the root": (
        (
            "__init__.py",
            "lost.py",
            "setup.py",
            "conftest.py",
            "sub/a.py",
            "sub/b.py",
            "docs/conf.py",
        ),
        ("pkg/__init__.py", "pkg/sub/a.py"),
        (Place("pkg", ""),),
        (),
        ("setup.py", "conftest.py", "docs/conf.py"),
        {"__init__.py": "pkg/__init__.py", "sub/a.py": "pkg/sub/a.py"},
    ),
    "a namespace's neighbour": (
        ("src/ns/own/a.py", "src/ns/other.py"),
        ("ns/own/a.py",),
        (Place("ns.own", "src/ns/own"),),
        (),
        ("src/ns/other.py",),
        {"src/ns/own/a.py": "ns/own/a.py"},
    ),
    "tests shipped as a package of their own": (
        ("src/pkg/a.py", "tests/__init__.py", "tests/data.txt"),
        ("pkg/a.py", "tests/__init__.py"),
        (PKG, Place("tests", "tests")),
        (),
        ("tests/data.txt",),
        {"src/pkg/a.py": "pkg/a.py", "tests/__init__.py": "tests/__init__.py"},
    ),
    "bundled libraries": (
        ("src/pkg/a.py",),
        ("pkg/_x.so", "pkg.libs/libz-1.so"),
        (PKG,),
        (),
        (),
        {"src/pkg/_x.so": "pkg/_x.so", "src/pkg.libs/libz-1.so": "pkg.libs/libz-1.so"},
    ),
}


@pytest.mark.parametrize("kind", PLANS)
def test_plan_overlay(kind: str) -> None:
    tree, wheel, places, paths, copied, placed = PLANS[kind]
    plan = plan_overlay(tree, wheel, places, paths)
    assert plan.copied == copied
    assert plan.placed == placed
