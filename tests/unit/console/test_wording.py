from __future__ import annotations

import pytest

from shipwheel.console.wording import counted, seconds_text, size_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (1.26, "1.3 s"),
        (9.97, "10 s"),
        (12.4, "12 s"),
        (59.7, "1 min 0 s"),
        (3725, "62 min 5 s"),
    ],
)
def test_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (23456, "23 kB"),
        (999_600, "1.0 MB"),
        (1_440_000, "1.4 MB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


def test_counts() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
