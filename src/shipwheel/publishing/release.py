"""What the gate gives to the upload: exactly these bytes, and what was proved of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name

from shipwheel.data.catalog import KnownIndex
from shipwheel.errors import ConfigurationError
from shipwheel.files import to_json, write_bytes
from shipwheel.indexes.known import Index, IndexUrls, find_index
from shipwheel.indexes.named import named_in
from shipwheel.planning.job import Scope
from shipwheel.publishing.held import HeldFile, read_dist
from shipwheel.publishing.named import version_of
from shipwheel.publishing.refusal import Reason, Refused


class ReleasedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a release; `id` is that of the planned file, `builder` what made it."""

    id: str
    filename: str
    sha256: str
    size: int
    builder: str

    @property
    def is_wheel(self) -> bool:
        """Say whether it is a wheel by its name."""
        return self.filename.endswith(".whl")


class JobProof(msgspec.Struct, frozen=True, kw_only=True):
    """What a test job proved: `files` are the sha256 of the bytes that it tested.

    `what` are the proofs' own words (`tests`, `imports`); `tests_run` is None where the project's
    runner does not count.
    """

    job: str
    python: str | None
    platform: str | None
    status: str
    what: tuple[str, ...]
    files: tuple[str, ...]
    tests_run: int | None = None
    allow_failure: bool = False


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What verification came to: how many checks passed, were skipped, and how many warnings stand."""

    passed: int
    skipped: int
    warnings: int
    ignored: dict[str, str] = {}


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """The commit a release is made from. `tags` are those that point at it."""

    id: str
    dirty: bool = False
    tags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  # the first few paths that differ from the commit


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release that passed the gate. Made by `gate.judge` or read from `release.json`, never else.

    `index` is the name of the index that it was judged for, `target` its URLs and rules: a job without a
    checkout knows no configuration; `exceptions` maps a rule that was set aside to its reason, and
    `set_aside` is what it had said; `excuses` are the reasons given for rules about an index, which
    publishing asks once more; `modules` are import names to try after an install, `smoke` a command; `pythons` the
    targets that were tested; `tools` names and versions; `made` is UTC in ISO 8601. `rehearsal`: judged by
    hand without a tag; such a release is never uploaded. `prerelease`: its version is one (PEP 440).
    """

    schema: int = 1
    project: str
    version: str
    scope: Scope
    index: str
    target: Index | None = None
    files: tuple[ReleasedFile, ...]
    tests: tuple[JobProof, ...] = ()
    verified: Verified
    commit: Commit | None = None
    exceptions: dict[str, str] = {}
    set_aside: tuple[Reason, ...] = ()
    excuses: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    private: bool = False
    pythons: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    smoke: str = ""
    tools: dict[str, str] = {}
    made: str = ""
    rehearsal: bool = False
    prerelease: bool = False

    @property
    def in_order(self) -> tuple[ReleasedFile, ...]:
        """Give the files as they are sent: wheels first, so that nobody compiles the sdist meanwhile."""
        return tuple(sorted(self.files, key=lambda file: (not file.is_wheel, file.filename)))


def as_rehearsal(release: Release) -> Release:
    """Give a release that no upload takes: what a dry run of the workflow judges."""
    return msgspec.structs.replace(release, rehearsal=True)


def write_release(path: Path, release: Release) -> None:
    """Write `release.json`, aside and renamed."""
    write_bytes(path, to_json(release))


def read_release(path: Path) -> Release:
    """Read a `release.json`; its files are hashed again by whoever uses them (`hash_again`).

    Raises ConfigurationError where it is missing, is none, or contradicts itself.
    """
    try:
        release = msgspec.json.decode(path.read_bytes(), type=Release)
    except OSError as error:
        raise ConfigurationError(
            "there is no release to publish",
            where=str(path),
            evidence=error.strerror,
            hint="the gate writes it: `nox -s publish`, or the gate job of the release workflow",
        ) from error
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            "this is no release.json of shipwheel", where=str(path), evidence=str(error)
        ) from error
    if release.schema != 1:
        raise ConfigurationError(
            f"this release.json has schema {release.schema}, this shipwheel knows 1",
            where=str(path),
            hint="publish with the version of shipwheel that made it",
        )
    wrong = next(_contradictions(release), None)
    if wrong is not None:
        raise ConfigurationError(
            "this release.json contradicts itself",
            where=str(path),
            evidence=wrong,
            hint="the gate wrote no such thing: take its own file",
        )
    return release


def _contradictions(release: Release) -> Iterator[str]:
    """Give what no gate has written: nobody may ask of one project and send files of another."""
    if not release.files:
        yield "it names no file"
    names = [file.filename for file in release.files]
    yield from (f"{name} is named twice" for name in {*names} if names.count(name) > 1)
    wanted = (canonicalize_name(release.project), version_of(release.version))
    for file in release.files:
        if named_in(file.filename) != wanted:
            yield f"{file.filename} is no file of {release.project} {release.version}"


def index_for(
    release: Release,
    to: str | None,
    known: Mapping[str, KnownIndex],
    configured: Mapping[str, IndexUrls],
) -> Index:
    """Give the index to publish to: the one named, else the one that the release was judged for.

    A known index is what the Catalog says, whatever `release.json` holds. Raises ConfigurationError.
    """
    wanted = to or release.index
    if wanted not in known and release.target is not None and wanted == release.target.name:
        return release.target
    return find_index(wanted, known, configured)


def hash_again(release: Release, dist: Path) -> None:
    """Hash the release's files in `dist` again; raise Refused where one is missing or has other bytes."""
    held = {file.filename: file for file in read_dist(dist)}
    reasons = tuple(_differences(release, held))
    if reasons:
        raise Refused(reasons, where=str(dist))


def _differences(release: Release, held: dict[str, HeldFile]) -> Iterator[Reason]:
    for file in release.files:
        found = held.get(file.filename)
        if found is None:
            yield Reason(
                rule="missing-file",
                message=f"{file.filename} is in the release, not in the folder",
                hint="hand over all of dist/ to the publishing job",
            )
        elif found.sha256 != file.sha256:
            yield Reason(
                rule="changed-file",
                message=f"{file.filename} has sha256 {found.sha256}, the gate saw {file.sha256}",
                hint="build, test and judge again: these bytes were not tested",
            )
