"""Tar archives of strangers: read whole, within dists' bounds, nothing unpacked."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from shipwheel.dists.bounds import BLOCK, ArchiveError, Bounded
from shipwheel.verification.archives import Contents, Wanted
from shipwheel.verification.facts import Member

MOST_MEMBERS = 100_000  # the largest sdists hold some 10,000
_KINDS: dict[str, Callable[[tarfile.TarInfo], bool]] = {
    "other": tarfile.TarInfo.issparse,
    "file": tarfile.TarInfo.isreg,
    "folder": tarfile.TarInfo.isdir,
    "link": tarfile.TarInfo.issym,
    "hard link": tarfile.TarInfo.islnk,
}


def read_tar(path: Path, *, wanted: Wanted) -> Contents:
    """Read a compressed tar archive whole. Raises as `read_zip` does; files have a sha256 as well."""
    members: list[Member] = []
    texts: dict[str, bytes] = {}
    with _unpacked(path) as raw:
        stream = cast("IO[bytes]", Bounded(path, raw))
        with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8") as archive:
            for info in archive:
                keep = info.isreg() and wanted(info.name, info.size)
                digest, text = _content(archive, info, keep=keep) if info.isreg() else ("", b"")
                members.append(_member(info, digest))
                if len(members) > MOST_MEMBERS:
                    raise ArchiveError(f"more than {MOST_MEMBERS:,} members")
                if keep:
                    texts[info.name] = text  # the last of a name wins, as when it is unpacked
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps all it has seen
            layout = tuple(_behind(stream))  # and the sum of the whole stands at its end
    return Contents(tuple(members), texts, layout=layout)


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


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo, *, keep: bool) -> tuple[str, bytes]:
    """Read a file to its end; give sha256 and, where they are kept, its bytes."""
    stream = archive.extractfile(info)
    assert stream is not None  # a regular file
    digest, blocks = hashlib.sha256(), []
    while block := stream.read(BLOCK):
        digest.update(block)
        if keep:
            blocks.append(block)
    return digest.hexdigest(), b"".join(blocks)


def _behind(stream: IO[bytes]) -> Iterator[str]:
    """Read what stands behind the last member: zeros, unless something is hidden or broken there.

    tarfile ends without a word at a header that it cannot read.
    """
    told = False
    while block := stream.read(BLOCK):
        if not told and block.strip(b"\0"):
            told = True
            yield "data behind the last member that can be read: a broken header, or a second archive"
