"""Archives of strangers as members and a few texts, within dists' bounds.

dists.wheel and dists.sdist refuse what is dangerous, since they serve those who use a file; here it is
told, each thing by its rule, so this reads on past what they stop at. Nothing is unpacked either way.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from shipwheel.dists import bounds
from shipwheel.dists.bounds import BLOCK, MOST_MEMBERS, MOST_TEXT, ArchiveError, Bounded
from shipwheel.verification.facts import Member

# lzma.LZMAError, tarfile and zipfile have errors that are children of Exception alone
BROKEN = (*bounds.BROKEN, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, ArchiveError)
_MAGIC = {
    b"\x7fELF": "elf",
    b"\xcf\xfa\xed\xfe": "macho",
    b"\xce\xfa\xed\xfe": "macho",
    b"\xca\xfe\xba\xbe": "macho",
    b"\xca\xfe\xba\xbf": "macho",
}

# a member's name and size in bytes: whether its text is wanted
Wanted = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Contents:
    """An archive's members, and the bytes of those that were wanted."""

    members: tuple[Member, ...]
    texts: dict[str, bytes]


def read_zip(path: Path, *, wanted: Wanted) -> Contents:
    """Read a zip archive whole, each member's sum checked and its sha256 taken.

    Raises one of BROKEN where it cannot be read whole or unpacks to more than it may.
    """
    bounds.check_directory(path)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        bounds.check_sizes(path, (info.file_size for info in infos))
        read = [_zip_member(archive, info, wanted) for info in infos]
    texts: dict[str, bytes] = {}
    for member, text in read:
        if text is not None:
            texts.setdefault(member.name, text)
    return Contents(tuple(member for member, _ in read), texts)


def _zip_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, wanted: Wanted
) -> tuple[Member, bytes | None]:
    mode = info.external_attr >> 16
    encrypted = bool(info.flag_bits & 0x1)
    kind = _zip_kind(info, mode)
    digest, head, text = "", b"", None
    if kind == "file" and not encrypted:
        with archive.open(info) as stream:
            digest, head, text = _digest(stream, keep=wanted(info.filename, info.file_size))
    member = Member(
        name=info.orig_filename,  # zipfile rewrites backslashes, which is what we look for
        kind=kind,
        size=info.file_size,
        mode=stat.S_IMODE(mode),
        encrypted=encrypted,
        binary=binary_kind(head),
        sha256=digest,
    )
    return member, text


def _zip_kind(info: zipfile.ZipInfo, mode: int) -> str:
    if info.is_dir():
        return "folder"
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "link"
    return "file" if kind in {0, stat.S_IFREG} else "other"


def _digest(stream: IO[bytes], *, keep: bool) -> tuple[str, bytes, bytes | None]:
    """Give sha256, the first bytes and, where kept, all bytes; zipfile checks the sum at the end."""
    digest = hashlib.sha256()
    head = b""
    kept: list[bytes] = []
    while block := stream.read(BLOCK):
        head = head or block[:4]
        digest.update(block)
        if keep:
            kept.append(block)
    return digest.hexdigest(), head, b"".join(kept) if keep else None


def binary_kind(head: bytes) -> str:
    """Give `elf`, `macho` or `pe` by a file's first bytes, else an empty string."""
    return "pe" if head[:2] == b"MZ" else _MAGIC.get(head[:4], "")


def read_tar(path: Path, *, wanted: Wanted) -> Contents:
    """Read a compressed tar archive whole. Raises as `read_zip` does; members have no sha256."""
    members: list[Member] = []
    texts: dict[str, bytes] = {}
    with _unpacked(path) as raw:
        stream = cast("IO[bytes]", Bounded(path, raw))
        with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8") as archive:
            for info in archive:
                members.append(_tar_member(info))
                if len(members) > MOST_MEMBERS:
                    raise ArchiveError(f"more than {MOST_MEMBERS:,} members")
                if info.isreg() and wanted(info.name, info.size):
                    texts.setdefault(info.name, _text(archive, info))
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps all it has seen
            while stream.read(BLOCK):  # the sum of the whole stands at its end
                pass
    return Contents(tuple(members), texts)


def _unpacked(path: Path) -> IO[bytes]:
    if path.name.endswith((".tar.gz", ".tgz")):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.name.endswith(".tar.bz2"):
        return cast("IO[bytes]", bz2.open(path, "rb"))
    return cast("IO[bytes]", lzma.open(path, "rb"))


def _tar_member(info: tarfile.TarInfo) -> Member:
    kind = "other"
    if info.isreg():
        kind = "file"
    elif info.isdir():
        kind = "folder"
    elif info.issym() or info.islnk():
        kind = "link"
    return Member(
        name=info.name, kind=kind, size=info.size, mode=info.mode & 0o7777, target=info.linkname
    )


def _text(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(info)
    assert stream is not None  # a regular file
    blocks = []
    while block := stream.read(BLOCK):
        blocks.append(block)
    return b"".join(blocks)


def fits(size: int) -> bool:
    """Say whether a text may be read whole."""
    return size <= MOST_TEXT
