"""Empty wheels that stand for a package in a resolution: uv then builds nothing to read its metadata."""

from __future__ import annotations

import zipfile
from pathlib import Path

_KIND = "Wheel-Version: 1.0\nGenerator: shipwheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_stand_in(folder: Path, name: str, version: str, metadata: str = "") -> Path:
    """Write a wheel with `metadata` (lines behind Name and Version) and nothing else; give its path."""
    stem = f"{name.replace('-', '_')}-{version.replace('-', '_')}"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", f"{head}{metadata}")
        wheel.writestr(f"{stem}.dist-info/WHEEL", _KIND)
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return path
