"""Archives written anew, so that the same members are the same bytes whoever packed them, and when."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from shipwheel.dists.bounds import BLOCK, ArchiveError, Bounded, check_total
from shipwheel.dists.sdist import (
    FILE_MODE,
    PROGRAM_MODE,
    checked_members,
    leads_nowhere,
    link_target,
    refusing,
    same_root,
)
from shipwheel.files import written_aside

_IN_MEMORY = 64 << 20  # bytes unpacked; a larger one is unpacked on disk
_ZIP_FIRST, _ZIP_LAST = 315532800, 4354819198  # seconds: 1980-01-01 to 2107-12-31, UTC


def normalize_sdist(path: Path, epoch: int) -> None:
    """Rewrite an sdist so that the same members give the same bytes; aside, then renamed.

    Members are sorted; times are `epoch` (seconds), owners are nobody, modes 0644 or 0755; format and
    compression are fixed, and the gzip header has neither name nor time. Contents stay. Of doubled
    members (hatchling packs a PKG-INFO that lies in the tree beside its own) the last is kept; a link
    becomes a copy. Raises ArchiveError for what `unpack_sdist` refuses else.
    """
    with contextlib.ExitStack() as stack:
        archive = stack.enter_context(_spooled(path))
        folders, files = _listed(path, archive)
        raw = stack.enter_context(written_aside(path))
        packed = stack.enter_context(gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0))
        new = stack.enter_context(
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8")
        )
        for name in sorted((*folders, *files), key=_order):
            _add(new, archive, name, files.get(name), epoch)


def normalize_wheel(path: Path, epoch: int) -> bool:
    """Give a wheel's members the time `epoch` (seconds) and modes 0644 or 0755; aside, then renamed.

    Order and contents stay, and so RECORD is right. Says whether anything had to be written: backends
    that honour SOURCE_DATE_EPOCH leave little to do, but what they make has the modes of the umask.
    """
    date = _zip_date(epoch)
    with zipfile.ZipFile(path) as old:
        members = old.infolist()
        if all(each.date_time == date and _mode(each) == each.external_attr for each in members):
            return False
        with written_aside(path) as file, zipfile.ZipFile(file, "w") as new:
            for member in members:
                with old.open(member) as source, new.open(_dated(member, date), "w") as sink:
                    shutil.copyfileobj(source, sink, BLOCK)
            new.comment = old.comment
    return True


def _zip_date(epoch: int) -> tuple[int, int, int, int, int, int]:
    """Give the time as zip holds it, in steps of two seconds from 1980 to 2107."""
    found = time.gmtime(min(max(epoch, _ZIP_FIRST), _ZIP_LAST))
    return (*found[:5], found[5] - found[5] % 2)


def _mode(member: zipfile.ZipInfo) -> int:
    """Give a member's attributes with its permissions as every installer may read them."""
    mode = member.external_attr >> 16
    if not mode & 0o777 or member.is_dir():
        return member.external_attr  # none were noted
    plain = PROGRAM_MODE if mode & 0o100 else FILE_MODE
    return (mode & ~0o7777 | plain) << 16 | member.external_attr & 0xFFFF


def _dated(member: zipfile.ZipInfo, date: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.filename, date)
    info.compress_type = member.compress_type
    info.external_attr = _mode(member)
    info.create_system = member.create_system
    info.file_size = member.file_size  # decides about zip64
    return info


@contextlib.contextmanager
def _spooled(path: Path) -> Iterator[tarfile.TarFile]:
    """Open the archive unpacked in one piece, so that members can be read in any order."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(path.parent)) as spool:
        with refusing(path), gzip.open(path, "rb") as stream:
            total, packed = 0, max(path.stat().st_size, 1)
            while block := stream.read(BLOCK):
                total += len(block)
                check_total(path, total, packed)
                spool.write(block)
        spool.seek(0)
        bounded: IO[bytes] = Bounded(path, spool)  # type: ignore[assignment]
        with refusing(path), tarfile.open(fileobj=bounded, mode="r:", encoding="utf-8") as archive:
            yield archive


def _listed(
    path: Path, archive: tarfile.TarFile
) -> tuple[set[PurePosixPath], dict[PurePosixPath, tarfile.TarInfo]]:
    """Give the folders, named or implied, and what is packed under each name, links resolved."""
    folders: set[PurePosixPath] = set()
    files: dict[PurePosixPath, tarfile.TarInfo] = {}
    links: dict[PurePosixPath, PurePosixPath] = {}
    root = ""
    for member, name in checked_members(path, archive):
        root = same_root(path, root, name)
        folders.update(name.parents[:-1], [name] if member.isdir() else ())
        files.pop(name, None)
        links.pop(name, None)
        if member.issym() or member.islnk():
            links[name] = link_target(path, member, name)
        elif not member.isdir():
            files[name] = member
    if not root:
        raise ArchiveError("the sdist is empty", where=path.name)
    files.update(_resolved(path, files, links))
    for name in folders & files.keys():
        raise ArchiveError("a member is a file and a folder", where=path.name, evidence=str(name))
    return folders, files


def _resolved(
    path: Path,
    files: Mapping[PurePosixPath, tarfile.TarInfo],
    links: Mapping[PurePosixPath, PurePosixPath],
) -> dict[PurePosixPath, tarfile.TarInfo]:
    """Give for each link the file at its end; the size of all the copies is bounded."""
    found: dict[PurePosixPath, tarfile.TarInfo] = {}
    for name, first in links.items():
        target, seen = first, {name}
        while target in links and target not in seen:
            seen.add(target)
            target = links[target]
        if target not in files:
            raise leads_nowhere(path, name, first)
        found[name] = files[target]
    check_total(path, sum(each.size for each in found.values()), max(path.stat().st_size, 1))
    return found


def _order(name: PurePosixPath) -> str:
    """Give what members are sorted by: the path below the root."""
    return "/".join(name.parts[1:])


def _add(
    new: tarfile.TarFile,
    old: tarfile.TarFile,
    name: PurePosixPath,
    content: tarfile.TarInfo | None,
    epoch: int,
) -> None:
    """Add a file with the content of the member of the old archive, or a folder where that is None."""
    member = tarfile.TarInfo(str(name))
    member.mtime = epoch
    if content is None:
        member.type, member.mode = tarfile.DIRTYPE, PROGRAM_MODE
        new.addfile(member)
        return
    member.size = content.size
    member.mode = PROGRAM_MODE if content.mode & 0o100 else FILE_MODE
    new.addfile(member, old.extractfile(content))
