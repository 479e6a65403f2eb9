"""A wheel as it lies in its archive: read within bounds, never unpacked (PEP 427)."""

from __future__ import annotations

import base64
import binascii
import configparser
import csv
import io
import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from shipwheel.dists.artifact import Artifact, is_pure, read_artifact
from shipwheel.dists.bounds import (
    BROKEN,
    MOST_TEXT,
    ArchiveError,
    broken,
    check_directory,
    check_name,
    check_sizes,
)
from shipwheel.dists.headers import Headers, parse_headers
from shipwheel.dists.modules import (
    LONGEST_NAMESPACE,
    compiled_modules,
    declares_namespace,
    import_names,
    module_names,
    site_path,
)


class Member(msgspec.Struct, frozen=True):
    """A file in an archive: its name with `/`, its size unpacked in bytes, its permission bits."""

    name: str
    size: int
    mode: int = 0


class RecordEntry(msgspec.Struct, frozen=True):
    """A line of RECORD; `sha256` is hex. Both are None for RECORD itself, or where they are unreadable."""

    path: str
    sha256: str | None
    size: int | None


class Wheel(msgspec.Struct, frozen=True, dict=True):
    """An opened wheel. All texts were read; no other member was."""

    path: Path
    artifact: Artifact
    members: tuple[Member, ...]
    dist_info: str
    headers: Headers  # the file WHEEL
    metadata: Headers
    record: tuple[RecordEntry, ...]
    entry_points: Mapping[str, Mapping[str, str]]
    namespaces: frozenset[str] = msgspec.field(
        default_factory=frozenset
    )  # declared in code or by setuptools

    @property
    def tags(self) -> tuple[str, ...]:
        """Give the tags of the file WHEEL, which installers do not read; the filename's are the artifact's."""
        return self.headers.all("Tag")

    @property
    def is_pure(self) -> bool:
        """Say whether the filename's tags name no platform."""
        return is_pure(self.artifact.tags)

    @cached_property
    def installed(self) -> tuple[str, ...]:
        """Give the paths below site-packages that its files are installed at, dist-info left out."""
        return tuple(
            path
            for path in (site_path(member.name) for member in self.members)
            if path and not path.partition("/")[0].endswith((".dist-info", ".data"))
        )

    @cached_property
    def import_names(self) -> tuple[str, ...]:
        """Give the dotted names below which all is the wheel's own (`zope.interface`, `bottle`)."""
        return import_names(self.installed, self.namespaces)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Give every importable module, dotted, compiled ones too."""
        return module_names(self.installed)

    @cached_property
    def compiled(self) -> tuple[str, ...]:
        """Give the paths of the compiled modules."""
        return compiled_modules(self.installed)

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """Give the names of the scripts, from entry points and from `.data/scripts`."""
        told = [
            *self.entry_points.get("console_scripts", ()),
            *self.entry_points.get("gui_scripts", ()),
        ]
        files = [
            each.name.rpartition("/")[2] for each in self.members if ".data/scripts/" in each.name
        ]
        return tuple(dict.fromkeys([*told, *files]))


def open_wheel(path: Path) -> Wheel:
    """Read a wheel's list of members and its texts; raises ArchiveError for what cannot be read.

    Bounded by dists.bounds; memory stays below 200 MB for whatever archive.
    """
    artifact = read_artifact(path)
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, artifact, archive)
    except (*BROKEN, zipfile.BadZipFile) as error:
        raise broken(path, error) from error


def read_member(path: Path, name: str, *, limit: int = MOST_TEXT) -> bytes:
    """Give one member's bytes; raises ArchiveError where it is missing or larger than `limit` bytes."""
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _bytes(path, archive, name, limit)
    except (*BROKEN, zipfile.BadZipFile, KeyError) as error:
        raise broken(path, error) from error


def _read(path: Path, artifact: Artifact, archive: zipfile.ZipFile) -> Wheel:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    check_sizes(path, (info.file_size for info in infos))
    for info in infos:
        check_name(path, info.filename)
    names = [info.filename for info in infos]
    dist_info = _dist_info(path, names)
    texts = {
        name: _bytes(path, archive, f"{dist_info}/{name}", MOST_TEXT).decode("utf-8", "replace")
        for name in ("WHEEL", "METADATA", "RECORD", "entry_points.txt", "namespace_packages.txt")
        if f"{dist_info}/{name}" in names
    }
    return Wheel(
        path=path,
        artifact=artifact,
        members=tuple(
            Member(info.filename, info.file_size, info.external_attr >> 16 & 0o777)
            for info in infos
        ),
        dist_info=dist_info,
        headers=parse_headers(texts.get("WHEEL", "")),
        metadata=parse_headers(texts.get("METADATA", "")),
        record=parse_record(texts.get("RECORD", "")),
        entry_points=parse_entry_points(texts.get("entry_points.txt", "")),
        namespaces=_namespaces(path, archive, infos, texts.get("namespace_packages.txt", "")),
    )


def _dist_info(path: Path, names: list[str]) -> str:
    tops = {name.partition("/")[0] for name in names if "/" in name}
    found = sorted(top for top in tops if top.endswith(".dist-info"))
    if len(found) != 1:
        raise ArchiveError(
            "a wheel has exactly one .dist-info folder",
            where=path.name,
            evidence=", ".join(found[:5]) or "none",
        )
    return found[0]


def _bytes(path: Path, archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ArchiveError(f"{name} is larger than {limit >> 20} MiB", where=path.name)
    return data


def parse_record(text: str) -> tuple[RecordEntry, ...]:
    """Read RECORD's lines; what a line lacks or garbles is None."""
    rows = (row for row in csv.reader(io.StringIO(text)) if row)
    return tuple(
        RecordEntry(
            row[0], _hex(row[1] if len(row) > 1 else ""), _size(row[2] if len(row) > 2 else "")
        )
        for row in rows
    )


def parse_entry_points(text: str) -> dict[str, dict[str, str]]:
    """Read entry_points.txt, group by group; an unreadable one has none."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names are case-sensitive
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {group: dict(parser[group]) for group in parser.sections()}


def _hex(field_: str) -> str | None:
    name, _, value = field_.partition("=")
    if name != "sha256":
        return None
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
    except (binascii.Error, ValueError):
        return None


def _size(field_: str) -> int | None:
    return int(field_) if field_.isascii() and field_.isdigit() else None


def _namespaces(
    path: Path, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], listed: str
) -> frozenset[str]:
    """Give the packages that share their name with other distributions though they hold an __init__.py."""
    found = {line.strip() for line in listed.splitlines() if line.strip()}
    for info in infos:
        folder, _, name = info.filename.rpartition("/")
        if name != "__init__.py" or not 0 < info.file_size <= LONGEST_NAMESPACE:
            continue
        if declares_namespace(_bytes(path, archive, info.filename, LONGEST_NAMESPACE)):
            found.add(folder.replace("/", "."))
    return frozenset(found)
