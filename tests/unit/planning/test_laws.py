"""Laws of the Plan that CI runs, over generated projects, catalogues of wheels and machines."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shipwheel.data.catalog import load_catalog
from shipwheel.files import to_json
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.job import Job, JobKind, Scope, Tier
from shipwheel.planning.make import make_plan
from shipwheel.planning.plan import Plan
from shipwheel.planning.platforms import ci_platform
from shipwheel.planning.target import parse_target
from shipwheel.project.config import Config, TestConfig, WheelsConfig
from shipwheel.project.facts import Fact, Kind, Project, Runner, ToolFacts
from shipwheel.sessions.specs import session_specs

CATALOG = load_catalog()
PYTHONS = ("3.9", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "3.15", "3.16", "pypy3.11")
SHIPPED = ("manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64", "macosx_arm64", "win_amd64")
TESTED = ("manylinux_x86_64", "manylinux_aarch64", "macosx_arm64", "win_amd64")
# what does not hang on the machine beyond the Pythons that it has
EVERYWHERE = {JobKind.WHEELS, JobKind.TEST, JobKind.VERIFY, JobKind.GATE, JobKind.PUBLISH}


def subsets(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Give selections in the order of `values`."""
    chosen = st.lists(st.sampled_from(values), unique=True, min_size=least)
    return chosen.map(lambda some: tuple(each for each in values if each in some))


_LOCAL = {JobKind.VERIFY, JobKind.REHEARSE, JobKind.REPRODUCE}


class World(msgspec.Struct, frozen=True):
    """What a Plan is made from, but for the machine."""

    project: Project
    identifiers: tuple[str, ...]

    def plan(self, machine: Any) -> Plan:
        return make_plan(
            self.project,
            CATALOG,
            machine,
            self.identifiers,
            remedy=lambda target: f"install {target}",
            today="2026-11-21",
        )

    @property
    def in_ci(self) -> Plan:
        return self.plan(every_python(CATALOG, ci_platform(self.project, CATALOG)))

    def but(self, **config: Any) -> World:
        changed = msgspec.structs.replace(self.project.config, **config)
        return World(msgspec.structs.replace(self.project, config=changed), self.identifiers)


@pytest.fixture(scope="session")
def world(project):
    """Give a function that makes a World of drawn facts."""

    def make(facts: dict[str, Any]) -> World:
        pythons, platforms = facts["pythons"], facts["platforms"]
        config = Config(
            pythons=pythons,
            allow_failure=tuple(each for each in facts["may_fail"] if each in pythons),
            wheels=WheelsConfig(platforms=platforms),
            test=TestConfig(
                platforms=tuple(each for each in facts["tested"] if each in platforms)
                if facts["tested"] is not None
                else None
            ),
        )
        made = project(
            kind=facts["kind"],
            abi3_floor=facts["floor"],
            runner=facts["runner"],
            coverage=facts["coverage"],
            config=config,
        )
        tool = Fact(
            value=ToolFacts(commands=(("sphinx-build",),), installs_project=facts["installs"]),
            origin="the test",
        )
        built = [each for each in facts["built"] if each in pythons]
        identifiers = tuple(
            f"{parse_target(python).tag}-{platform}"
            for platform, python in itertools.product(platforms, built)
        )
        pure = facts["kind"] is Kind.PURE
        return World(msgspec.structs.replace(made, docs=tool), () if pure else identifiers)

    return make


drawn = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(Kind)),
        "floor": st.sampled_from([None, "3.11"]),
        "pythons": subsets(PYTHONS, least=1),
        "may_fail": subsets(("3.14", "3.15", "3.16")),
        "built": st.one_of(st.just(PYTHONS), subsets(PYTHONS)),
        "platforms": subsets(SHIPPED, least=1),
        "tested": st.one_of(st.none(), subsets(TESTED)),
        "runner": st.sampled_from([Runner.PYTEST, Runner.NONE]),
        "coverage": st.booleans(),
        "installs": st.booleans(),
    }
)
machines = st.tuples(
    subsets(PYTHONS), st.sampled_from(("manylinux_x86_64", "macosx_arm64", "win_amd64"))
)


