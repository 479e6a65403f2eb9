"""A stranger's bytes, read at places that they name themselves: never outside, never more than there is."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Data = bytes | mmap.mmap
_LONGEST_TEXT = 4096  # bytes of one name; C++ symbols reach about 2000
_ROWS_AT_ONCE = 4096


class MalformedError(Exception):
    """The bytes contradict themselves; the text says where."""


@dataclass(frozen=True, slots=True)
class Window:
    """Bytes from `start` to `end` of `data`; every offset counts from `start`."""

    data: Data
    start: int
    end: int

    @classmethod
    def whole(cls, data: Data) -> Window:
        """Give a window over all of it."""
        return cls(data, 0, len(data))

    def __len__(self) -> int:
        return self.end - self.start

    def part(self, offset: int, size: int, what: str) -> Window:
        """Give a part of it; raises MalformedError where it does not lie within."""
        if offset < 0 or size < 0 or self.start + offset + size > self.end:
            raise MalformedError(f"the {what} lies outside of the file")
        return Window(self.data, self.start + offset, self.start + offset + size)

    def unpack(self, form: str, offset: int, what: str) -> tuple[Any, ...]:
        """Read a struct; raises MalformedError where it does not lie within."""
        here = self.start + offset
        if offset < 0 or here + struct.calcsize(form) > self.end:
            raise MalformedError(f"the {what} lies outside of the file")
        return struct.unpack_from(form, self.data, here)

    def rows(self, form: str, what: str, *, most: int) -> Iterator[tuple[Any, ...]]:
        """Read the structs that fill it, at most so many; raises MalformedError for more."""
        width = struct.calcsize(form)
        count = len(self) // width
        if count > most:
            raise MalformedError(f"the {what} has {count:,} entries")
        for first in range(0, count, _ROWS_AT_ONCE):
            begin = self.start + first * width
            rows = min(_ROWS_AT_ONCE, count - first)
            yield from struct.iter_unpack(form, self.data[begin : begin + rows * width])

    def take(self, offset: int, size: int) -> bytes:
        """Read up to so many bytes, fewer at the end."""
        begin = self.start + offset
        return bytes(self.data[begin : min(begin + size, self.end)]) if offset >= 0 else b""

    def text(self, offset: int) -> bytes:
        """Read a name that ends in NUL; raises MalformedError where none stands there."""
        begin = self.start + offset
        if offset < 0 or begin >= self.end:
            raise MalformedError("a name lies outside of the file")
        end = self.data.find(b"\0", begin, min(begin + _LONGEST_TEXT, self.end))
        if end < 0:
            raise MalformedError("a name has no end")
        return bytes(self.data[begin:end])

    def string(self, offset: int) -> str:
        """Read a name as text."""
        return self.text(offset).decode("utf-8", "backslashreplace")
