"""What an index gives its users, held against a release: everything fetched and installed, nothing sent."""

from __future__ import annotations

import time

from shipwheel.errors import ShipwheelError
from shipwheel.events import Emit, Notice, silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.credentials import reading
from shipwheel.publishing.publication import (
    Action,
    Installed,
    Publication,
    PublishedFile,
    Unfinished,
)
from shipwheel.publishing.publish import Install, Sleep, raise_for
from shipwheel.publishing.readback import read_back
from shipwheel.publishing.release import Release
from shipwheel.publishing.sources import as_reader
from shipwheel.publishing.upload import compare


def confirm(
    release: Release,
    index: Index,
    *,
    install: Install | None = None,
    emit: Emit = silent,
    sleep: Sleep = time.sleep,
) -> Publication:
    """Fetch every file of the release from where a user gets it, compare the bytes, and install them.

    Needs no files of one's own and nobody's name, but where the index shows its pages to nobody without
    one. Waits a bounded time for files that are not listed yet. Raises Unfinished where a file is
    missing, has other bytes, or cannot be installed.
    """
    identity = as_reader(index)
    with SimpleIndex(index, reading(index, identity), sleep=sleep) as reader:
        try:
            page = read_back(release, reader, emit=emit, sleep=sleep)
        except ShipwheelError as error:
            raise Unfinished(error, _as_it_stands(release, index, reader)) from error
        installs = install(page) if install is not None else ()
    every = _publication(release, index, dict.fromkeys(_names(release), Action.IDENTICAL), installs)
    try:
        raise_for(installs, index)
    except ShipwheelError as error:
        raise Unfinished(error, every) from error
    emit(Notice(f"{index.name} gives all {len(release.files)} files, and they are the release's"))
    return every


def _as_it_stands(release: Release, index: Index, reader: SimpleIndex) -> Publication:
    """Give each file by what the index names for it; an index that cannot be asked has none."""
    try:
        standings = compare(release, reader.page(release.project), reader)
    except ShipwheelError:
        actions = dict.fromkeys(_names(release), Action.PENDING)
    else:
        actions = {each.file.filename: each.action for each in standings}
    return _publication(release, index, actions)


def _names(release: Release) -> tuple[str, ...]:
    return tuple(file.filename for file in release.files)


def _publication(
    release: Release,
    index: Index,
    actions: dict[str, Action],
    installs: tuple[Installed, ...] | None = None,
) -> Publication:
    """Give the outcome; `installs` is None where not all of it could be read back."""
    return Publication(
        index=index.name,
        project=release.project,
        version=release.version,
        files=tuple(
            PublishedFile(
                filename=file.filename,
                sha256=file.sha256,
                action=actions[file.filename],
                read_back=installs is not None,
            )
            for file in release.in_order
        ),
        installs=installs or (),
    )
