"""Files written aside and renamed, and files by their bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

_BLOCK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)  # Windows


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[IO[bytes]]:
    """Give a file beside `path` that takes its name at the end of the block: a reader sees the old or the new.

    Where the block raises, nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{os.urandom(8).hex()}.part")
    # as readable as any new file of the user's, which the umask says; O_EXCL follows no link
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(aside, path)  # noqa: PTH105 - Path.replace is the same call
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` aside and renamed."""
    with written_aside(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with line feeds, aside and renamed."""
    write_bytes(path, text.encode("utf-8"))


def to_json(value: object) -> bytes:
    """Give a record as the JSON that we write for people and machines: indented, with a final line end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


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
