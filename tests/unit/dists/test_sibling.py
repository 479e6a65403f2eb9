"""The wheels of a repository's other packages: which are brought along, and whether they fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.dists.record import FileRef
from shipwheel.dists.sibling import (
    Sibling,
    constraint_file,
    contradictions,
    each_file,
    required,
)


def sibling(name: str, version: str = "1.0", *requires: str) -> Sibling:
    filename = f"{name}-{version}-py3-none-any.whl"
    return Sibling(
        name=name,
        version=version,
        path=Path("/work/dist", filename),
        file=FileRef(id=f"{name}:any", filename=filename, sha256="0" * 64, size=1),
        requires=requires,
    )


def test_constraints_name_the_bytes(tmp_path: Path) -> None:
    (path,) = constraint_file(tmp_path, [sibling("core"), sibling("lib")])
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("core @ file:///")
    assert lines[0].endswith(f"/dist/core-1.0-py3-none-any.whl#sha256={'0' * 64}")
    assert len(lines) == 2


def test_without_siblings_there_is_no_file(tmp_path: Path) -> None:
    assert constraint_file(tmp_path, ()) == ()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        (["Core>=1"], ["core"]),
        (["lib"], ["lib", "core"]),
        (["requests"], []),
        (["core; extra == 'fast'"], []),
        (["core; python_version > '3'", "not a requirement"], ["core"]),
    ],
)
def test_what_is_installed_brings_along(requires, expected) -> None:
    known = [sibling("core"), sibling("lib", "1.0", "core", "extras-only; extra == 'x'")]
    assert [each.name for each in required(known, requires)] == expected


@pytest.mark.parametrize(
    ("requires", "version", "fits"),
    [
        ("core>=1", "1.0", True),
        ("core>=2", "1.0", False),
        ("core>=1.1", "1.1.dev3+g123", False),
        ("core==1.0", "1.0+g123", True),
        ("core>=1", "2.0rc1", True),
        ("core>=2; python_version < '3.10'", "1.0", True),
        ("core>=2; python_version >= '3.10'", "1.0", False),
        ("core>=2; extra == 'fast'", "1.0", False),
        ("core>=2; extra == 'slow'", "1.0", True),
        ("Core >= 2", "1.0", False),
    ],
)
def test_what_was_built_must_satisfy_its_users(requires: str, version: str, fits: bool) -> None:  # noqa: FBT001
    found = list(
        contradictions(
            [sibling("core", version)],
            {"app": [requires]},
            {"python_version": "3.12"},
            extras=["fast"],
        )
    )
    assert not found if fits else [each[0] for each in found] == ["app"]


def test_siblings_must_fit_each_other() -> None:
    found = list(contradictions([sibling("core"), sibling("lib", "1.0", "core>=3")], {}, {}))
    assert [(owner, wanted, each.version) for owner, wanted, each in found] == [
        ("lib", "core>=3", "1.0")
    ]


def test_a_wheel_for_every_python_is_one_file() -> None:
    supply = {"3.11": (sibling("core"),), "3.12": (sibling("core"), sibling("lib"))}
    assert [each.name for each in each_file(supply)] == ["core", "lib"]
