"""Publishing a Release: compare, send what is missing, read it back, install it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from packaging.version import Version

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import Page
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.attestations import Attest, read_attestations
from shipwheel.publishing.credentials import Identity, identify, reading
from shipwheel.publishing.index_rules import EXCUSABLE_HERE, Sent, index_reasons, there_reasons
from shipwheel.publishing.journal import Journal, Stage
from shipwheel.publishing.named import version_of
from shipwheel.publishing.publication import (
    Action,
    Installed,
    Intent,
    Publication,
    PublishedFile,
    Unfinished,
)
from shipwheel.publishing.readback import NOT_LISTED, read_back
from shipwheel.publishing.refusal import Reason, Refused
from shipwheel.publishing.release import Release, hash_again
from shipwheel.publishing.sources import as_reader, is_public, source_of
from shipwheel.publishing.there import there_on
from shipwheel.publishing.upload import (
    Standing,
    Upload,
    actions_of,
    compare,
)
from shipwheel.publishing.wire import Wire
from shipwheel.workspace import STATE

_REHEARSAL = Reason(
    rule="rehearsal",
    message="this release was judged as a dry run, without a tag",
    hint="push the tag of its version: that run's release can be published; `--dry-run` compares this one",
)
Sleep = Callable[[float], None]
Install = Callable[[Page], tuple[Installed, ...]]


def publish(
    release: Release,
    index: Index,
    *,
    dist: Path,
    dry_run: bool = False,
    trusted: bool | None = None,
    state: Path | None = None,
    install: Install | None = None,
    attest: Attest | None = None,
    emit: Emit = silent,
    sleep: Sleep = time.sleep,
) -> Publication:
    """Bring `index` to exactly the release's files, and read every one of them back.

    Everything in `dist` is hashed again first. What the index has already is not sent; other bytes under
    a file's name stop it before the first upload. Run again after any death it completes the same set:
    the journal lies in `state` (default: `.shipwheel/` beside `dist`). `install` tries the files from the
    index's page, `attest` makes the attestations of those that are sent, before the first is. `dry_run`
    reads the index and touches nothing. `trusted` as in `credentials.identify`.

    Raises Refused for a release that the index must not get, Unfinished for whatever stops it later:
    that one carries the Publication so far, and the exit code of its cause.
    """
    try:
        hash_again(release, dist)
        _refuse(release, index, dry_run=dry_run)
    except Refused as refused:
        refused.index = index.name
        raise
    # a dry run sends nothing: no token is minted for it
    identity = as_reader(index) if dry_run else identify(index, trusted=trusted)
    folder = state or dist.parent / STATE
    journal = Journal(folder, index=index.upload, project=release.project, version=release.version)
    with SimpleIndex(index, reading(index, identity), sleep=sleep) as reader:
        page = reader.page(release.project)
        standings = compare(release, page, reader, None if dry_run else journal)
        reasons = _against(release, index, page, standings)
        run = _Run(release, index, dist, reader, journal, emit, sleep, standings, dry_run, attest)
        if dry_run:
            return run.intended(reasons, trusted=trusted)
        try:
            if reasons:
                raise Refused(reasons, where=index.name)
            run.send(identity)
            run.read(install)
        except ShipwheelError as error:
            raise Unfinished(error, run.publication()) from error
    emit(Notice(f"{index.name} has all {len(release.files)} files, and they read back the same"))
    return run.publication()


@dataclass(slots=True)
class _Run:
    """One run, and how far it came."""

    release: Release
    index: Index
    dist: Path
    reader: SimpleIndex
    journal: Journal
    emit: Emit
    sleep: Sleep
    standings: tuple[Standing, ...]
    dry_run: bool
    attest: Attest | None = None
    attested: Mapping[str, Path] = field(default_factory=dict)
    sent: dict[str, Action] = field(default_factory=dict)
    read_back: bool = False
    installs: tuple[Installed, ...] = ()

    def send(self, identity: Identity) -> None:
        """Send what is missing."""
        _warn_of_plain_text(self.index, identity, self.emit)
        missing = tuple(each.file for each in self.standings if each.action is Action.PENDING)
        if self.attest is not None and missing:
            self.attested = self.attest(missing, self.dist)
        wire = Wire(self.index, identity)
        upload = Upload(
            self.release,
            self.dist,
            wire,
            self.reader,
            self.journal,
            self.emit,
            self.sleep,
            self.attested,
        )
        try:
            for filename, action in upload.send_missing(self.standings):
                self.sent[filename] = action
        finally:
            wire.close()

    def read(self, install: Install | None) -> None:
        """Fetch everything again, and try to install it."""
        try:
            page = read_back(self.release, self.reader, emit=self.emit, sleep=self.sleep)
        except JobError as error:
            if error.reference == NOT_LISTED:
                _forget_unlisted(self.release, self.reader, self.journal)
            raise
        for file in self.release.files:
            self.journal.note(file.filename, file.sha256, Stage.LISTED)
        self.read_back = True
        read_attestations(self.release.in_order, self.attested, page, self.reader, self.emit)
        if install is not None:
            self.installs = install(page)
            raise_for(self.installs, self.index)

    def intended(self, reasons: tuple[Reason, ...], *, trusted: bool | None) -> Publication:
        """Give what a run that is no dry run would do."""
        intent = Intent(
            upload=self.index.upload,
            credentials=source_of(self.index, trusted=trusted),
            attestations=_attested(self.index, self.attest),
            reasons=tuple(f"{each.rule}: {each.message}" for each in reasons),
        )
        return msgspec.structs.replace(self.publication(), intent=intent)

    def publication(self) -> Publication:
        """Give what came of it so far."""
        found = {each.file.filename: each.found for each in self.standings}
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
                    size=file.size,
                    found=found[file.filename],
                )
                for file, action in actions_of(self.standings, self.sent)
            ),
            installs=self.installs,
        )


def _forget_unlisted(release: Release, reader: SimpleIndex, journal: Journal) -> None:
    """Let the next run send again what the index took and never showed."""
    page = reader.page(release.project)
    for file in release.files:
        if page.file(file.filename) is None:
            journal.note(file.filename, file.sha256, Stage.SENDING)


def raise_for(installs: tuple[Installed, ...], index: Index) -> None:
    """Raise JobError where an install from the index failed."""
    failed = [each for each in installs if not each.ok]
    if failed:
        raise JobError(
            "what was published cannot be installed on Python "
            + ", ".join(each.python for each in failed),
            evidence="\n".join(f"{each.python}: {each.detail}" for each in failed),
            hint="yank the release where users can get it already"
            if index.capabilities.yanks
            else f"take the release off {index.name} where users can get it already",
        )


def _refuse(release: Release, index: Index, *, dry_run: bool) -> None:
    """Ask again what depends on the index: `release.json` may have been judged for another."""
    files = tuple((file.filename, file.size) for file in release.files)
    found = index_reasons(index, release.scope, files, private=release.private)
    reasons = _standing(found, release)
    if release.rehearsal and not dry_run:
        reasons.append(_REHEARSAL)
    if reasons:
        raise Refused(reasons, where=index.name)


def _against(
    release: Release, index: Index, page: Page, standings: tuple[Standing, ...]
) -> tuple[Reason, ...]:
    """Give what the index's own files say against sending these; nothing was sent yet."""
    hashes = {each.file.filename: each.found or each.file.sha256 for each in standings}
    version = version_of(release.version) or Version("0")
    there = there_on(page, version, hashes, lambda file: hashes[file.filename])
    files = tuple(Sent(file.filename, file.sha256, file.size) for file in release.in_order)
    now = dt.datetime.now(dt.UTC)
    return tuple(_standing(there_reasons(index, release.scope, files, there, now), release))


def _standing(reasons: Iterable[Reason], release: Release) -> list[Reason]:
    """Give the reasons that the project did not set aside: what it says of an index is in the release."""
    excused = EXCUSABLE_HERE & release.excuses.keys()
    return [each for each in reasons if each.rule not in excused]


def _attested(index: Index, attest: Attest | None) -> str:
    """Say whether attestations (PEP 740) would go with the files."""
    # they vouch for an identity that the index knows: where nobody is asked for one, none is taken
    if not index.takes_attestations or not (attest or is_public(index)):
        return "none: the index takes none"
    if attest is None:
        return "none: they are made with trusted publishing, by shipwheel[attestations]"
    return "made with the job's identity"


def _warn_of_plain_text(index: Index, identity: Identity, emit: Emit) -> None:
    if identity.authenticator and index.upload.startswith("http:") and not index.loopback:
        emit(
            Warned(
                f"the password for {index.name} goes over the network unencrypted",
                hint="name the index with https://",
            )
        )
