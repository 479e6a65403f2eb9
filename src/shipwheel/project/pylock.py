"""Lock files as PEP 751 defines them (`pylock.toml`), read from whoever wrote them: uv, pip, PDM, us."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from shipwheel.errors import ConfigurationError
from shipwheel.project.names import normalize
from shipwheel.project.pyproject import parse_toml

MAIN = "pylock.toml"
_NAME = re.compile(r"pylock\.([^.]+)\.toml")
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_HASH = re.compile(r"[a-z0-9_]+:[0-9A-Fa-f]+")
_LARGEST = 64 << 20  # bytes; the lock of 600 packages with wheels everywhere has some 12 MiB
_MOST_PACKAGES = 20_000
_AGAIN = "write it again with the tool that made it, or with `shipwheel deps lock`"
# where a package comes from, if not from an index: PEP 751's keys
_ELSEWHERE = ("vcs", "directory", "archive")


class LockedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a locked package: where it lies, and the hashes that it must have, by algorithm.

    `url` may be empty where `path` names a file beside the lock. `size` is in bytes.
    """

    url: str = ""
    path: str = ""
    name: str = ""
    size: int | None = None
    upload_time: datetime | None = msgspec.field(default=None, name="upload-time")
    hashes: dict[str, str] = {}

    @property
    def filename(self) -> str:
        """Give the file's own name."""
        place = unquote(urlsplit(self.url).path) if self.url else self.path.replace("\\", "/")
        return self.name or place.rpartition("/")[2]


class LockedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a lock; a package has several where its version depends on the environment.

    `name` is normalized; `version` may be empty for what comes from a folder. `marker` says where the
    entry is for (empty: everywhere). `wheels` are empty and `sdist` None for a package that `elsewhere`
    names: `vcs`, `directory` or `archive`. `dependencies` are names, where the tool wrote them.
    """

    name: str
    version: str = ""
    marker: str = ""
    requires_python: str = ""
    index: str = ""
    sdist: LockedFile | None = None
    wheels: tuple[LockedFile, ...] = ()
    elsewhere: str = ""
    dependencies: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[LockedFile, ...]:
        """Give all its files, the sdist last."""
        return (*self.wheels, *(() if self.sdist is None else (self.sdist,)))

    @property
    def hashes(self) -> tuple[str, ...]:
        """Give the hashes of its files as an installer's option takes them: `sha256:…`."""
        return tuple(
            f"{kind}:{value}" for each in self.files for kind, value in each.hashes.items()
        )

    def applies(self, values: Mapping[str, str], groups: frozenset[str] = frozenset()) -> bool:
        """Say whether the entry is for an environment, given by its PEP 508 marker values.

        `groups` are the dependency groups and extras that are wanted of a lock that holds several.
        """
        if not self.marker:
            return True
        try:
            return parse_marker(self.marker).evaluate(
                {**values, "extras": groups, "dependency_groups": groups}, context="lock_file"
            )
        except (UndefinedComparison, UndefinedEnvironmentName):
            return False


class Pylock(msgspec.Struct, frozen=True, kw_only=True):
    """A lock: its packages in the file's order, and for whom it was made.

    `requires_python` is a specifier, empty for any. `environments` are markers, one of which must hold;
    none says that the lock is for everywhere. `extras` and `groups` are those that it can be asked for,
    `default_groups` those that are meant where nobody asks. `sha256` is of the file's bytes, in hex.
    """

    packages: tuple[LockedPackage, ...]
    lock_version: str = "1.0"
    created_by: str = ""
    requires_python: str = ""
    environments: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    default_groups: tuple[str, ...] = ()
    sha256: str = ""

    def serves(self, python: str) -> bool:
        """Say whether the lock was made for a Python's full version (`3.12.4`)."""
        if not self.requires_python:
            return True
        return SpecifierSet(self.requires_python).contains(python, prereleases=True)

    def selected(self, values: Mapping[str, str]) -> tuple[LockedPackage, ...]:
        """Give the entries that an environment with these PEP 508 marker values installs."""
        groups = frozenset(self.default_groups)
        return tuple(each for each in self.packages if each.applies(values, groups))

    def named(self, name: str) -> tuple[LockedPackage, ...]:
        """Give a package's entries, whatever way its name is written."""
        wanted = normalize(name)
        return tuple(each for each in self.packages if each.name == wanted)

    def versions(self) -> dict[str, tuple[str, ...]]:
        """Give each package's name with its versions, in the file's order."""
        found: dict[str, dict[str, None]] = {}
        for each in self.packages:
            found.setdefault(each.name, {})[each.version] = None
        return {name: tuple(versions) for name, versions in found.items()}


def locks_of(root: Path) -> dict[str, Path]:
    """Give a project's locks: `""` for `pylock.toml` (what it needs at run time), else the group's name.

    `pylock.NAME.toml` is PEP 751's form; the empty name comes first, the others by name.
    """
    found = {"": root / MAIN} if (root / MAIN).is_file() else {}
    for path in sorted(root.glob("pylock.*.toml")):
        match = _NAME.fullmatch(path.name)
        if match and path.is_file():
            found[match[1]] = path
    return found


