"""The Catalog: the world as data, read from the TOML files beside this module."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

Status = Literal["feature", "prerelease", "bugfix", "security", "end-of-life"]


class PythonVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Python that there is, under the name that the Plan uses (`3.12`, `3.14t`, `pypy3.11`).

    `version` is major and minor; `status` is the devguide's word; `end_of_life` is a month
    (`2028-10`), None where nobody announces one (PyPy).
    """

    target: str
    implementation: Literal["cpython", "pypy"]
    version: str
    free_threaded: bool = False
    experimental: bool = False
    status: Status
    first_release: dt.date | None = None
    end_of_life: str | None = None
    pep: int | None = None

    @property
    def release(self) -> tuple[int, int]:
        """Give major and minor as numbers, which compare as versions do: (3, 9) < (3, 10)."""
        major, minor = self.version.split(".")
        return int(major), int(minor)

    @property
    def released(self) -> bool:
        """Say whether there is a final release."""
        return self.status not in {"feature", "prerelease"}

    @property
    def maintained(self) -> bool:
        """Say whether it still gets fixes of security problems."""
        return self.status in {"bugfix", "security"}


class Platform(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A platform that wheels are made for: `id` is the end of cibuildwheel's build identifiers."""

    id: str
    os: Literal["linux", "macos", "windows"]
    arch: str
    libc: Literal["glibc", "musl"] | None = None
    runner: str
    default: bool = False
    emulated: bool = False


class KnownIndex(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public index and its rules; sizes in bytes.

    `completion_days`: so many days after its first file a release takes no other, None for no end.
    """

    name: str
    upload: str
    simple: str
    takes_local_versions: bool
    takes_attestations: bool
    takes_private: bool
    max_file_size: int
    max_project_size: int
    completion_days: int | None = None


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the data files; Pythons oldest first, CPython before PyPy."""

    pythons: tuple[PythonVersion, ...]
    platforms: tuple[Platform, ...]
    indexes: dict[str, KnownIndex]

    def python(self, target: str) -> PythonVersion | None:
        """Give a Python by the Plan's name for it, or None where there is no such Python."""
        return next((each for each in self.pythons if each.target == target), None)

    def platform(self, platform_id: str) -> Platform | None:
        """Give a platform by its id, or None where there is no such platform."""
        return next((each for each in self.platforms if each.id == platform_id), None)

    @property
    def default_platforms(self) -> tuple[str, ...]:
        """Give the ids of the platforms that are shipped unless a project says otherwise."""
        return tuple(each.id for each in self.platforms if each.default)


@functools.cache
def load_catalog() -> Catalog:
    """Read the data files that ship with the package, once a process."""
    indexes = msgspec.convert(_rows("indexes", "index"), tuple[KnownIndex, ...])
    return Catalog(
        pythons=msgspec.convert(_rows("pythons", "python"), tuple[PythonVersion, ...]),
        platforms=msgspec.convert(_rows("platforms", "platform"), tuple[Platform, ...]),
        indexes={each.name: each for each in indexes},
    )


def data_text(name: str) -> str:
    """Give the text of the data file `name`.toml."""
    return Path(__file__).with_name(f"{name}.toml").read_text("utf-8")


def _rows(name: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(data_text(name))[table]
    return rows
