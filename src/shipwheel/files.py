"""Files written aside and renamed, and files by their bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

_BLOCK = 1 << 20


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` beside `path` and rename: a reader sees the old file or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes 0600; a file of ours is as readable as any other new one
        Path(aside).chmod(0o644)
        os.replace(aside, path)  # noqa: PTH105 - Path.replace is the same call
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with line feeds, aside and renamed."""
    write_bytes(path, text.encode("utf-8"))


def sha256(path: Path) -> str:
    """Give the hex sha256 of a file's bytes, read in blocks of one MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest_of(*parts: str | bytes) -> str:
    """Give one hex sha256 over the parts, each with its length: ("ab", "c") is not ("a", "bc")."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
