"""Mach-O: load commands and external symbols of each slice (Apple's mach-o/loader.h, fat.h, nlist.h)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shipwheel.dists.binaries.binary import Binary, Slice
from shipwheel.dists.binaries.codesign import signature_fault
from shipwheel.dists.binaries.symbols import MOST_SYMBOLS, Symbols, Wanted
from shipwheel.dists.binaries.window import MalformedError, Window

MOST_SLICES = 30  # a Java class, which starts alike, says 45 or more there
_MOST_COMMANDS = 20_000
_THIN: Final = {
    b"\xcf\xfa\xed\xfe": ("<", 64),
    b"\xce\xfa\xed\xfe": ("<", 32),
    b"\xfe\xed\xfa\xcf": (">", 64),
    b"\xfe\xed\xfa\xce": (">", 32),
}
_ARCHITECTURES: Final = {0x01000007: "x86_64", 0x0100000C: "arm64", 7: "i386", 18: "ppc"}
_ARCHITECTURES_64: Final = {0x0200000C: "arm64_32", 0x01000012: "ppc64", 12: "arm"}
_KINDS: Final = {1: "object", 2: "program", 6: "library", 8: "library"}
_PLATFORMS: Final = {
    1: "macos",
    2: "ios",
    3: "tvos",
    4: "watchos",
    6: "catalyst",
    7: "iossimulator",
}
_SYMTAB, _SIGNATURE, _BUILD_VERSION, _ID = 0x2, 0x1D, 0x32, 0xD
_RPATH = 0x8000001C
_LOADS: Final = {0xC, 0x8000001F, 0x80000023}  # LOAD_DYLIB, REEXPORT_DYLIB, LOAD_UPWARD_DYLIB
_OPTIONAL: Final = {0x80000018, 0x20}  # LOAD_WEAK_DYLIB, LAZY_LOAD_DYLIB
_SEGMENTS: Final = {
    0x1: "16s8xII",
    0x19: "16s16xQQ",
}  # LC_SEGMENT, LC_SEGMENT_64: name, offset, size
_MINIMUMS: Final = {0x24: "macos", 0x25: "ios", 0x2F: "tvos", 0x30: "watchos"}
_STAB, _TYPE, _EXTERNAL = 0xE0, 0x0E, 0x01
_WEAK_REFERENCE = 0x40


def read_macho(window: Window, wanted: Wanted) -> Binary:
    """Read a Mach-O file, thin or universal; raises MalformedError."""
    parts = list(_parts(window))
    kinds, slices = set(), []
    for part in parts:
        kind, slice_ = _slice(part, wanted)
        kinds.add(kind)
        slices.append(slice_)
    return Binary("macho", kinds.pop() if len(kinds) == 1 else "other", tuple(slices))


def _parts(window: Window) -> Iterator[Window]:
    magic = window.take(0, 4)
    if magic in _THIN:
        yield window
        return
    wide = magic == b"\xca\xfe\xba\xbf"
    (count,) = window.unpack(">I", 4, "universal header")
    if not 0 < count <= MOST_SLICES:
        raise MalformedError(f"a universal file of {count} slices")
    for index in range(count):
        form, width = (">IIQQII", 32) if wide else (">IIIII", 20)
        row = window.unpack(form, 8 + index * width, "universal header")
        yield window.part(row[2], row[3], "slice")


@dataclass(slots=True)
class _Found:
    """What the load commands said so far."""

    needs: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    rpaths: list[str] = field(default_factory=list)
    name: str = ""
    platform: str = ""
    minimum: tuple[int, ...] = ()
    symbols: tuple[int, ...] = ()
    signature: tuple[int, int] | None = None


def _slice(window: Window, wanted: Wanted) -> tuple[str, Slice]:
    known = _THIN.get(window.take(0, 4))
    if known is None:
        raise MalformedError("a slice is no Mach-O file")
    order, bits = known
    machine, _, kind, count, size, _ = window.unpack(f"{order}6I", 4, "Mach-O header")
    begin = 28 if bits == 32 else 32
    commands = window.part(begin, size, "load commands")
    found = _Found()
    offset = 0
    for _ in range(min(count, _MOST_COMMANDS)):
        command, length = commands.unpack(f"{order}II", offset, "load command")
        if length < 8:
            raise MalformedError("a load command of no length")
        _check_segment(command, commands, offset, order, window)
        _understand(command, commands.part(offset, length, "load command"), order, found, wanted)
        offset += length
    symbols = Symbols(wanted)
    _read_symbols(window, order, bits, found, symbols)
    return _KINDS.get(kind, "other"), Slice(
        architecture=_architecture(machine),
        bits=bits,
        needs=tuple(found.needs),
        optional=tuple(found.optional),
        rpaths=tuple(found.rpaths),
        name=found.name,
        platform=found.platform,
        minimum=found.minimum,
        imports=frozenset(symbols.imports),
        weak=frozenset(symbols.weak),
        exports=frozenset(symbols.exports),
        signed=found.signature is not None,
        signature_fault=signature_fault(window, found.signature) if found.signature else "",
    )


def _check_segment(command: int, commands: Window, offset: int, order: str, file: Window) -> None:
    if command in _SEGMENTS:
        begin, size = commands.unpack(f"{order}{_SEGMENTS[command]}", offset + 8, "segment")[1:3]
        if begin + size > len(file):
            raise MalformedError(f"cut off: {len(file):,} bytes of {begin + size:,}")


def _architecture(machine: int) -> str:
    names = {**_ARCHITECTURES, **_ARCHITECTURES_64}
    return names.get(machine, f"unknown (0x{machine:x})")


def _understand(command: int, body: Window, order: str, found: _Found, wanted: Wanted) -> None:
    if command in _LOADS or command in _OPTIONAL or command in {_RPATH, _ID}:
        text = body.string(body.unpack(f"{order}I", 8, "load command")[0])
        wanted.take(len(text))
        if command == _ID:
            found.name = text
        elif command == _RPATH:
            found.rpaths.append(text)
        else:
            (found.needs if command in _LOADS else found.optional).append(text)
    elif command in _MINIMUMS:
        found.platform = found.platform or _MINIMUMS[command]
        found.minimum = found.minimum or _version(body.unpack(f"{order}I", 8, "minimum")[0])
    elif command == _BUILD_VERSION:
        platform, minimum = body.unpack(f"{order}II", 8, "build version")
        found.platform = _PLATFORMS.get(platform, f"platform {platform}")
        found.minimum = _version(minimum)
    elif command == _SYMTAB:
        found.symbols = body.unpack(f"{order}4I", 8, "symbol table command")
    elif command == _SIGNATURE:
        offset, size = body.unpack(f"{order}II", 8, "signature command")
        found.signature = (offset, size)


def _version(packed: int) -> tuple[int, ...]:
    return packed >> 16, packed >> 8 & 0xFF


def _read_symbols(window: Window, order: str, bits: int, found: _Found, into: Symbols) -> None:
    if not found.symbols:
        return
    offset, count, names_at, names_size = found.symbols
    form, width = ("IBBHI", 12) if bits == 32 else ("IBBHQ", 16)
    table = window.part(offset, count * width, "table of symbols")
    names = window.part(names_at, names_size, "table of names")
    for name, kind, _, description, _ in table.rows(
        order + form, "table of symbols", most=MOST_SYMBOLS
    ):
        if kind & _STAB or not kind & _EXTERNAL or not name:
            continue
        text = names.text(name)
        if text.startswith(b"_"):  # C's names have one more in front
            defined = bool(kind & _TYPE)
            into.add(text[1:], defined=defined, weak=bool(description & _WEAK_REFERENCE))
