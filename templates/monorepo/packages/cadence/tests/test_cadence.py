from datetime import date

import pytest

from cadence import Cadence, dates, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every day", Cadence(days=1)),
        ("every 2 weeks", Cadence(days=14)),
        ("  Every Month ", Cadence(months=1)),
        ("every 10 years", Cadence(months=120)),
    ],
)
def test_reads_what_people_write(text: str, expected: Cadence) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "weekly", "every 0 days", "every -1 days", "every 2 moons"])
def test_refuses_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no cadence"):
        parse(text)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        (date(2026, 1, 1), "every 2 weeks", [date(2026, 1, 1), date(2026, 1, 15)]),
        (date(2026, 1, 31), "every month", [date(2026, 1, 31), date(2026, 2, 28)]),
        (date(2026, 12, 15), "every month", [date(2026, 12, 15), date(2027, 1, 15)]),
        (date(2028, 2, 29), "every year", [date(2028, 2, 29), date(2029, 2, 28)]),
    ],
)
def test_recurs(start: date, text: str, expected: "list[date]") -> None:
    assert list(dates(start, parse(text), 2)) == expected
