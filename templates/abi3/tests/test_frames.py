from __future__ import annotations

import sysconfig

import pytest
import wirecrc._loop
from wirecrc import KINDS, is_sealed, seal

# a request to read ten registers, as a Modbus line carries it
REQUEST = bytes.fromhex("01030000000ac5cd")


def test_seals_a_frame() -> None:
    assert seal(REQUEST[:-2], "modbus") == REQUEST
    assert is_sealed(REQUEST, "modbus")


@pytest.mark.parametrize("kind", KINDS)
def test_finds_each_flipped_bit(kind: str) -> None:
    frame = seal(b"frame", kind)
    for place in range(len(frame) * 8):
        hurt = bytearray(frame)
        hurt[place // 8] ^= 1 << place % 8
        assert not is_sealed(bytes(hurt), kind)


@pytest.mark.parametrize("short", [b"", b"\x00"])
def test_a_piece_is_no_frame(short: bytes) -> None:
    assert not is_sealed(short, "modbus")


def test_one_binary_serves_all() -> None:
    """The extension is named for the limited API, except where a Python has none."""
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    named = wirecrc._loop.__file__.rpartition("_loop")[2]
    assert ("cp3" in named or "cpython" in named) == free_threaded
