from __future__ import annotations

import pytest
from packaging.version import Version

from shipwheel.deps.api.numbering import is_calendar, next_version, numbering


@pytest.mark.parametrize(
    ("before", "now", "breaks", "adds", "tells", "needed"),
    [
        ("2.1.5", "3.0.0", True, True, True, "3.0.0"),
        ("2.1.5", "2.2.0", True, False, False, "3.0.0"),
        ("2.1.5", "3.0.0.dev4", True, False, True, "3.0.0"),
        ("2.1.5", "2.1.5", True, False, False, "3.0.0"),
        ("2.1.5", "2.1.6", False, True, True, "2.2.0"),
        ("2.1.5", "2.1.6", False, False, True, "2.1.6"),
        ("0.4.2", "0.5", True, True, True, "0.5.0"),
        ("0.4.2", "0.4.3", True, False, False, "0.5.0"),
        ("0.4.2", "0.4.3", False, True, True, "0.4.3"),
        ("2.1.5", "", True, False, True, "3.0.0"),
        ("1!2.1", "1!2.2", True, False, False, "1!3.0.0"),
    ],
)
def test_the_least_version_for_what_changed(
    *, before: str, now: str, breaks: bool, adds: bool, tells: bool, needed: str
) -> None:
    found = numbering(before, now, breaks=breaks, adds=adds)
    assert (found.tells, found.needed) == (tells, needed)


def test_what_breaks_with_a_minor_number_is_told_with_the_version_it_should_have() -> None:
    found = numbering("2.1.5", "2.2.0", breaks=True, adds=True)
    assert found.scheme == "semantic"
    assert found.said == "2.2.0 does not say so: what broke since 2.1.5 asks for 3.0.0"


@pytest.mark.parametrize(
    ("version", "uploaded", "calendar"),
    [
        ("2024.2.1", None, True),
        ("24.1", "2024-06-01T10:00:00Z", True),
        ("21.3", "2021-11-18T00:39:13.586927Z", True),
        ("8.1.7", "2023-08-17T17:29:11Z", False),
        ("24.1", None, False),
        ("24.1", "2023-12-31T10:00:00Z", False),
        ("0.1", "2000-01-01T00:00:00Z", False),
    ],
)
def test_a_first_number_that_is_the_year_is_a_calendars(
    *, version: str, uploaded: str | None, calendar: bool
) -> None:
    assert is_calendar(Version(version), uploaded) is calendar


@pytest.mark.parametrize("now", ["2.1.5", "2.2", ""])
def test_where_nothing_changed_nothing_is_asked_of_the_version(now: str) -> None:
    found = numbering("2.1.5", now, breaks=False, adds=False)
    assert found.said == (
        "nothing that the API promises changed since 2.1.5: the next may be 2.1.6"
    )


def test_a_calendars_number_promises_nothing() -> None:
    found = numbering("24.1", "24.2", breaks=True, adds=True, uploaded="2024-06-01T10:00:00Z")
    assert found.scheme == "calendar"
    assert found.tells
    assert found.needed == ""


def test_an_epoch_stays() -> None:
    assert str(next_version(Version("1!0.4"), breaks=True, adds=False)) == "1!0.5.0"
