"""Tar archives of strangers: read whole, within dists' bounds, nothing unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from shipwheel.dists.bounds import BLOCK, ArchiveError, Bounded
from shipwheel.verification.facts import Member
from shipwheel.verification.reading.archives import (
    HEAD,
    Contents,
    Examiner,
    Wanted,
    chosen,
    read_member,
)

MOST_MEMBERS = 100_000  # the largest sdists hold some 10,000
_KINDS: dict[str, Callable[[tarfile.TarInfo], bool]] = {
    "other": tarfile.TarInfo.issparse,
    "file": tarfile.TarInfo.isreg,
    "folder": tarfile.TarInfo.isdir,
    "link": tarfile.TarInfo.issym,
    "hard link": tarfile.TarInfo.islnk,
}


def read_tar(path: Path, *, wanted: Wanted, examiners: Sequence[Examiner] = ()) -> Contents:
    """Read a compressed tar archive whole, as `read_zip` does, and raise what it does."""
    members: list[Member] = []
    reading = _Reading(wanted, examiners)
    with _unpacked(path) as raw:
        stream = cast("IO[bytes]", Bounded(path, raw))
        with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8") as archive:
            for info in archive:
                members.append(_member(info, reading.digest(archive, info)))
                if len(members) > MOST_MEMBERS:
                    raise ArchiveError(f"more than {MOST_MEMBERS:,} members")
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps all it has seen
            layout = tuple(_behind(stream))  # and the sum of the whole stands at its end
    return Contents(tuple(members), reading.texts, reading.seen, layout)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass over a tar archive: what was wanted and seen so far; the last of a name wins."""

    wanted: Wanted
    examiners: Sequence[Examiner]
    texts: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def digest(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> str:
        """Read a file to its end; give its sha256, empty for what is no file."""
        if not info.isreg():
            return ""
        stream = archive.extractfile(info)
        assert stream is not None  # a regular file
        head = stream.read(HEAD)
        examiner = chosen(self.examiners, info.name, info.size, head)
        keep = self.wanted(info.name, info.size)
        member = (info.name, info.size)
        digest, text, fact = read_member(stream, head, member, examiner, keep=keep)
        if text is not None:
            self.texts[info.name] = text
        if examiner is not None:
            self.seen[info.name] = fact
        return digest


def _unpacked(path: Path) -> IO[bytes]:
    if path.name.endswith((".tar.gz", ".tgz")):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.name.endswith(".tar.bz2"):
        return cast("IO[bytes]", bz2.open(path, "rb"))
    return cast("IO[bytes]", lzma.open(path, "rb"))


def _member(info: tarfile.TarInfo, digest: str) -> Member:
    kind = next((kind for kind, is_it in _KINDS.items() if is_it(info)), "other")
    return Member(
        name=info.name,
        kind="link" if kind == "hard link" else kind,
        size=info.size,
        mode=info.mode & 0o7777,
        target=info.linkname,
        hard=kind == "hard link",
        sha256=digest,
        time=int(info.mtime),
    )


def _behind(stream: IO[bytes]) -> Iterator[str]:
    """Read what stands behind the last member: zeros, unless something is hidden or broken there.

    tarfile ends without a word at a header that it cannot read.
    """
    told = False
    while block := stream.read(BLOCK):
        if not told and block.strip(b"\0"):
            told = True
            yield "data behind the last member that can be read: a broken header, or a second archive"
