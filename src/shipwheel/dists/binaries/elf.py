"""ELF: headers, dynamic section, required versions and dynamic symbols (the System V gABI, glibc's elf.h).

Everything is taken from where the loader takes it, the segments; sections are asked for the number of
symbols alone, which the segments do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shipwheel.dists.binaries.binary import Binary, Slice
from shipwheel.dists.binaries.notes import level_needed
from shipwheel.dists.binaries.symbols import MOST_SYMBOLS, Symbols, Wanted
from shipwheel.dists.binaries.window import MalformedError, Window

_MOST = 65_535  # program headers, dynamic entries, versions
_LOAD, _DYNAMIC, _INTERP, _NOTE, _STACK = 1, 2, 3, 4, 0x6474E551
_EXECUTABLE = 1
_KINDS: Final = {1: "object", 2: "program", 3: "library"}
_NEEDED, _HASH, _STRTAB, _SYMTAB, _STRSZ, _SONAME, _RPATH = 1, 4, 5, 6, 10, 14, 15
_TEXTREL, _RUNPATH, _FLAGS = 22, 29, 30
_GNU_HASH, _VERNEED, _VERNEEDNUM = 0x6FFFFEF5, 0x6FFFFFFE, 0x6FFFFFFF
_DYNSYM = 11
_WEAK = 2
_ARMS = 40
_ARM_HARD_FLOAT = 0x05000400  # EABI 5 with arguments in floating point registers
_MACHINES: Final = {
    # machine, bits, little endian
    (3, 32, True): "i686",
    (62, 64, True): "x86_64",
    (62, 32, True): "x32",
    (183, 64, True): "aarch64",
    (_ARMS, 32, True): "armv7l",
    (21, 64, True): "ppc64le",
    (21, 64, False): "ppc64",
    (22, 64, False): "s390x",
    (243, 64, True): "riscv64",
    (258, 64, True): "loongarch64",
}


@dataclass(frozen=True, slots=True)
class _File:
    """The header's facts: `order` is struct's sign for the byte order."""

    window: Window
    order: str
    bits: int
    type: int
    architecture: str
    segments: tuple[tuple[int, int, int, int, int], ...]  # type, flags, offset, address, size
    sections: tuple[int, int, int]  # offset, width, number

    def at(self, address: int, what: str) -> int:
        """Give the offset in the file at which an address lies once loaded."""
        for kind, _, offset, start, size in self.segments:
            if kind == _LOAD and start <= address < start + size:
                return offset + address - start
        raise MalformedError(f"the {what} lies in no segment")

    def rest(self, address: int, what: str) -> Window:
        """Give all from an address to the end of the file."""
        offset = self.at(address, what)
        return self.window.part(offset, len(self.window) - offset, what)


def read_elf(window: Window, wanted: Wanted) -> Binary:
    """Read an ELF file; raises MalformedError."""
    file = _header(window)
    kind = _KINDS.get(file.type, "other")
    interpreter = ""
    for each, _, offset, _, size in file.segments:
        if each == _INTERP:
            interpreter = window.part(offset, size, "interpreter's name").string(0)
            kind = "program" if kind == "library" else kind
    return Binary("elf", kind, (_slice(file, interpreter, wanted),))


def _header(window: Window) -> _File:
    ident = window.take(0, 16)
    if len(ident) < 16 or ident[4] not in {1, 2} or ident[5] not in {1, 2}:
        raise MalformedError("the ELF header is cut off or of no known class")
    bits, order = 32 * ident[4], "<" if ident[5] == 1 else ">"
    word = "I" if bits == 32 else "Q"
    head = window.unpack(f"{order}HHI{word}{word}{word}IHHHHHH", 16, "ELF header")
    kind, machine, _, _, programs, sections, flags, _, width, count, swidth, scount, _ = head
    if sections + swidth * scount > len(window):  # the last thing in a file that a linker wrote
        raise MalformedError(f"cut off: {len(window):,} bytes of {sections + swidth * scount:,}")
    return _File(
        window=window,
        order=order,
        bits=bits,
        type=kind,
        architecture=_architecture(machine, bits, flags, little=order == "<"),
        segments=tuple(_segments(window, order, bits, (programs, width, count))),
        sections=(sections, swidth, scount),
    )


def _architecture(machine: int, bits: int, flags: int, *, little: bool) -> str:
    if machine == _ARMS and flags & 0xFF000400 != _ARM_HARD_FLOAT:
        return "arm without hard floats"
    return _MACHINES.get((machine, bits, little), f"unknown (0x{machine:x}, {bits} bits)")


def _segments(
    window: Window, order: str, bits: int, table: tuple[int, int, int]
) -> Iterator[tuple[int, int, int, int, int]]:
    offset, width, count = table
    form, least = (f"{order}IIIIIIII", 32) if bits == 32 else (f"{order}IIQQQQQQ", 56)
    if count and width != least:
        raise MalformedError(f"an entry of the program header table has {width} bytes")
    for row in window.part(offset, count * least, "program header table").rows(
        form, "program header table", most=_MOST
    ):
        if bits == 32:
            kind, start, address, _, size, _, flags, _ = row
        else:
            kind, flags, start, address, _, size, _, _ = row
        if kind == _LOAD and start + size > len(window):
            raise MalformedError(f"cut off: {len(window):,} bytes of {start + size:,}")
        yield kind, flags, start, address, size


def _slice(file: _File, interpreter: str, wanted: Wanted) -> Slice:
    entries = _dynamic(file)
    first: dict[int, int] = {}
    for tag, value in entries:
        first.setdefault(tag, value)
    found = Symbols(wanted)
    table = _names(file, first)
    names = None if table is None else _Names(table, wanted)
    if table is not None:
        _read_symbols(file, first, table, found)
    return Slice(
        architecture=file.architecture,
        bits=file.bits,
        needs=_texts(entries, names, _NEEDED),
        versions=tuple(_versions(file, first, names)) if names is not None else (),
        # where both are there the loader reads the second alone
        rpaths=_paths(_texts(entries, names, _RUNPATH) or _texts(entries, names, _RPATH)),
        name=next(iter(_texts(entries, names, _SONAME)), ""),
        interpreter=interpreter,
        imports=frozenset(found.imports),
        weak=frozenset(found.weak),
        exports=frozenset(found.exports),
        level=_level(file),
        executable_stack=any(
            kind == _STACK and flags & _EXECUTABLE for kind, flags, *_ in file.segments
        ),
        text_relocations=_TEXTREL in first or bool(first.get(_FLAGS, 0) & 4),
    )


def _dynamic(file: _File) -> list[tuple[int, int]]:
    """Read the dynamic section, empty where it is linked statically."""
    for kind, _, offset, _, size in file.segments:
        if kind == _DYNAMIC:
            part = file.window.part(offset, size, "dynamic section")
            found = []
            form = f"{file.order}iI" if file.bits == 32 else f"{file.order}qQ"
            for tag, value in part.rows(form, "dynamic section", most=_MOST):
                if tag == 0:
                    break
                found.append((tag & 0xFFFFFFFF, value))
            return found
    return []


def _names(file: _File, first: dict[int, int]) -> Window | None:
    if _STRTAB not in first:
        return None
    rest = file.rest(first[_STRTAB], "table of names")
    return rest.part(0, min(first.get(_STRSZ, len(rest)), len(rest)), "table of names")


@dataclass(frozen=True, slots=True)
class _Names:
    """The table of names, and what may be taken out of it."""

    window: Window
    wanted: Wanted

    def __getitem__(self, offset: int) -> str:
        name = self.window.string(offset)
        self.wanted.take(len(name))
        return name


def _texts(entries: list[tuple[int, int]], names: _Names | None, tag: int) -> tuple[str, ...]:
    if names is None:
        return ()
    return tuple(names[value] for each, value in entries if each == tag)


def _paths(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for each in listed for path in each.split(":"))


def _versions(
    file: _File, first: dict[int, int], names: _Names
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if _VERNEED not in first:
        return
    table = file.rest(first[_VERNEED], "table of required versions")
    offset = 0
    for _ in range(min(first.get(_VERNEEDNUM, 0), _MOST)):
        row = table.unpack(f"{file.order}HHIII", offset, "table of required versions")
        _, count, library, versions, following = row
        yield names[library], tuple(_required(file, table, names, (offset + versions, count)))
        if following == 0:
            break
        offset += following


def _required(file: _File, table: Window, names: _Names, place: tuple[int, int]) -> Iterator[str]:
    offset, count = place
    for _ in range(count):
        row = table.unpack(f"{file.order}IHHII", offset, "table of required versions")
        yield names[row[3]]
        if row[4] == 0:
            break
        offset += row[4]


def _read_symbols(file: _File, first: dict[int, int], names: Window, found: Symbols) -> None:
    if _SYMTAB not in first:
        return
    small = file.bits == 32
    form, width = ("IIIBBH", 16) if small else ("IBBHQQ", 24)
    rest = file.rest(first[_SYMTAB], "table of symbols")
    count = _count(file, first)
    if count * width > len(rest):
        raise MalformedError("the table of symbols lies outside of the file")
    part = rest.part(0, count * width, "table of symbols")
    for row in part.rows(file.order + form, "table of symbols", most=MOST_SYMBOLS):
        name, info, section = (row[0], row[3], row[5]) if small else (row[0], row[1], row[3])
        if name:
            binding = info >> 4
            if binding:  # not local
                found.add(names.text(name), defined=section != 0, weak=binding == _WEAK)


def _count(file: _File, first: dict[int, int]) -> int:
    """Give the number of dynamic symbols: by its section, else by the hash tables."""
    for kind, address, size, width in _sections(file):
        if kind == _DYNSYM and address == first[_SYMTAB] and width:
            return int(size // width)
    if _HASH in first:
        return int(
            file.rest(first[_HASH], "hash table").unpack(f"{file.order}II", 0, "hash table")[1]
        )
    if _GNU_HASH in first:
        return _hashed(file, file.rest(first[_GNU_HASH], "hash table"))
    return 0


def _sections(file: _File) -> Iterator[tuple[int, int, int, int]]:
    """Give each section's type, address, size and width of an entry; none where the table is broken."""
    offset, width, count = file.sections
    small = file.bits == 32
    form = f"{file.order}IIIIIIIIII" if small else f"{file.order}IIQQQQIIQQ"
    if not offset or width != (40 if small else 64):
        return
    try:
        table = file.window.part(offset, count * width, "section header table")
    except MalformedError:
        return
    for row in table.rows(form, "section header table", most=_MOST):
        yield row[1], row[3], row[5], row[9]


def _hashed(file: _File, table: Window) -> int:
    """Count by GNU's hash table: the last chain ends with the last symbol."""
    buckets, skipped, filters, _ = table.unpack(f"{file.order}IIII", 0, "hash table")
    begin = 16 + filters * file.bits // 8
    if buckets > MOST_SYMBOLS:
        raise MalformedError("the hash table lies outside of the file")
    part = table.part(begin, buckets * 4, "hash table")
    last = max(
        (row[0] for row in part.rows(f"{file.order}I", "hash table", most=MOST_SYMBOLS)), default=0
    )
    if last < skipped:
        return int(skipped)
    chains = begin + buckets * 4
    while not table.unpack(f"{file.order}I", chains + 4 * (last - skipped), "hash table")[0] & 1:
        last += 1
    return int(last) + 1


def _level(file: _File) -> str:
    """Give the x86-64 level that a note asks for, empty for the first."""
    if file.architecture != "x86_64":
        return ""
    notes = (
        file.window.take(offset, min(size, 4096))
        for kind, _, offset, _, size in file.segments
        if kind == _NOTE
    )
    return next(filter(None, map(level_needed, notes)), "")
