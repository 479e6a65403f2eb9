"""The 16-bit checksums of serial protocols."""

from __future__ import annotations

from typing import Literal, NamedTuple

from wirecrc._loop import update

__all__ = ["KINDS", "crc16", "is_sealed", "seal"]


class Kind(NamedTuple):
    """A checksum as the catalogues of them describe it; `reflected`: the lowest bit goes first."""

    polynomial: int
    start: int
    reflected: bool
    end: int  # what the result is combined with by exclusive or


KINDS = {
    "arc": Kind(0x8005, 0x0000, True, 0x0000),
    "ibm-3740": Kind(0x1021, 0xFFFF, False, 0x0000),
    "kermit": Kind(0x1021, 0x0000, True, 0x0000),
    "modbus": Kind(0x8005, 0xFFFF, True, 0x0000),
    "x-25": Kind(0x1021, 0xFFFF, True, 0xFFFF),
    "xmodem": Kind(0x1021, 0x0000, False, 0x0000),
}


def crc16(data: bytes, kind: str, before: int | None = None) -> int:
    """Give the checksum of data; `before` is that of what went before it. KeyError for an unknown kind."""
    polynomial, start, reflected, end = KINDS[kind]
    register = start if before is None else before ^ end
    return update(register, data, polynomial, reflected) ^ end


def seal(frame: bytes, kind: str) -> bytes:
    """Give the frame with its checksum behind it, in the order in which the kind sends bits."""
    return frame + crc16(frame, kind).to_bytes(2, _order(kind))


def is_sealed(sealed: bytes, kind: str) -> bool:
    """Say whether the last two bytes are the checksum of those before them."""
    return len(sealed) >= 2 and seal(sealed[:-2], kind) == sealed


def _order(kind: str) -> Literal["little", "big"]:
    return "little" if KINDS[kind].reflected else "big"
