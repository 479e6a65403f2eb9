"""Files on disk to facts: each archive is opened once, within bounds, and nothing of it is unpacked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from shipwheel.dists.binaries.read import BinaryExaminer, binaries_in
from shipwheel.dists.bounds import MOST_TEXT
from shipwheel.dists.modules import LONGEST_NAMESPACE, declares_namespace, site_path
from shipwheel.events import Emit, Progress, silent
from shipwheel.files import sha256
from shipwheel.verification.evidence import one_line
from shipwheel.verification.facts import (
    Distribution,
    FileFacts,
    Member,
    RecordEntry,
    SdistFacts,
    WheelFacts,
)
from shipwheel.verification.reading import archives
from shipwheel.verification.reading.bindings import bound_names
from shipwheel.verification.reading.headers import (
    parse_entry_points,
    parse_headers,
    parse_metadata,
    parse_record,
)
from shipwheel.verification.reading.includes import INCLUDING
from shipwheel.verification.reading.policies import watched_symbols
from shipwheel.verification.reading.sdist_sources import SdistExaminer, below_root, pick
from shipwheel.verification.reading.sources import SourceExaminer, pick_sources, pick_texts
from shipwheel.verification.reading.tarballs import read_tar

_TEXTS = {
    "METADATA",
    "WHEEL",
    "RECORD",
    "entry_points.txt",
    "namespace_packages.txt",
    "top_level.txt",
}
_SDIST_TEXTS = {"PKG-INFO", "pyproject.toml", "setup.cfg", "setup.py"}
_LONGEST_TEXT = 1 << 20  # bytes; the longest METADATA on PyPI are some hundred KiB
_LONGEST_SOURCE = 256 << 10  # bytes; longer ones are generated
SDIST_SUFFIXES = (".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz")


def read_distributions(paths: Iterable[Path], emit: Emit = silent) -> tuple[Distribution, ...]:
    """Read files side by side (decompressing and hashing leave the interpreter free)."""
    given, found = tuple(paths), []
    with ThreadPoolExecutor() as pool:
        for each in pool.map(read_distribution, given):
            found.append(each)
            emit(Progress("read", len(found), len(given)))
    return tuple(found)


def read_distribution(path: Path) -> Distribution:
    """Read one file. Whatever a stranger's file holds becomes a fact; raises OSError for the disk's."""
    file = describe(path)
    try:
        if file.kind == "wheel":
            return Distribution(file, wheel=_wheel(file))
        if file.kind == "sdist":
            return Distribution(file, sdist=_sdist(file))
    except archives.BROKEN as error:
        told = (getattr(error, "what", "") or str(error), getattr(error, "evidence", "") or "")
        reason = " ".join(" ".join(told).split())[:300] or type(error).__name__
        return Distribution(dataclasses.replace(file, unreadable=reason))
    return Distribution(file)


def describe(path: Path) -> FileFacts:
    """Give what is known of a file without opening it as an archive."""
    kind = "other"
    if path.name.endswith(".whl"):
        kind = "wheel"
    elif path.name.endswith(SDIST_SUFFIXES):
        kind = "sdist"
    return name_facts(
        FileFacts(
            path=path,
            filename=one_line(path.name),
            kind=kind,
            sha256=sha256(path),
            size=path.stat().st_size,
        )
    )


def name_facts(file: FileFacts) -> FileFacts:
    """Add what the filename says (PEP 427, PEP 625), or why it says nothing."""
    try:
        if file.kind == "wheel":
            name, version, build, tags = parse_wheel_filename(file.filename)
            number = f"{build[0]}{build[1]}" if build else ""
            return dataclasses.replace(
                file, name=name, version=str(version), tags=tags, build=number
            )
        if file.kind == "sdist":
            name, version = parse_sdist_filename(file.filename)
            return dataclasses.replace(file, name=name, version=str(version))
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        return dataclasses.replace(file, filename_fault=str(error))
    return file


def _wheel(file: FileFacts) -> WheelFacts:
    examiners = (BinaryExaminer(watched_symbols()), SourceExaminer())
    contents = archives.read_zip(file.path, wanted=_wanted_in_wheel, examiners=examiners)
    folders = sorted({_top(m.name) for m in contents.members if _described_folder(m.name)})
    own = _own_folder(folders, file.name)
    texts = {
        name.partition("/")[2]: data for name, data in contents.texts.items() if _top(name) == own
    }
    record, record_fault = _record(texts.get("RECORD"))
    entries, entries_fault = _entry_points(texts.get("entry_points.txt"))
    metadata, headers = texts.get("METADATA"), texts.get("WHEEL")
    return WheelFacts(
        file=file,
        members=contents.members,
        dist_infos=tuple(folders),
        headers=None if headers is None else parse_headers(headers),
        metadata=None if metadata is None else parse_metadata(metadata),
        record=record,
        record_fault=record_fault,
        entry_points=entries,
        entry_points_fault=entries_fault,
        namespaces=namespaces(contents.texts, texts.get("namespace_packages.txt", b"")),
        binaries=binaries_in(contents.seen),
        sources=pick_sources(contents.seen),
        texts=pick_texts(contents.seen),
        layout=contents.layout,
        bound=bound_names(file.path, contents.members, entries),
        top_level=frozenset(texts.get("top_level.txt", b"").decode("utf-8", "replace").split()),
    )


def _sdist(file: FileFacts) -> SdistFacts:
    read = archives.read_zip if file.filename.endswith(".zip") else read_tar
    contents = read(file.path, wanted=_wanted_in_sdist, examiners=(SdistExaminer(),))
    texts = {
        below_root(name): data.decode("utf-8", "replace") for name, data in contents.texts.items()
    }
    metadata = contents.texts.get(_pkg_info(contents.texts))
    sources, seen = pick(contents.seen)
    return SdistFacts(
        file=file,
        members=contents.members,
        roots=roots(contents.members),
        metadata=None if metadata is None else parse_metadata(metadata),
        texts=texts,
        layout=contents.layout,
        sources=sources,
        seen=seen,
    )


def roots(members: Iterable[Member]) -> tuple[str, ...]:
    """Give the first parts of the members' names, without the `./` that some tools write."""
    names = (PurePosixPath(member.name) for member in members)
    return tuple(sorted({path.parts[0] for path in names if path.parts}))