def platform_tests(plan: Plan) -> list[Job]:
    return [job for job in plan.of_kind(JobKind.TEST) if job.platform is not None]


@given(drawn, machines)
def test_the_whole_plan_hangs_together(world, machine, facts, here):
    plan = world(facts).plan(machine(*here[0], platform=here[1]))
    ids = [job.id for job in plan.jobs]
    files = {file.id: file for file in plan.files}
    assert len(ids) == len(set(ids)), "job ids are unique"
    assert len(files) == len(plan.files), "one producer a file"
    sessions = {spec.name for spec in session_specs(plan)}
    seen: set[str] = set()
    for job in plan.jobs:
        assert set(job.needs) <= seen, f"{job.id}: acyclic, and needs exist"
        seen.add(job.id)
        assert job.session in sessions, f"{job.id} names a session that exists"
        assert set(job.consumes) <= files.keys(), f"{job.id} consumes planned files"
        if job.scope is Scope.RELEASE and job.kind not in _LOCAL:
            assert job.reason, f"{job.id} says why it cannot run here"
            assert job.remedy, f"{job.id} says what would bring it"
    assert {file.job for file in plan.files} <= set(ids)


@given(drawn)
def test_what_ci_runs_hangs_together_in_each_tier(world, facts):
    plan = world(facts).in_ci
    for tier in Tier:
        jobs = plan.ci_jobs(tier)
        seen: set[str] = set()
        for job in jobs:
            assert set(job.needs) <= seen, (
                f"{job.id} needs what CI does not run before it in {tier}"
            )
            seen.add(job.id)
            assert job.runner, f"{job.id} has a runner"
        made = {file.id: file.job for file in plan.in_tier(tier)}
        assert {"sdist"} <= made.keys()
        for job in jobs:
            for each in job.consumes:
                assert made[each] in job.needs, f"{job.id} waits for what it consumes in {tier}"
        assert set(made.values()) <= seen, "what is expected of a tier is made in it"
        assert {file.job for file in plan.in_tier(tier)} == {
            job.id for job in jobs if job.kind in {JobKind.BUILD, JobKind.WHEELS}
        }, "and all that is made is expected"


@given(drawn)
def test_a_later_tier_runs_all_of_an_earlier_one(world, facts):
    plan = world(facts).in_ci
    runs = [[job.id for job in plan.ci_jobs(tier)] for tier in Tier]
    for earlier, later in itertools.pairwise(runs):
        assert earlier == [each for each in later if each in earlier]
    kept = [[file.id for file in plan.in_tier(tier)] for tier in Tier]
    for fewer, more in itertools.pairwise(kept):
        assert fewer == [each for each in more if each in fewer]
    assert plan.in_tier(Tier.RELEASE) == plan.in_scope(Scope.RELEASE)


@given(drawn, machines)
def test_publish_needs_verify_and_every_test_that_may_not_fail(world, machine, facts, where):
    plan = world(facts).plan(machine(*where[0], platform=where[1]))
    ships = {file.id for file in plan.files if file.ships}
    cells = [job for job in plan.cells(JobKind.TEST) if ships & set(job.consumes)]
    in_ci = [job.id for job in platform_tests(plan) if not job.allow_failure]
    here = [job.id for job in cells if not job.allow_failure and not job.lowest]
    required = set(in_ci or here)
    wheels = {job.id for job in plan.of_kind(JobKind.WHEELS)}
    assert set(plan.job("publish").needs) == {"verify", "gate", *wheels, *required}
    assert set(plan.job("gate").needs) == {"verify", *wheels, *required}


