"""A distribution by its filename and its bytes; nothing in here opens an archive."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from shipwheel.dists.record import FileRef
from shipwheel.errors import ShipwheelError
from shipwheel.files import sha256

SDIST_ID = "sdist"
PURE_ID = "any"

_SDIST_SUFFIXES = (".tar.gz", ".zip")
# a platform tag holds versions (manylinux_2_17_x86_64, macosx_11_0_arm64) that an identifier lacks
_PLATFORM = re.compile(
    r"(?P<system>manylinux|musllinux|macosx|ios|android)(?:_\d+_\d+|\d+|_\d+)_(?P<arch>.+)"
)


class ArtifactKind(StrEnum):
    """The two kinds of distribution."""

    SDIST = "sdist"
    WHEEL = "wheel"


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """What a distribution's filename says.

    `name` is normalized (PEP 503), `version` too (PEP 440); `build` is a wheel's build tag; `tags` are
    a wheel's, expanded and sorted (`cp312-cp312-manylinux_2_17_x86_64`). `path` is empty where only
    the name is known.
    """

    filename: str
    kind: ArtifactKind
    name: str
    version: str
    build: str = ""
    tags: tuple[str, ...] = ()
    path: str = ""


def parse_filename(filename: str) -> Artifact:
    """Read a distribution's filename; raises ShipwheelError for one that is none (PEP 427, PEP 625)."""
    try:
        if filename.endswith(".whl"):
            return _wheel(filename)
        if filename.endswith(_SDIST_SUFFIXES):
            name, version = parse_sdist_filename(filename)
            return Artifact(
                filename=filename, kind=ArtifactKind.SDIST, name=name, version=str(version)
            )
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        raise ShipwheelError(
            "this is not the name of a distribution", where=filename, evidence=str(error)
        ) from error
    raise ShipwheelError(
        "this is not the name of a distribution",
        where=filename,
        hint="a wheel ends in .whl, an sdist in .tar.gz",
    )


def is_distribution(filename: str) -> bool:
    """Say whether a filename is that of a wheel or an sdist."""
    try:
        parse_filename(filename)
    except ShipwheelError:
        return False
    return True


def read_artifact(path: Path) -> Artifact:
    """Read a file's name, with its path; raises ShipwheelError."""
    return msgspec.structs.replace(parse_filename(path.name), path=str(path))


def reference(path: Path, file_id: str) -> FileRef:
    """Give the reference to a file by its bytes, as records hold it."""
    return FileRef(id=file_id, filename=path.name, sha256=sha256(path), size=path.stat().st_size)


def is_pure(tags: Iterable[str]) -> bool:
    """Say whether a wheel's tags name no platform (`py3-none-any`, `py2.py3-none-any`)."""
    return {tag.rpartition("-")[2] for tag in tags} == {"any"}


def wheel_id(tags: Iterable[str], platform: str = "") -> str:
    """Give the id of the planned file that a wheel with these tags is.

    `any` for a wheel of every platform; else cibuildwheel's build identifier: the interpreter of the
    tag (an abi3 wheel's is its floor: `cp39-abi3-…` is `cp39-manylinux_x86_64`) and the platform
    without its versions. `platform` is used where the tag's says less (`linux_x86_64` has no libc).
    """
    ordered = sorted(tags)
    if not ordered or is_pure(ordered):
        return PURE_ID
    interpreter, abi, tagged = ordered[0].split("-", 2)
    # free-threaded Pythons' stable ABI (PEP 803) comes with the other's: `cp315-abi3.abi3t-…`
    stable = any(tag.split("-", 2)[1] == "abi3t" for tag in ordered)
    threads = "t" if stable or re.fullmatch(r"cp\d+t", abi) else ""
    found = _platform_part(tagged)
    return (
        f"{interpreter}{threads}-{platform if platform and found.startswith('linux_') else found}"
    )


def _platform_part(tagged: str) -> str:
    found = _PLATFORM.fullmatch(tagged)
    return f"{found['system']}_{found['arch']}" if found else tagged


def _wheel(filename: str) -> Artifact:
    name, version, build, tags = parse_wheel_filename(filename)
    return Artifact(
        filename=filename,
        kind=ArtifactKind.WHEEL,
        name=name,
        version=str(version),
        build=f"{build[0]}{build[1]}" if build else "",
        tags=tuple(sorted(map(str, tags))),
    )
