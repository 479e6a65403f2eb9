"""What can be wrong with an archive as such, and with the names of what is in it."""

from __future__ import annotations

import gzip
import tarfile
import time
import zipfile
from collections.abc import Callable

from faulty import Fault, Sdist, Wheel

INIT = "itsdangerous/__init__.py"
SIGNER = "itsdangerous/signer.py"
WHEEL, SDIST = "itsdangerous-wheel", "itsdangerous-sdist"
FUTURE = int(time.time()) + 400 * 24 * 3600


def _written(name: str, text: str = "x = 1\n") -> Callable[[Wheel], None]:
    return lambda archive: archive.write(name, text)


def _header(member: str, where: str, **fields: int | bytes) -> Callable[[Wheel], None]:
    return lambda wheel: wheel.zip_header(member, where, **fields)


def _raw(change: Callable[[bytes], bytes]) -> Callable[[Wheel], None]:
    return lambda archive: archive.raw(change)


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _flipped(data: bytes) -> bytes:
    at = data.index(SIGNER.encode()) + 200
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _prefixed(data: bytes) -> bytes:
    return b"#!/bin/sh\nexec true\n" + data


def _two_ends(data: bytes) -> bytes:
    """Put another archive into the comment: readers that look from the back find the second end."""
    at = data.rindex(b"PK\x05\x06")
    hidden = b"PK\x05\x06" + bytes(18)
    return data[: at + 20] + len(hidden).to_bytes(2, "little") + hidden


def _hidden_member(data: bytes) -> bytes:
    """Put a member before the list that the list does not name."""
    at = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[at + 16 : at + 20], "little")
    name, body = b"itsdangerous/evil.py", b"x = 1\n"
    header = b"PK\x03\x04" + bytes(14) + len(body).to_bytes(4, "little") * 2
    member = header + len(name).to_bytes(2, "little") + bytes(2) + name + body
    end = bytearray(data[at:])
    end[16:20] = (start + len(member)).to_bytes(4, "little")
    return data[:start] + member + data[start:at] + bytes(end)


def _bomb(wheel: Wheel) -> None:
    wheel.write("itsdangerous/zeros.bin", bytes(100 << 20))


def _method(method: int) -> Callable[[Wheel], None]:
    def change(wheel: Wheel) -> None:
        wheel.info(SIGNER).compress_type = method

    return change


def _twice(wheel: Wheel) -> None:
    wheel.append(SIGNER, "x = 1\n")


def _late(archive: Wheel) -> None:
    archive.info(INIT).date_time = (2099, 1, 1, 0, 0, 0)


def _late_sdist(sdist: Sdist) -> None:
    sdist.info(sdist.inside("pyproject.toml")).mtime = FUTURE


def _no_date(wheel: Wheel) -> None:
    wheel.zip_header(INIT, "both", date=(44 << 9) | (15 << 5) | 1)  # the month is 15


def _mode(name: str, mode: int) -> Callable[[Wheel], None]:
    return lambda wheel: wheel.chmod(name, mode)


def _link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Callable[[Sdist], None]:
    return lambda sdist: sdist.link(sdist.inside(name), target, kind=kind)


def _wheel_link(wheel: Wheel) -> None:
    wheel.link("itsdangerous/link.py", "signer.py")


def _through_link(sdist: Sdist) -> None:
    sdist.link(sdist.inside("lib"), "src")
    sdist.append(sdist.inside("lib/evil.py"), "x = 1\n")


def _second_tar(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data) + b"ustar" * 200)


def _in_sdist(name: str, text: str = "") -> Callable[[Sdist], None]:
    return lambda sdist: sdist.write(sdist.inside(name), text)


def _file_and_folder(wheel: Wheel) -> None:
    wheel.write("itsdangerous/data", "x")
    wheel.write("itsdangerous/data/more.txt", "x")


