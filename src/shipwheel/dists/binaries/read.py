"""Compiled files by their first bytes, each to its reader; what a stranger's file holds raises nothing."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping

from shipwheel.dists.binaries.binary import Binary
from shipwheel.dists.binaries.elf import read_elf
from shipwheel.dists.binaries.macho import MOST_SLICES, read_macho
from shipwheel.dists.binaries.pe import read_pe
from shipwheel.dists.binaries.symbols import Wanted
from shipwheel.dists.binaries.window import Data, MalformedError, Window

_READERS = {"elf": read_elf, "macho": read_macho, "pe": read_pe}
_MAGIC = {
    b"\x7fELF": "elf",
    b"\xcf\xfa\xed\xfe": "macho",
    b"\xce\xfa\xed\xfe": "macho",
    b"\xfe\xed\xfa\xcf": "macho",
    b"\xfe\xed\xfa\xce": "macho",
    b"\xca\xfe\xba\xbe": "macho",
    b"\xca\xfe\xba\xbf": "macho",
}


def binary_format(head: bytes) -> str:
    """Give `elf`, `macho` or `pe` by a file's first bytes (64 suffice), else an empty string.

    A Java class starts as a universal Mach-O file does, with its version where the other has the
    number of slices; of what starts with `MZ` only that counts which has room for a DOS header.
    """
    if head[:2] == b"MZ":
        return "pe" if len(head) >= 64 else ""
    found = _MAGIC.get(head[:4], "")
    if head[:3] == b"\xca\xfe\xba" and not 0 < int.from_bytes(head[4:8], "big") <= MOST_SLICES:
        return ""
    return found


def read_binary(data: Data, wanted: Wanted | None = None) -> Binary | None:
    """Read a compiled file, None for what is none by its first bytes.

    Whatever the bytes are: nothing is raised, no more is read than there is, and names are kept within
    the budget of `wanted`, which counts on over the files of one archive.
    """
    kind = binary_format(bytes(data[:64]))
    if not kind:
        return None
    try:
        return _READERS[kind](Window.whole(data), Wanted() if wanted is None else wanted)
    except (MalformedError, struct.error, OverflowError, ValueError) as error:
        return Binary(kind, "other", fault=str(error) or type(error).__name__)


class BinaryExaminer:
    """Reads each compiled file of an archive while its bytes are there; one for each archive.

    `symbols` are names that are kept beside Python's own.
    """

    def __init__(self, symbols: Collection[bytes] = frozenset()) -> None:
        self._wanted = Wanted(symbols)

    def wants(self, name: str, size: int, head: bytes) -> bool:
        """Say whether it is a compiled file."""
        del name, size
        return bool(binary_format(head))

    def look(self, name: str, data: Data) -> Binary | None:
        """Read it."""
        del name
        return read_binary(data, self._wanted)


def binaries_in(seen: Mapping[str, object]) -> dict[str, Binary]:
    """Give the compiled files out of what examiners saw, by member."""
    return {name: fact for name, fact in seen.items() if isinstance(fact, Binary)}
