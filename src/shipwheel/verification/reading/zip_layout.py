"""A zip archive as its bytes lie there: what one reader sees of it and another does not.

A zip says everything twice, in its list of members at the end and before each member. Installers read
the list, streaming readers the headers; where the two differ, a scanner and an installer see different
files (CVE-2025-54368). PyPI refuses such archives since August 2025.
The format is APPNOTE.TXT 6.3's, sections 4.3.7 to 4.3.16.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

_LOCAL = struct.Struct("<4s2H3H3L2H")  # 30 bytes
_END = struct.Struct("<4s4H2LH")  # 22 bytes
_END64, _END64_LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_ZIP64 = 0x0001  # extra field: sizes that do not fit 32 bits
_UNICODE_PATH = 0x7075  # extra field: another name, which some readers prefer
_UNKNOWN = 0xFFFFFFFF
_STREAMED = 0x08  # flag: sum and sizes stand behind the member
_ENCRYPTED = 0x01
_MOST_FAULTS = 20
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Header:
    """A member's own header: `data` and `end` are offsets in bytes."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    extra: bytes
    data: int


def layout_faults(stream: IO[bytes], archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Give what differs between the list of members and their headers, and what neither names.

    At most 20 sentences. Raises what zipfile's reader raises where a header is none.
    """
    found: list[str] = []
    for fault in _faults(stream, archive):
        found.append(fault)
        if len(found) == _MOST_FAULTS:
            break
    return tuple(found)


def _faults(stream: IO[bytes], archive: zipfile.ZipFile) -> Iterator[str]:
    yield from _end_faults(stream, archive)
    spans: list[tuple[int, int, str]] = []
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        header = _header(stream, info.header_offset)
        if header is None:
            yield f"{info.orig_filename!r}: there is no header where the list of members says"
            continue
        yield from _member_faults(info, header)
        end = header.data + info.compress_size
        if header.flags & _STREAMED:
            fault, length = _descriptor(stream, end, info)
            end += length
            if fault:
                yield fault
        spans.append((info.header_offset, end, info.orig_filename))
    yield from _gaps(spans, archive.start_dir)


def _header(stream: IO[bytes], offset: int) -> _Header | None:
    stream.seek(offset)
    data = stream.read(_LOCAL.size)
    if len(data) < _LOCAL.size or data[:4] != b"PK\x03\x04":
        return None
    _, _, flags, method, _, _, crc, packed, size, named, more = _LOCAL.unpack(data)
    name, extra = stream.read(named), stream.read(more)
    packed, size = _long_sizes(extra, packed, size)
    return _Header(name, flags, method, crc, packed, size, extra, offset + len(data) + named + more)


def _long_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Give packed and unpacked size, out of the ZIP64 field where the header has no room for them."""
    field = next((value for kind, value in _extras(extra) if kind == _ZIP64), b"")
    if size == _UNKNOWN and len(field) >= 8:
        size, field = int.from_bytes(field[:8], "little"), field[8:]
    if packed == _UNKNOWN and len(field) >= 8:
        packed = int.from_bytes(field[:8], "little")
    return packed, size


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each extra field's id and bytes; what is cut short is left out."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _member_faults(info: zipfile.ZipInfo, header: _Header) -> Iterator[str]:
    """Compare what the list of members says of one with its header."""
    name = info.orig_filename
    if _raw_name(info) != header.name:
        yield f"the list of members says {name!r}, the member's header {_shown(header.name)!r}"
    if info.compress_type != header.method:
        yield f"{name!r}: compression {info.compress_type} in the list, {header.method} in the header"
    if (info.flag_bits ^ header.flags) & _ENCRYPTED:
        yield f"{name!r}: encrypted by one of list and header alone"
    if not header.flags & _STREAMED:
        for what, listed, told in (
            ("checksum", info.CRC, header.crc),
            ("packed size", info.compress_size, header.packed),
            ("size", info.file_size, header.size),
        ):
            if listed != told:
                yield f"{name!r}: the {what} is {listed} in the list, {told} in the header"
    if info.comment:
        yield f"{name!r} has a comment in the list of members, which PyPI refuses"
    yield from _extra_faults(name, header.extra)
    yield from _extra_faults(name, info.extra)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")


def _shown(name: bytes) -> str:
    return name[:200].decode("utf-8", "backslashreplace")


def _extra_faults(name: str, extra: bytes) -> Iterator[str]:
    kinds = [kind for kind, _ in _extras(extra)]
    for kind, value in _extras(extra):
        if kind == _UNICODE_PATH and value[5:] != name.encode("utf-8", "replace"):
            yield f"{name!r} has another name in an extra field: {_shown(value[5:])!r}"
    if kinds.count(_ZIP64) > 1 or kinds.count(_UNICODE_PATH) > 1:
        yield f"{name!r} has an extra field twice"


def _descriptor(stream: IO[bytes], at: int, info: zipfile.ZipInfo) -> tuple[str, int]:
    """Give what is wrong with the sum and sizes behind a streamed member, and their length in bytes."""
    stream.seek(at)
    data = stream.read(24)
    for signed in (4, 0):
        if signed and data[:4] != b"PK\x07\x08":
            continue
        for form in ("<LLL", "<LQQ"):
            length = struct.calcsize(form)
            if len(data) < signed + length:
                continue
            if struct.unpack_from(form, data, signed) == (
                info.CRC,
                info.compress_size,
                info.file_size,
            ):
                return "", signed + length
    fault = f"{info.orig_filename!r}: the sum and sizes behind it are not those of the list"
    return fault, 16 if data[:4] == b"PK\x07\x08" else 0


def _gaps(spans: Sequence[tuple[int, int, str]], directory: int) -> Iterator[str]:
    """Give the bytes that no member owns, and those that two do."""
    at = 0
    for start, end, name in spans:
        if start > at:
            where = f"before {name!r}" if at else "before the first member"
            yield f"{start - at} bytes {where} that the list of members does not name"
        elif start < at:
            yield f"{name!r} begins inside the member before it"
        at = max(at, end)
    if at < directory:
        yield f"{directory - at} bytes after the last member that the list of members does not name"
    elif at > directory:
        yield "the last member runs into the list of members"


def _end_faults(stream: IO[bytes], archive: zipfile.ZipFile) -> Iterator[str]:
    """Look at the end of the archive: its only end, and nothing behind it."""
    length = stream.seek(0, os.SEEK_END)
    begin = max(0, length - _END.size - _LONGEST_COMMENT)
    stream.seek(begin)
    tail = stream.read()
    comment = len(archive.comment)
    at = len(tail) - _END.size - comment
    if at < 0 or tail[at : at + 4] != b"PK\x05\x06":
        at = tail.rfind(b"PK\x05\x06")
        behind = len(tail) - at - _END.size - comment
        yield f"{behind} bytes behind the end of the archive"
    if b"PK\x05\x06" in archive.comment:
        yield "its comment holds another end of an archive"
    _, disk, first, here, count, size, offset, _ = _END.unpack_from(tail, at)
    if disk not in {0, 0xFFFF} or first not in {0, 0xFFFF} or here != count:
        yield "it says that it is one part of several"
    told, members = len(archive.infolist()), count
    if count != 0xFFFF and told != members:
        yield f"its end says {members} members, its list has {told}"
    if _END64_LOCATOR in tail[max(0, at - 20) : at] and _UNKNOWN not in (size, offset):
        plain = 0xFFFF not in (here, count)
        stream.seek(max(0, begin + at - 76))
        if plain and not _same_end64(stream.read(56), (count, size, offset)):
            yield "its two ends (ZIP64 and plain) differ"


def _same_end64(data: bytes, plain: tuple[int, int, int]) -> bool:
    if data[:4] != _END64 or len(data) < 56:
        return False
    return struct.unpack_from("<3Q", data, 32) == plain
