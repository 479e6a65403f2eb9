"""How much of a stranger's archive is read before it is refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from shipwheel.errors import ShipwheelError, is_refusal, unexpected

MOST_MEMBERS = 200_000
MOST_BYTES = 8 << 30  # of all members unpacked; the largest wheels on PyPI hold about 4 GiB
MOST_TEXT = 32 << 20  # of one text that is read whole: METADATA, RECORD, PKG-INFO
MOST_RATIO = 400  # deflate ends at about 1000; sources reach 30
RATIO_COUNTS_FROM = 64 << 20
LARGEST_DIRECTORY = 16 << 20  # of a zip: at least 350,000 members, 150 MB once read
BLOCK = 1 << 20

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_LONGEST_END = 22 + 0xFFFF + 20 + 56


class ArchiveError(ShipwheelError):
    """An archive that is broken, or that is made to harm whoever unpacks it."""

    reference = "archive"


def check_sizes(path: Path, sizes: Iterable[int]) -> None:
    """Refuse an archive for the number, the total or the compression ratio of its members.

    Raises ArchiveError. `sizes` are bytes, as the archive declares them; nothing is read for it.
    """
    listed = tuple(sizes)
    if len(listed) > MOST_MEMBERS:
        raise ArchiveError(f"more than {MOST_MEMBERS:,} members", where=path.name)
    check_total(path, sum(listed), max(path.stat().st_size, 1))


def check_total(path: Path, total: int, packed: int) -> None:
    """Refuse `total` bytes out of `packed` ones; raises ArchiveError."""
    if total > MOST_BYTES:
        raise ArchiveError(f"it unpacks to more than {MOST_BYTES >> 30} GiB", where=path.name)
    if total > RATIO_COUNTS_FROM and total > packed * MOST_RATIO:
        raise ArchiveError(
            f"it unpacks to more than {MOST_RATIO} times its size: a decompression bomb",
            where=path.name,
        )


def check_name(path: Path, name: str) -> PurePosixPath:
    """Give a member's name as a relative path; raises ArchiveError for one that leads elsewhere.

    Refused are absolute names, drive letters, backslashes, `..`, NUL, and names without any part.
    """
    posix = PurePosixPath(name)
    parts = posix.parts
    if (
        not parts
        or posix.is_absolute()
        or "\\" in name
        or "\0" in name
        or ".." in parts
        or PureWindowsPath(name).drive
    ):
        raise ArchiveError(
            "a member's name leads out of the archive", where=path.name, evidence=repr(name)[:200]
        )
    return posix


def check_directory(path: Path) -> None:
    """Refuse a zip whose list of members would not fit in memory; raises ArchiveError.

    The list is read whole when a zip is opened, before any of its members can be counted.
    """
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(0, end - _LONGEST_END))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise ArchiveError("this is not a zip archive", where=path.name)
    (size,) = struct.unpack_from("<L", tail, at + 12)
    if size == 0xFFFFFFFF:
        at64 = tail.rfind(_END64, 0, at)
        size = struct.unpack_from("<Q", tail, at64 + 40)[0] if at64 >= 0 else 1 << 62
    if size > LARGEST_DIRECTORY:
        raise ArchiveError("its list of members is too long to read", where=path.name)


class Bounded(io.RawIOBase):
    """An unpacked stream that refuses to give more than may be, in all and at once.

    tarfile reads a header of any length that the archive names in one call.
    """

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream
        self._packed = max(path.stat().st_size, 1)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from another place."""
        return True

    def tell(self) -> int:
        """Give the place in the unpacked stream."""
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place, within the bounds."""
        if whence == io.SEEK_SET:
            check_total(self._path, offset, self._packed)
        return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Read at most a MiB; raises ArchiveError for more, and past the bounds."""
        if size < 0 or size > BLOCK:
            raise ArchiveError("a header in it is too long to read", where=self._path.name)
        data = self._stream.read(size)
        check_total(self._path, self._stream.tell(), self._packed)
        return data


BROKEN = (OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError, IndexError)


def broken(path: Path, error: Exception) -> ShipwheelError:
    """Give the error for an archive that cannot be read, whatever its library said."""
    if isinstance(error, OSError) and is_refusal(error):
        return unexpected(error)
    return ArchiveError(
        "the archive cannot be read",
        where=path.name,
        evidence=str(error)[:500] or type(error).__name__,
        hint="it is cut short or damaged: make it or fetch it again",
    )
