from __future__ import annotations

import threading

import pytest
from wirecrc import KINDS, crc16

# what each kind gives for the nine digits, as the catalogues list it
CHECKS = {
    "arc": 0xBB3D,
    "ibm-3740": 0x29B1,
    "kermit": 0x2189,
    "modbus": 0x4B37,
    "x-25": 0x906E,
    "xmodem": 0x31C3,
}


def slow(data: bytes, kind: str) -> int:
    """Do the same bit by bit as the standards draw it, highest bit first throughout."""
    polynomial, register, reflected, end = KINDS[kind]
    for byte in data:
        for bit in range(8):
            fed = byte >> (bit if reflected else 7 - bit) & 1
            carry = register >> 15 ^ fed
            register = (register << 1 ^ (polynomial if carry else 0)) & 0xFFFF
    return (int(f"{register:016b}"[::-1], 2) if reflected else register) ^ end


@pytest.mark.parametrize(("kind", "check"), CHECKS.items())
def test_agrees_with_the_catalogue(kind: str, check: int) -> None:
    assert crc16(b"123456789", kind) == check


def test_each_kind_has_a_check() -> None:
    assert set(CHECKS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 1, 2, 255, 1000])
def test_agrees_with_the_drawing(kind: str, size: int) -> None:
    data = bytes((7 * each + size) % 256 for each in range(size))
    assert crc16(data, kind) == slow(data, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_give_what_the_whole_gives(kind: str) -> None:
    whole = b"The quick brown fox"
    for cut in range(len(whole) + 1):
        assert crc16(whole[cut:], kind, crc16(whole[:cut], kind)) == crc16(whole, kind)


@pytest.mark.parametrize("wrong", ["text", None, 3])
def test_takes_bytes_alone(wrong: object) -> None:
    with pytest.raises(TypeError):
        crc16(wrong, "modbus")  # type: ignore[arg-type]


def test_knows_its_kinds() -> None:
    with pytest.raises(KeyError):
        crc16(b"", "crc-99")


def test_works_in_threads() -> None:
    answers: list[int] = []
    data = bytes(100_000)
    work = [
        threading.Thread(target=lambda: answers.append(crc16(data, "x-25"))) for _ in range(4)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 4
