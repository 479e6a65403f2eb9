from __future__ import annotations

import pytest

from shipwheel.testing.counts import (
    Counts,
    read_counts,
    stated_reason,
    telling_lines,
    uncollected,
)

CLOSING = {
    "pytest": ("=== 3 failed, 10 passed, 2 skipped, 4 deselected, 1 xfailed, 1 xpassed in 1.20s ===", Counts(11, 3, 0, 2, 1, 4)),
    "pytest, coloured": ("\x1b[32m====== \x1b[32m\x1b[1m715 passed\x1b[0m, \x1b[33m69 skipped\x1b[0m\x1b[32m in 5.12s\x1b[0m ======\x1b[0m", Counts(715, skipped=69)),
    "pytest -q": ("1 passed, 2 errors in 0.10s", Counts(1, errors=2)),
    "pytest, nothing": ("=== no tests ran in 0.01s ===", Counts()),
    "pytest, long": ("=== 7 passed, 3 warnings in 75.02s (0:01:15) ===", Counts(7)),
    "pytest, several runs": ("=== 1 passed in 0.1s ===\n=== 2 passed in 0.2s ===", Counts(3)),
    "unittest": ("Ran 16 tests in 0.1s\n\nOK", Counts(16)),
    "unittest, one": ("Ran 1 test in 0.1s\n\nOK (skipped=1)\n", Counts(0, skipped=1)),
    "unittest, failing": ("Ran 9 tests in 1s\n\nFAILED (failures=1, errors=2, skipped=3, expected failures=1)", Counts(2, 1, 2, 3, 1)),
    "unittest, none": ("Ran 0 tests in 0.000s\n\nNO TESTS RAN", Counts()),
    "trial": ("Ran 12 tests in 0.5s\n\nPASSED (skips=1, successes=11)", Counts(11, skipped=1)),
    "zope-testrunner": ("  Ran 1363 tests with 1 failures, 2 errors and 3 skipped in 0.5 seconds.", Counts(1360, 1, 2, 3)),
    "zope-testrunner, layers": ("  Ran 5 tests with 0 failures, 0 errors, 0 skipped in 1 seconds.\nTotal: 12 tests, 0 failures, 0 errors and 1 skipped in 2.0 seconds.", Counts(12, skipped=1)),
    "stestr": ("Totals\n - Passed: 10\n - Skipped: 1\n - Expected Fail: 2\n - Unexpected Success: 0\n - Failed: 3\n", Counts(10, 3, 0, 1, 2)),
    "words": ("Results: 5 passed, 1 failed", Counts(5, 1)),
    "nothing known": ("all good", None),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLOSING)
def test_read_counts(kind: str) -> None:
    text, expected = CLOSING[kind]
    assert read_counts(f"something before\n{text}\n") == expected


@pytest.mark.parametrize(("python", "passed"), [("3.12.1", 1), ("3.12.2", 0)])
def test_what_a_decorator_skipped_is_not_among_what_3_12_1_ran(python: str, passed: int) -> None:
    counts = read_counts("Ran 1 test in 0.1s\n\nOK (skipped=1)\n", python)
    assert counts == Counts(passed, skipped=1)


def test_counts_in_words() -> None:
    assert Counts(79, skipped=1).text == "79 passed, 1 skipped"
    assert (Counts(1, 2, 3, 4, 5, 6) + Counts(1)).ran == 12
    assert Counts().text == "no tests"


PYTEST = """
E   ImportError: cannot import name 'x'
=========================== short test summary info ============================
ERROR tests/test_a.py
!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!
=== 1 error in 0.1s ===
"""


def test_telling_lines_name_the_reason_of_a_collection_error() -> None:
    assert telling_lines(PYTEST).splitlines() == [
        "E   ImportError: cannot import name 'x'",
        "ERROR tests/test_a.py",
        "=== 1 error in 0.1s ===",
    ]


def test_telling_lines_close_with_the_counts_whatever_follows_them() -> None:
    output = f"{PYTEST}CoverageWarning: No data was collected.\n"
    assert telling_lines(output).splitlines()[-1] == "=== 1 error in 0.1s ==="


def test_telling_lines_are_few() -> None:
    failures = "\n".join(f"FAILED t.py::test_{n} - assert 0" for n in range(50))
    lines = telling_lines(f"= short test summary info =\n{failures}\n= 50 failed in 1s =", 10)
    assert len(lines.splitlines()) == 10
    assert "… and 41 more" in lines


def test_telling_lines_of_unittest_and_of_the_unknown() -> None:
    text = "FAIL: test_a (t.T)\n-----\nTraceback\n-----\nRan 1 test in 1s\n\nFAILED (failures=1)\n"
    assert telling_lines(text).splitlines() == ["FAIL: test_a (t.T)", "FAILED (failures=1)"]
    assert telling_lines("a\n\nb\nc\n", 2) == "b\nc"
    stestr = "{0} t.A.a [0.1s] ... ok\n{1} t.A.b [0.2s] ... FAILED\nTotals\n - Failed: 1\n"
    assert telling_lines(stestr).splitlines() == ["{1} t.A.b [0.2s] ... FAILED", " - Failed: 1"]


def test_telling_lines_give_a_reason_that_was_cut_whole() -> None:
    cut = "ERROR tests/test_a.py - ImportError: cannot imp..."
    output = PYTEST.replace("ERROR tests/test_a.py", cut)
    assert telling_lines(output).splitlines()[0] == (
        "ERROR tests/test_a.py - ImportError: cannot import name 'x'"
    )


def test_each_failure_gets_the_reason_of_its_own_part() -> None:
    output = (
        "____ test_a ____\nE   OSError: one\n____ test_b ____\nE   OSError: two\nE   more\n"
        "= short test summary info =\nFAILED t.py::test_b - ...\nFAILED t.py::test_a - OSEr...\n"
        "= 2 failed in 1s =\n"
    )
    assert telling_lines(output).splitlines()[:2] == [
        "FAILED t.py::test_b - OSError: two",
        "FAILED t.py::test_a - OSError: one",
    ]


def test_what_could_not_be_collected_is_no_failed_test() -> None:
    assert uncollected(PYTEST) == 1
    assert uncollected("=== 1 failed in 0.1s ===") == 0


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --cov\n  inifile: a\n",
            "unrecognized arguments: --cov",
        ),
        (
            "    raise PluginValidationError(\npluggy._manager.PluginValidationError: Plugin 'x'\nhint\n",
            "pluggy._manager.PluginValidationError: Plugin 'x'",
        ),
        ("Error: 3 checks failed\n", ""),
        ("", ""),
    ],
)
def test_why_a_runner_told_no_counts(output: str, reason: str) -> None:
    assert stated_reason(output) == reason
