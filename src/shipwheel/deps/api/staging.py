"""Python sources laid out as on `sys.path`, from a wheel, an sdist or a tree: bounded, without links."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from shipwheel.dists.bounds import (
    BLOCK,
    BROKEN,
    ArchiveError,
    broken,
    check_directory,
    check_name,
    check_sizes,
)
from shipwheel.dists.modules import import_names
from shipwheel.dists.sdist import unpack_sdist
from shipwheel.files import write_bytes
from shipwheel.project.facts import Package

_SOURCES = (".py", ".pyi")
_LARGEST = 8 << 20  # bytes of one source; larger ones are data
_MOST_FILES = 20_000
_FEWER = "name the packages that are the public API in [tool.shipwheel] packages"
_FOLDERS = ("src", "", "lib", "python")  # where sdists keep their packages


def stage_wheel(path: Path, into: Path) -> tuple[str, ...]:
    """Lay a wheel's sources out in `into` and give the names that it installs; raises ArchiveError."""
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [each for each in archive.infolist() if _wanted(each.filename, each.file_size)]
            check_sizes(path, (each.file_size for each in infos))
            if len(infos) > _MOST_FILES:
                raise ArchiveError(
                    f"more than {_MOST_FILES:,} sources", where=path.name, hint=_FEWER
                )
            paths = [_stage_member(path, archive, each, into) for each in infos]
    except (*BROKEN, zipfile.BadZipFile) as error:
        raise broken(path, error) from error
    return import_names([each for each in paths if each])


def stage_sdist(path: Path, into: Path, packages: Sequence[Package], scratch: Path) -> None:
    """Lay the sources of `packages` out from an sdist, where they lie there; raises ArchiveError."""
    root = unpack_sdist(path, scratch, doubles=True)
    stage_tree(root, [_found(root, each) for each in packages], into)


def stage_tree(root: Path, packages: Iterable[Package], into: Path) -> None:
    """Lay a tree's packages out under their import names; links are not followed."""
    count = 0
    for package in packages:
        place = root / package.path
        target = into.joinpath(*package.name.split("."))
        if not package.path or place.is_symlink():
            continue
        if place.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(target.with_suffix(place.suffix), place.read_bytes()[:_LARGEST])
            continue
        for source in _sources(place):
            count += 1
            if count > _MOST_FILES:
                raise ArchiveError(
                    f"more than {_MOST_FILES:,} sources", where=str(place), hint=_FEWER
                )
            copy = target / source.relative_to(place)
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(copy, source.read_bytes())


def in_tree(packages: Sequence[Package], file: str) -> str:
    """Give the path in the tree of a file that was laid out under its import name."""
    for package in packages:
        laid = package.name.replace(".", "/")
        if package.path and (file == f"{laid}.py" or file.startswith(f"{laid}/")):
            return package.path if file == f"{laid}.py" else package.path + file[len(laid) :]
    return file


def _stage_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path) -> str:
    """Write a member where an installer would put it; give that path, empty for what is installed elsewhere."""
    parts = check_name(path, info.filename).parts
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in {"purelib", "platlib"}:
            return ""
        parts = parts[2:]
    data = bytearray()
    with archive.open(info) as stream:
        while block := stream.read(BLOCK):
            data += block
            if len(data) > _LARGEST:
                raise ArchiveError(
                    "a member is larger than it says",
                    where=path.name,
                    hint="the archive was made to mislead: do not install it",
                )
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, bytes(data))
    return "/".join(parts)


def _sources(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if each != "__pycache__" and each[0] != ".")
        for each in sorted(files):
            path = Path(name, each)
            if (
                each.endswith(_SOURCES)
                and not path.is_symlink()
                and path.stat().st_size <= _LARGEST
            ):
                yield path


def _wanted(name: str, size: int) -> bool:
    return PurePosixPath(name).suffix in _SOURCES and size <= _LARGEST


def _found(root: Path, package: Package) -> Package:
    """Give a package with its place in another tree: where it lies today, else where they usually lie."""
    parts = package.name.replace(".", "/")
    places = [package.path, *(f"{each}/{parts}" if each else parts for each in _FOLDERS)]
    for place in places:
        for path in (place, f"{place}.py"):
            if place and (root / path).exists():
                return Package(name=package.name, path=path, stubs=package.stubs)
    return Package(name=package.name)
