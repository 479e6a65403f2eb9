"""Two builds of one distribution held against each other: member by member, then byte by byte."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel.dists.bounds import BROKEN, broken
from shipwheel.dists.byte_ranges import ByteRange, byte_ranges, text_difference
from shipwheel.files import sha256


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs of one member; of the archive around the members where `member` is empty.

    `what` is `content`, `missing`, `order`, `archive`, or the name of a header's field (`time`, `mode`,
    `owner`, `type`, `compression`). `first` and `second` are the two values; of a content its sizes.
    `ranges` are where the contents differ, `lines` a diff of them where both are texts.
    """

    member: str
    what: str
    first: str
    second: str
    ranges: tuple[ByteRange, ...] = ()
    lines: tuple[str, ...] = ()


class ComparedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of two builds. `sha256` and `size` (bytes) hold a value of each, None where it lacks it.

    `here`: what lies in `dist/` under this name; `same` bytes as both, `other` bytes, or `absent`.
    """

    filename: str
    identical: bool
    sha256: tuple[str | None, str | None]
    size: tuple[int | None, int | None]
    differences: tuple[Difference, ...] = ()
    here: str = "absent"


class _Member(msgspec.Struct, frozen=True):
    fields: dict[str, str]
    content: bytes


def compare_files(first: Path | None, second: Path | None, here: Path) -> ComparedFile:
    """Compare a distribution of two builds; None for one that a build did not make, `here` is in `dist/`.

    Both are read whole: they come from a build of this very project. Raises ArchiveError for what is no
    archive.
    """
    pair = (first, second)
    hashes = tuple(sha256(path) if path else None for path in pair)
    sizes = tuple(path.stat().st_size if path else None for path in pair)
    differences: tuple[Difference, ...] = ()
    if first is not None and second is not None and hashes[0] != hashes[1]:
        differences = tuple(_differences(first, second))
    named = first or second
    assert named is not None, "one of the two made it"
    return ComparedFile(
        filename=named.name,
        identical=hashes[0] == hashes[1],
        sha256=(hashes[0], hashes[1]),
        size=(sizes[0], sizes[1]),
        differences=differences,
        here=_here(here, hashes),
    )


def _here(path: Path, hashes: tuple[str | None, ...]) -> str:
    if not path.is_file():
        return "absent"
    return "same" if {sha256(path)} == set(hashes) else "other"


def _differences(first: Path, second: Path) -> Iterator[Difference]:
    old, new = _members(first), _members(second)
    found = False
    for difference in _between(old, new):
        found = True
        yield difference
    if not found:
        yield _contents("", "archive", first.read_bytes(), second.read_bytes())


def _between(old: Mapping[str, _Member], new: Mapping[str, _Member]) -> Iterator[Difference]:
    for name in dict.fromkeys((*old, *new)):
        if name in old and name in new:
            yield from _of_member(name, old[name], new[name])
        else:
            there = ("there", "not there")
            one, two = there if name in old else reversed(there)
            yield Difference(member=name, what="missing", first=one, second=two)
    kept = [[name for name in each if name in old and name in new] for each in (old, new)]
    for one, two in zip(*kept, strict=True):
        if one != two:
            yield Difference(member="", what="order", first=one, second=two)
            return


def _of_member(name: str, old: _Member, new: _Member) -> Iterator[Difference]:
    if old.content != new.content:
        yield _contents(name, "content", old.content, new.content)
    for field, value in old.fields.items():
        if value != new.fields[field]:
            yield Difference(member=name, what=field, first=value, second=new.fields[field])


def _contents(name: str, what: str, first: bytes, second: bytes) -> Difference:
    return Difference(
        member=name,
        what=what,
        first=f"{len(first)} bytes",
        second=f"{len(second)} bytes",
        ranges=byte_ranges(first, second),
        lines=text_difference(first, second),
    )


def _members(path: Path) -> dict[str, _Member]:
    try:
        return dict(_in_wheel(path) if path.suffix == ".whl" else _in_sdist(path))
    except (*BROKEN, tarfile.TarError, zipfile.BadZipFile) as error:
        raise broken(path, error) from error


def _in_wheel(path: Path) -> Iterator[tuple[str, _Member]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            date = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*member.date_time)
            fields = {
                "time": date,
                "mode": f"{member.external_attr >> 16:o}",
                "compression": str(member.compress_type),
            }
            yield member.filename, _Member(fields, archive.read(member))


def _in_sdist(path: Path) -> Iterator[tuple[str, _Member]]:
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            fields = {
                "time": str(member.mtime),
                "mode": f"{member.mode:o}",
                "owner": f"{member.uid}:{member.gid} {member.uname}:{member.gname}",
                "type": f"{member.type.decode()} {member.linkname}".strip(),
            }
            content = archive.extractfile(member) if member.isfile() else None
            yield member.name, _Member(fields, content.read() if content else b"")
