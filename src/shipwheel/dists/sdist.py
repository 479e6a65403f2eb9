"""An sdist as it lies in its archive: read and unpacked within bounds (PEP 625, PEP 721)."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from shipwheel.dists.artifact import Artifact, read_artifact
from shipwheel.dists.bounds import (
    BLOCK,
    BROKEN,
    MOST_MEMBERS,
    MOST_TEXT,
    ArchiveError,
    Bounded,
    broken,
    check_name,
    check_total,
)
from shipwheel.dists.headers import Headers, parse_headers
from shipwheel.dists.wheel import Member

FILE_MODE, PROGRAM_MODE = 0o644, 0o755
_LATEST = 0xFFFFFFFF  # seconds; a time that every file system takes


class Sdist(msgspec.Struct, frozen=True):
    """An opened sdist: `root` is its one top folder, `members` its files (names with the root)."""

    path: Path
    artifact: Artifact
    root: str
    members: tuple[Member, ...]
    metadata: Headers  # PKG-INFO
    epoch: int  # the latest time of any member, in seconds


def open_sdist(path: Path) -> Sdist:
    """Read an sdist's list of members and its PKG-INFO; raises ArchiveError for what cannot be read."""
    artifact = read_artifact(path)
    members: list[Member] = []
    info, epoch = b"", 0
    with _opened(path) as archive:
        root = ""
        for member, name in checked_members(path, archive):
            root = same_root(path, root, name)
            epoch = max(epoch, int(member.mtime))
            if not member.isdir():
                members.append(Member(str(name), member.size, member.mode & 0o777))
            if str(name) == f"{root}/PKG-INFO":
                info = _read(path, archive, member)
    if not info:
        raise ArchiveError("the sdist has no PKG-INFO", where=path.name)
    return Sdist(
        path, artifact, root, tuple(members), parse_headers(info.decode("utf-8", "replace")), epoch
    )


def unpack_sdist(path: Path, into: Path, *, doubles: bool = False) -> Path:
    """Unpack into the folder `into` and give the root folder; raises ArchiveError.

    Nothing is written outside: names that lead elsewhere, devices and doubled names are refused; a
    link to another member becomes a copy of it, any other link is refused. Times are the archive's.
    With `doubles` the last of several members of a name counts, as for every other unpacker.
    """
    into.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    links: list[tuple[PurePosixPath, PurePosixPath]] = []
    root = ""
    with _opened(path) as archive:
        for member, name in checked_members(path, archive):
            root = same_root(path, root, name)
            if not doubles:
                _once(path, seen, member, name)
            if member.issym() or member.islnk():
                links.append((name, link_target(path, member, name)))
            elif member.isdir():
                into.joinpath(*name.parts).mkdir(parents=True, exist_ok=True)
            else:
                _write(path, archive, member, into.joinpath(*name.parts))
    _copy_links(path, into, links)
    if not root:
        raise ArchiveError("the sdist is empty", where=path.name)
    return into / root


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    if not path.name.endswith(".tar.gz"):
        raise ArchiveError(
            "an sdist is a .tar.gz file", where=path.name, hint="other formats ended with PEP 625"
        )
    with refusing(path), gzip.open(path, "rb") as stream:
        bounded: IO[bytes] = Bounded(path, stream)  # type: ignore[arg-type,assignment]
        with tarfile.open(fileobj=bounded, mode="r:", encoding="utf-8") as archive:
            yield archive


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say of an archive that cannot be read what is wrong with it."""
    try:
        yield
    except (*BROKEN, tarfile.TarError) as error:
        raise broken(path, error) from error


def checked_members(
    path: Path, archive: tarfile.TarFile
) -> Iterator[tuple[tarfile.TarInfo, PurePosixPath]]:
    """Give the members that may be unpacked, with their names as paths; raises ArchiveError for others."""
    for number, member in enumerate(archive):
        if number >= MOST_MEMBERS:
            raise ArchiveError(f"more than {MOST_MEMBERS:,} members", where=path.name)
        if member.isdir() and PurePosixPath(member.name) == PurePosixPath():
            continue  # `.` itself, as `tar -c .` writes it
        if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
            raise ArchiveError(
                "a member is neither a file nor a folder",
                where=path.name,
                evidence=member.name[:200],
            )
        yield member, check_name(path, member.name)


def same_root(path: Path, root: str, name: PurePosixPath) -> str:
    """Give the top folder of a member; raises ArchiveError where it is not `root` (empty: none yet)."""
    if root and name.parts[0] != root:
        raise ArchiveError(
            "an sdist has exactly one top folder",
            where=path.name,
            evidence=f"{root}, {name.parts[0]}",
        )
    return name.parts[0]


def _once(path: Path, seen: set[str], member: tarfile.TarInfo, name: PurePosixPath) -> None:
    if member.isdir():
        return
    # two names that differ in case alone are one file on macOS and Windows
    key = str(name) if os.name == "posix" else str(name).casefold()
    if key in seen:
        raise ArchiveError("a member is there twice", where=path.name, evidence=str(name)[:200])
    seen.add(key)


def link_target(path: Path, member: tarfile.TarInfo, name: PurePosixPath) -> PurePosixPath:
    """Give the member that a link leads to; raises ArchiveError where it leads elsewhere."""
    base = name.parent if member.issym() else PurePosixPath()
    parts: list[str] = []
    for part in (base / member.linkname).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    target = PurePosixPath(*parts) if parts else PurePosixPath()
    if PurePosixPath(member.linkname).is_absolute() or not parts or parts[0] != name.parts[0]:
        raise ArchiveError(
            "a link leads out of the archive",
            where=path.name,
            evidence=f"{name} -> {member.linkname}"[:300],
        )
    return check_name(path, str(target))


def _copy_links(path: Path, into: Path, links: list[tuple[PurePosixPath, PurePosixPath]]) -> None:
    """Put copies of files in the place of links; a link to a link waits for it.

    Links to folders are refused: a few of them can unpack to any size. The copies' size is bounded.
    """
    waiting, copied, packed = links, 0, max(path.stat().st_size, 1)
    while waiting:
        later = []
        for name, target in waiting:
            source, destination = into.joinpath(*target.parts), into.joinpath(*name.parts)
            if not source.is_file():
                later.append((name, target))
                continue
            copied += source.stat().st_size
            check_total(path, copied, packed)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, destination)
        if len(later) == len(waiting):
            raise leads_nowhere(path, *later[0])
        waiting = later


def leads_nowhere(path: Path, name: PurePosixPath, target: PurePosixPath) -> ArchiveError:
    """Give the error for a link without a file at its end."""
    return ArchiveError(
        "a link leads to no file", where=path.name, evidence=f"{name} -> {target}"[:300]
    )


def _read(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > MOST_TEXT:
        raise ArchiveError(f"{member.name} is larger than {MOST_TEXT >> 20} MiB", where=path.name)
    return b"".join(_blocks(archive, member))


def _write(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    target.unlink(missing_ok=True)
    with target.open("xb") as file:
        for block in _blocks(archive, member):
            file.write(block)
            written += len(block)
    if written != member.size:
        raise ArchiveError("a member is cut short", where=path.name, evidence=member.name[:200])
    target.chmod(PROGRAM_MODE if member.mode & 0o100 else FILE_MODE)
    seconds = min(max(int(member.mtime), 0), _LATEST)
    os.utime(target, (seconds, seconds))


def _blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member)
    if content is None:
        return
    while block := content.read(BLOCK):
        yield block
