"""What is known of the files under verification: read once, then judged by checks that read nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.tags import Tag

from shipwheel.dists.binaries.binary import Binary
from shipwheel.dists.modules import import_names, site_path
from shipwheel.verification.dependencies import Installed
from shipwheel.verification.modules import modules_of
from shipwheel.verification.seen import Caution, Difference, Extra, SharedFile
from shipwheel.verification.source import Source, Text

# the groups of entry points that installers make programs of
SCRIPTS = ("console_scripts", "gui_scripts")


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
    was not read. `hard`: the link names another member from the top, not from its own folder. `method`
    is a zip's way of compression, `time` is in seconds since 1970, -1 for one that is none.
    """

    name: str
    kind: str
    size: int
    mode: int = 0
    encrypted: bool = False
    target: str = ""
    binary: str = ""
    sha256: str = ""
    hard: bool = False
    method: int = 0
    time: int = 0


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
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undecodable: str = ""

    def all(self, name: str) -> tuple[str, ...]:
        """Give a field's values as written, by its name in lower case."""
        return self.headers.get(name, ())

    def first(self, name: str) -> str:
        """Give a field's first value as written, empty where it is not there."""
        return next(iter(self.all(name)), "")


@dataclass(frozen=True, slots=True)
class WheelFacts:
    """A readable wheel. `headers` are WHEEL's, lower case; None means that the member is not there.

    `layout`: what of the archive itself different readers see differently. `bound`: the names that a
    module binds when it is run, of those modules that entry points name; a module whose names cannot be
    known from its text is left out.
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
    texts: Mapping[str, Text] = field(default_factory=dict)  # those in which something was seen
    top_level: frozenset[str] = frozenset()  # what setuptools lists in top_level.txt
    layout: tuple[str, ...] = ()
    bound: Mapping[str, frozenset[str]] = field(default_factory=dict)

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
class Tree:
    """The project's folder as git sees it: paths relative to it, with `/`."""

    tracked: frozenset[str]
    ignored: frozenset[str]  # those of the sdist's paths that git ignores


@dataclass(frozen=True, slots=True)
class SdistFacts:
    """A readable sdist. `metadata` is None where the root holds no PKG-INFO.

    `texts` are the files that say how it is built, by their path below the root: pyproject.toml,
    setup.cfg, setup.py, setuptools' SOURCES.txt, and C headers' users (`.c`, `.pyx` …) as far as they
    are short. `tree` is what git says of the project's folder, where it is known. `sources` are the Python
    files outside of tests and docs, `seen` the texts there in which something was seen, by path below
    the root too.
    """

    file: FileFacts
    members: tuple[Member, ...]
    roots: tuple[str, ...]
    metadata: MetadataFacts | None
    texts: Mapping[str, str] = field(default_factory=dict)
    layout: tuple[str, ...] = ()
    tree: Tree | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    seen: Mapping[str, Text] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        """Give the files' and links' paths below the root."""
        names = (m.name.removeprefix("./") for m in self.members if m.kind in {"file", "link"})
        return frozenset(rest for name in names if (rest := name.partition("/")[2]))


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """An sdist from which a wheel was built, alone in a clean folder, on one Python.

    `failure` holds the build's last lines where it failed; then `wheel` is None. `untried` says why
    nothing was built, `proven` who has built a wheel that ships from these very bytes. `ships` is the
    wheel for the same tags that is verified beside the sdist, where there is one; `differences` is how
    the two differ. `again` are the members in which a second build differs, None where there was none.
    """

    sdist: SdistFacts
    python: str
    failure: str = ""
    wheel: WheelFacts | None = None
    ships: WheelFacts | None = None
    differences: tuple[Difference, ...] = ()
    untried: str = ""
    proven: str = ""
    again: tuple[str, ...] | None = None


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
class Diverging:
    """A Python file by its path below site-packages, and the wheels that hold each form of it."""

    path: str
    forms: tuple[tuple[str, ...], ...]  # filenames; the most common form first


@dataclass(frozen=True, slots=True)
class SetFacts:
    """All files that are verified together.

    `diverging` are the Python files that differ between wheels of one version for one system, line
    endings apart.
    """

    distributions: tuple[Distribution, ...]
    diverging: tuple[Diverging, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one import or entry point in the environment.

    `status` is `ok`, `failed` (the import), `unresolved` (the attribute), `crashed`, `timeout`,
    `skipped` (below a package that failed) or `untried` (the time was over). `error` is the exception's
    class, or `signal` or `exit` for a crash; `group` is an entry point's. `missing` is the module that was
    not found, where that is the failure; `absent` are those that the code which failed looked for in vain,
    `absent_elsewhere` those that other modules of the wheel's looked for until then. `after_others`: it
    fails in a fresh interpreter, and does well where the wheel's other modules were imported before.
    `cautions` are warnings raised while it was imported.
    """

    target: str
    status: str
    error: str = ""
    message: str = ""
    missing: str = ""
    absent: tuple[str, ...] = ()
    absent_elsewhere: tuple[str, ...] = ()
    askers: tuple[str, ...] = ()  # the modules that looked for the latter
    trace: str = ""
    group: str = ""
    after_others: bool = False
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class InstallFacts:
    """A wheel in a clean environment of one Python, and what was seen there.

    `failure` holds the installer's last lines where it refused; then all else is empty. `built` holds
    them where it refused wheels alone and the install did well with a dependency built. `altered` and
    `absent` are files of the wheel that differ or are not there once installed; `proof` says what the
    environment recorded about the origin (`sha256` of the file, or empty).

    `installed` are the environment's distributions by normalized name, `markers` its marker values.
    `uncompiled` are modules that this Python cannot compile, with the reason. `left` are files that
    the installer's uninstall leaves behind. `extras` is None where they are not tried on this Python,
    for the reason in `extras_untried`; `supplied` are foreign modules that some extra brings, `mended`
    the wheel's own that import with all of them.
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
    installed: Mapping[str, Installed] = field(default_factory=dict)
    markers: Mapping[str, str] = field(default_factory=dict)
    untried: int = 0  # modules for which a fresh interpreter each would have taken too long
    uncompiled: tuple[tuple[str, str], ...] = ()
    scripts_broken: tuple[str, ...] = ()  # sentences
    shared: tuple[SharedFile, ...] = ()
    left: tuple[str, ...] = ()
    stuck: str = ""  # the installer's words where it could not uninstall
    extras: tuple[Extra, ...] | None = None
    extras_untried: str = ""
    extras_together: str = ""  # why all of them cannot be installed together, though each can
    supplied: frozenset[str] = frozenset()
    mended: frozenset[str] = frozenset()
    with_extras: tuple[Attempt, ...] = ()  # modules that fail without their extra, tried with all
