"""The time after which a release is too new to be locked."""

from __future__ import annotations

import datetime as dt

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import Config, DepsConfig
from shipwheel.project.cooldown import cutoff
from shipwheel.project.refused_settings import check_cool_down

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 days", "2026-03-03T12:00:00+00:00"),
        ("1 week", "2026-03-03T12:00:00+00:00"),
        ("36 hours", "2026-03-09T00:00:00+00:00"),
        ("P7D", "2026-03-03T12:00:00+00:00"),
        ("2026-01-31", "2026-02-01T00:00:00+00:00"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00+00:00"),
    ],
)
def test_spans_days_and_moments_are_understood(text, expected):
    assert cutoff(text, NOW).isoformat() == expected


@pytest.mark.parametrize("text", ["", "a week", "7", "999999 weeks", "7 months", "2026-13-01"])
def test_what_says_no_time_is_refused_with_how_it_is_written(text):
    config = Config(deps=DepsConfig(exclude_newer=text))
    with pytest.raises(ConfigurationError) as caught:
        check_cool_down(config, "pyproject.toml [tool.shipwheel]")
    assert "is no time" in caught.value.what
    assert '"7 days"' in (caught.value.hint or "")


def test_none_is_the_default():
    check_cool_down(Config(), "pyproject.toml")
