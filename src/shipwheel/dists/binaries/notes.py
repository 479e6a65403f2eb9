"""What the linker notes in an x86-64 file of the processor it needs (psABI, GNU_PROPERTY_X86_ISA_1_NEEDED)."""

from __future__ import annotations

from shipwheel.dists.binaries.window import Window

_GNU_PROPERTIES = 5
_ISA_NEEDED = 0xC0008002
_LEVELS = ((8, "x86_64_v4"), (4, "x86_64_v3"), (2, "x86_64_v2"))


def level_needed(data: bytes) -> str:
    """Give `x86_64_v2` and so on by a segment of notes, empty where none asks for more than the first."""
    note = Window.whole(data)
    offset = 0
    while offset + 16 <= len(data):
        name, size, kind = note.unpack("<III", offset, "note")
        begin = offset + 12 + (name + 3 & ~3)
        if kind == _GNU_PROPERTIES and note.take(offset + 12, name) == b"GNU\0":
            for bit, level in _LEVELS:
                if _isa_needed(note, begin, size) & bit:
                    return level
        offset = begin + (size + 7 & ~7)
    return ""


def _isa_needed(note: Window, begin: int, size: int) -> int:
    offset = begin
    while offset + 8 <= min(begin + size, len(note)):
        kind, length = note.unpack("<II", offset, "note")
        if kind == _ISA_NEEDED and length == 4:
            return int(note.unpack("<I", offset + 8, "note")[0])
        offset += 8 + (length + 7 & ~7)
    return 0