@given(drawn, st.lists(machines, min_size=1, max_size=3))
def test_what_ci_runs_is_the_same_on_any_machine(world, machine, facts, several):
    made = world(facts)
    wanted = _everywhere(made.in_ci)
    for pythons, platform in several:
        assert _everywhere(made.plan(machine(*pythons, platform=platform))) == wanted


def _everywhere(plan: Plan) -> list[Job]:
    """Give the CI jobs whose Python is not the machine's choice, without where they could run here."""
    blank = {"scope": Scope.RELEASE, "reason": None, "remedy": None}
    return [
        msgspec.structs.replace(job, **blank)
        for job in plan.ci_jobs()
        if job.kind in EVERYWHERE and not job.lowest
    ]


@given(drawn, machines)
def test_the_same_input_gives_the_same_bytes(world, machine, facts, here):
    first, again = (world(facts).plan(machine(*here[0], platform=here[1])) for _ in range(2))
    assert to_json(first) == to_json(again)
    assert msgspec.json.decode(to_json(first), type=Plan) == first


@given(drawn, st.sampled_from(PYTHONS))
def test_one_more_python_leaves_the_rest_as_it_was(world, facts, more):
    assume(more not in facts["pythons"])
    wider = tuple(each for each in PYTHONS if each in facts["pythons"] or each == more)
    after = world({**facts, "pythons": wider}).in_ci
    before = world({**facts, "pythons": facts["pythons"]}).in_ci
    # an abi3 wheel is built by the oldest Python that it serves: an older one takes that over
    assume(facts["kind"] is not Kind.ABI3 or more in {"3.13t", "3.14t", "3.16", "pypy3.11"})
    # and so is a platform's one wheel, among those that cibuildwheel builds for
    building = [each for each in facts["pythons"] if each in facts["built"]] or facts["pythons"]
    oldest = min(parse_target(each).key for each in building)
    assume(facts["kind"] is not Kind.PLATFORM or parse_target(more).key > oldest)
    _unshuffled(before, after, but={"tier", "also"})


@given(drawn, st.sampled_from(SHIPPED))
def test_one_more_platform_leaves_the_rest_as_it_was(world, facts, more):
    assume(more not in facts["platforms"])
    facts = {**facts, "tested": None}
    before = world(facts).in_ci
    # it comes last, as a user would add it: the first platform is the one of every change
    after = world({**facts, "platforms": (*facts["platforms"], more)}).in_ci
    assume(platform_tests(before))
    _unshuffled(before, after, but=set())


def _unshuffled(before: Plan, after: Plan, *, but: set[str]) -> None:
    """Hold that tests and wheels of before are there as they were, in the same order."""
    kinds = {JobKind.WHEELS, JobKind.TEST}
    old = {job.id: job for job in before.ci_jobs() if job.kind in kinds and not job.lowest}
    new = {job.id: job for job in after.ci_jobs() if job.id in old}
    assert list(new) == list(old)
    same = dict.fromkeys(but, Tier.PR)
    for job_id, job in old.items():
        assert msgspec.structs.replace(new[job_id], **same) == msgspec.structs.replace(job, **same)
    order = [job.id for job in after.jobs]
    kept = [job.id for job in before.jobs if job.id in order]
    assert kept == [each for each in order if each in kept]


@given(drawn)
def test_the_pull_requests_pythons_are_the_ends_of_what_must_pass(world, facts):
    made = world(facts)
    tests = platform_tests(made.in_ci)
    assume(tests)
    first = tests[0].platform
    early = [job for job in tests if job.tier is Tier.PR]
    assert {job.platform for job in early} <= {first}
    must = [job for job in tests if job.platform == first and not job.allow_failure]
    assert len(early) <= 3
    assert bool(early) == bool(must)
    assert not any(job.allow_failure for job in early)
    assert all(job.tier is not Tier.RELEASE for job in tests if job.platform == first)
    for platform in {job.platform for job in tests} - {first}:
        ends = [job for job in tests if job.platform == platform and job.tier is Tier.MAIN]
        assert len(ends) <= 2
