from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.machine.interpreter import Interpreter
from shipwheel.testing.requirements import (
    declared_lowest,
    environment_key,
    extra_requirements,
    file_contents,
    is_pinned,
    requirement_names,
    requires_project,
)

MARKERS = {"python_version": "3.12", "sys_platform": "linux", "os_name": "posix"}


@pytest.mark.parametrize(
    ("requires", "bounded", "unbounded"),
    [
        (["a>=1"], ("a>=1",), ()),
        (["a~=1.2", "b==3", "c>2,<4"], ("a~=1.2", "b==3", "c<4,>2"), ()),
        (["a", "b<3", "c!=1"], (), ("a", "b<3", "c!=1")),
        (["a>=1; python_version < '3'", "b>=1; sys_platform == 'linux'"], ("b>=1",), ()),
        (["a>=1; extra == 'test'", "not a requirement !"], (), ()),
        (["a @ https://example.org/a.zip"], (), ("a@ https://example.org/a.zip",)),
    ],
)
def test_declared_lowest(
    requires: list[str], bounded: tuple[str, ...], unbounded: tuple[str, ...]
) -> None:
    found = declared_lowest(requires, MARKERS)
    assert tuple(each.replace(" @", "@") for each in found[1]) == tuple(
        each.replace(" @", "@") for each in unbounded
    )
    assert found[0] == bounded


@pytest.mark.parametrize(
    ("complaint", "expected"),
    [
        ("Because pytest==8.4.2 depends on iniconfig>=1 and only", True),
        ("    pytest 8.4.2 depends on iniconfig>=1", True),
        ("Because a==1 depends on iniconfig-more>=1", False),
        ("iniconfig depends on a", False),
    ],
)
def test_requires_project(complaint: str, expected: bool) -> None:  # noqa: FBT001
    assert requires_project(complaint, "IniConfig") is expected


def test_extra_requirements() -> None:
    requires = [
        "a>=1",
        "b; extra == 'test'",
        "c; extra == 'test' and sys_platform == 'win32'",
        "d[x]; extra == 'my-docs'",
    ]
    assert extra_requirements(requires, ["test", "My_Docs"], MARKERS) == ("b", "d[x]")
    assert extra_requirements(requires, [], MARKERS) == ()


@pytest.mark.parametrize(
    ("requirements", "text", "installed", "pinned"),
    [
        (["a==1", "b @ file:///b.whl"], "", ["a", "b"], True),
        (["a==1"], "", ["a", "b"], False),
        (["a>=1"], "", ["a"], False),
        (["a==1.*"], "", ["a"], False),
        (["a"], "A==1.0 \\\n    --hash=sha256:00\nb_c==2  # why\n", ["a", "b-c"], True),
    ],
)
def test_is_pinned(
    requirements: list[str],
    text: str,
    installed: list[str],
    pinned: bool,  # noqa: FBT001
) -> None:
    assert is_pinned(requirements, [("f", text)], installed) is pinned


def test_constraint_files_are_read_with_what_they_include(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("a==1\n-r more/d.txt\n-c https://example.org/x\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/d.txt").write_text("b==2\n-r ../c.txt\n")
    texts = [text for _, text in file_contents(tmp_path, ["c.txt", "gone.txt"])]
    assert sorted(texts) == [
        "",
        "a==1\n-r more/d.txt\n-c https://example.org/x\n",
        "b==2\n-r ../c.txt\n",
    ]


def test_requirement_names() -> None:
    assert requirement_names(["A_b[x]>=1; python_version > '3'", "-e ."]) == {"a-b"}


def interpreter(build: str = "b") -> Interpreter:
    return Interpreter(
        target="3.12",
        executable="/python",
        version="3.12.1",
        implementation="cpython",
        platform="linux-x86_64",
        build=build,
        origin="PATH",
    )


def key(**changed: object) -> str:
    values: dict[str, object] = {
        "interpreter": interpreter(),
        "wheel_digest": "w",
        "requirements": ["a"],
        "files": [("f", "x")],
        "installer": "uv",
        "lowest": False,
        "environ": {"UV_INDEX_URL": "u", "HOME": "/h", "UV_CACHE_DIR": "/c"},
        **changed,
    }
    return environment_key(**values)  # type: ignore[arg-type]


CHANGES = [
    {"interpreter": interpreter("other")},
    {"wheel_digest": "v"},
    {"requirements": ["a", "b"]},
    {"files": [("f", "y")]},
    {"installer": "pip"},
    {"lowest": True},
    {"environ": {"UV_INDEX_URL": "v"}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_another_environment_for_anything_that_decides(change: dict[str, object]) -> None:
    assert key(**change) != key()


def test_the_same_environment_for_what_decides_nothing() -> None:
    assert key(environ={"UV_INDEX_URL": "u", "HOME": "/other", "UV_CACHE_DIR": "/d"}) == key()
