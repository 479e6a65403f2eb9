"""PE: headers, imports, delayed imports and exports (Microsoft's PE Format)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shipwheel.dists.binaries.binary import Binary, Slice
from shipwheel.dists.binaries.symbols import Symbols, Wanted
from shipwheel.dists.binaries.window import MalformedError, Window

_MACHINES: Final = {0x8664: "amd64", 0x14C: "win32", 0xAA64: "arm64", 0x1C4: "armv7"}
_LIBRARY = 0x2000
_MOST_SECTIONS = 96  # what Windows loads
_MOST_LIBRARIES = 4096
_MOST_NAMES = 65_536
_EXPORTS, _IMPORTS, _DELAYED, _MANAGED = 0, 1, 13, 14


@dataclass(frozen=True, slots=True)
class _File:
    window: Window
    machine: int
    bits: int
    base: int
    library: bool
    directories: tuple[tuple[int, int], ...]
    sections: tuple[tuple[int, int, int], ...]  # address, size, offset

    def at(self, address: int, what: str) -> int:
        """Give the offset in the file of a relative address."""
        for start, size, offset in self.sections:
            if start <= address < start + size:
                return offset + address - start
        raise MalformedError(f"the {what} lies in no section")

    def string(self, address: int, what: str) -> str:
        """Read the name at a relative address."""
        return self.window.string(self.at(address, what))

    def directory(self, index: int) -> tuple[int, int]:
        """Give a data directory's relative address and size, both 0 where there is none."""
        return self.directories[index] if index < len(self.directories) else (0, 0)


def read_pe(window: Window, wanted: Wanted) -> Binary:
    """Read a PE file; raises MalformedError."""
    file = _header(window)
    symbols = Symbols(wanted)
    managed = file.directory(_MANAGED)[0] != 0
    needs = tuple(_imports(file, symbols))
    slice_ = Slice(
        architecture=_MACHINES.get(file.machine, f"unknown (0x{file.machine:x})"),
        bits=file.bits,
        needs=needs,
        optional=tuple(_delayed(file, wanted)),
        name=_exports(file, symbols),
        imports=frozenset(symbols.imports),
        exports=frozenset(symbols.exports),
        managed=managed,
    )
    return Binary("pe", "library" if file.library else "program", (slice_,))


def _header(window: Window) -> _File:
    (start,) = window.unpack("<I", 0x3C, "DOS header")
    if window.take(start, 4) != b"PE\0\0":
        raise MalformedError("a DOS header without a PE header")
    machine, count, _, _, _, size, flags = window.unpack("<HHIIIHH", start + 4, "PE header")
    optional = start + 24
    (magic,) = window.unpack("<H", optional, "optional header")
    if magic not in {0x10B, 0x20B}:
        raise MalformedError("the optional header is of no known kind")
    bits = 64 if magic == 0x20B else 32
    base = window.unpack(
        "<Q" if bits == 64 else "<I", optional + (24 if bits == 64 else 28), "base"
    )
    listed = optional + (108 if bits == 64 else 92)
    (number,) = window.unpack("<I", listed, "data directories")
    table = window.part(listed + 4, min(number, 16) * 8, "data directories")
    part = window.part(optional + size, min(count, _MOST_SECTIONS) * 40, "table of sections")
    sections = list(part.rows("<8sIIIIIIHHI", "table of sections", most=_MOST_SECTIONS))
    end = max((row[4] + row[3] for row in sections), default=0)
    if end > len(window):
        raise MalformedError(f"cut off: {len(window):,} bytes of {end:,}")
    return _File(
        window=window,
        machine=machine,
        bits=bits,
        base=base[0],
        library=bool(flags & _LIBRARY),
        directories=tuple((a, b) for a, b in table.rows("<II", "data directories", most=16)),
        sections=tuple((row[2], max(row[1], row[3]), row[4]) for row in sections),
    )


def _imports(file: _File, symbols: Symbols) -> Iterator[str]:
    address, _ = file.directory(_IMPORTS)
    if not address:
        return
    offset = file.at(address, "table of imports")
    for index in range(_MOST_LIBRARIES):
        row = file.window.unpack("<5I", offset + 20 * index, "table of imports")
        if not row[3] or not row[4]:
            return
        name = file.string(row[3], "name of a library")
        symbols.wanted.take(len(name))
        _functions(file, row[0] or row[4], symbols)
        yield name


def _functions(file: _File, address: int, symbols: Symbols) -> None:
    """Read the names of the functions that are taken from one library."""
    form, width, ordinal = ("<Q", 8, 1 << 63) if file.bits == 64 else ("<I", 4, 1 << 31)
    offset = file.at(address, "table of imports")
    for index in range(_MOST_NAMES):
        (value,) = file.window.unpack(form, offset + width * index, "table of imports")
        if not value:
            return
        if not value & ordinal:
            place = file.at(value & 0x7FFFFFFF, "name of a function") + 2
            symbols.add(file.window.text(place), defined=False)


def _delayed(file: _File, wanted: Wanted) -> Iterator[str]:
    address, _ = file.directory(_DELAYED)
    if not address:
        return
    offset = file.at(address, "table of delayed imports")
    for index in range(_MOST_LIBRARIES):
        flags, place = file.window.unpack("<II", offset + 32 * index, "table of delayed imports")
        if not place:
            return
        name = file.string(place if flags & 1 else place - file.base, "name of a library")
        wanted.take(len(name))
        yield name


def _exports(file: _File, symbols: Symbols) -> str:
    """Read the exported names; give the library's own."""
    address, _ = file.directory(_EXPORTS)
    if not address:
        return ""
    offset = file.at(address, "table of exports")
    row = file.window.unpack("<IIHHIIIIIII", offset, "table of exports")
    count, names = row[7], row[9]
    if count > _MOST_NAMES:
        raise MalformedError(f"{count:,} exported names")
    if count:
        begin = file.at(names, "table of exports")
        table = file.window.part(begin, 4 * count, "table of exports")
        for (place,) in table.rows("<I", "table of exports", most=_MOST_NAMES):
            symbols.add(file.window.text(file.at(place, "name of a function")), defined=True)
    return file.string(row[4], "library's name") if row[4] else ""
