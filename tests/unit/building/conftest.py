"""What the tests of building share: a project's facts, and wheels written by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Package, Project, Runner, TestFacts


def fact(value: Any) -> Fact[Any]:
    """Give a fact that came from nowhere in particular."""
    return Fact(value=value, origin="pyproject.toml [project]")


def make_project(root: Path, **changes: Any) -> Project:
    """Give a pure project `spam` with one package, with other facts where they are named."""
    none = {name: fact(()) for name in ("commands", "requirements", "extras", "paths")}
    tests = TestFacts(runner=fact(Runner.NONE), environment=fact({}), coverage=fact(False), **none)
    project = Project(
        root=str(root),
        name=fact("spam"),
        version=fact(None),
        backend=fact("setuptools.build_meta"),
        build_requires=(),
        requires_python=fact(None),
        pythons=fact(()),
        kind=fact(Kind.PURE),
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact((Package(name="spam", path="src/spam"),)),
        test=tests,
        lint=fact(None),
        type=fact(None),
        docs=fact(None),
        config=Config(),
    )
    return msgspec.structs.replace(project, **changes)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """Give the maker of projects."""

    def make(**changes: Any) -> Project:
        root = tmp_path / "project"
        root.mkdir(exist_ok=True)
        return make_project(root, **changes)

    return make


@pytest.fixture
def wheel(tmp_path: Path) -> Callable[..., Path]:
    """Give the writer of wheels: names of files and the tag."""

    def write(*names: str, tag: str = "py3-none-any", folder: str = "raw") -> Path:
        base = "spam-1.0.dist-info"
        python, abi, platforms = tag.split("-")
        tags = "".join(f"Tag: {python}-{abi}-{each}\n" for each in platforms.split("."))
        texts = dict.fromkeys(names, "x")
        texts[f"{base}/METADATA"] = "Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n"
        texts[f"{base}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\n{tags}\n"
        texts[f"{base}/RECORD"] = (
            "".join(f"{name},sha256=old,1\n" for name in texts) + f"{base}/RECORD,,\n"
        )
        path = tmp_path / folder / f"spam-1.0-{tag}.whl"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0)), text)
        return path

    return write
