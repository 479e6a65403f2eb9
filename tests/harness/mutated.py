"""Mutated distributions of all kinds, verified statically: no crash, no hang, no more than 200 MB.

    python tests/harness/mutated.py wheel-bytes 200            # by Hypothesis, 200 examples
    python tests/harness/mutated.py wheel-members --seconds 60 # by atheris, which follows the branches

By Hypothesis the same examples each time. A process of its own, so that its memory is its own and a hang ends it: prints JSON (`examples`,
`slowest` in seconds, `peak` in bytes) and exits 0, or fails with what broke it.
"""

from __future__ import annotations

import argparse
import faulthandler
import gzip
import io
import json
import struct
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import hypothesis
from bases import base
from editable import open_editable
from hypothesis import strategies as st

_LONG = 5 << 20  # bytes: longer than what a reader keeps in memory

LONGEST = 5.0  # seconds for one file

_WHEELS = ("markupsafe-linux", "markupsafe-macos", "markupsafe-windows", "itsdangerous-wheel")
_SDISTS = ("itsdangerous-sdist", "markupsafe-sdist")
# numbers at which readers stumble
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62)
_WORDS = (
    *(
        b"\0",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\\",
        b"..",
        b"/",
        b":",
        b",",
        b'"',
        b"\xff\xfe",
        b"\xef\xbb\xbf",
    ),
    *(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"\x7fELF", b"MZ"),
    *(b"sha256=", b"-" * 64, b"[" * 300, b"(" * 300, b"9" * 5000, b" " * 5000, "ﬁ\u202e".encode()),
)

_DOINGS = ("flip", "number", "word", "cut", "double", "zeros", "end")
# where (0 to 1), what is done, and a number that says which of its forms
Step = tuple[float, str, int]
STEPS = st.lists(
    st.tuples(
        st.floats(0, 1, allow_nan=False),
        st.sampled_from(_DOINGS),
        st.integers(0, 2**16),
    ),
    min_size=1,
    max_size=6,
)


