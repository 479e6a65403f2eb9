"""Archives of strangers as members and a few texts, within dists' bounds.

dists.wheel and dists.sdist refuse what is dangerous, since they serve those who use a file; here it is
told, each thing by its rule, so this reads on past what they stop at. Nothing is unpacked either way.
"""

from __future__ import annotations

import calendar
import hashlib
import lzma
import mmap
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from shipwheel.dists import bounds
from shipwheel.dists.binaries.read import binary_format
from shipwheel.dists.bounds import BLOCK, ArchiveError
from shipwheel.verification.facts import Member
from shipwheel.verification.reading.zip_layout import layout_faults

# lzma.LZMAError, tarfile and zipfile have errors that are children of Exception alone
BROKEN = (*bounds.BROKEN, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, ArchiveError)
HEAD = 64  # bytes that examiners choose by
READ_BY_ALL = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # what pip, uv and the indexes unpack

# a member's name and size in bytes: whether its text is wanted
Wanted = Callable[[str, int], bool]
# a member's bytes, random access; valid while `look` runs
Data = bytes | mmap.mmap
_IN_MEMORY = 4 << 20  # bytes of one member; longer ones are looked at in a file that is mapped


class Examiner(Protocol):
    """Looks at members' bytes while the archive is read; what it gives is kept, the bytes are not."""

    def wants(self, name: str, size: int, head: bytes) -> bool:
        """Say by name, size in bytes and first bytes (up to 64) whether to look at a member."""

    def look(self, name: str, data: Data) -> Any:
        """Give the fact; raises nothing, whatever the bytes are."""


@dataclass(frozen=True, slots=True)
class Contents:
    """An archive's members, the bytes of those that were wanted, and what examiners saw, by name.

    `layout`: what of the archive itself different readers see differently, as sentences.
    """

    members: tuple[Member, ...]
    texts: dict[str, bytes]
    seen: dict[str, Any] = field(default_factory=dict)
    layout: tuple[str, ...] = ()


def read_zip(path: Path, *, wanted: Wanted, examiners: Sequence[Examiner] = ()) -> Contents:
    """Read a zip archive whole, each member's sum checked and its sha256 taken.

    The first of the `examiners` that wants a member looks at it.
    Raises one of BROKEN where it cannot be read whole or unpacks to more than it may.
    """
    bounds.check_directory(path)
    with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
        infos = archive.infolist()
        bounds.check_sizes(path, (info.file_size for info in infos))
        layout = layout_faults(stream, archive)
        reading = _Reading(archive, wanted, examiners)
        members = tuple(reading.member(info) for info in infos)
    return Contents(members, reading.texts, reading.seen, layout)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass over a zip archive: what was wanted and seen of its members so far."""

    archive: zipfile.ZipFile
    wanted: Wanted
    examiners: Sequence[Examiner]
    texts: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def member(self, info: zipfile.ZipInfo) -> Member:
        """Read a member."""
        encrypted = bool(info.flag_bits & 0x1)
        mode = info.external_attr >> 16
        kind = _zip_kind(info, mode)
        digest, head = "", b""
        if kind == "file" and not encrypted and info.compress_type in READ_BY_ALL:
            digest, head = self._file(info)
        return Member(
            name=info.orig_filename,  # zipfile rewrites backslashes, which is what we look for
            kind=kind,
            size=info.file_size,
            mode=stat.S_IMODE(mode),
            encrypted=encrypted,
            binary=binary_format(head),
            sha256=digest,
            method=info.compress_type,
            time=calendar.timegm((*info.date_time, 0, 0, 0)) if plausible(info) else -1,
        )

    def _file(self, info: zipfile.ZipInfo) -> tuple[str, bytes]:
        """Read a file to its end; give sha256 and its first bytes."""
        name, size = info.filename, info.file_size
        with self.archive.open(info) as stream:
            head = stream.read(HEAD)
            examiner = chosen(self.examiners, name, size, head)
            keep = self.wanted(name, size)
            digest, text, fact = read_member(stream, head, (name, size), examiner, keep=keep)
        if text is not None:
            self.texts.setdefault(info.orig_filename, text)
        if examiner is not None:
            self.seen.setdefault(info.orig_filename, fact)
        return digest, head


def plausible(info: zipfile.ZipInfo) -> bool:
    """Say whether a member's time is one that a calendar and a clock can show."""
    year, month, day, hour, minute, second = info.date_time
    return (
        year >= 1980
        and 1 <= month <= 12
        and 1 <= day <= calendar.monthrange(year, month)[1]
        and hour < 24
        and minute < 60
        and second < 60
    )


def _zip_kind(info: zipfile.ZipInfo, mode: int) -> str:
    if info.is_dir():
        return "folder"
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "link"
    return "file" if kind in {0, stat.S_IFREG} else "other"


def chosen(examiners: Sequence[Examiner], name: str, size: int, head: bytes) -> Examiner | None:
    """Give the first examiner that wants a member."""
    return next((each for each in examiners if each.wants(name, size, head)), None)


def read_member(
    stream: IO[bytes],
    head: bytes,
    member: tuple[str, int],
    examiner: Examiner | None,
    *,
    keep: bool,
) -> tuple[str, bytes | None, Any]:
    """Read a member to its end, where zipfile checks its sum; give sha256, kept bytes and the fact.

    `head` is what was read of it already, `member` its name and size in bytes.
    """
    name, size = member
    digest = hashlib.sha256(head)
    if not keep and examiner is None:
        while block := stream.read(BLOCK):
            digest.update(block)
        return digest.hexdigest(), None, None
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        spool.write(head)
        while block := stream.read(BLOCK):
            digest.update(block)
            spool.write(block)
        fact = None
        if size > _IN_MEMORY and examiner is not None:
            spool.rollover()
            spool.flush()
            with mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ) as data:
                fact = examiner.look(name, data)
            return digest.hexdigest(), _whole(spool) if keep else None, fact
        whole = _whole(spool)
    if examiner is not None:
        fact = examiner.look(name, whole)
    return digest.hexdigest(), whole if keep else None, fact


def _whole(spool: IO[bytes]) -> bytes:
    spool.seek(0)
    return spool.read()
