"""What is known of the files under verification: read once, then judged by checks that read nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.tags import Tag

from shipwheel.dists.binaries.binary import Binary
from shipwheel.dists.modules import import_names
from shipwheel.verification.modules import modules_of
from shipwheel.verification.source import Source


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it lies there, and what its name says.

    `kind` is `wheel`, `sdist` or `other`. `name` and `version` come from the filename, normalized, and
    are empty where it does not parse; then `filename_fault` says why. `unreadable` says why the
    archive could not be read whole, and is empty where it could. `id` is the planned file's, where a
    record or the tags tell it.
    """

    path: Path
    filename: str
    kind: str
    sha256: str
    size: int
    name: str = ""
    version: str = ""
    tags: frozenset[Tag] = frozenset()
    build: str = ""
    filename_fault: str = ""
    unreadable: str = ""
    id: str | None = None
    also: tuple[str, ...] = ()  # further planned files that the same bytes were made as
    builder: str | None = None  # who made it, where a record tells


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive. `kind` is `file`, `folder`, `link` or `other`; `mode` is 0 where unknown.

    `binary` is `elf`, `macho` or `pe` by the first bytes, else empty; `sha256` is hex, empty for what
    was not read.
    """

    name: str
    kind: str
    size: int
    mode: int = 0
    encrypted: bool = False
    target: str = ""
    binary: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A line of RECORD; `digest` is as written (`sha256=…`, urlsafe base64), `size` None where empty."""

    path: str
    digest: str
    size: int | None


@dataclass(frozen=True, slots=True)
class MetadataFacts:
    """METADATA or PKG-INFO.

    `faults` are the fields that do not hold to the standard, as sentences; `formalities` likewise, where
    they once were common practice and no installer minds (indexes refuse them today).
    """

    metadata_version: str = ""
    name: str = ""
    version: str = ""
    requires_python: str = ""
    requires_dist: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    license_files: tuple[str, ...] = ()
    description: str = ""
    content_type: str = ""
    faults: tuple[str, ...] = ()
    formalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WheelFacts:
    """A readable wheel. `headers` are WHEEL's, lower case; None means that the member is not there.

    `binaries` and `sources` are by member name: what was seen in compiled files and in Python files.
    """

    file: FileFacts
    members: tuple[Member, ...]
    dist_infos: tuple[str, ...]
    headers: dict[str, tuple[str, ...]] | None
    metadata: MetadataFacts | None
    record: tuple[RecordEntry, ...] | None
    record_fault: str = ""
    entry_points: dict[str, dict[str, str]] = field(default_factory=dict)
    entry_points_fault: str = ""
    namespaces: frozenset[str] = frozenset()  # packages that declare themselves shared
    binaries: Mapping[str, Binary] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def payload(self) -> tuple[Member, ...]:
        """Give the files that are not the wheel's own description of itself."""
        own = tuple(f"{folder}/" for folder in self.dist_infos)
        return tuple(m for m in self.members if m.kind == "file" and not m.name.startswith(own))

    @property
    def importable(self) -> tuple[str, ...]:
        """Give the paths below site-packages: the payload with `.data/purelib/` taken off."""
        return tuple(path for path in map(site_path, (m.name for m in self.payload)) if path)

    @property
    def modules(self) -> tuple[tuple[str, str], ...]:
        """Give each importable module and its path below site-packages."""
        return modules_of(self.importable)

    @property
    def roots(self) -> tuple[str, ...]:
        """Give the names below which all is the wheel's own (`zope.interface`, `_yaml`)."""
        names = import_names(self.importable, self.namespaces)
        return tuple(name for name in names if all(p.isidentifier() for p in name.split(".")))

    @property
    def pure_tags(self) -> bool:
        """Say whether the filename promises any platform."""
        return bool(self.file.tags) and all(tag.platform == "any" for tag in self.file.tags)


@dataclass(frozen=True, slots=True)
class SdistFacts:
    """A readable sdist. `metadata` is None where the root holds no PKG-INFO."""

    file: FileFacts
    members: tuple[Member, ...]
    roots: tuple[str, ...]
    metadata: MetadataFacts | None


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """An sdist from which a wheel was built, alone in a clean folder, on one Python.

    `failure` holds the build's last lines where it failed; then `wheel` is None. `ships` is the wheel
    for the same tags that is verified beside the sdist, where there is one; `differences` are the
    members in which the two differ, as sentences.
    """

    sdist: SdistFacts
    python: str
    failure: str = ""
    wheel: WheelFacts | None = None
    ships: WheelFacts | None = None
    differences: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file and, where it could be read, what is in it."""

    file: FileFacts
    wheel: WheelFacts | None = None
    sdist: SdistFacts | None = None

    @property
    def metadata(self) -> MetadataFacts | None:
        """Give the metadata, whichever kind the file is."""
        inside = self.wheel or self.sdist
        return None if inside is None else inside.metadata


@dataclass(frozen=True, slots=True)
class SetFacts:
    """All files that are verified together."""

    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one import or entry point in the environment.

    `status` is `ok`, `failed` (the import), `unresolved` (the attribute), `crashed`, `timeout` or
    `skipped` (below a package that failed). `error` is the exception's class, or `signal` or `exit` for
    a crash; `group` is an entry point's. `missing` is the module that was not found, where that is the
    failure; `absent` are those that the code which failed looked for in vain, `absent_elsewhere` those
    that other modules of the wheel's looked for until then.
    """

    target: str
    status: str
    error: str = ""
    message: str = ""
    missing: str = ""
    absent: tuple[str, ...] = ()
    absent_elsewhere: tuple[str, ...] = ()
    trace: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class InstallFacts:
    """A wheel in a clean environment of one Python, and what was seen there.

    `failure` holds the installer's last lines where it refused; then all else is empty. `built` holds
    them where it refused wheels alone and the install did well with a dependency built. `altered` and
    `absent` are files of the wheel that differ or are not there once installed; `proof` says what the
    environment recorded about the origin (`sha256` of the file, or empty).
    """

    wheel: WheelFacts
    python: str
    failure: str = ""
    built: str = ""
    version: str = ""
    proof: str = ""
    altered: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    scripts_absent: tuple[str, ...] = ()
    imports: tuple[Attempt, ...] = ()
    entry_points: tuple[Attempt, ...] = ()
    unmet: tuple[str, ...] = ()
    stdlib: frozenset[str] = frozenset()
    platform: str = ""  # sys.platform
    required: frozenset[str] = frozenset()  # modules that the project names itself
    smoke: str = ""  # the smoke command's last lines where it failed
    seconds: float = 0.0


def site_path(name: str) -> str:
    """Give where a wheel's member lands below site-packages; empty where it lands elsewhere."""
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return name
    scheme, _, path = rest.partition("/")
    return path if scheme in {"purelib", "platlib"} else ""
