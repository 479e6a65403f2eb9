"""Wheels and sdists of a few bytes, in a folder."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

CAME = 1_700_000_000.25  # 2023-11-14T22:13:20.250000Z


def metadata(name: str, version: str) -> str:
    return (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        "Requires-Python: >=3.8,\n <4\n\nRequires-Python: not a header\n"
    )


@pytest.fixture
def wheel() -> Callable[..., Path]:
    def make(
        folder: Path, version: str = "1.0", *, name: str = "Tiny.Demo", body: str = ""
    ) -> Path:
        escaped = name.lower().replace(".", "_")
        path = folder / f"{escaped}-{version}-py3-none-any.whl"
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            info = zipfile.ZipInfo(f"{escaped}-{version}.dist-info/METADATA")  # of 1980
            archive.writestr(zipfile.ZipInfo(f"{escaped}/__init__.py"), body)
            archive.writestr(info, metadata(name, version))
        os.utime(path, (CAME, CAME))
        return path

    return make


@pytest.fixture
def sdist() -> Callable[..., Path]:
    def make(folder: Path, version: str = "1.0", *, before: int = 0) -> Path:
        path = folder / f"tiny_demo-{version}.tar.gz"
        folder.mkdir(parents=True, exist_ok=True)
        unpacked = io.BytesIO()
        with tarfile.open(fileobj=unpacked, mode="w") as archive:
            for member, text in {
                "src/PKG-INFO": "x" * before,
                "PKG-INFO": metadata("Tiny.Demo", version),
            }.items():
                data = text.encode()
                info = tarfile.TarInfo(f"tiny_demo-{version}/{member}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        path.write_bytes(gzip.compress(unpacked.getvalue(), mtime=0))
        os.utime(path, (CAME, CAME))
        return path

    return make
