from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from shipwheel.testing.hook import hook_source
from shipwheel.testing.installed import WheelFiles
from shipwheel.testing.layout import Place
from shipwheel.testing.overlay import Overlay
from shipwheel.testing.proof import Origin, Proofs, Violation, _Judge

CODE = b"x = 1\n"


@pytest.fixture
def judge(tmp_path: Path) -> _Judge:
    """Give a judge over a checkout, an overlay, an environment with pkg, and a stranger's package."""
    site = tmp_path / "tree/.shipwheel/envs/t/site-packages"
    overlay = tmp_path / "tree/.shipwheel/overlay/t"
    for path in (
        *(site / "pkg/__init__.py", site / "pkg/a.py", site / "pkg/stray.py", site / "other/b.py"),
        *(overlay / "pkg/tests/test_a.py", overlay / "odd/pkg/a.py", overlay / "conftest.py"),
        *(tmp_path / "tree/pkg/a.py", tmp_path / "tree/helper.py", tmp_path / "else/pkg/a.py"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CODE)
    (site / "pkg/changed.py").write_bytes(b"y = 2\n")
    (overlay / "pkg/a.py").symlink_to(site / "pkg/a.py")
    info = site / "other-1.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("pkg/stray.py,,\nother/b.py,,\n")
    digest = hashlib.sha256(CODE).hexdigest()
    files = dict.fromkeys(("pkg/__init__.py", "pkg/a.py", "pkg/changed.py"), digest)
    modules = {"pkg": "pkg/__init__.py", "pkg.a": "pkg/a.py", "pkg.changed": "pkg/changed.py"}
    return _Judge(
        site,
        WheelFiles("pkg", "1", files, modules, ("pkg",)),
        Overlay(
            root=overlay,
            tree=tmp_path / "tree",
            placed={"pkg/a.py": "pkg/a.py"},
            copies=False,
            places=(Place("pkg", "pkg"),),
            proofs=tmp_path,
            names=("pkg",),
        ),
    )


SITE, OVERLAY = "tree/.shipwheel/envs/t/site-packages", "tree/.shipwheel/overlay/t"


@pytest.mark.parametrize(
    ("module", "path", "origin"),
    [
        ("pkg", f"{SITE}/pkg/__init__.py", Origin.WHEEL),
        ("pkg.a", f"{OVERLAY}/pkg/a.py", Origin.WHEEL),
        ("interface.a", f"{OVERLAY}/pkg/a.py", Origin.WHEEL),
        ("pkg.changed", f"{SITE}/pkg/changed.py", Origin.CHANGED),
        ("pkg.stray", f"{SITE}/pkg/stray.py", Origin.OTHER),
        ("pkg.tests.test_a", f"{OVERLAY}/pkg/tests/test_a.py", Origin.TEST),
        ("pkg.a", f"{OVERLAY}/odd/pkg/a.py", Origin.COPY),
        ("pkg.a", "tree/pkg/a.py", Origin.CHECKOUT),
        ("another.name", "tree/pkg/a.py", Origin.CHECKOUT),
        ("helper", "tree/helper.py", Origin.OTHER),
        ("pkg.a", "else/pkg/a.py", Origin.COPY),
        ("pkg.made_by_a_test", "else/pkg/made_by_a_test.py", Origin.OTHER),
    ],
)
def test_where_a_module_came_from(
    judge: _Judge, tmp_path: Path, module: str, path: str, origin: Origin
) -> None:
    assert judge.origin(module, str(tmp_path / path)) is origin


SOUND = Proofs({"pkg": "pkg/__init__.py"}, (), (), 1)


def violation(origin: Origin) -> Violation:
    return Violation("pkg.a", "/somewhere/a.py", "/site/pkg/a.py", origin)


@pytest.mark.parametrize(
    ("proofs", "said"),
    [
        (SOUND, None),
        (replace(SOUND, added=("pkg/cache.bin",)), None),
        (replace(SOUND, modules={}), "tests-without-project"),
        (replace(SOUND, modules={}, needed=False), None),
        (replace(SOUND, violations=(violation(Origin.CHECKOUT),)), "not-the-wheel"),
        (
            replace(SOUND, altered=("pkg/a.py",), violations=(violation(Origin.CHANGED),)),
            "wheel-changed-by-tests",
        ),
        (
            replace(SOUND, altered=("pkg/a.py",), violations=(violation(Origin.COPY),)),
            "not-the-wheel",
        ),
    ],
)
def test_when_a_run_proves_nothing(proofs: Proofs, said: str | None) -> None:
    failure = proofs.failure("test-3.12")
    assert (failure.reference if failure else None) == said


def test_a_violation_names_both_paths() -> None:
    assert violation(Origin.COPY).line == (
        "pkg.a came from another copy: /somewhere/a.py (the wheel's: /site/pkg/a.py)"
    )
    assert "not in the wheel" in replace(violation(Origin.CHECKOUT), expected="").line


def test_the_hook_is_a_program_for_old_pythons_too(tmp_path: Path) -> None:
    source = hook_source(("pkg", "ns.pkg"), tmp_path / "ü {x}", tmp_path)
    ast.parse(source, feature_version=(3, 8))
    assert repr(str(tmp_path / "ü {x}")) in source
    assert "import json" not in source