def mutate(data: bytes, steps: list[Step]) -> bytes:
    """Change bytes step by step."""
    changed = bytearray(data)
    for where, what, number in steps:
        at = int(where * max(len(changed) - 1, 0))
        length = 1 + number % 64
        if what == "flip" and changed:
            changed[at] ^= 1 << number % 8
        elif what == "number":
            form = ("<B", "<H", "<L", "<Q", ">H", ">L", ">Q")[number % 7]
            value = _NUMBERS[number // 7 % len(_NUMBERS)] & (256 ** struct.calcsize(form) - 1)
            changed[at : at + struct.calcsize(form)] = struct.pack(form, value)
        elif what == "word":
            changed[at:at] = _WORDS[number % len(_WORDS)]
        elif what == "cut":
            del changed[at : at + length]
        elif what == "double":
            changed[at:at] = changed[at : at + 64 * length]
        elif what == "zeros":
            changed[at : at + length] = bytes(length)
        elif what == "end":
            del changed[at:]
    return bytes(changed)


# each kind: from which good file, which part, and the steps, to a file's name and bytes
Made = tuple[str, bytes]


@cache
def _members(name: str) -> tuple[tuple[zipfile.ZipInfo, bytes], ...]:
    with zipfile.ZipFile(base(name)) as archive:
        return tuple((info, archive.read(info)) for info in archive.infolist())


@cache
def _tar(name: str) -> bytes:
    return gzip.decompress(base(name).read_bytes())


def wheel_bytes(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate a wheel's archive; every second time near its directory, which stands at the end."""
    path = base(_WHEELS[which % len(_WHEELS)])
    data = path.read_bytes()
    start = max(data.find(b"PK\x01\x02"), 0) if part % 2 else 0
    return path.name, data[:start] + mutate(data[start:], steps)


def wheel_members(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate a member of a wheel: metadata, RECORD, entry points, sources, compiled modules."""
    name = _WHEELS[which % len(_WHEELS)]
    members = _members(name)
    chosen = part % (len(members) + 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, (info, data) in enumerate(members):
            archive.writestr(info, mutate(data, steps) if number == chosen else data)
        if chosen == len(members):
            own = next(i.filename for i, _ in members if i.filename.endswith("/WHEEL"))
            text = mutate(b"[console_scripts]\nrun = package.module:main [extra]\n", steps)
            archive.writestr(own.replace("WHEEL", "entry_points.txt"), text)
    return base(name).name, stream.getvalue()


def sdist_bytes(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate an sdist's compressed bytes."""
    path = base(_SDISTS[which % len(_SDISTS)])
    return path.name, mutate(path.read_bytes(), steps)


def sdist_tar(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate the tar archive in an sdist, every second time a header."""
    name = _SDISTS[which % len(_SDISTS)]
    data = _tar(name)
    if part % 2:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            offsets = [info.offset for info in archive]
        at = offsets[part % len(offsets)]
        data = data[:at] + mutate(data[at : at + 1024], steps) + data[at + 1024 :]
    else:
        data = mutate(data, steps)
    return base(name).name, gzip.compress(data, compresslevel=1, mtime=0)


def sdist_members(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate a member of an sdist: PKG-INFO, pyproject.toml, any other."""
    name = _SDISTS[which % len(_SDISTS)]
    stream = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(_tar(name))) as good,
        gzip.GzipFile(fileobj=stream, mode="w", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        files = [info for info in good if info.isreg()]
        told = [info for info in files if info.name.endswith(("PKG-INFO", ".toml", ".py", ".cfg"))]
        chosen = (told if part % 3 else files)[part % len(told if part % 3 else files)].name
        for info in files:
            opened = good.extractfile(info)
            data = opened.read() if opened else b""
            data = mutate(data, steps) if info.name == chosen else data
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return base(name).name, stream.getvalue()


def compiled(which: int, part: int, steps: list[Step]) -> Made:
    """Mutate a compiled module in a wheel, near its start, where its tables stand.

    A third of them are long, and are looked at in another way.
    """
    name = _WHEELS[which % 3]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for info, data in _members(name):
            changed = data
            if info.filename.endswith((".so", ".pyd")):
                head = (256, 1024, 4096, len(data))[part % 4]
                longer = bytes(_LONG) if part % 3 == 0 else b""
                changed = mutate(data[:head], steps) + data[head:] + longer
            archive.writestr(info, changed, compress_type=zipfile.ZIP_STORED)
    return base(name).name, stream.getvalue()


# parts of names that are no names
_PARTS = (
    *(
        "/",
        "//",
        "..",
        ".",
        "",
        " ",
        "\\",
        ":",
        "C:",
        "\n",
        "a" * 300,
        "caf\u00e9",
        "e\u0301",
        "\u202e",
    ),
    *(
        "x",
        "X",
        "x.py",
        "x.dist-info",
        "x-1.0.dist-info",
        "x.data",
        "scripts",
        "purelib",
        "__init__.py",
    ),
    *(
        "RECORD",
        "METADATA",
        "WHEEL",
        "PKG-INFO",
        "pyproject.toml",
        "setup.py",
        "aux",
        "tests",
        "src",
    ),
)


def names(which: int, part: int, steps: list[Step]) -> Made:
    """Give members of a wheel or an sdist names of odd parts, some of them links to such names."""
    made = open_editable(base((*_WHEELS, *_SDISTS)[which]))
    for where, what, number in steps:
        chosen = made.names[int(where * (len(made.names) - 1))]
        odd = "/".join(
            _PARTS[(number >> shift) % len(_PARTS)] for shift in range(0, 3 + part % 9, 3)
        )
        if what in {"flip", "cut"}:
            made.rename(chosen, odd) if odd else made.remove(chosen)
        elif what == "end":
            made.link(odd or "x", chosen)
        elif what == "double":
            made.append(f"{made.names[0].partition('/')[0]}/{odd}", b"x = 1\n")
        else:
            made.append(odd or "/", b"")
    return made.filename, made.to_bytes()


KINDS: dict[str, Callable[[int, int, list[Step]], Made]] = {
    "wheel-bytes": wheel_bytes,
    "wheel-members": wheel_members,
    "sdist-bytes": sdist_bytes,
    "sdist-tar": sdist_tar,
    "sdist-members": sdist_members,
    "compiled": compiled,
    "names": names,
}


class Trials:
    """Verifies what is made, one after another, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.slowest = 0.0
        self.examples = 0

    def run(self, made: Made) -> None:
        """Verify one file; a hang ends the process with every thread's trace."""
        from shipwheel.verification.run import (
            verify,  # by then atheris may have had its hands on it
        )

        path = self.folder / made[0]
        path.write_bytes(made[1])
        faulthandler.dump_traceback_later(4 * LONGEST, exit=True)
        started = time.perf_counter()
        verify([path], static=True)
        seconds = time.perf_counter() - started
        faulthandler.cancel_dump_traceback_later()
        self.slowest = max(self.slowest, seconds)
        self.examples += 1
        if seconds > LONGEST:
            kept = Path(tempfile.mkdtemp(prefix="slow-")) / path.name
            kept.write_bytes(made[1])
            raise AssertionError(f"{seconds:.1f} s for {kept}")


def by_hypothesis(kind: str, examples: int, trials: Trials) -> None:
    """Try as many examples, the same ones each time."""

    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[
            hypothesis.Phase.generate
        ],  # to make a failing one smaller would try it hundreds of times
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.integers(0, 5), st.integers(0, 400), STEPS)
    def tried(which: int, part: int, steps: list[Step]) -> None:
        trials.run(KINDS[kind](which, part, steps))

    tried()


def by_atheris(kind: str, seconds: int, trials: Trials) -> None:
    """Try for so long, towards branches of ours that were not reached yet; leaves the process."""
    import atheris

    with atheris.instrument_imports(include=["shipwheel.verification", "shipwheel.dists"]):
        from shipwheel.verification import run

    assert run

    def tried(data: bytes) -> None:
        given = atheris.FuzzedDataProvider(data)
        which, part = given.ConsumeIntInRange(0, 5), given.ConsumeIntInRange(0, 400)
        steps = [
            (given.ConsumeProbability(), given.PickValueInList(list(_DOINGS)), given.ConsumeUInt(2))
            for _ in range(given.ConsumeIntInRange(1, 6))
        ]
        trials.run(KINDS[kind](which, part, steps))

    # a fixed seed: the same trials each time; memory is ours to judge
    options = [
        f"-max_total_time={seconds}",
        "-rss_limit_mb=0",
        "-seed=1",
        "-verbosity=0",
        f"-artifact_prefix={tempfile.gettempdir()}/",
    ]
    atheris.Setup([sys.argv[0], *options], tried)
    atheris.Fuzz()


def main(arguments: list[str]) -> None:
    """Try mutations of one kind, as the module's docstring says."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    given.add_argument("kind", choices=sorted(KINDS))
    given.add_argument("examples", type=int, nargs="?", default=100)
    given.add_argument("--seconds", type=int, default=0)
    asked = given.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(Path(folder))
        if asked.seconds:
            by_atheris(asked.kind, asked.seconds, trials)
        by_hypothesis(asked.kind, asked.examples, trials)
    # ru_maxrss also holds what the parent had when it made this process
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) << 10
    print(json.dumps({"examples": trials.examples, "slowest": trials.slowest, "peak": peak}))


if __name__ == "__main__":
    main(sys.argv[1:])
