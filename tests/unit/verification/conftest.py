"""Good distributions to break: small, complete, made in memory."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from shipwheel.planning.job import PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Package, Project, Runner
from shipwheel.project.facts import TestFacts as Tests
from shipwheel.verification.facts import InstallFacts
from shipwheel.verification.reading.distributions import read_distribution

METADATA = """\
Metadata-Version: 2.1
Name: good
Version: 1.0
Summary: one
Requires-Python: >=3.8
Description-Content-Type: text/markdown

# good
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def record_of(files: dict[str, bytes], own: str) -> str:
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*lines, f"{own}/RECORD,,", ""])


@pytest.fixture
def make_wheel(tmp_path):
    """Give a maker of wheels: `files` are added or replace, None takes one away."""

    def make(
        files=None,
        *,
        filename="good-1.0-py3-none-any.whl",
        dist_info="good-1.0.dist-info",
        record=None,
        after=None,
        folder="dist",
    ) -> Path:
        members = {
            "good/__init__.py": "VALUE = 1\n",
            f"{dist_info}/METADATA": METADATA,
            f"{dist_info}/WHEEL": WHEEL,
        }
        members |= files or {}
        data = {
            name: text if isinstance(text, bytes) else text.encode()
            for name, text in members.items()
            if text is not None
        }
        written = record_of(data, dist_info) if record is None else record
        path = tmp_path / folder / filename
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in data.items():
                archive.writestr(name, content)
            archive.writestr(f"{dist_info}/RECORD", written)
            for info, content in after or ():
                archive.writestr(info, content)
        return path

    return make


@pytest.fixture
def make_sdist(tmp_path):
    """Give a maker of sdists; `links` are (name, target)."""

    def make(
        files=None, *, filename="good-1.0.tar.gz", root="good-1.0", links=(), folder="dist"
    ) -> Path:
        members = {"PKG-INFO": METADATA, "pyproject.toml": "[project]\n", "good/__init__.py": ""}
        members |= files or {}
        path = tmp_path / folder / filename
        path.parent.mkdir(exist_ok=True)
        with tarfile.open(path, "w:gz") as archive:
            for name, text in members.items():
                if text is None:
                    continue
                data = text.encode()
                info = tarfile.TarInfo(f"{root}/{name}" if not name.startswith("../") else name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            for name, target in links:
                info = tarfile.TarInfo(f"{root}/{name}")
                info.type, info.linkname = tarfile.SYMTYPE, target
                archive.addfile(info)
        return path

    return make


def fact(value, *, weak=False):
    return Fact(value=value, origin="the test", weak=weak)


@pytest.fixture
def make_project():
    """Give a maker of a project called `good`."""

    def make(
        *, packages=("good",), weak=False, kind=Kind.PURE, version="1.0", config=None, name="good"
    ):
        return Project(
            root="/project",
            name=fact(name),
            version=fact(version),
            backend=fact("hatchling.build"),
            build_requires=(),
            requires_python=fact(None),
            pythons=fact(()),
            kind=fact(kind),
            dependencies=fact(()),
            extras=fact({}),
            groups=fact({}),
            entry_points=fact({}),
            packages=fact(tuple(Package(name=each) for each in packages), weak=weak),
            test=Tests(
                runner=fact(Runner.NONE),
                commands=fact(()),
                requirements=fact(()),
                extras=fact(()),
                paths=fact(()),
                environment=fact({}),
                coverage=fact(False),
            ),
            lint=fact(None),
            type=fact(None),
            docs=fact(None),
            config=config or Config(),
        )

    return make


@pytest.fixture
def make_plan():
    """Give a maker of a plan for `good`: `files` are (id, scope, job)."""

    def make(
        files=(("sdist", Scope.LOCAL, "build"), ("any", Scope.LOCAL, "build")),
        *,
        kind=Kind.PURE,
        version=None,
        pythons=("3.11", "3.12"),
        jobs=(),
    ):
        return Plan(
            project=PlannedProject(
                name="good",
                version=version,
                kind=kind,
                requires_python=None,
                backend="hatchling.build",
                pythons=pythons,
            ),
            jobs=jobs,
            files=tuple(
                PlannedFile(
                    id=id_, kind="sdist" if id_ == "sdist" else "wheel", job=job, scope=scope
                )
                for id_, scope, job in files
            ),
            build_python="3.11",
        )

    return make


@pytest.fixture
def make_installed(make_wheel):
    """Give a maker of what was seen of an installed wheel; `files` are the wheel's, beside the rest."""

    def make(files=None, **seen):
        wheel = read_distribution(make_wheel(files)).wheel
        defaults = {
            "python": "3.12",
            "proof": wheel.file.sha256,
            "version": "1.0",
            "stdlib": frozenset({"os", "winreg", "json"}),
            "platform": "linux",
        }
        return InstallFacts(wheel=wheel, **(defaults | seen))

    return make