def lock_path(root: Path, name: str) -> Path:
    """Give the place of a lock by its name, which is empty for that of the run time."""
    return root / (f"pylock.{name}.toml" if name else MAIN)


def read_pylock(path: Path) -> Pylock:
    """Read a lock.

    Keys that we do not know are passed over, as PEP 751 asks of a minor version. Raises
    ConfigurationError for a file that is no lock, is of another major version, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(
            f"{path.name} cannot be read",
            where=str(path),
            evidence=error.strerror or str(error),
            hint="may this user read it?",
        ) from error
    if len(data) > _LARGEST:
        raise _refused(path.name, f"is larger than {_LARGEST >> 20} MiB, which no lock is")
    return parse_pylock(data, path.name)


def parse_pylock(data: bytes, where: str) -> Pylock:
    """Parse a lock's bytes; raises ConfigurationError as `read_pylock` does."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(where, "is no UTF-8 text") from error
    try:
        tables = parse_toml(text, where)
    except RecursionError as error:
        raise _refused(where, "is nested too deeply") from error
    _check_version(tables, where)
    entries = tables.get("packages", [])
    if not isinstance(entries, list) or len(entries) > _MOST_PACKAGES:
        raise _refused(where, f"has no list of packages, or one of more than {_MOST_PACKAGES:,}")
    packages = tuple(_package(each, where) for each in entries)
    head = _head(tables, where)
    return Pylock(
        packages=packages,
        lock_version=head.lock_version,
        created_by=head.created_by,
        requires_python=head.requires_python,
        environments=head.environments,
        extras=head.extras,
        groups=head.dependency_groups,
        default_groups=head.default_groups,
        sha256=hashlib.sha256(data).hexdigest(),
    )


@functools.lru_cache(maxsize=8192)
def parse_marker(text: str) -> Marker:
    """Parse a marker once; raises InvalidMarker."""
    return Marker(text)


class _Head(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    lock_version: str
    created_by: str = ""
    requires_python: str = ""
    environments: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    dependency_groups: tuple[str, ...] = ()
    default_groups: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    name: str
    version: str = ""
    marker: str = ""
    requires_python: str = ""
    index: str = ""
    sdist: LockedFile | None = None
    wheels: tuple[LockedFile, ...] = ()
    dependencies: tuple[dict[str, Any], ...] = ()


def _head(tables: Mapping[str, Any], where: str) -> _Head:
    try:
        head = msgspec.convert(tables, _Head)
        SpecifierSet(head.requires_python)
    except (msgspec.ValidationError, InvalidSpecifier) as error:
        raise _refused(where, "is not as PEP 751 says", str(error)) from error
    return head


def _package(table: object, where: str) -> LockedPackage:
    named = table.get("name") if isinstance(table, dict) else None
    try:
        entry = msgspec.convert(table, _Entry)
        _check(entry)
    except ValueError as error:
        of = f"its entry of {named} " if isinstance(named, str) else "an entry "
        raise _refused(where, f"is not as PEP 751 says: {of}cannot be read", str(error)) from error
    assert isinstance(table, dict)
    return LockedPackage(
        name=normalize(entry.name),
        version=entry.version,
        marker=entry.marker,
        requires_python=entry.requires_python,
        index=entry.index,
        sdist=entry.sdist,
        wheels=entry.wheels,
        elsewhere=next((each for each in _ELSEWHERE if each in table), ""),
        dependencies=tuple(_dependency_names(entry.dependencies)),
    )


def _check(entry: _Entry) -> None:
    """Raise ValueError for what could not stand in a requirements file as it is, or InvalidMarker."""
    if not _PACKAGE.fullmatch(entry.name):
        raise ValueError(f"{entry.name!r} is no package's name")
    if entry.version:
        Version(entry.version)
    if entry.marker:
        if not entry.marker.isprintable():
            raise ValueError(f"{entry.marker!r} is no marker")
        parse_marker(entry.marker)
    for file in (*entry.wheels, *(() if entry.sdist is None else (entry.sdist,))):
        for kind, value in file.hashes.items():
            if not _HASH.fullmatch(f"{kind}:{value}"):
                raise ValueError(f"{value!r} is no {kind}")


def _dependency_names(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    for each in entries:
        if isinstance(each.get("name"), str):
            yield normalize(each["name"])


def _check_version(tables: Mapping[str, Any], where: str) -> None:
    version = tables.get("lock-version")
    if not isinstance(version, str):
        raise _refused(
            where, "does not say its lock-version, so it is no lock as PEP 751 defines it"
        )
    if version.partition(".")[0] != "1":
        by = tables.get("created-by")
        of = f", written by {by}," if isinstance(by, str) and by.isprintable() else ""
        raise ConfigurationError(
            f"{where}{of} has the lock-version {version[:20]!r}, and this shipwheel reads 1.x",
            where=where,
            hint="a newer shipwheel may read it; `shipwheel deps lock` writes one that this one reads",
            reference="lock-version",
        )


def _refused(where: str, why: str, evidence: str | None = None) -> ConfigurationError:
    return ConfigurationError(
        f"{where} {why}", where=where, evidence=evidence, hint=_AGAIN, reference="lock"
    )
