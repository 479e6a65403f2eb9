"""Archives made to harm whoever looks into them: verify tells of each, in bounded memory and time."""

from __future__ import annotations

import gzip
import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from shipwheel.verification.reading.tarballs import MOST_MEMBERS

pytestmark = pytest.mark.integration

WHEEL = "bomb-1.0-py3-none-any.whl"
SDIST = "bomb-1.0.tar.gz"
METADATA = "Metadata-Version: 2.1\nName: bomb\nVersion: 1.0\n"
MOST_MEMORY = 200 << 20  # bytes
MOST_TIME = 5.0  # seconds of the processor: others may use it too


def _wheel(path: Path, **members: str | bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        texts = {"METADATA": METADATA, "WHEEL": "Wheel-Version: 1.0\n"}
        for name, data in (texts | members).items():
            archive.writestr(f"bomb-1.0.dist-info/{name}", data)
        archive.writestr("bomb.py", "x = 1\n")


def _zeros(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"zeros{number}", bytes(64 << 20))


def _nested(path: Path) -> None:
    data = bytes(16 << 20)
    for _ in range(4):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(8):
                archive.writestr(f"{number}.zip", data)
        data = inner.getvalue()
    path.write_bytes(data)


def _many_members(path: Path) -> None:
    _same_bytes(path, 200_001)


def _overlapping(path: Path) -> None:
    _same_bytes(path, 20_000)


def _same_bytes(path: Path, count: int) -> None:
    """Write a list of members that are all the same bytes (as zbsm.zip is made)."""
    name, body = b"zeros", zlib_zeros(1 << 20)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(body), 1 << 20, 5, 0)
    data = local + name + body
    fields = (b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(body), 1 << 20, 9, 0, 0, 0, 0, 0, 0)
    entry = struct.pack("<4s6H3L5H2L", *fields)
    central = b"".join(entry + f"zero{number:05x}".encode() for number in range(count))
    told = min(count, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(central), len(data), 0)
    path.write_bytes(data + central + end)


def zlib_zeros(size: int) -> bytes:
    """Give zeros as a raw deflate stream."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(size)) + packer.flush()


def _gzip_zeros(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        info = tarfile.TarInfo("bomb-1.0/zeros")
        info.size = 3 << 30
        stream.write(info.tobuf())
        for _ in range(512):
            stream.write(bytes(1 << 20))


def _long_header(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        info = tarfile.TarInfo("././@PaxHeader")
        info.type, info.size = tarfile.XHDTYPE, 900 << 20
        stream.write(info.tobuf())
        for _ in range(300):
            stream.write(b"9" * (1 << 20))


def _many_in_tar(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        header = tarfile.TarInfo("bomb-1.0/a").tobuf()
        for _ in range(MOST_MEMBERS // 1000 + 1):
            stream.write(header * 1000)


def _lines(path: Path) -> None:
    _wheel(path, METADATA=METADATA + "Requires-Dist: a\n" * 50_000)


def _marker(path: Path) -> None:
    inner = "(" * 3000 + "python_version > '3'" + ")" * 3000
    _wheel(path, METADATA=f"{METADATA}Requires-Dist: a; {inner}\n")


def _record(path: Path) -> None:
    _wheel(path, RECORD="a,sha256=x,1\n" * 2_300_000)


def _points(path: Path) -> None:
    lines = "".join(f"a{number} = bomb:x\n" for number in range(100_000))
    _wheel(path, **{"entry_points.txt": f"[console_scripts]\n{lines}"})


BOMBS: tuple[tuple[str, str, Callable[[Path], None]], ...] = (
    ("192 MiB of zeros", WHEEL, _zeros),
    ("zips in zips", WHEEL, _nested),
    ("too many members", WHEEL, _many_members),
    ("members that overlap", WHEEL, _overlapping),
    ("half a GiB of zeros in a gzip", SDIST, _gzip_zeros),
    ("a header of 900 MiB", SDIST, _long_header),
    ("too many members of a tar", SDIST, _many_in_tar),
    ("50,000 dependencies", WHEEL, _lines),
    ("a marker of 3,000 parentheses", WHEEL, _marker),
    ("a RECORD of 30 MB", WHEEL, _record),
    ("100,000 entry points", WHEEL, _points),
)


@pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="the system does not tell a process its memory"
)
@pytest.mark.parametrize(("name", "filename", "make"), BOMBS, ids=[bomb[0] for bomb in BOMBS])
def test_a_bomb_is_told_in_bounded_memory_and_time(name, filename, make, tmp_path):
    path = tmp_path / filename
    make(path)
    code, seconds, memory, said = _verified(path, tmp_path / "said")
    assert code == 1, said
    assert "Traceback" not in said
    assert memory < MOST_MEMORY, f"{name}: {memory >> 20} MiB"
    assert seconds < MOST_TIME, f"{name}: {seconds:.1f} s"


# the process tells its own peak: wait4's also holds what the parent had when it made the process
_WATCHED = """
import atexit, sys
from pathlib import Path
from shipwheel.cli.main import main
peak, status = Path(sys.argv.pop(1)), Path("/proc/self/status")
atexit.register(lambda: peak.write_text(status.read_text().partition("VmHWM:")[2].split()[0]))
sys.exit(main())
"""


def _verified(path: Path, log: Path) -> tuple[int, float, int, str]:
    """Verify a file in a process of its own: exit code, processor's seconds, bytes at most, output."""
    peak = log.with_name("peak")
    argv = [sys.executable, "-c", _WATCHED, str(peak), "verify", "--static", str(path)]
    with log.open("wb") as stream:
        actions = [(os.POSIX_SPAWN_DUP2, stream.fileno(), number) for number in (1, 2)]
        child = os.posix_spawn(sys.executable, argv, dict(os.environ), file_actions=actions)
        _, status, usage = os.wait4(child, 0)
    seconds = usage.ru_utime + usage.ru_stime
    said = log.read_text("utf-8", "replace")
    return os.waitstatus_to_exitcode(status), seconds, int(peak.read_text()) << 10, said
