"""A wheel that serves several Pythons: made once a platform, and by which of them it is tested there."""

from __future__ import annotations

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.make import make_plan
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.facts import Kind

LINUX, MUSL = "manylinux_x86_64", "musllinux_x86_64"
TAGS = ("cp39", "cp310", "cp311", "cp312", "cp313", "cp314", "cp314t", "pp311")


@pytest.fixture
def plan(project, machine):
    def give(*, pythons=None, floor="3.10", tags=TAGS, platforms=(LINUX, MUSL), kind=Kind.ABI3):
        config = Config(pythons=pythons, wheels=WheelsConfig(platforms=platforms))
        return make_plan(
            project(requires_python=">=3.9", kind=kind, abi3_floor=floor, config=config),
            load_catalog(),
            machine("3.12"),
            tuple(f"{tag}-{platform}" for platform in platforms for tag in tags),
            remedy=lambda _: "",
            today="2026-11-21",
        )

    return give


def test_an_abi3_wheel_is_for_the_later_pythons_with_a_gil(plan):
    also = {job.args[-1]: job.also for job in plan().of_kind(JobKind.WHEELS)}
    for platform in (LINUX, MUSL):
        later = ("cp311", "cp312", "cp313", "cp314")
        assert also[f"cp310-{platform}"] == tuple(f"{tag}-{platform}" for tag in later)
        for tag in ("cp39", "cp314t", "pp311"):  # below the floor, without a GIL, not CPython
            assert also[f"{tag}-{platform}"] == ()
    assert len(also) == 8


def test_only_the_projects_own_pythons_test_it(plan):
    (job,) = plan(pythons=("3.10", "3.12"), platforms=(MUSL,)).of_kind(JobKind.WHEELS)
    assert job.args[-1] == f"cp310-{MUSL}"
    assert job.also == (f"cp312-{MUSL}",)


def test_a_program_has_one_wheel_a_platform_and_every_python_tests_it(plan):
    made = plan(kind=Kind.PLATFORM, floor=None)
    wheels = made.of_kind(JobKind.WHEELS)
    assert [job.args[-1] for job in wheels] == [f"cp39-{LINUX}", f"cp39-{MUSL}"]
    assert wheels[1].also == tuple(f"{tag}-{MUSL}" for tag in TAGS if tag not in {"cp39", "pp311"})
    tests = [job for job in made.of_kind(JobKind.TEST) if job.platform == LINUX]
    assert {job.consumes for job in tests} == {(f"cp39-{LINUX}",)}
    assert {job.python for job in tests} >= {"3.9", "3.14", "3.14t"}
    assert [job.id for job in made.of_kind(JobKind.WHEEL, Scope.LOCAL)] == ["wheel-3.12"]
