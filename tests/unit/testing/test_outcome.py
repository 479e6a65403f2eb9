from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.testing.counts import Counts
from shipwheel.testing.coverage import aliases
from shipwheel.testing.imports import Import, importable, judge_import
from shipwheel.testing.installed import WheelFiles, path_within
from shipwheel.testing.outcome import TestOutcome, failure_of

OUTCOMES = {
    "passed": (Counts(3), 0, (), None),
    "unknown runner": (None, 0, (), None),
    "unknown runner fails": (None, 2, (), "the test command failed with exit code 2"),
    "failed": (Counts(2, 1, 1), 1, (), "2 of 4 tests failed"),
    "green, yet the command fails": (Counts(2), 3, (), "the test command failed with exit code 3"),
    "nothing collected": (Counts(), 5, (), "tests are known but none ran"),
    "unittest of old finds nothing": (Counts(), 0, (), "tests are known but none ran"),
    "all skipped": (Counts(skipped=4), 0, (), "tests are known but none ran: 4 skipped"),
    "all skipped, asked for": (Counts(skipped=4), 0, ("-k", "x"), None),
    "nothing by these arguments": (Counts(), 5, ("-k", "x"), "no test ran with '-k x'"),
    "usage error": (Counts(), 4, (), "the test command failed with exit code 4"),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_failure_of(kind: str) -> None:
    counts, code, args, said = OUTCOMES[kind]
    outcome = TestOutcome(
        counts=counts,
        exit_code=code,
        seconds=1.0,
        junit=Path("j.xml"),
        commands=(("pytest",),),
        folder=Path("overlay"),
        narrowed=bool(args),
    )
    failure = failure_of(outcome, "test-3.12", args, Path("log"))
    assert (failure.what if failure else None) == said
    if failure:
        assert "nox -s test-3.12" in (failure.hint or "")
        assert "by hand, in overlay: pytest" in (failure.hint or "")


def test_a_run_that_collected_nothing_names_the_submodule_first() -> None:
    failure = failure_of(
        TestOutcome(
            counts=Counts(errors=1),
            exit_code=2,
            seconds=1.0,
            junit=Path("j.xml"),
            uncollected=1,
            absent="the submodule is not checked out: tests/data",
        ),
        "test-3.12",
        (),
        Path("log"),
    )
    assert failure is not None
    assert failure.what == "no test ran: pytest could not collect them all (1 error)"
    assert (failure.hint or "").startswith("the submodule is not checked out: tests/data\n")


def test_a_command_that_told_no_counts_is_quoted() -> None:
    outcome = TestOutcome(
        counts=None, exit_code=1, seconds=1.0, junit=Path("j.xml"), reason="OSError: no"
    )
    failure = failure_of(outcome, "test-3.12", (), Path("log"))
    assert failure is not None
    assert failure.what == "the test command failed with exit code 1: OSError: no"


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (Import("pkg", "ok"), ""),
        (Import("pkg", "ModuleNotFoundError", "", "numpy"), "error"),
        (Import("pkg.extra", "ModuleNotFoundError", "", "numpy"), "warning"),
        (Import("pkg.extra", "ModuleNotFoundError", "", "pkg.gone"), "error"),
        (Import("pkg.extra", "ModuleNotFoundError", "", "pkgx"), "warning"),
        (Import("pkg.script", "SystemExit", "2"), "warning"),
        (Import("pkg.bad", "crashed"), "error"),
    ],
)
def test_judge_import(result: Import, verdict: str) -> None:
    assert judge_import(result, ("pkg",)) == verdict


def test_programs_and_tests_are_not_imported() -> None:
    names = ("pkg", "pkg.a", "pkg.__main__", "pkg.tests.test_a", "pkg.test_b", "pkg.conftest")
    held = WheelFiles("pkg", "1", {}, dict.fromkeys(names, ""), ("pkg",))
    assert importable(held) == ("pkg", "pkg.a")


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ("pkg/a.py", "pkg/a.py"),
        ("pkg-1.data/purelib/pkg/a.py", "pkg/a.py"),
        ("pkg-1.data/platlib/a.so", "a.so"),
        ("pkg-1.data/scripts/run", ""),
        ("../evil.py", ""),
        ("/etc/passwd", ""),
        ("pkg\\a.py", ""),
    ],
)
def test_path_within(member: str, path: str) -> None:
    assert path_within(member) == path


def test_coverage_maps_back_to_the_tree() -> None:
    packages = [("ns.pkg", "src/ns/pkg"), ("m", "m.py"), ("made", "")]
    assert aliases(packages, "/tree", ["test-3.12", "a:test"]) == {
        "shipwheel-ns.pkg": [
            "/tree/src/ns/pkg",
            "*/site-packages/ns/pkg",
            "*/.shipwheel/overlay/test-3.12/src/ns/pkg",
            "*/.shipwheel/overlay/a--test/src/ns/pkg",
        ],
        "shipwheel-modules": [
            "/tree",
            "*/site-packages",
            "*/.shipwheel/overlay/test-3.12",
            "*/.shipwheel/overlay/a--test",
        ],
    }
