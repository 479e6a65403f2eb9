"""Which platforms CI tests on, which Pythons stand for all, and what a user is told of both."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning import platforms
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.job import JobKind, Tier
from shipwheel.planning.make import make_plan
from shipwheel.planning.platforms import ci_platform, ci_runner, shipped_platforms
from shipwheel.planning.target import parse_target
from shipwheel.project.config import CiConfig, Config, TestConfig, WheelsConfig
from shipwheel.project.facts import Kind

CATALOG = load_catalog()
LINUX, ARM, MUSL = "manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64"
MACOS, WINDOWS = "macosx_arm64", "win_amd64"


def configured(
    wheels: tuple[str, ...] | None = None,
    test: tuple[str, ...] | None = None,
    runners: dict[str, Any] | None = None,
    **config: Any,
) -> Config:
    return Config(
        wheels=WheelsConfig(platforms=wheels),
        test=TestConfig(platforms=test),
        ci=CiConfig(runners=runners or {}),
        **config,
    )


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        (Kind.PURE, configured(), (LINUX, ARM, MACOS, WINDOWS)),
        (Kind.EXTENSION, configured(), (LINUX, ARM, MACOS, WINDOWS)),
        (Kind.EXTENSION, configured(wheels=(MUSL, WINDOWS, LINUX)), (WINDOWS, LINUX)),
        (Kind.EXTENSION, configured(wheels=(MUSL, "manylinux_s390x")), ()),
        (Kind.EXTENSION, configured(wheels=("manylinux_i686", "macosx_universal2")), ()),
        (Kind.EXTENSION, configured(wheels=(WINDOWS, "win32")), (WINDOWS, "win32")),
        (Kind.PURE, configured(wheels=(WINDOWS, "win32")), (WINDOWS,)),
        (Kind.PURE, configured(test=(WINDOWS, LINUX, WINDOWS)), (WINDOWS, LINUX)),
        (Kind.PURE, configured(test=()), ()),
        (Kind.PURE, configured(wheels=(LINUX,), test=(MACOS,)), (MACOS,)),
        (Kind.PURE, configured(test=(MUSL,), runners={MUSL: "alpine"}), (MUSL,)),
    ],
)
def test_the_platforms_that_ci_tests_on(project, kind, config, expected):
    found = platforms.tested_platforms(project(kind=kind, config=config), CATALOG)
    assert tuple(each.id for each in found) == expected


@pytest.mark.parametrize(
    ("kind", "config", "what", "where", "hint"),
    [
        (
            Kind.PURE,
            configured(test=("manylinux_x86-64",)),
            "cibuildwheel knows no platform 'manylinux_x86-64'",
            "[tool.shipwheel.test] platforms",
            "did you mean manylinux_x86_64?",
        ),
        (
            Kind.EXTENSION,
            configured(wheels=("windows",)),
            "cibuildwheel knows no platform 'windows'",
            "[tool.shipwheel.wheels] platforms",
            "known are manylinux_x86_64",
        ),
        (
            Kind.EXTENSION,
            configured(wheels=("win_arm46",)),
            "cibuildwheel knows no platform 'win_arm46'",
            "[tool.shipwheel.wheels] platforms",
            "did you mean win_arm64?",
        ),
        (
            Kind.EXTENSION,
            configured(wheels=(LINUX, MUSL), test=(MUSL,)),
            "no hosted runner has Pythons for musllinux_x86_64",
            "[tool.shipwheel.test] platforms",
            "[tool.shipwheel.ci.runners] musllinux_x86_64",
        ),
        (
            Kind.EXTENSION,
            configured(wheels=(LINUX,), test=(LINUX, WINDOWS)),
            "no wheel is shipped for win_amd64",
            "[tool.shipwheel.test] platforms",
            "[tool.shipwheel.wheels] platforms (manylinux_x86_64)",
        ),
    ],
)
def test_a_platform_that_cannot_be_is_refused_with_the_mend(
    project, kind, config, what, where, hint
):
    with pytest.raises(ConfigurationError) as caught:
        platforms.tested_platforms(project(kind=kind, config=config), CATALOG)
    assert caught.value.what.startswith(what)
    assert caught.value.where == where
    assert hint in str(caught.value.hint)


def test_the_first_platform_is_where_the_plan_for_ci_is_made(project):
    assert ci_platform(project(), CATALOG) == LINUX
    assert ci_platform(project(config=configured(test=(MACOS, LINUX))), CATALOG) == MACOS
    assert ci_platform(project(config=configured(test=())), CATALOG) == LINUX
    assert ci_runner(CATALOG) == CATALOG.platform(LINUX).runner


def test_a_platform_named_twice_ships_once(project):
    facts = project(kind=Kind.EXTENSION, config=configured(wheels=(LINUX, WINDOWS, LINUX)))
    assert shipped_platforms(facts, CATALOG) == (LINUX, WINDOWS)


def in_ci(project, kind=Kind.PURE, *, built=(), **config):
    facts = project(kind=kind, abi3_floor="3.11", config=configured(**config))
    shipped = shipped_platforms(facts, CATALOG)
    identifiers = tuple(
        f"{parse_target(each).tag}-{platform}"
        for platform, each in itertools.product(shipped, built)
    )
    return make_plan(
        facts,
        CATALOG,
        every_python(CATALOG, ci_platform(facts, CATALOG)),
        identifiers,
        remedy=str,
        today="2026-11-21",
    )


def tiers(plan, platform):
    """Give the Pythons of a platform's tests by tier."""
    found = {}
    for job in plan.of_kind(JobKind.TEST):
        if job.platform == platform:
            found.setdefault(job.tier, []).append(job.python)
    return found


