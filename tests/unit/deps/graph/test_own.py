from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.deps.graph.answer import Arrow, Circle, Level, When
from shipwheel.deps.graph.found_circles import (
    distribution_circles,
    module_circles,
    package_circles,
)
from shipwheel.deps.graph.own import Own, import_arrows, loaded, read_own
from shipwheel.project.facts import Package

DEMO = (Package(name="demo", path="src/demo"),)


def tree(root: Path, files: dict[str, str], packages: tuple[Package, ...] = DEMO) -> Own:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return read_own(root, packages)


def arrows(root: Path, files: dict[str, str], packages: tuple[Package, ...] = DEMO) -> list[str]:
    own = tree(root, files, packages)
    found = import_arrows(root, packages, own)
    return [
        f"{a.source} {a.target} {a.when} {','.join(a.names)} {a.places[0].file}:{a.places[0].line}"
        for a in found
    ]


def test_arrows_of_a_src_layout(tmp_path) -> None:
    files = {
        "src/demo/__init__.py": "from .a import (\n    one,\n    two,\n)\n",
        "src/demo/a.py": "from demo import b\nimport demo.c\none = two = 1\n",
        "src/demo/b.py": "def f():\n    from . import a\n",
        "src/demo/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import one\n",
        "src/demo/tests/test_a.py": "import demo.nothing\n",
    }
    assert arrows(tmp_path, files) == [
        "demo demo.a always one,two src/demo/__init__.py:1",
        "demo.a demo.b whole b src/demo/a.py:1",
        "demo.a demo.c whole  src/demo/a.py:2",
        "demo.b demo.a later a src/demo/b.py:2",
        "demo.c demo.a types one src/demo/c.py:3",
    ]


def test_a_package_that_we_have_installed_is_read_where_it_lies(tmp_path) -> None:
    packages = (Package(name="packaging", path="packaging"),)
    files = {
        "packaging/__init__.py": "raise SystemExit('nobody imports this')",
        "packaging/here.py": "from packaging import there",
        "packaging/there.py": "",
    }
    assert arrows(tmp_path, files, packages) == [
        "packaging.here packaging.there whole there packaging/here.py:1"
    ]


def test_namespaces_and_single_modules(tmp_path) -> None:
    packages = (
        Package(name="house.room", path="lib/house/room"),
        Package(name="door", path="door.py"),
        Package(name="made", path=""),
        Package(name="house-stubs", path="house-stubs", stubs=True),
    )
    files = {
        "lib/house/room/__init__.py": "from door import knob",
        "lib/house/room/bed.py": "import house.room",
        "door.py": "import house.room.bed\nknob = 1",
    }
    assert arrows(tmp_path, files, packages) == [
        "door house.room.bed whole  door.py:1",
        "house.room door always knob lib/house/room/__init__.py:1",
        "house.room.bed house.room whole  lib/house/room/bed.py:1",
    ]


def test_what_cannot_be_read_is_told(tmp_path) -> None:
    own = tree(tmp_path, {"src/demo/__init__.py": "", "src/demo/bad.py": "import ("})
    assert (list(own.modules), own.unread) == (["demo"], ("src/demo/bad.py",))


def test_nothing_outside_of_the_project_is_read(tmp_path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "secret.py").write_text("")
    root = tmp_path / "root"
    root.mkdir()
    assert not read_own(root, (Package(name="beside", path="../beside"),)).modules


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        # the package brings along what it imports; what a guarded import alone leads to is optional
        (
            "from . import core\ntry:\n    from . import extra\nexcept ImportError:\n    extra = None",
            {"demo", "demo.core"},
        ),
        # users import each module by its name
        ("", {"demo", "demo.core", "demo.extra", "demo.lone"}),
        ("import json", {"demo", "demo.core", "demo.extra", "demo.lone"}),
    ],
)
def test_what_is_loaded_with_a_package(tmp_path, first, expected) -> None:
    files = {f"src/demo/{name}.py": "" for name in ("core", "extra", "lone")}
    own = tree(tmp_path, {"src/demo/__init__.py": first, **files})
    assert loaded(own, DEMO, ()) == expected
    assert loaded(own, DEMO, ("demo.lone", "nothing")) == expected | {"demo.lone"}


