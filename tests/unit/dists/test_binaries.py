"""Compiled files are read by their headers; whatever else the bytes are, a fault is told and nothing raised."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_binaries import elf, fat, macho, pe

from shipwheel.dists.binaries.notes import level_needed
from shipwheel.dists.binaries.read import BinaryExaminer, binaries_in, binary_format, read_binary
from shipwheel.dists.binaries.symbols import Wanted

INTEL = 0x01000007
ELF = elf(
    needs=["libc.so.6", "libfoo.so.1"],
    exports=["PyInit_a", "helper"],
    imports=["PyList_New", "malloc", "uncompress2"],
    weak=["PyLong_Maybe"],
    versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_2.34"], "libm.so.6": ["GLIBC_2.29"]},
    rpath="$ORIGIN/../a.libs:/opt/lib",
    soname="liba.so",
)
MACHO = macho(
    needs=["/usr/lib/libSystem.B.dylib"],
    rpaths=["@loader_path/lib"],
    exports=["PyInit_a"],
    imports=["PyList_New", "malloc"],
)
PE = pe(
    needs=["python312.dll", "KERNEL32.dll"],
    delayed=["later.dll"],
    imports=["PyList_New", "other"],
    exports=["PyInit_a", "other"],
)


def only(data: bytes):
    binary = read_binary(data, Wanted({b"uncompress2"}))
    assert binary is not None
    assert binary.fault == ""
    (slice_,) = binary.slices
    return binary, slice_


def test_elf() -> None:
    binary, slice_ = only(ELF)
    assert (binary.format, binary.kind) == ("elf", "library")
    assert (slice_.architecture, slice_.bits, slice_.name) == ("x86_64", 64, "liba.so")
    assert slice_.needs == ("libc.so.6", "libfoo.so.1")
    assert slice_.versions == (
        ("libc.so.6", ("GLIBC_2.17", "GLIBC_2.34")),
        ("libm.so.6", ("GLIBC_2.29",)),
    )
    assert slice_.rpaths == ("$ORIGIN/../a.libs", "/opt/lib")
    assert slice_.imports == {"PyList_New", "PyLong_Maybe", "uncompress2"}
    assert slice_.weak == {"PyLong_Maybe"}
    assert slice_.exports == {"PyInit_a"}
    assert not slice_.executable_stack
    assert not slice_.text_relocations


@pytest.mark.parametrize(
    ("made", "seen"),
    [
        ({"machine": 183}, {"architecture": "aarch64"}),
        ({"machine": 21}, {"architecture": "ppc64le"}),
        ({"machine": 0x999}, {"architecture": "unknown (0x999, 64 bits)"}),
        ({"stack": 7}, {"executable_stack": True}),
        ({"text_relocations": True}, {"text_relocations": True}),
        ({"interpreter": "/lib/ld-musl-x86_64.so.1"}, {"interpreter": "/lib/ld-musl-x86_64.so.1"}),
    ],
)
def test_elf_in_its_variants(made, seen) -> None:
    _, slice_ = only(elf(**made))
    assert {name: getattr(slice_, name) for name in seen} == seen


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ({}, "library"),
        ({"kind": 2}, "program"),
        ({"kind": 1}, "object"),
        ({"kind": 9}, "other"),
        ({"interpreter": "/lib64/ld-linux-x86-64.so.2"}, "program"),
    ],
)
def test_kinds_of_elf(made, kind) -> None:
    assert only(elf(**made))[0].kind == kind


def test_macho() -> None:
    binary, slice_ = only(MACHO)
    assert (binary.format, binary.kind) == ("macho", "library")
    assert (slice_.architecture, slice_.platform, slice_.minimum) == ("arm64", "macos", (11, 0))
    assert slice_.needs == ("/usr/lib/libSystem.B.dylib",)
    assert slice_.rpaths == ("@loader_path/lib",)
    assert slice_.imports == {"PyList_New"}
    assert slice_.exports == {"PyInit_a"}
    assert not slice_.signed


def test_a_universal_file_has_its_slices() -> None:
    binary = read_binary(fat(macho(machine=INTEL, minimum=(10, 9)), macho()))
    assert binary is not None
    assert [(s.architecture, s.minimum) for s in binary.slices] == [
        ("x86_64", (10, 9)),
        ("arm64", (11, 0)),
    ]


def test_pe() -> None:
    binary, slice_ = only(PE)
    assert (binary.format, binary.kind) == ("pe", "library")
    assert slice_.architecture == "amd64"
    assert slice_.needs == ("python312.dll", "KERNEL32.dll")
    assert slice_.optional == ("later.dll",)
    assert slice_.imports == {"PyList_New"}
    assert slice_.exports == {"PyInit_a"}
    assert only(pe(library=False))[0].kind == "program"
    assert only(pe(managed=True))[1].managed
    assert only(pe(machine=0xAA64))[1].architecture == "arm64"


NOTE = struct.Struct("<III4sIIII")


@pytest.mark.parametrize(
    ("needed", "level"),
    [(1, ""), (2, "x86_64_v2"), (3, "x86_64_v2"), (6, "x86_64_v3"), (15, "x86_64_v4")],
)
def test_the_processor_that_a_note_asks_for(needed, level) -> None:
    assert level_needed(NOTE.pack(4, 16, 5, b"GNU\0", 0xC0008002, 4, needed, 0)) == level
    # another property, another owner
    assert level_needed(NOTE.pack(4, 16, 5, b"GNU\0", 0xC0000002, 4, needed, 0)) == ""
    assert level_needed(NOTE.pack(4, 16, 5, b"ABC\0", 0xC0008002, 4, needed, 0)) == ""


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ELF, "elf"),
        (MACHO, "macho"),
        (fat(MACHO), "macho"),
        (PE, "pe"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60), ""),  # a Java class of version 52
        (b"MZ is how this text starts", ""),
        (b"#!/bin/sh\n", ""),
        (b"", ""),
    ],
)
def test_first_bytes(head, kind) -> None:
    assert binary_format(head[:64]) == kind
    assert (read_binary(head) is not None) is bool(kind)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x7fELF", "the ELF header is cut off or of no known class"),
        (ELF[:100], "the program header table lies outside of the file"),
        (ELF[:-10], "cut off"),
        (b"MZ" + bytes(100), "a DOS header without a PE header"),
        (PE[:-1], "cut off"),
        (MACHO[:-1], "the table of names lies outside of the file"),
        (MACHO[:40], "the load commands lies outside of the file"),
        (fat(MACHO)[:-1], "the slice lies outside of the file"),
    ],
)
def test_what_is_broken_is_told(data, fault) -> None:
    binary = read_binary(data)
    assert binary is not None
    assert fault in binary.fault
    assert binary.slices == ()


def test_a_circle_of_required_versions_ends() -> None:
    """Each names itself as the next: the budget for names ends it."""
    data = bytearray(elf(versions={"libc.so.6": ["A"] * 2, "b": ["C"] * 2}))
    place = data.index(struct.pack("<HH", 1, 2))
    struct.pack_into("<H", data, place + 2, 0xFFFF)
    started = time.perf_counter()
    binary = read_binary(bytes(data))
    assert binary is not None
    assert time.perf_counter() - started < 5


def test_the_names_of_one_archive_are_bounded() -> None:
    examiner = BinaryExaminer()
    data = elf(imports=[f"Py_{'x' * 3000}{index}" for index in range(1000)])
    seen = {f"{index}.so": examiner.look("", data) for index in range(12)}
    faults = [binary.fault for binary in binaries_in(seen).values()]
    assert faults[0] == ""
    assert "more memory" in faults[-1]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([ELF, MACHO, fat(MACHO, macho(machine=INTEL)), PE]), st.data())
def test_no_bytes_raise(whole, data) -> None:
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(changed) - 4))
        piece = data.draw(st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x01\0\0\0"]))
        changed[place : place + len(piece)] = data.draw(st.just(piece) | st.binary(max_size=4))
    end = data.draw(st.integers(0, len(changed)))
    binary = read_binary(bytes(changed[:end] if data.draw(st.booleans()) else changed))
    assert binary is None or binary.fault or binary.slices
