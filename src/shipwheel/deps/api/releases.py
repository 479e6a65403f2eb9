"""The release to compare with: chosen from the index's page, fetched, its hash checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from shipwheel.deps.sources import Sources
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.indexes.page import IndexFile
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.project.names import normalize
from shipwheel.redaction import redact

_LARGEST = 2 << 30  # bytes of a release's file, whatever the index says of it


class Released(msgspec.Struct, frozen=True):
    """A release's version and the file of it that is read: a wheel where there is one."""

    version: Version
    file: IndexFile


def files_on_indexes(sources: Sources, name: str) -> tuple[tuple[SimpleIndex, IndexFile], ...]:
    """Give a project's files with the index of each, from the first index that has it."""
    for source in sources.indexes:
        index = SimpleIndex(source.index, source.credentials)
        files = index.page(name).files
        if files:
            return tuple((index, each) for each in files)
        index.close()
    return ()


def choose(files: Iterable[IndexFile], name: str, wanted: str = "") -> Released | None:
    """Choose the newest final release that is not yanked, or the one of the version `wanted`.

    None where there is no release. Raises ConfigurationError for a version that was never released.
    """
    known = [release for each in files if (release := _release(each, normalize(name)))]
    if wanted:
        version = _parsed(wanted)
        chosen = [each for each in known if each.version == version]
        if not chosen:
            raise _never_released(name, wanted, known)
        return min(chosen, key=_order)
    final = [e for e in known if e.file.yanked is None and not e.version.is_prerelease]
    newest = max((each.version for each in final), default=None)
    return min((each for each in final if each.version == newest), key=_order, default=None)


def fetch(index: SimpleIndex, file: IndexFile, folder: Path) -> Path:
    """Fetch a file into `folder`; raises JobError where its bytes are not those that the index promises."""
    path = folder / file.filename
    found, _size = index.save(file, path, limit=min(file.size or _LARGEST, _LARGEST))
    if file.sha256 is not None and file.sha256 != found:
        path.unlink(missing_ok=True)
        raise JobError(
            f"{file.filename} is not what the index promises",
            where=redact(file.url),
            evidence=f"its sha256 is {found}, promised was {file.sha256}",
            hint="look who stands between this machine and the index; nothing of the file was read",
        )
    return path


def _order(release: Released) -> tuple[bool, bool, int, str]:
    """Order wheels first, pure ones before others, the small before the large."""
    name = release.file.filename
    return (
        not name.endswith(".whl"),
        not name.endswith("-any.whl"),
        release.file.size or 0,
        name,
    )


def _release(file: IndexFile, name: str) -> Released | None:
    if "/" in file.filename or "\\" in file.filename or len(file.filename) > 255:
        return None
    try:
        if file.filename.endswith(".whl"):
            found, version, _build, _tags = parse_wheel_filename(file.filename)
        else:
            found, version = parse_sdist_filename(file.filename)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
        return None
    return Released(version, file) if found == name else None


def _parsed(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as error:
        raise ConfigurationError(
            f"{text[:80]!r} is no version",
            where="shipwheel deps api",
            hint="name a release as in `--against 2.1.5`",
        ) from error


def _never_released(name: str, wanted: str, known: Iterable[Released]) -> ConfigurationError:
    newest = sorted({each.version for each in known}, reverse=True)[:5]
    there = ", ".join(map(str, newest)) or "no version at all"
    return ConfigurationError(
        f"{name} {wanted} was never released",
        where="shipwheel deps api",
        evidence=f"the index has {there}",
        hint="name one of these, or none for the newest",
    )
