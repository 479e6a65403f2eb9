"""Where two contents differ: runs of bytes with their offsets, or for texts the lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import msgspec

_BLOCK = 4096
_GAP = 8  # equal bytes that do not yet end a run
_SHOWN = 16  # bytes of a run that are shown
MOST_RANGES = 20
_MOST_LINES = 40
_LONGEST_LINE = 200  # characters
_LARGEST_TEXT = 1 << 20  # bytes of which lines are compared: that takes the square of their number


class ByteRange(msgspec.Struct, frozen=True):
    """A run of bytes that differ: where it begins, how long it is, and its first bytes as hex.

    Of contents of different sizes the last run goes to the end of the longer one.
    """

    offset: int
    length: int
    first: str
    second: str


def byte_ranges(first: bytes, second: bytes) -> tuple[ByteRange, ...]:
    """Give the runs in which two contents differ, at most `MOST_RANGES`: the last then holds all the rest."""
    runs: list[tuple[int, int]] = []
    for start, end in _runs(first, second):
        if runs and (start - runs[-1][1] <= _GAP or len(runs) == MOST_RANGES):
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return tuple(
        ByteRange(start, end - start, _hex(first, start, end), _hex(second, start, end))
        for start, end in runs
    )


def text_difference(first: bytes, second: bytes) -> tuple[str, ...]:
    """Give the lines of a unified diff without its head; none where one of the two is no text, or huge."""
    if max(len(first), len(second)) > _LARGEST_TEXT or b"\0" in first or b"\0" in second:
        return ()
    try:
        old, new = first.decode("utf-8"), second.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm=""))[2:]
    shown = [line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    rest = len(lines) - len(shown)
    return (*shown, *([f"… {rest} more lines"] if rest else []))


def _runs(first: bytes, second: bytes) -> Iterator[tuple[int, int]]:
    """Give each pair of start and end between which all bytes differ, block by block."""
    common = min(len(first), len(second))
    for at in range(0, common, _BLOCK):
        end = min(at + _BLOCK, common)
        if first[at:end] != second[at:end]:
            yield from _runs_in_block(first, second, at, end)
    if len(first) != len(second):
        yield common, max(len(first), len(second))


def _runs_in_block(first: bytes, second: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    start = None
    for place in range(at, end):
        if first[place] != second[place]:
            start = place if start is None else start
        elif start is not None:
            yield start, place
            start = None
    if start is not None:
        yield start, end


def _hex(data: bytes, start: int, end: int) -> str:
    return data[start : min(end, start + _SHOWN)].hex(" ")
