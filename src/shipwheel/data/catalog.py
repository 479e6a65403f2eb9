"""The Catalog: the world as data, read from the TOML files beside this module."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

_Row = TypeVar("_Row")

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
    """A platform that wheels are made for: `id` is the end of cibuildwheel's build identifiers.

    `runner` and `gitlab` are ids of runners, None where GitLab.com has none; `repair` is the tool that
    puts foreign libraries into a wheel.
    """

    id: str
    os: Literal["linux", "macos", "windows"]
    arch: str
    libc: Literal["glibc", "musl"] | None = None
    runner: str
    gitlab: str | None = None
    repair: Literal["auditwheel", "delocate", "delvewheel"]
    default: bool = False
    emulated: bool = False


class RunnerImage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A machine that a provider lends out, by the id that the Plan and the configuration use.

    `end` is the day (`2026-11-02`) or the month (`2027-08`) after which jobs on it fail, None where
    nothing is announced. `labels` is what a job asks for: GitHub's `runs-on`, GitLab's `tags`. `image`
    is what GitLab's macOS machines are started from.
    """

    id: str
    provider: Literal["github", "gitlab"]
    os: Literal["linux", "macos", "windows"]
    arch: str
    status: Literal["available", "preview", "deprecated"]
    end: str | None = None
    labels: tuple[str, ...]
    image: str | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action of GitHub's, `owner/repository`, at a commit (40 hex digits) that `version` tags."""

    name: str
    version: str
    commit: str

    @property
    def pinned(self) -> str:
        """Give what `uses:` says; the version belongs into a comment behind it."""
        return f"{self.name}@{self.commit}"


class Image(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A container image: its reference with the tag, and the digest of its index where it is known."""

    name: str
    reference: str
    digest: str | None = None

    @property
    def pinned(self) -> str:
        """Give what a job names: the reference, with the digest that decides where there is one."""
        return f"{self.reference}@{self.digest}" if self.digest else self.reference


class _Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str


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


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a kind of index can do and how it answers; the fields' meanings stand in `index_kinds.toml`.

    `same_bytes` and `other_bytes` say what comes of a file whose name is there already; `refusal` holds
    the status codes with which it is refused. `max_file_size` is in bytes, `max_files` counts those of a
    release; None where no limit is known.
    """

    kind: str
    title: str
    urls: tuple[str, ...]
    json_pages: bool
    sha256: bool
    upload_times: bool
    same_bytes: Literal["taken", "refused", "configured"]
    other_bytes: Literal["refused", "configured"]
    refusal: tuple[int, ...]
    parallel_uploads: int
    max_file_size: int | None = None
    max_files: int | None = None
    takes_attestations: bool
    yanks: bool
    lags: bool
    falls_back: bool
    username: str | None = None
    quirk: str
    source: tuple[str, ...]


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the data files; Pythons oldest first, CPython before PyPy."""

    pythons: tuple[PythonVersion, ...]
    platforms: tuple[Platform, ...]
    indexes: dict[str, KnownIndex]
    index_kinds: dict[str, Capabilities]
    runners: tuple[RunnerImage, ...]
    actions: dict[str, Action]
    images: dict[str, Image]
    ci_python: str

    def python(self, target: str) -> PythonVersion | None:
        """Give a Python by the Plan's name for it, or None where there is no such Python."""
        return next((each for each in self.pythons if each.target == target), None)

    def platform(self, platform_id: str) -> Platform | None:
        """Give a platform by its id, or None where there is no such platform."""
        return next((each for each in self.platforms if each.id == platform_id), None)

    def runner(self, runner_id: str) -> RunnerImage | None:
        """Give a runner by its id, or None for one that is not known (self-hosted, or mistyped)."""
        return next((each for each in self.runners if each.id == runner_id), None)

    @property
    def default_platforms(self) -> tuple[str, ...]:
        """Give the ids of the platforms that are shipped unless a project says otherwise."""
        return tuple(each.id for each in self.platforms if each.default)


@functools.cache
def load_catalog() -> Catalog:
    """Read the data files that ship with the package, once a process."""
    defaults = {each.name: each.value for each in _rows("default", _Default)}
    return Catalog(
        pythons=_rows("python", PythonVersion),
        platforms=_rows("platform", Platform),
        indexes={each.name: each for each in _rows("index", KnownIndex, plural="indexes")},
        index_kinds={each.kind: each for each in _rows("index_kind", Capabilities)},
        runners=_rows("runner", RunnerImage),
        actions={each.name: each for each in _rows("action", Action)},
        images={each.name: each for each in _rows("image", Image)},
        ci_python=defaults["ci-python"],
    )


def data_text(name: str) -> str:
    """Give the text of the data file `name`.toml."""
    return Path(__file__).with_name(f"{name}.toml").read_text("utf-8")


def _rows(table: str, kind: type[_Row], *, plural: str = "") -> tuple[_Row, ...]:
    """Read the tables `table` of the file that is named by their plural."""
    found = tomllib.loads(data_text(plural or f"{table}s"))[table]
    return msgspec.convert(found, tuple[kind, ...])  # type: ignore[valid-type]
