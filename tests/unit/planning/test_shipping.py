"""Which of cibuildwheel's wheels ship, and which Pythons without a GIL are the project's for that."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.job import JobKind, Scope, Tier
from shipwheel.planning.make import make_plan
from shipwheel.planning.support import supported
from shipwheel.project.config import Config
from shipwheel.project.facts import Kind

CATALOG = load_catalog()
LINUX, MACOS = "manylinux_x86_64", "macosx_arm64"
TAGS = ("cp311", "cp312", "cp313", "cp313t", "cp314", "cp314t", "pp311")


def identifiers(*tags, platforms=(LINUX, MACOS)):
    return tuple(f"{tag}-{platform}" for platform in platforms for tag in tags)


def planned(facts, machine, chosen):
    return make_plan(facts, CATALOG, machine, chosen, remedy=str, today="2026-11-21")


def on_linux(plan):
    """Give the tags of what ships for one platform."""
    files = plan.in_scope(Scope.RELEASE)
    return [file.id.partition("-")[0] for file in files if file.id.endswith(LINUX)]


@pytest.mark.parametrize(
    ("kind", "floor", "pythons", "may_fail", "ships"),
    [
        (Kind.EXTENSION, None, None, (), list(TAGS)),
        (Kind.EXTENSION, None, ("3.12", "3.14"), (), ["cp312", "cp314"]),
        (Kind.EXTENSION, None, ("3.12",), ("3.14t",), ["cp312", "cp314t"]),
        (Kind.EXTENSION, None, ("3.12", "pypy3.11"), (), ["cp312", "pp311"]),
        # an abi3 wheel is made on the oldest Python that it serves, named or not
        (Kind.ABI3, "3.12", ("3.13", "3.14"), (), ["cp312"]),
        (Kind.ABI3, "3.12", ("3.11", "3.14t"), (), ["cp311", "cp314t"]),
        (Kind.ABI3, "3.12", None, (), ["cp311", "cp312", "cp313t", "cp314t", "pp311"]),
    ],
)
def test_configured_pythons_decide_which_wheels_ship(
    project, kind, floor, pythons, may_fail, ships
):
    config = Config(pythons=pythons, allow_failure=may_fail)
    facts = project(kind=kind, abi3_floor=floor, config=config)
    plan = planned(facts, every_python(CATALOG, LINUX), identifiers(*TAGS))
    assert sorted(on_linux(plan)) == sorted(ships)


def test_what_cibuildwheel_would_build_beside_is_counted(project, machine):
    facts = project(kind=Kind.EXTENSION, config=Config(pythons=("3.12",)))
    told = planned(facts, machine("3.12"), identifiers("cp312", "cp313", "cp314")).notices
    assert [each for each in told if "4 more wheels" in each and "not planned" in each]
    told = planned(
        facts, machine("3.12"), identifiers("cp312", "cp313", platforms=(LINUX,))
    ).notices
    assert [each for each in told if "1 more wheel," in each]
    told = planned(facts, machine("3.12"), identifiers("cp312")).notices
    assert not [each for each in told if "cibuildwheel" in each]


def test_no_wheel_for_any_configured_python_is_refused(project, machine):
    facts = project(kind=Kind.EXTENSION, config=Config(pythons=("3.12",)))
    with pytest.raises(ConfigurationError, match="no wheel at all") as refused:
        planned(facts, machine("3.12"), identifiers("cp313"))
    assert "for the Pythons 3.12" in str(refused.value.evidence)
    planned(facts, machine("3.12"), ())  # no platforms: an sdist alone is wanted


@pytest.mark.parametrize(
    ("kind", "classified", "built", "threaded"),
    [
        (Kind.EXTENSION, False, ("cp313", "cp314"), []),
        (Kind.EXTENSION, False, ("cp313", "cp313t", "cp314", "cp314t"), ["3.14t"]),
        (Kind.ABI3, False, ("cp314t", "cp315t", "cp316t"), ["3.14t", "3.15t"]),
        # what cibuildwheel is told to leave out is not there to be tested, whatever the classifiers say
        (Kind.EXTENSION, True, ("cp314",), []),
        (Kind.PURE, False, (), []),
        (Kind.PURE, True, (), ["3.14t", "3.15t"]),
    ],
)
def test_what_ships_for_pythons_without_a_gil_is_tested(project, kind, classified, built, threaded):
    facts = msgspec.structs.replace(project(kind=kind), free_threading=classified)
    found = supported(facts, CATALOG, identifiers(*built, platforms=(MACOS,)))
    assert [each.text for each in found if each.free_threaded] == threaded


def test_configured_pythons_and_requires_python_have_the_last_word(project):
    chosen = identifiers("cp312", "cp314t")
    facts = project(kind=Kind.EXTENSION, config=Config(pythons=("3.12",)))
    assert [each.text for each in supported(facts, CATALOG, chosen)] == ["3.12"]
    facts = project(kind=Kind.EXTENSION, requires_python="<3.14")
    assert not any(each.free_threaded for each in supported(facts, CATALOG, chosen))


def test_a_pull_request_is_tested_without_a_gil_and_a_laptop_need_not_have_it(project, machine):
    facts = project(kind=Kind.EXTENSION, requires_python=">=3.12")
    chosen = identifiers("cp312", "cp313", "cp314", "cp314t")
    here = planned(facts, machine("3.12", "3.13"), chosen)
    ci = planned(facts, every_python(CATALOG, LINUX), chosen)
    early = [job.python for job in ci.of_kind(JobKind.TEST) if job.platform and job.tier is Tier.PR]
    assert early == ["3.12", "3.14", "3.14t"]
    assert "not on this machine: Python 3.14, 3.14t, 3.15" in here.notices
    local = [job.python for job in here.cells(JobKind.TEST) if job.scope is Scope.LOCAL]
    assert local == ["3.12", "3.13", "3.12"]  # the last one with the lowest dependencies
    of_platforms = [job for job in here.jobs if job.platform]
    assert of_platforms == [job for job in ci.jobs if job.platform]
