"""A release moved from a staging index to production: those very bytes, fetched, judged and sent; nothing is built."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.named import named_in
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.attestations import Attest
from shipwheel.publishing.credentials import NOBODY, PYPIRC, Identity, identify, reading
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.publish import Install, Sleep, publish
from shipwheel.publishing.refusal import Reason, Refused
from shipwheel.publishing.release import Release, ReleasedFile
from shipwheel.publishing.sources import is_public

# the variables of the staging index: TWINE_* are those of the index that is sent to
USERNAME, PASSWORD = "SHIPWHEEL_FROM_USERNAME", "SHIPWHEEL_FROM_PASSWORD"
_HINT = f"set {USERNAME} and {PASSWORD}, or use the keyring, ~/.pypirc or ~/.netrc"


def promote(
    release: Release,
    source: Index,
    target: Index,
    *,
    state: Path,
    dry_run: bool = False,
    trusted: bool | None = None,
    install: Install | None = None,
    attest: Attest | None = None,
    emit: Emit = silent,
    sleep: Sleep = time.sleep,
) -> Publication:
    """Bring `target` to exactly the release's files, taken from `source`.

    Every file is fetched from there and hashed against the release before the first is sent; then all
    goes as in `publish`, which judges for `target` once more, resumes what died, and reads back. `state`
    holds the journal. Raises ConfigurationError where the two are one index, Refused with every reason
    where the source has not these very files, else as `publish` does.
    """
    if target.upload == source.upload or target.simple == source.simple:
        raise ConfigurationError(
            "a release is promoted from one index to another, and these two are the same",
            where=f"--from {source.name} --to {target.name}",
        )
    with tempfile.TemporaryDirectory(prefix="promotion-", ignore_cleanup_errors=True) as scratch:
        dist = Path(scratch)
        fetch_release(release, source, dist, emit=emit, sleep=sleep)
        emit(
            Notice(
                f"{source.name} gives all {len(release.files)} files, and they are the release's"
            )
        )
        return publish(
            release,
            target,
            dist=dist,
            dry_run=dry_run,
            trusted=trusted,
            state=state,
            install=install,
            attest=attest,
            emit=emit,
            sleep=sleep,
        )


def fetch_release(
    release: Release,
    source: Index,
    folder: Path,
    *,
    emit: Emit = silent,
    sleep: Sleep = time.sleep,
) -> None:
    """Fetch every file of the release from an index into a folder, its bytes compared.

    Raises Refused with every reason where files are missing, were withdrawn or have other bytes,
    ConfigurationError for a release whose names are none of distributions, and what stops the reading.
    """
    _check_names(release)
    identity = reader_of(source)
    with SimpleIndex(source, reading(source, identity), sleep=sleep) as reader:
        page = _page(reader, release)
        _refuse(tuple(_told_against(release, page, source)), source)
        _refuse(tuple(_fetched_against(release, page, reader, folder, emit)), source)


def reader_of(
    source: Index, environ: Mapping[str, str] | None = None, *, pypirc: str = PYPIRC
) -> Identity:
    """Find who we are to the index that is only read; what is meant for the other one is not shown to it.

    `TWINE_USERNAME`, `TWINE_PASSWORD` and the job's identity token are for the upload. Raises as
    `credentials.identify` does.
    """
    if not source.shares_origin or is_public(source):
        return NOBODY
    environ = os.environ if environ is None else environ
    own = {name: value for name, value in environ.items() if not name.startswith("TWINE_")}
    for name, given in (("TWINE_USERNAME", USERNAME), ("TWINE_PASSWORD", PASSWORD)):
        if environ.get(given):
            own[name] = environ[given]
    return identify(source, own, pypirc=pypirc, trusted=False)


def _check_names(release: Release) -> None:
    """Refuse a name that could lead out of the folder: `release.json` may come from anywhere."""
    for file in release.files:
        if named_in(file.filename) is None or Path(file.filename).name != file.filename:
            raise ConfigurationError(
                "a file of the release has not the name of a distribution",
                where="release.json",
                evidence=file.filename,
            )


def _page(reader: SimpleIndex, release: Release) -> Page:
    try:
        return reader.page(release.project)
    except MachineError as error:
        if error.reference != "index-password":
            raise
        raise MachineError(
            error.what, where=error.where, hint=_HINT, reference=error.reference
        ) from None


def _told_against(release: Release, page: Page, source: Index) -> Iterator[Reason]:
    """Give what the page of the source says against it, before anything is fetched."""
    for file in release.in_order:
        there = page.file(file.filename)
        if there is None:
            yield Reason(
                rule="missing-file",
                message=f"{file.filename} is in the release, not on {source.name}",
                hint=f"publish the whole release there first: `shipwheel publish --to {source.name}`",
            )
        elif there.yanked is not None:
            why = f": {there.yanked}" if there.yanked else ""
            yield Reason(
                rule="yanked-file",
                message=f"{file.filename} was withdrawn from {source.name}{why}",
                hint="what was withdrawn in staging is not for production: release a new version",
            )
        elif there.sha256 not in {None, file.sha256}:
            yield _other_bytes(file, source, str(there.sha256))


def _fetched_against(
    release: Release, page: Page, reader: SimpleIndex, folder: Path, emit: Emit
) -> Iterator[Reason]:
    for file in release.in_order:
        there = page.file(file.filename)
        assert there is not None, "the page was looked at"
        found = _fetch(file, there, reader, folder, emit)
        if found != file.sha256:
            yield _other_bytes(file, reader.index, found)


def _fetch(
    file: ReleasedFile, there: IndexFile, reader: SimpleIndex, folder: Path, emit: Emit
) -> str:
    emit(StepStarted("fetch", file.filename))
    started = time.perf_counter()
    found, _ = reader.save(there, folder / file.filename, limit=file.size + 1)
    emit(StepDone("fetch", time.perf_counter() - started, f"sha256 {found[:12]}"))
    return found


def _other_bytes(file: ReleasedFile, source: Index, found: str) -> Reason:
    return Reason(
        rule="other-bytes",
        message=f"{source.name} has {file.filename} with sha256 {found}, "
        f"the release's is {file.sha256}",
        hint="the gate has not seen these bytes: name the release.json of what is there",
    )


def _refuse(reasons: tuple[Reason, ...], source: Index) -> None:
    if reasons:
        raise Refused(reasons, where=source.name)
