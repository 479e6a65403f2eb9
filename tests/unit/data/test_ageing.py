"""Runners that are deprecated or past their end, on the days around it."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.ageing import ended, runner_notices
from shipwheel.data.catalog import RunnerImage, load_catalog


def runner(name, *, status="available", end=None, os="linux", provider="github"):
    return RunnerImage(
        id=name, provider=provider, os=os, arch="x86_64", status=status, end=end, labels=(name,)
    )


@pytest.mark.parametrize(
    ("end", "today", "expected"),
    [
        (None, "2099-01-01", False),
        ("2026-11-02", "2026-11-01", False),
        ("2026-11-02", "2026-11-02", True),
        ("2026-11-02", "2027-01-01", True),
        ("2027-08", "2027-07-31", False),
        ("2027-08", "2027-08-31", False),
        ("2027-08", "2027-09-01", True),
    ],
)
def test_when_a_runner_has_ended(end, today, expected):
    assert ended(runner("any", end=end), today) is expected


@pytest.mark.parametrize(
    ("status", "end", "expected"),
    [
        ("available", None, []),
        ("preview", None, []),
        ("available", "2027-08", []),
        ("available", "2026-10", ["the runner old reached its end in 2026-10: jobs on it fail"]),
        ("deprecated", None, ["the runner old is deprecated"]),
        ("deprecated", "2027-04-17", ["the runner old is deprecated and ends on 2027-04-17"]),
        ("deprecated", "2027-04", ["the runner old is deprecated and ends in 2027-04"]),
        (
            "deprecated",
            "2026-11-02",
            ["the runner old reached its end on 2026-11-02: jobs on it fail"],
        ),
    ],
)
def test_what_is_said_of_a_runner(status, end, expected):
    only = msgspec.structs.replace(load_catalog(), runners=(runner("old", status=status, end=end),))
    said = runner_notices(["old"], only, "2026-11-21")
    assert said == expected


def test_what_there_is_instead_is_alike_and_there_to_stay():
    runners = (
        runner("old", status="deprecated"),
        runner("new"),
        runner("gone", end="2020-01-01"),
        runner("early", status="preview"),
        runner("mac", os="macos"),
        runner("lab", provider="gitlab"),
    )
    catalog = msgspec.structs.replace(load_catalog(), runners=runners)
    assert runner_notices(["old"], catalog, "2026-11-21") == [
        "the runner old is deprecated; there is new"
    ]


def test_each_runner_is_told_once_and_strangers_are_passed_over():
    ids = ["macos-14", "my-own-machine", "ubuntu-22.04", "macos-14", "ubuntu-24.04"]
    said = runner_notices(ids, load_catalog(), "2026-11-21")
    assert [each.split()[2] for each in said] == ["macos-14", "ubuntu-22.04"]
