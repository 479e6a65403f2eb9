"""Publishing a Release: compare, send what is missing, read it back, install it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import Page
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.credentials import NOBODY, Identity, identify, reading
from shipwheel.publishing.journal import Journal, Stage
from shipwheel.publishing.publication import (
    Action,
    Installed,
    Publication,
    PublishedFile,
    Unfinished,
)
from shipwheel.publishing.readback import NOT_LISTED, read_back
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Release, hash_again
from shipwheel.publishing.rules import index_reasons
from shipwheel.publishing.upload import (
    Standing,
    Upload,
    actions_of,
    compare,
    refuse_others,
)
from shipwheel.publishing.wire import Wire
from shipwheel.workspace import STATE

Sleep = Callable[[float], None]
Install = Callable[[Page], tuple[Installed, ...]]


def publish(
    release: Release,
    index: Index,
    *,
    dist: Path,
    dry_run: bool = False,
    state: Path | None = None,
    install: Install | None = None,
    emit: Emit = silent,
    sleep: Sleep = time.sleep,
) -> Publication:
    """Bring `index` to exactly the release's files, and read every one of them back.

    Everything in `dist` is hashed again first. What the index has already is not sent; other bytes under
    a file's name stop it before the first upload. Run again after any death it completes the same set:
    the journal lies in `state` (default: `.shipwheel/` beside `dist`). `install` tries the files from the
    index's page. `dry_run` reads the index and touches nothing.

    Raises Refused for a release that the index must not get, Unfinished for whatever stops it later:
    that one carries the Publication so far, and the exit code of its cause.
    """
    hash_again(release, dist)
    _refuse(release, index)
    identity = NOBODY if dry_run and not index.shares_origin else identify(index)
    folder = state or dist.parent / STATE
    journal = Journal(
        folder, index=index.upload, project=release.project, version=release.version
    )
    with SimpleIndex(index, reading(index, identity), sleep=sleep) as reader:
        page = reader.page(release.project)
        standings = compare(release, page, reader, None if dry_run else journal)
        run = _Run(release, index, standings, dry_run=dry_run)
        if dry_run:
            return run.publication()
        _warn_of_plain_text(index, identity, emit)
        try:
            refuse_others(standings, index.name)
            _send(run, dist, identity, reader, journal, emit, sleep)
            _read(run, reader, journal, emit, sleep, install)
        except ShipwheelError as error:
            raise Unfinished(error, run.publication()) from error
    emit(Notice(f"{index.name} has {len(release.files)} files of {release.project} {release.version}"))
    return run.publication()


@dataclass(slots=True)
class _Run:
    """How far one run came."""

    release: Release
    index: Index
    standings: tuple[Standing, ...]
    dry_run: bool
    sent: dict[str, Action] = field(default_factory=dict)
    read_back: bool = False
    installs: tuple[Installed, ...] = ()

    def publication(self) -> Publication:
        """Give what came of it so far."""
        return Publication(
            index=self.index.name,
            project=self.release.project,
            version=self.release.version,
            dry_run=self.dry_run,
            files=tuple(
                PublishedFile(
                    filename=file.filename,
                    sha256=file.sha256,
                    action=action,
                    read_back=self.read_back,
                )
                for file, action in actions_of(self.standings, self.sent)
            ),
            installs=self.installs,
        )


def _send(
    run: _Run,
    dist: Path,
    identity: Identity,
    reader: SimpleIndex,
    journal: Journal,
    emit: Emit,
    sleep: Sleep,
) -> None:
    wire = Wire(run.index, identity)
    try:
        upload = Upload(run.release, dist, wire, reader, journal, emit, sleep)
        for filename, action in upload.send_missing(run.standings):
            run.sent[filename] = action
    finally:
        wire.close()


def _read(
    run: _Run,
    reader: SimpleIndex,
    journal: Journal,
    emit: Emit,
    sleep: Sleep,
    install: Install | None,
) -> None:
    try:
        page = read_back(run.release, reader, emit=emit, sleep=sleep)
    except JobError as error:
        if error.reference == NOT_LISTED:
            _forget_unlisted(run.release, reader, journal)
        raise
    for file in run.release.files:
        journal.note(file.filename, file.sha256, Stage.LISTED)
    run.read_back = True
    if install is not None:
        run.installs = install(page)
        _raise_for(run.installs)


def _forget_unlisted(release: Release, reader: SimpleIndex, journal: Journal) -> None:
    """Let the next run send again what the index took and never showed."""
    page = reader.page(release.project)
    for file in release.files:
        if page.file(file.filename) is None:
            journal.note(file.filename, file.sha256, Stage.SENDING)


def _raise_for(installs: tuple[Installed, ...]) -> None:
    failed = [each for each in installs if not each.ok]
    if failed:
        raise JobError(
            "what was published cannot be installed on Python "
            + ", ".join(each.python for each in failed),
            evidence="\n".join(f"{each.python}: {each.detail}" for each in failed),
            hint="yank the release where users can get it already",
        )


def _refuse(release: Release, index: Index) -> None:
    """Ask again what depends on the index: `release.json` may have been judged for another."""
    files = tuple((file.filename, file.size) for file in release.files)
    reasons = tuple(index_reasons(index, release.scope, files, private=release.private))
    if reasons:
        raise Refused(reasons, where=index.name)


def _warn_of_plain_text(index: Index, identity: Identity, emit: Emit) -> None:
    if identity.authenticator and index.upload.startswith("http:") and not index.loopback:
        emit(
            Warned(
                f"the password for {index.name} goes over the network unencrypted",
                hint="name the index with https://",
            )
        )
