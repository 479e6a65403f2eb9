"""Wheels for macOS and Windows as others released them: kept, and held to their hashes.

They come from the index that pip is configured for and are kept in `~/.cache/shipwheel-tests`. Nothing
here runs them: only their bytes are of use.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "shipwheel-tests"


@dataclass(frozen=True)
class ForeignWheel:
    """A released wheel for CPython 3.12 on `platform`, and the compiled module in it."""

    project: str
    version: str
    platform: str
    module: str
    sha256: str

    @property
    def filename(self) -> str:
        """Give its name on the index."""
        return f"{self.project.lower()}-{self.version}-cp312-cp312-{self.platform}.whl"


FOREIGN = (
    ForeignWheel(
        project="MarkupSafe",
        version="3.0.3",
        platform="macosx_10_13_x86_64",
        module="markupsafe/_speedups.cpython-312-darwin.so",
        sha256="d53197da72cc091b024dd97249dfc7794d6a56530370992a5e1a08983ad9230e",
    ),
    ForeignWheel(
        project="MarkupSafe",
        version="3.0.3",
        platform="macosx_11_0_arm64",
        module="markupsafe/_speedups.cpython-312-darwin.so",
        sha256="1872df69a4de6aead3491198eaf13810b565bdbeec3ae2dc8780f14458ec73ce",
    ),
    ForeignWheel(
        project="MarkupSafe",
        version="3.0.3",
        platform="win_amd64",
        module="markupsafe/_speedups.cp312-win_amd64.pyd",
        sha256="26a5784ded40c9e318cfc2bdb30fe164bdb8665ded9cd64d500a34fb42067b1c",
    ),
    ForeignWheel(
        project="frozenlist",
        version="1.8.0",
        platform="macosx_11_0_arm64",
        module="frozenlist/_frozenlist.cpython-312-darwin.so",
        sha256="f833670942247a14eafbb675458b4e61c82e002a148f49e68257b79296e865c4",
    ),
    ForeignWheel(
        project="frozenlist",
        version="1.8.0",
        platform="win_amd64",
        module="frozenlist/_frozenlist.cp312-win_amd64.pyd",
        sha256="34187385b08f866104f0c0617404c8eb08165ab1272e884abc89c112e9c00746",
    ),
)


def download(wheel: ForeignWheel) -> Path:
    """Get the wheel once, by pip's own means, and check its bytes."""
    kept = CACHE / wheel.filename
    if not kept.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        cell = ["--python-version", "3.12", "--platform", wheel.platform]
        what = ["--dest", str(CACHE), f"{wheel.project}=={wheel.version}"]
        subprocess.run([sys.executable, "-m", *command, *cell, *what], check=True)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == wheel.sha256
    return kept
