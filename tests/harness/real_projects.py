"""Projects that nobody here wrote, as released: their sdists, kept and held to their hashes.

A project moves to a newer release by changing its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from released import fetch


@dataclass(frozen=True)
class Real:
    """A release: its file, and how many tests its authors' own command runs on 3.12, by hand.

    `line` is the one line of configuration that it honestly needs, empty where it needs none.
    """

    name: str
    version: str
    filename: str
    sha256: str
    tests: int
    line: str = ""
    compiler: str = "gcc"


REAL = (
    Real(
        name="MarkupSafe",
        version="3.0.4",
        filename="markupsafe-3.0.4.tar.gz",
        sha256="2e9ad7dd851bf45fab9f75cbff4cb493fee9979e8d8c7c9c3ee119022518edd6",
        tests=79,
    ),
    Real(
        name="iniconfig",
        version="2.3.1",
        filename="iniconfig-2.3.1.tar.gz",
        sha256="67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960",
        tests=54,
    ),
    Real(
        name="bottle",
        version="0.13.4",
        filename="bottle-0.13.4.tar.gz",
        sha256="787e78327e12b227938de02248333d788cfe45987edca735f8f88e03472c3f47",
        tests=359,
    ),
    Real(
        name="tabulate",
        version="0.10.0",
        filename="tabulate-0.10.0.tar.gz",
        sha256="e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d",
        tests=296,
    ),
    Real(
        name="itsdangerous",
        version="2.2.0",
        filename="itsdangerous-2.2.0.tar.gz",
        sha256="e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
        tests=297,
    ),
    Real(
        name="zope.interface",
        version="8.7",
        filename="zope_interface-8.7.tar.gz",
        sha256="0b47b62e8d0d99b24bcdd32f4f2120425e5019c3bee2ad69a0e1d75737487a96",
        tests=1366,
    ),
    Real(
        name="frozenlist",
        version="1.8.0",
        filename="frozenlist-1.8.0.tar.gz",
        sha256="3ede829ed8d842f6cd48fc7081d7a41001a56f1f38603f9d49bf3020d59a31ad",
        tests=104,
        compiler="g++",
    ),
    Real(
        name="humanize",
        version="4.17.0",
        filename="humanize-4.17.0.tar.gz",
        sha256="1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
        tests=908,
    ),
    Real(
        name="xattr",
        version="1.3.0",
        filename="xattr-1.3.0.tar.gz",
        sha256="30439fabd7de0787b27e9a6e1d569c5959854cb322f64ce7380fedbfa5035036",
        tests=15,
    ),
)


@dataclass(frozen=True)
class Compiled:
    """A release with an extension, taken to a repaired, tested and verified wheel on one Python.

    `module` is the extension, `tests` how many its authors' own command runs on 3.12 by hand, or what
    `settings` names of them; None: the sdist has none. `settings` are tables of pyproject.toml that its
    maintainer would write; `oldest` is the first Python that it supports.
    """

    filename: str
    sha256: str
    module: str
    tests: int | None
    settings: str = ""
    oldest: str = "3.9"
    compiler: str = "gcc"

    @property
    def name(self) -> str:
        """Give the project's name."""
        return self.filename.rpartition("-")[0]


COMPILED = (
    Compiled(
        filename="immutables-0.21.tar.gz",
        sha256="b55ffaf0449790242feb4c56ab799ea7af92801a0a43f9e2f4f8af2ab24dfc4a",
        module="immutables._map",
        tests=158,
    ),
    # its tests are in its repository alone, where all of them pass: 304 on 3.12
    Compiled(
        filename="time_machine-3.6.0.tar.gz",
        sha256="92dfc900bbd50d239ad311473ada2201acdca3c3e14562692fd2e31489b57e24",
        module="_time_machine",
        tests=None,
        settings="""
[tool.shipwheel.verify]
smoke = "python -c 'import time, time_machine; t = time_machine.travel(0); t.start(); assert time.time() < 9'"
""",
        oldest="3.11",
    ),
    # its whole suite draws for many minutes: these are the files that draw nothing
    Compiled(
        filename="contourpy-1.3.3.tar.gz",
        sha256="083e12155b210502d0bca491432bb04d56dc3432f95a979b429f2848c3dbe880",
        module="contourpy._contourpy",
        tests=177,
        settings="""
[tool.shipwheel.test]
extras = ["test-no-images"]
command = ["pytest", "tests/test_minimal.py", "tests/test_chunk.py", "tests/test_dechunk.py", "tests/test_enum.py", "tests/test_array.py"]
""",
        oldest="3.11",
        compiler="g++",
    ),
    # scikit-build-core; scikit_build_example itself is on no index
    Compiled(
        filename="levenshtein-0.27.5.tar.gz",
        sha256="22021caf5867a46fae5ab927bbdcb430599d7e5ee3898449cbbe430ff07b7d08",
        module="Levenshtein.levenshtein_cpp",
        tests=9,
        oldest="3.11",
        compiler="g++",
    ),
)


def download(release: Real | Compiled) -> Path:
    """Get the sdist once, and check its bytes."""
    return fetch(release.filename, release.sha256)