FAULTS = (
    Fault("cut short", "archive-readable", WHEEL, _raw(_cut)),
    Fault("an sdist cut short", "archive-readable", SDIST, _raw(_cut)),
    Fault("a flipped byte", "archive-readable", WHEEL, _raw(_flipped)),
    Fault("a bomb", "archive-readable", WHEEL, _bomb, says=("bomb",)),
    Fault("an HTML page", "archive-readable", WHEEL, _raw(lambda _: b"<html>404</html>")),
    Fault("something before the first member", "archive-layout", WHEEL, _raw(_prefixed)),
    Fault("something behind the end", "archive-layout", WHEEL, _raw(lambda d: d + b"PK" * 30)),
    Fault("two ends", "archive-layout", WHEEL, _raw(_two_ends)),
    Fault("a member that the list does not name", "archive-layout", WHEEL, _raw(_hidden_member)),
    Fault(
        "another name in the header",
        "archive-readable",
        WHEEL,
        _raw(lambda data: data.replace(SIGNER.encode(), b"itsdangerous/sigmer.py", 1)),
        says=("sigmer",),
    ),
    Fault(
        "another checksum in the header", "archive-layout", WHEEL, _header(SIGNER, "local", crc=1)
    ),
    Fault("another size in the header", "archive-layout", WHEEL, _header(SIGNER, "local", size=7)),
    Fault(
        "sum and sizes said to stand behind the member",
        "archive-layout",
        WHEEL,
        _header(SIGNER, "local", flags=8),
    ),
    Fault("a second tar behind the first", "archive-layout", SDIST, _raw(_second_tar)),
    Fault("bzip2", "archive-compression", WHEEL, _method(zipfile.ZIP_BZIP2), says=("bzip2",)),
    Fault("lzma", "archive-compression", WHEEL, _method(zipfile.ZIP_LZMA), says=("lzma",)),
    Fault("zstandard", "archive-compression", WHEEL, _header(SIGNER, "both", method=93)),
    Fault("a link leads out", "archive-link", SDIST, _link("passwords", "/etc/passwd")),
    Fault("a link climbs", "archive-link", SDIST, _link("docs/x", "../../../x")),
    Fault("a hard link to nothing", "archive-link", SDIST, _link("x", "no/such", tarfile.LNKTYPE)),
    Fault("a link to nothing", "archive-link", SDIST, _link("x", "lost.txt"), level="warning"),
    Fault("a member through a link", "archive-link", SDIST, _through_link),
    Fault("a device", "archive-link", SDIST, _link("null", "", tarfile.CHRTYPE)),
    Fault("a pipe", "archive-link", SDIST, _link("pipe", "", tarfile.FIFOTYPE)),
    Fault("a link in a wheel", "archive-link", WHEEL, _wheel_link),
    Fault("a member twice", "archive-duplicate", WHEEL, _twice),
    Fault("encrypted", "archive-encrypted", WHEEL, _header(SIGNER, "both", flags=1)),
    Fault("unreadable", "archive-mode", WHEEL, _mode(SIGNER, 0o200), level="warning"),
    Fault("setuid", "archive-mode", WHEEL, _mode(SIGNER, 0o4755), level="warning"),
    Fault("from the future", "archive-time", WHEEL, _late, level="warning"),
    Fault("an sdist from the future", "archive-time", SDIST, _late_sdist, level="warning"),
    Fault("a month that is none", "archive-time", WHEEL, _no_date, level="warning"),
    Fault("a member climbs out", "archive-path", WHEEL, _written("../evil.py")),
    Fault("an absolute name", "archive-path", WHEEL, _written("/etc/evil.py")),
    Fault("a backslash", "archive-path", WHEEL, _written("itsdangerous\\evil.py")),
    Fault("a drive", "archive-path", WHEEL, _written("C:evil.py")),
    Fault("an empty part", "archive-spelling", WHEEL, _written("itsdangerous//evil.py")),
    Fault("a dot", "archive-spelling", WHEEL, _written("./itsdangerous/evil.py")),
    Fault(
        "names in two cases", "archive-case", WHEEL, _written("itsdangerous/Signer.py"), "warning"
    ),
    Fault("folders in two cases", "archive-case", WHEEL, _written("ItsDangerous/x.txt"), "warning"),
    Fault(
        "an accent in two encodings",
        "archive-case",
        WHEEL,
        lambda wheel: [
            wheel.write(f"itsdangerous/{name}.txt", "x") for name in ("\xe9", "e\u0301")
        ],
        level="warning",
    ),
    Fault("a file and a folder", "archive-clash", WHEEL, _file_and_folder),
    Fault(
        "a name that Windows reserves", "archive-portable", WHEEL, _written("itsdangerous/aux.py")
    ),
    Fault("a trailing dot", "archive-portable", WHEEL, _written("itsdangerous/notes.")),
    Fault("a name of 300 letters", "archive-portable", SDIST, _in_sdist("x" * 300)),
    Fault("a colon in an sdist", "archive-portable", SDIST, _in_sdist("docs/a:b"), "warning"),
)