def _top(name: str) -> str:
    return name.partition("/")[0]


def _described_folder(name: str) -> bool:
    return _top(name).endswith(".dist-info") and "/" in name


def _wanted_in_wheel(name: str, size: int) -> bool:
    if name.endswith("/__init__.py"):
        return 0 < size <= LONGEST_NAMESPACE
    file = name.partition("/")[2]
    longest = MOST_TEXT if file == "RECORD" else _LONGEST_TEXT
    return _described_folder(name) and file in _TEXTS and size <= longest


def _wanted_in_sdist(name: str, size: int) -> bool:
    path = PurePosixPath(below_root(name))
    if path.parent == PurePosixPath():
        return path.name in _SDIST_TEXTS and size <= _LONGEST_TEXT
    if path.parent.suffix == ".egg-info":
        return path.name in {"SOURCES.txt", "PKG-INFO"} and size <= _LONGEST_TEXT
    return path.suffix in INCLUDING and size <= _LONGEST_SOURCE


def _pkg_info(names: Iterable[str]) -> str:
    return next((name for name in names if below_root(name) == "PKG-INFO"), "")


def namespaces(texts: Mapping[str, bytes], listed: bytes) -> frozenset[str]:
    """Give the packages that share their name with other distributions though they have an `__init__`.

    pkg_resources and pkgutil declare them in code; setuptools lists them too.
    """
    found = set(listed.decode("utf-8", "replace").split())
    for name, text in texts.items():
        if name.endswith("/__init__.py") and declares_namespace(text):
            found.add(site_path(name).removesuffix("/__init__.py").replace("/", "."))
    return frozenset(found)


def _own_folder(folders: list[str], name: str) -> str:
    """Give the .dist-info folder that is the wheel's own: by name, or the only one."""
    for folder in folders:
        stem = folder.removesuffix(".dist-info").rpartition("-")[0]
        if canonicalize_name(stem) == name:
            return folder
    return folders[0] if folders else ""


def _record(data: bytes | None) -> tuple[tuple[RecordEntry, ...] | None, str]:
    if data is None:
        return None, ""
    try:
        return parse_record(data), ""
    except ValueError as error:
        return (), str(error)


def _entry_points(data: bytes | None) -> tuple[dict[str, dict[str, str]], str]:
    if data is None:
        return {}, ""
    try:
        return parse_entry_points(data), ""
    except ValueError as error:
        return {}, str(error)
