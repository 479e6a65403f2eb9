"""Compiled files of a few hundred bytes, made by hand: what a reader looks at, and nothing that runs."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence


class _Names:
    """A table of names that end in NUL; the first is empty."""

    def __init__(self) -> None:
        self.data = b"\0"

    def add(self, name: str) -> int:
        offset = len(self.data)
        self.data += name.encode() + b"\0"
        return offset


def elf(
    *,
    needs: Sequence[str] = (),
    exports: Sequence[str] = (),
    imports: Sequence[str] = (),
    weak: Sequence[str] = (),
    versions: Mapping[str, Sequence[str]] | None = None,
    rpath: str = "",
    soname: str = "",
    interpreter: str = "",
    machine: int = 62,
    kind: int = 3,
    stack: int = 6,
    text_relocations: bool = False,
) -> bytes:
    """Give an ELF file of 64 bits, little endian; `stack` are the stack's permissions (6: read, write)."""
    names = _Names()
    rows = [(1, names.add(name)) for name in needs]
    rows += [(14, names.add(soname))] if soname else []
    rows += [(29, names.add(rpath))] if rpath else []
    rows += [(22, 0)] if text_relocations else []
    symbols = struct.pack("<IBBHQQ", 0, 0, 0, 0, 0, 0)
    for name, binding, section in (
        *((name, 1, 0) for name in imports),
        *((name, 2, 0) for name in weak),
        *((name, 1, 7) for name in exports),
    ):
        symbols += struct.pack("<IBBHQQ", names.add(name), binding << 4 | 2, 0, section, 0, 0)
    hashed = struct.pack("<II", 0, len(symbols) // 24)
    required = _required(versions or {}, names)
    loader = interpreter.encode() + b"\0"
    header, entries = 64, 56 * 4
    places, offset = {}, header + entries
    for part, data in (
        ("names", names.data),
        ("symbols", symbols),
        ("hash", hashed),
        ("versions", required),
        ("loader", loader),
    ):
        places[part] = offset
        offset += len(data)
    rows += [(5, places["names"]), (10, len(names.data)), (6, places["symbols"]), (11, 24)]
    rows += [(4, places["hash"])]
    rows += [(0x6FFFFFFE, places["versions"]), (0x6FFFFFFF, len(versions))] if versions else []
    dynamic = b"".join(struct.pack("<qQ", *row) for row in [*rows, (0, 0)])
    size = offset + len(dynamic)
    segments = _segment(1, 5, 0, size) + _segment(2, 6, offset, len(dynamic))
    segments += _segment(0x6474E551, stack, 0, 0)
    segments += _segment(3 if interpreter else 0, 4, places["loader"], len(loader))
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, 64, 0, 0, 64, 56, 4, 0, 0, 0)
    return head + segments + names.data + symbols + hashed + required + loader + dynamic


def _segment(kind: int, flags: int, offset: int, size: int) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, flags, offset, offset, offset, size, size, 1)


def _required(versions: Mapping[str, Sequence[str]], names: _Names) -> bytes:
    found = b""
    for index, (library, each) in enumerate(versions.items()):
        following = 0 if index == len(versions) - 1 else 16 + 16 * len(each)
        found += struct.pack("<HHIII", 1, len(each), names.add(library), 16, following)
        for number, version in enumerate(each):
            last = number == len(each) - 1
            found += struct.pack("<IHHII", 0, 0, 0, names.add(version), 0 if last else 16)
    return found


