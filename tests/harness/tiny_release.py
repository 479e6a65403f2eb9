"""A release of tiny real files, and the Release that the gate would give for it."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from shipwheel.files import sha256
from shipwheel.planning.job import Scope
from shipwheel.publishing.release import Release, ReleasedFile, Verified


def metadata(version: str) -> str:
    return (
        f"Metadata-Version: 2.1\nName: tiny-demo\nVersion: {version}\nSummary: tiny\n"
        "Requires-Python: >=3.8\nRequires-Dist: not-there-at-all; extra == 'x'\n"
    )


def make_wheel(
    folder: Path, version: str = "1.0", body: str = "VALUE = 1\n", tag: str = "py3"
) -> Path:
    """Write a valid pure wheel with a RECORD."""
    info = f"tiny_demo-{version}.dist-info"
    members = {
        "tiny_demo/__init__.py": body,
        f"{info}/METADATA": metadata(version),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}-none-any\n",
    }
    lines = [
        f"{name},sha256={_record_hash(text)},{len(text.encode())}" for name, text in members.items()
    ]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"tiny_demo-{version}-{tag}-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def _record_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def make_sdist(folder: Path, version: str = "1.0") -> Path:
    path = folder / f"tiny_demo-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {"PKG-INFO": metadata(version), "tiny_demo.py": "VALUE = 1\n"}.items():
            member = tarfile.TarInfo(f"tiny_demo-{version}/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def release_of(dist: Path, **fields: Any) -> Release:
    """Stand in for the gate, which has tests of its own."""
    files = tuple(
        ReleasedFile(
            id="any" if path.suffix == ".whl" else "sdist",
            filename=path.name,
            sha256=sha256(path),
            size=path.stat().st_size,
            builder="build",
        )
        for path in sorted(dist.iterdir())
    )
    given = {
        "project": "Tiny.Demo",
        "version": "1.0",
        "scope": Scope.LOCAL,
        "index": "loop",
        "files": files,
        "verified": Verified(passed=1, skipped=0, warnings=0),
        "modules": ("tiny_demo",),
    }
    return Release(**{**given, **fields})


def held(folder: Path) -> dict[str, str]:
    """Give the sha256 of each file in a folder by its name."""
    return {path.name: sha256(path) for path in folder.iterdir()}