def arrow(text: str, when: When = When.ALWAYS) -> Arrow:
    source, target = text.split()
    return Arrow(source=source, target=target, when=when)


def told(circles: tuple[Circle, ...]) -> list[tuple[str, str, bool]]:
    return [(" ".join(c.members), str(c.when), c.error) for c in circles]


def test_circles_by_the_strictest_arrows_that_make_them() -> None:
    arrows = (
        arrow("a b"), arrow("b a"),
        arrow("c c.d"), arrow("c.d c", When.WHOLE),
        arrow("e f"), arrow("f e", When.LATER),
        arrow("g h"), arrow("h g", When.TYPES),
    )  # fmt: skip
    assert told(module_circles(arrows)) == [
        ("a b", "always", True),
        ("c c.d", "whole", False),
        ("e f", "later", False),
        ("g h", "types", False),
    ]
    assert [(a.source, a.target) for c in module_circles(arrows)[:1] for a in c.cut]


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        # whoever begins with a meets a half loaded a when b takes a name of it
        ("a b|b a", "a b", True),
        ("a b|b a", "a b|b a", False),
        # nobody begins with p.b: p is loaded before it, and is then imported whole
        ("p p.b|p.b p", "p.b p", False),
        ("p p.b|p.b p", "p p.b", True),
        # within p another circle stays
        ("p p.b|p.b p|p.b p.c|p.c p.b", "p.b p|p.b p.c", True),
        ("p p.b|p.b p|p.b p.c|p.c p.b", "p.b p|p.b p.c|p.c p.b", False),
    ],
)
def test_a_circle_of_whole_modules_is_an_error_where_one_may_not_begin(
    text, whole, expected
) -> None:
    loose = set(whole.split("|"))
    arrows = [arrow(e, When.WHOLE if e in loose else When.ALWAYS) for e in text.split("|")]
    assert [c.error for c in module_circles(arrows)] == [expected]


def test_packages_go_round_though_no_modules_do() -> None:
    modules = ("p", "p.a", "p.a.one", "p.a.two", "p.b", "p.b.one", "p.b.two", "p.c")
    arrows = (arrow("p.a.one p.b.one"), arrow("p.b.two p.a.two"), arrow("p.c p.a.one"))
    (circle,) = package_circles(arrows, modules)
    assert (circle.level, circle.members, circle.error) == (Level.PACKAGES, ("p.a", "p.b"), False)
    assert not package_circles((arrow("p.a.one p.b.one"), arrow("p.b.one p.a.one")), modules)


def test_a_circle_of_others_is_no_error() -> None:
    arrows = (arrow("cedar dogwood"), arrow("dogwood cedar"), arrow("demo cedar"))
    assert told(distribution_circles(arrows, {"demo"})) == [("cedar dogwood", "always", False)]
    assert told(distribution_circles(arrows, {"cedar"})) == [("cedar dogwood", "always", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what b takes is there before a leads to b
        ("one = 1\nfrom . import b", False),
        ("def one(): ...\nif True:\n    from .b import two", False),
        ("try:\n    one = 1\nfinally:\n    pass\nfrom . import b", False),
        ("from . import b\none = 1", True),
        ("class One:\n    one = 1\nfrom . import b", True),
        ("globals()['one'] = 1\nfrom . import b", True),
    ],
)
def test_a_name_that_is_there_by_then_makes_no_error(tmp_path, text, expected) -> None:
    second = "import demo.a\nfrom demo.a import one\ntwo = 2"
    own = tree(
        tmp_path,
        {"src/demo/__init__.py": "", "src/demo/a.py": text, "src/demo/b.py": f"two = 2\n{second}"},
    )
    (circle,) = module_circles(import_arrows(tmp_path, DEMO, own))
    assert circle.error is expected