def macho(
    *,
    needs: Sequence[str] = (),
    rpaths: Sequence[str] = (),
    exports: Sequence[str] = (),
    imports: Sequence[str] = (),
    machine: int = 0x0100000C,
    minimum: tuple[int, int] = (11, 0),
    platform: int = 1,
    kind: int = 8,
) -> bytes:
    """Give a thin Mach-O file of 64 bits, unsigned."""
    commands = [
        struct.pack("<IIIIII", 0x32, 24, platform, minimum[0] << 16 | minimum[1] << 8, 0, 0)
    ]
    commands += [_text_command(0xC, 24, name) for name in needs]
    commands += [_text_command(0x8000001C, 12, name) for name in rpaths]
    names, symbols = _Names(), b""
    for name, kind_ in [(n, 0x0F) for n in exports] + [(n, 0x01) for n in imports]:
        symbols += struct.pack("<IBBHQ", names.add(f"_{name}"), kind_, 1, 0, 0)
    begin = 32 + sum(map(len, commands)) + 24
    table = (begin, len(symbols) // 16, begin + len(symbols), len(names.data))
    commands.append(struct.pack("<IIIIII", 0x2, 24, *table))
    body = b"".join(commands)
    head = struct.pack("<IIIIIIII", 0xFEEDFACF, machine, 0, kind, len(commands), len(body), 0, 0)
    return head + body + symbols + names.data


def _text_command(kind: int, at: int, text: str) -> bytes:
    data = text.encode() + b"\0"
    data += bytes(-len(data) % 8 + (8 - at % 8) % 8)
    middle = bytes(at - 12)
    return struct.pack("<III", kind, at + len(data), at) + middle + data


def fat(*slices: bytes) -> bytes:
    """Give a universal Mach-O file of thin ones."""
    offset, rows, body = 4096, b"", b""
    for data in slices:
        machine = struct.unpack_from("<I", data, 4)[0]
        rows += struct.pack(">IIIII", machine, 0, offset + len(body), len(data), 12)
        body += data
    head = struct.pack(">II", 0xCAFEBABE, len(slices)) + rows
    return head + bytes(offset - len(head)) + body


def pe(
    *,
    needs: Sequence[str] = (),
    delayed: Sequence[str] = (),
    imports: Sequence[str] = (),
    exports: Sequence[str] = (),
    machine: int = 0x8664,
    library: bool = True,
    managed: bool = False,
) -> bytes:
    """Give a PE32+ file with one section; `imports` are taken from the first of `needs`."""
    base = 0x1000  # where the section lies once loaded; in the file it lies at 0x400
    data = bytearray(8)

    def put(piece: bytes) -> int:
        data.extend(bytes(-len(data) % 8))
        at = base + len(data)
        data.extend(piece)
        return at

    directories = [(0, 0)] * 16
    rows = b""
    for index, name in enumerate(needs):
        found = [put(b"\0\0" + each.encode() + b"\0") for each in imports] if index == 0 else []
        thunks = put(struct.pack(f"<{len(found) + 1}Q", *found, 0))
        rows += struct.pack("<5I", thunks, 0, 0, put(name.encode() + b"\0"), thunks)
    if needs:
        directories[1] = (put(rows + bytes(20)), len(rows) + 20)
    rows = b"".join(
        struct.pack("<8I", 1, put(name.encode() + b"\0"), 0, 0, 0, 0, 0, 0) for name in delayed
    )
    if delayed:
        directories[13] = (put(rows + bytes(32)), len(rows) + 32)
    if exports:
        places = [put(each.encode() + b"\0") for each in exports]
        table = put(struct.pack(f"<{len(places)}I", *places))
        own = put(b"tiny.dll\0")
        row = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, own, 1, 0, len(places), 0, table, 0)
        directories[0] = (put(row), len(row))
    if managed:
        directories[14] = (put(bytes(8)), 8)
    optional = struct.pack("<HBB", 0x20B, 0, 0) + bytes(20) + struct.pack("<Q", 0x180000000)
    optional += bytes(108 - len(optional)) + struct.pack("<I", 16)
    optional += b"".join(struct.pack("<II", *each) for each in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    flags = 0x2022 if library else 0x22
    head += struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), flags) + optional
    head += struct.pack("<8sIIIIIIHHI", b".rdata", len(data), base, len(data), 0x400, 0, 0, 0, 0, 0)
    return head + bytes(0x400 - len(head)) + bytes(data)