@pytest.mark.parametrize(
    ("pythons", "may_fail", "first", "other"),
    [
        (
            ("3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t"),
            (),
            {Tier.PR: ["3.11", "3.14", "3.14t"], Tier.MAIN: ["3.12", "3.13", "3.13t"]},
            {Tier.MAIN: ["3.11", "3.14"], Tier.RELEASE: ["3.12", "3.13", "3.13t", "3.14t"]},
        ),
        (
            ("3.13", "3.14", "3.14t", "3.15", "3.15t"),
            ("3.15", "3.15t"),
            {Tier.PR: ["3.13", "3.14", "3.14t"], Tier.MAIN: ["3.15", "3.15t"]},
            {Tier.MAIN: ["3.13", "3.14"], Tier.RELEASE: ["3.14t", "3.15", "3.15t"]},
        ),
        (
            ("3.14", "3.15", "3.16"),  # 3.16 is not released
            (),
            {Tier.PR: ["3.14", "3.15"], Tier.MAIN: ["3.16"]},
            {Tier.MAIN: ["3.14", "3.15"], Tier.RELEASE: ["3.16"]},
        ),
        (("3.12",), (), {Tier.PR: ["3.12"]}, {Tier.MAIN: ["3.12"]}),
        (("3.16",), (), {Tier.PR: ["3.16"]}, {Tier.MAIN: ["3.16"]}),
        (("3.14t",), (), {Tier.PR: ["3.14t"]}, {Tier.RELEASE: ["3.14t"]}),
        (
            ("3.12", "3.13", "pypy3.11"),
            (),
            {Tier.PR: ["3.12", "3.13"], Tier.MAIN: ["pypy3.11"]},
            {Tier.MAIN: ["3.12", "3.13"], Tier.RELEASE: ["pypy3.11"]},
        ),
        (("pypy3.11",), (), {Tier.PR: ["pypy3.11"]}, {Tier.MAIN: ["pypy3.11"]}),
        ((), ("3.15",), {Tier.MAIN: ["3.15"]}, {Tier.RELEASE: ["3.15"]}),
    ],
)
def test_the_pythons_of_each_tier(project, pythons, may_fail, first, other):
    plan = in_ci(project, pythons=pythons, allow_failure=may_fail)
    assert tiers(plan, LINUX) == first
    for platform in (ARM, MACOS, WINDOWS):
        assert tiers(plan, platform) == other


def test_windows_on_arm_has_no_python_before_3_11_and_no_pypy(project):
    pythons = ("3.10", "3.11", "3.12", "pypy3.11")
    plan = in_ci(project, pythons=pythons, test=(LINUX, "win_arm64"))
    assert tiers(plan, "win_arm64") == {Tier.MAIN: ["3.11", "3.12"]}


def test_a_wheel_is_made_as_often_as_it_is_tested(project):
    built = ("3.12", "3.13", "3.14")
    plan = in_ci(project, Kind.EXTENSION, built=built, pythons=built)
    made = {job.id.removeprefix("wheels-"): job.tier for job in plan.of_kind(JobKind.WHEELS)}
    assert {each: made[each] for each in made if LINUX in each or WINDOWS in each} == {
        f"cp312-{LINUX}": Tier.PR,
        f"cp313-{LINUX}": Tier.MAIN,
        f"cp314-{LINUX}": Tier.PR,
        f"cp312-{WINDOWS}": Tier.MAIN,
        f"cp313-{WINDOWS}": Tier.RELEASE,
        f"cp314-{WINDOWS}": Tier.MAIN,
    }
    assert {made[each] for each in made if each.endswith(MUSL)} == {Tier.RELEASE}


