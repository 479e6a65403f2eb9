"""Wheels of another architecture that this machine makes itself."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.make import make_plan
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.facts import Kind

BOTH = ("manylinux_x86_64", "manylinux_aarch64")
IDS = tuple(f"cp3{minor}-{platform}" for platform in BOTH for minor in (11, 12))
CROSS = Config(wheels=WheelsConfig(platforms=BOTH, zig=True, cross=("manylinux_aarch64",)))


@pytest.fixture
def plan(project, machine):
    def make(config=CROSS, here=("3.11", "3.12"), emulated=("3.11",), ids=IDS, **facts):
        facts = {"kind": Kind.EXTENSION, "requires_python": ">=3.11,<3.13", **facts}
        able = msgspec.structs.replace(
            machine(*here),
            emulated=tuple(
                msgspec.structs.replace(each, platform="linux-aarch64", emulator=("qemu-aarch64",))
                for each in machine(*emulated).interpreters
            ),
        )
        return make_plan(
            project(config=config, **facts),
            load_catalog(),
            able,
            ids,
            remedy=lambda target: f"install {target}",
            today="2026-11-21",
        )

    return make


def crossed(plan):
    return {job.id: job for job in plan.of_kind(JobKind.WHEEL) if job.platform is not None}


def test_a_python_that_is_here_twice_makes_the_planned_file(plan) -> None:
    made = plan()
    jobs = crossed(made)
    assert list(jobs) == ["wheel-3.11-manylinux_aarch64", "wheel-3.12-manylinux_aarch64"]
    first, second = jobs.values()
    assert (first.scope, first.session, first.python) == (Scope.LOCAL, first.id, "3.11")
    assert first.needs == ("build",)
    files = {file.id: file for file in made.files}
    assert files["cp311-manylinux_aarch64"].local_job == first.id
    assert files["cp311-manylinux_aarch64"].job == "wheels-cp311-manylinux_aarch64"
    assert files["cp311-manylinux_aarch64"].scope is Scope.LOCAL
    assert second.scope is Scope.RELEASE
    assert "no aarch64 Python 3.12" in str(second.reason)
    assert "SHIPWHEEL_AARCH64_ROOT" in str(second.remedy)
    assert files["cp312-manylinux_aarch64"].local_job is None
    assert first.id in made.job("verify").needs
    assert second.id not in made.job("verify").needs


def test_without_the_building_python_none_is_made(plan) -> None:
    job = crossed(plan(here=("3.12",)))["wheel-3.11-manylinux_aarch64"]
    assert job.scope is Scope.RELEASE
    assert job.reason == "Python 3.11 is not on this machine, to build with"


def test_an_abi3_wheel_is_made_once_by_a_python_that_is_here_twice(plan) -> None:
    jobs = crossed(plan(kind=Kind.ABI3, abi3_floor="3.11", emulated=("3.12",)))
    assert list(jobs) == ["wheel-3.12-manylinux_aarch64"]
    assert jobs["wheel-3.12-manylinux_aarch64"].scope is Scope.LOCAL


def test_ci_runs_what_it_ran(plan, project) -> None:
    """Neither emulator nor `cross` changes what a pipeline does."""
    plain = Config(wheels=WheelsConfig(platforms=BOTH))
    assert plan().ci_jobs() == plan(config=plain).ci_jobs()
    everywhere = every_python(load_catalog(), "manylinux_x86_64")
    assert everywhere.emulated == ()


def test_none_on_a_pure_project_and_on_such_a_machine(plan, project, machine) -> None:
    assert not crossed(plan(kind=Kind.PURE, ids=()))
    made = make_plan(
        project(config=CROSS, kind=Kind.EXTENSION),
        load_catalog(),
        machine("3.11", platform="manylinux_aarch64"),
        IDS,
        remedy=str,
        today="2026-11-21",
    )
    assert not crossed(made)


@pytest.mark.parametrize(
    ("config", "ids", "said"),
    [
        (
            WheelsConfig(platforms=BOTH, cross=("manylinux_aarch64",)),
            IDS,
            "zig, and it is not asked",
        ),
        (
            WheelsConfig(platforms=BOTH[:1], zig=True, cross=("manylinux_aarch64",)),
            IDS[:2],
            "no wheel ships for manylinux_aarch64",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(plan, config, ids, said) -> None:
    with pytest.raises(ConfigurationError, match=said):
        plan(config=Config(wheels=config), ids=ids)
