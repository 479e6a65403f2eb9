"""Archives for the tests, good and bad, written by hand."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

WHEEL = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: {pure}\n{tags}\n"


def write_wheel(
    folder: Path,
    files: dict[str, bytes | str],
    *,
    name: str = "spam",
    version: str = "1.0",
    tag: str = "py3-none-any",
    info: dict[str, str] | None = None,
) -> Path:
    """Write a wheel with the files, metadata and a RECORD of the right form (hashes left out)."""
    python, abi, platforms = tag.split("-")
    tags = "\n".join(f"Tag: {python}-{abi}-{each}" for each in platforms.split("."))
    path = folder / f"{name}-{version}-{tag}.whl"
    base = f"{name}-{version}.dist-info"
    texts = {
        f"{base}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{base}/WHEEL": WHEEL.format(pure=str(platforms == "any").lower(), tags=tags),
        **{f"{base}/{key}": value for key, value in (info or {}).items()},
    }
    names = [*files, *texts, f"{base}/RECORD"]
    texts.setdefault(f"{base}/RECORD", "".join(f"{each},,\n" for each in names))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in {**files, **texts}.items():
            archive.writestr(key, value)
    return path


def write_sdist(
    path: Path,
    members: list[tuple[str, bytes | str]] | None = None,
    *,
    special: list[tarfile.TarInfo] | None = None,
    root: str = "spam-1.0",
) -> Path:
    """Write an sdist: PKG-INFO, the members (names below the root, absolute ones as they are), specials."""
    told = [("PKG-INFO", "Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n"), *(members or [])]
    with tarfile.open(path, "w:gz") as archive:
        for name, content in told:
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name if name.startswith(("/", "!")) else f"{root}/{name}")
            info.name = info.name.removeprefix("!")
            info.size = len(data)
            info.mtime = 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
        for each in special or ():
            archive.addfile(each)
    return path


def write_bomb(path: Path, size: int) -> Path:
    """Write an sdist with one member of zeros, without holding it in memory."""
    info = tarfile.TarInfo("spam-1.0/zeros")
    info.size = size
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(info.tobuf())
        block = bytes(1 << 20)
        for _ in range(size >> 20):
            file.write(block)
    return path


@pytest.fixture
def archives() -> SimpleNamespace:
    """Give the writers: modules beside a test cannot be imported."""
    return SimpleNamespace(write_wheel=write_wheel, write_sdist=write_sdist, write_bomb=write_bomb)