def test_later_pythons_test_the_abi3_wheel_of_the_floor(project):
    pythons = ("3.10", "3.11", "3.13", "3.14t", "3.16")
    plan = in_ci(project, Kind.ABI3, built=pythons[:4], pythons=pythons)
    consumed = {
        job.python: (job.consumes, job.needs)
        for job in plan.of_kind(JobKind.TEST)
        if job.platform == WINDOWS
    }
    floor = ((f"cp311-{WINDOWS}",), (f"wheels-cp311-{WINDOWS}",))
    assert consumed == {
        "3.10": ((f"cp310-{WINDOWS}",), (f"wheels-cp310-{WINDOWS}",)),
        "3.11": floor,
        "3.13": floor,
        "3.14t": ((f"cp314t-{WINDOWS}",), (f"wheels-cp314t-{WINDOWS}",)),
        "3.16": floor,
    }


def test_a_python_below_the_floor_has_no_abi3_wheel(project):
    plan = in_ci(project, Kind.ABI3, built=("3.11",), pythons=("3.10", "3.11", "3.12"))
    assert tiers(plan, LINUX) == {Tier.PR: ["3.11", "3.12"]}


def test_the_lowest_dependencies_are_tested_on_the_oldest_python_that_ships(project):
    plan = in_ci(project, Kind.EXTENSION, built=("3.11", "3.12"), pythons=("3.10", "3.11", "3.12"))
    lowest = plan.job("test-lowest")
    assert (lowest.python, lowest.consumes) == ("3.11", (f"cp311-{LINUX}",))


def test_a_python_that_may_fail_builds_nothing_where_another_can(project):
    assert in_ci(project, pythons=("3.13",), allow_failure=("3.15",)).build_python == "3.13"
    assert in_ci(project, pythons=(), allow_failure=("3.15",)).build_python == "3.15"


def test_a_python_without_a_wheel_to_ship_is_tested_nowhere_in_ci_and_that_is_said(project):
    plan = in_ci(project, Kind.EXTENSION, built=("3.12",), pythons=("3.12", "3.13t"))
    assert tiers(plan, LINUX) == {Tier.PR: ["3.12"]}
    assert (
        "CI does not test Python 3.13t: no wheel that ships serves it on a platform that has it"
        in plan.notices
    )


def test_no_platform_to_test_on_is_said_and_leaves_this_machines_tests(project):
    plan = in_ci(project, test=(), pythons=("3.12",))
    assert any("platforms is empty" in each for each in plan.notices)
    assert "test-3.12" in plan.job("publish").needs


@pytest.mark.parametrize("shipped", [(), (MUSL,)])
def test_what_cibuildwheel_alone_tests_is_said_and_asks_for_no_laptop(project, shipped):
    plan = in_ci(project, Kind.EXTENSION, built=("3.12",), wheels=shipped, pythons=("3.12",))
    assert any(each.startswith("CI has no tests of its own") for each in plan.notices)
    wheels = tuple(job.id for job in plan.of_kind(JobKind.WHEELS))
    assert len(wheels) == len(shipped)
    assert plan.job("publish").needs == ("verify", "gate", *wheels)


@pytest.mark.parametrize(
    ("runners", "providers", "expected"),
    [
        ({}, ("github",), []),
        (
            {"macos-15": "macos-14"},
            ("github",),
            ["the runner macos-14 reached its end on 2026-11-02: jobs on it fail"],
        ),
        ({MACOS: ("self-hosted", "macos-14")}, ("github",), ["the runner macos-14"]),
        ({MACOS: "our-own-mac"}, ("github",), []),
    ],
)
def test_a_deprecated_runner_is_said_with_its_end(project, runners, providers, expected):
    facts = project(config=Config(ci=CiConfig(runners=runners, providers=providers)))
    plan = make_plan(facts, CATALOG, every_python(CATALOG, LINUX), remedy=str, today="2026-11-21")
    told = [each for each in plan.notices if each.startswith("the runner")]
    assert [each[: len(wanted)] for each, wanted in zip(told, expected, strict=True)] == expected


def test_a_deprecated_image_of_the_catalogs_is_said_for_each_provider(project):
    old = msgspec.structs.replace(CATALOG.runner("macos-14"), id="macos-15")
    kept = tuple(each for each in CATALOG.runners if each.id != "macos-15")
    catalog = msgspec.structs.replace(CATALOG, runners=(*kept, old))
    facts = project()
    plan = make_plan(facts, catalog, every_python(catalog, LINUX), remedy=str, today="2026-11-21")
    assert any("the runner macos-15 reached its end on 2026-11-02" in each for each in plan.notices)


def test_what_any_machine_can_do_runs_on_linux_and_tests_on_their_platform(project):
    plan = in_ci(project, test=(WINDOWS,), pythons=("3.12", "3.13"))
    runners = {job.id: job.runner for job in plan.ci_jobs()}
    linux, windows = ci_runner(CATALOG), CATALOG.platform(WINDOWS).runner
    assert runners == {
        "build": linux,
        "test-lowest": windows,
        f"test-3.12-{WINDOWS}": windows,
        f"test-3.13-{WINDOWS}": windows,
        "verify": linux,
        "gate": linux,
        "publish": linux,
    }
