"""Stand-ins: valid archives under every planned name, and records with which the gate lets them through."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.tags import parse_tag

from shipwheel.data.catalog import load_catalog
from shipwheel.dists.artifact import wheel_id
from shipwheel.indexes.known import find_index
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind
from shipwheel.publishing.fake_rehearsal import verify_stand_ins
from shipwheel.publishing.gate import judge
from shipwheel.publishing.held import read_dist
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Commit, Release
from shipwheel.publishing.stand_ins import make_stand_ins, tag_of
from shipwheel.verification.reading.distributions import read_distributions

PLATFORMS = tuple(platform.id for platform in load_catalog().platforms)
LINUX, MUSL = "cp312-manylinux_x86_64", "cp312-musllinux_x86_64"


@pytest.mark.parametrize(
    ("file_id", "kind", "tag"),
    [
        ("any", Kind.PURE, "py3-none-any"),
        ("cp312-manylinux_x86_64", Kind.EXTENSION, "cp312-cp312-manylinux_2_28_x86_64"),
        ("cp314t-musllinux_aarch64", Kind.EXTENSION, "cp314-cp314t-musllinux_1_2_aarch64"),
        ("cp39-macosx_universal2", Kind.ABI3, "cp39-abi3-macosx_11_0_universal2"),
        ("cp314t-win_arm64", Kind.ABI3, "cp314-cp314t-win_arm64"),
        ("pp311-win_amd64", Kind.ABI3, "pp311-pypy311_pp73-win_amd64"),
        ("cp38-win32", Kind.EXTENSION, "cp38-cp38-win32"),
    ],
)
def test_a_planned_files_tag(file_id: str, kind: Kind, tag: str) -> None:
    assert tag_of(file_id, kind) == tag


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("interpreter", ["cp38", "cp314", "cp314t", "pp311"])
@pytest.mark.parametrize("kind", [Kind.EXTENSION, Kind.ABI3])
def test_every_platform_of_the_catalog_has_a_tag_that_is_read_back(
    platform: str, interpreter: str, kind: Kind
) -> None:
    file_id = f"{interpreter}-{platform}"
    assert wheel_id(map(str, parse_tag(tag_of(file_id, kind)))) == file_id


def planned(*ids: str, kind: Kind = Kind.EXTENSION, tested: tuple[str, ...] = (LINUX,)) -> Plan:
    """A release of an sdist and these wheels, of which CI tests some on one platform."""
    wheels = [
        Job(id=f"wheels-{each}", kind=JobKind.WHEELS, session="wheels", scope=Scope.RELEASE)
        for each in ids
    ]
    tests = [
        Job(
            id=f"test-3.12-{number}",
            kind=JobKind.TEST,
            session="test-3.12",
            python="3.12",
            platform=each.partition("-")[2],
            consumes=(each,),
            scope=Scope.RELEASE,
        )
        for number, each in enumerate(tested)
    ]
    sdist = PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL)
    return Plan(
        project=PlannedProject(
            name="Zope.Demo_x",
            version="1.0",
            kind=kind,
            requires_python=">=3.8",
            backend="b",
            pythons=("3.12",),
        ),
        jobs=(Job(id="build", kind=JobKind.BUILD, session="build"), *wheels, *tests),
        files=(
            sdist,
            *(
                PlannedFile(id=each, kind="wheel", job=f"wheels-{each}", scope=Scope.RELEASE)
                for each in ids
            ),
        ),
        build_python="3.12",
    )


PYPI = find_index("pypi", load_catalog().indexes, {})


def project(**fields: Any) -> Any:
    """Give what the gate looks at of a project."""
    packages = Fact(value=(), origin="test")
    return SimpleNamespace(**{"config": Config(), "private": False, "packages": packages, **fields})


def judged(plan: Plan, dist: Path, **fields: Any) -> Release:
    dist.mkdir()
    manifest = make_stand_ins(plan, "1.0", dist)
    return judge(
        plan,
        verify_stand_ins(plan, dist, manifest),
        manifest,
        dist=read_dist(dist),
        scope=Scope.RELEASE,
        index=PYPI,
        project=project(**fields),
        commit=Commit(id="c", tags=("v1.0",)),
    )


def test_every_planned_file_goes_through_the_gate(tmp_path: Path) -> None:
    ids = tuple(f"{python}-{each}" for python in ("cp312", "cp314t") for each in PLATFORMS)
    release = judged(planned(*ids), tmp_path / "dist")
    assert {each.id for each in release.files} == {"sdist", *ids}
    assert release.in_order[-1].filename == "zope_demo_x-1.0.tar.gz"
    # cibuildwheel tries what no job of CI tests, and its record says so
    assert release.notes == ()
    assert {each.job for each in release.tests} >= {"test-3.12-0", f"wheels-{MUSL}"}


def test_the_archives_are_what_they_say(tmp_path: Path) -> None:
    make_stand_ins(planned(LINUX), "1.0", tmp_path)
    sdist, wheel = sorted(tmp_path.iterdir(), key=lambda path: path.suffix == ".whl")
    with tarfile.open(sdist) as archive:
        assert "zope_demo_x-1.0/PKG-INFO" in archive.getnames()
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        metadata = archive.read("zope_demo_x-1.0.dist-info/METADATA").decode()
    assert "Name: Zope.Demo_x\nVersion: 1.0\n" in metadata
    assert "Requires-Python: >=3.8\n" in metadata
    for each in read_distributions([sdist, wheel]):
        assert each.metadata is not None
        assert each.metadata.requires_python == ">=3.8"
        if each.wheel:
            assert [member.name for member in each.wheel.members][-1].endswith("RECORD")


def test_two_runs_give_the_same_wheels(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make_stand_ins(planned(LINUX, MUSL), "1.0", tmp_path / name)
    a, b = ({p.name: p.read_bytes() for p in (tmp_path / n).glob("*.whl")} for n in "ab")
    assert a == b
    assert len(a) == 2


def test_what_the_plan_itself_does_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        judged(planned(LINUX), tmp_path / "dist", private=True)
    assert [each.rule for each in caught.value.reasons] == ["private"]
