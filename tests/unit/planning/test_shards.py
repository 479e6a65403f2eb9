"""Which wheels share a job of CI: by what there is to compile, by platform, by tier."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.planning.make import make_plan
from shipwheel.planning.shards import shard_arguments, sharding_of, with_shards
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.facts import Compiled, Fact, Kind

SMALL = Compiled(files=2, size=9_000, weight=9_000)
LARGE = Compiled(files=200, size=900_000, weight=27_000_000)
RUST = Compiled(crates=True)
LINUX, MUSL, SLOW = "manylinux_x86_64", "musllinux_x86_64", "manylinux_s390x"


def wheel(identifier: str, tier: Tier = Tier.RELEASE) -> Job:
    platform = identifier.partition("-")[2]
    id_ = f"wheels-{identifier}"
    return Job(id=id_, kind=JobKind.WHEELS, session="wheels", platform=platform, tier=tier)


@pytest.fixture
def compiling(project):
    def give(compiled=SMALL, shards=None):
        config = Config(wheels=WheelsConfig(shards=shards))
        fact = None if compiled is None else Fact(value=compiled, origin="the test")
        made = project(kind=Kind.EXTENSION, config=config)
        return msgspec.structs.replace(made, compiled=fact)

    return give


@pytest.mark.parametrize(
    ("compiled", "shards", "most", "emulated"),
    [
        (SMALL, None, 12, 4),
        (LARGE, None, 1, 1),
        (RUST, None, 1, 1),
        (None, None, 1, 1),
        (Compiled(), None, 1, 1),  # cffi, mypyc: nothing that the tree shows
        (LARGE, 3, 3, 3),
        (SMALL, "identifier", 1, 1),
    ],
)
def test_what_is_quick_to_compile_shares_a_job_unless_told_otherwise(
    compiling, compiled, shards, most, emulated
):
    decided = sharding_of(compiling(compiled, shards))
    assert (decided.most, decided.emulated) == (most, emulated)
    assert decided.why == ("[tool.shipwheel.wheels] shards" if shards else decided.why)


def shards(project, *jobs):
    return {
        job.id.removeprefix("wheels-"): (job.shard, job.early_shard)
        for job in with_shards(project, load_catalog(), list(jobs))
    }


def test_a_release_has_a_job_a_platform_and_a_change_one_a_tier(compiling):
    found = shards(
        compiling(),
        wheel(f"cp310-{LINUX}", Tier.PR),
        wheel(f"cp311-{LINUX}", Tier.MAIN),
        wheel(f"cp312-{LINUX}", Tier.MAIN),
        wheel(f"cp310-{MUSL}"),
        wheel(f"cp311-{MUSL}"),
        wheel("cp311-win_amd64"),
    )
    assert found == {
        f"cp310-{LINUX}": (f"wheels-{LINUX}", None),  # alone in its tier
        f"cp311-{LINUX}": (f"wheels-{LINUX}", f"wheels-{LINUX}-main"),
        f"cp312-{LINUX}": (f"wheels-{LINUX}", f"wheels-{LINUX}-main"),
        # the same wheels are the same job
        f"cp310-{MUSL}": (f"wheels-{MUSL}", f"wheels-{MUSL}"),
        f"cp311-{MUSL}": (f"wheels-{MUSL}", f"wheels-{MUSL}"),
        "cp311-win_amd64": (None, None),
    }


@pytest.mark.parametrize(
    ("count", "most", "sizes"),
    [(7, 7, [7]), (8, 7, [4, 4]), (5, 2, [1, 2, 2]), (13, None, [6, 7])],
)
def test_more_than_fit_are_parted_equally_and_numbered(compiling, count, most, sizes):
    jobs = [wheel(f"cp3{10 + at}-{LINUX}") for at in range(count)]
    found = shards(compiling(SMALL, most), *jobs)
    names = [release for release, _early in found.values()]
    expected = [f"wheels-{LINUX}-{n}" if len(sizes) > 1 else f"wheels-{LINUX}" for n in range(1, 9)]
    told = [
        name if size > 1 else None
        for name, size in zip(expected, sizes, strict=False)
        for _ in range(size)
    ]
    assert names == told


def test_an_emulated_processor_gets_fewer_at_once(compiling):
    jobs = [wheel(f"cp31{at}-{platform}") for platform in (LINUX, SLOW) for at in range(6)]
    found = shards(compiling(), *jobs)
    assert len({found[f"cp31{at}-{LINUX}"][0] for at in range(6)}) == 1
    assert len({found[f"cp31{at}-{SLOW}"][0] for at in range(6)}) == 2


def test_the_plan_says_so_and_files_keep_their_own_jobs(compiling, machine):
    identifiers = tuple(f"cp3{minor}-{LINUX}" for minor in range(10, 15))
    plan = make_plan(
        compiling(),
        load_catalog(),
        machine("3.12"),
        identifiers,
        remedy=lambda _: "",
        today="2026-11-21",
    )
    jobs = plan.of_kind(JobKind.WHEELS)
    assert {job.shard for job in jobs} == {f"wheels-{LINUX}"}
    assert [job.args for job in jobs] == [("--only", each) for each in identifiers]
    assert {f"wheels-{each}" for each in identifiers} <= {file.job for file in plan.files}
    assert plan.sharding == "quick to compile"
    assert shard_arguments(f"wheels-{LINUX}") == ("--only", LINUX)
