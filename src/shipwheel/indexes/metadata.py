"""A distribution's metadata, read from files that anybody may have sent: bounded, and never an error."""

from __future__ import annotations

import email.parser
import gzip
import re
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

_LARGEST = 4 << 20  # bytes of metadata that are read
_LARGEST_DIRECTORY = 32 << 20  # bytes of a zip's list of members
_LOOKED_THROUGH = 64 << 20  # unpacked bytes of an sdist until its PKG-INFO
_END = b"PK\x05\x06"  # where a zip's list of members is told (APPNOTE 4.3.16)
_INFO = re.compile(r"[^/]+\.dist-info/METADATA\Z")
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
)


def metadata_in(path: Path) -> bytes | None:
    """Give a wheel's METADATA or an sdist's PKG-INFO; None where there is none that can be read."""
    try:
        with path.open("rb") as file:
            if path.suffix == ".whl":
                return _from_wheel(file)
            if path.name.endswith(".tar.gz"):
                return _from_sdist(file)
    except _BROKEN:
        return None
    return None


def requires_python_in(metadata: bytes) -> str | None:
    """Give Requires-Python of core metadata, None where it says none."""
    head = re.split(rb"\r?\n\r?\n", metadata, maxsplit=1)[0]
    message = email.parser.BytesHeaderParser().parsebytes(head)
    value = str(message.get("Requires-Python") or "").strip()
    return " ".join(value.split()) or None


def _from_wheel(file: IO[bytes]) -> bytes | None:
    if _directory_size(file) > _LARGEST_DIRECTORY:
        return None
    with zipfile.ZipFile(file) as archive:
        found = [each for each in archive.infolist() if _INFO.match(each.filename)]
        if len(found) != 1:
            return None
        with archive.open(found[0]) as member:
            return _bounded(member)


def _directory_size(file: IO[bytes]) -> int:
    """Give the size of a zip's list of members, which zipfile reads whole; 2^32-1 for a 64-bit zip."""
    end = file.seek(0, 2)
    file.seek(max(0, end - (1 << 16) - 22))
    tail = file.read()
    size: int = struct.unpack_from("<I", tail, tail.rindex(_END) + 12)[0]
    return size


class _Limited:
    """A stream that ends where too much came out of it: an sdist can unpack to any size."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._left = _LOOKED_THROUGH

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            raise EOFError
        data = self._file.read(size)
        self._left -= len(data)
        return data


def _from_sdist(file: IO[bytes]) -> bytes | None:
    # as a stream: nothing is sought, and what was passed is forgotten
    with (
        gzip.GzipFile(fileobj=file) as unpacked,
        tarfile.open(fileobj=cast("IO[bytes]", _Limited(unpacked)), mode="r|") as archive,
    ):
        for member in archive:
            archive.members = []  # type: ignore[attr-defined]
            if member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                held = archive.extractfile(member) if member.isfile() else None
                return _bounded(held) if held is not None else None
    return None


def _bounded(member: IO[bytes]) -> bytes | None:
    data = member.read(_LARGEST + 1)
    return data if len(data) <= _LARGEST else None
