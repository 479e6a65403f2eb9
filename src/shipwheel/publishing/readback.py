"""Fetching every file again from where a user gets it, and comparing the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import MISSING, SimpleIndex
from shipwheel.publishing.release import Release, ReleasedFile

Sleep = Callable[[float], None]

NOT_LISTED = "index-not-listed"  # the reference of the error for a file that never appeared

# seconds between two looks; public indexes stand behind caches that may lag for minutes
_REMOTE_WAITS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 30.0, 30.0, 60.0, 60.0, 60.0)
_PROMPT_WAITS = _REMOTE_WAITS[:6]  # where a page shows a file as soon as that was taken
_LOOPBACK_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0)


def read_back(
    release: Release, reader: SimpleIndex, *, emit: Emit = silent, sleep: Sleep = time.sleep
) -> Page:
    """Fetch every file of the release from the index and compare it; give the page that lists them.

    Waits a bounded time for files that are not listed yet, and says so. Raises JobError where a file
    does not appear, or where its bytes are others than were sent, whatever hash the index names.
    """
    waits = waits_for(reader.index)
    page = _listed(release, reader, waits, emit, sleep)
    for file in release.in_order:
        emit(StepStarted("read back", file.filename))
        started = time.perf_counter()
        there = page.file(file.filename)
        assert there is not None, "all of them were listed"
        _compare(file, there, _fetch(file, there, reader, waits, sleep))
        emit(StepDone("read back", time.perf_counter() - started, f"sha256 {file.sha256[:12]}"))
    return page


def waits_for(index: Index) -> tuple[float, ...]:
    """Give the seconds between two looks at a page that does not list yet what the index has."""
    if index.loopback:
        return _LOOPBACK_WAITS
    return _REMOTE_WAITS if index.capabilities.lags else _PROMPT_WAITS


def _listed(
    release: Release, reader: SimpleIndex, waits: tuple[float, ...], emit: Emit, sleep: Sleep
) -> Page:
    """Give the project's page once it lists all files."""
    missing: list[str] = []
    for turn, wait in enumerate((*waits, None)):
        page = reader.page(release.project)
        missing = [each.filename for each in release.in_order if not page.file(each.filename)]
        if not missing:
            return page
        if wait is None:
            break
        if turn == 0:
            emit(
                Notice(
                    f"{reader.index.name} does not list {', '.join(missing)} yet; "
                    f"waiting up to {sum(waits):g} s for its caches"
                )
            )
        sleep(wait)
    raise JobError(
        f"the index took {_many(missing)} and does not list {'it' if len(missing) == 1 else 'them'}",
        where=reader.page_url(release.project),
        evidence="\n".join(missing),
        hint="run the same command again later: what has arrived is not sent again. "
        "Where nothing ever appears, the index's simple URL is another one",
        reference=NOT_LISTED,
    )


def _fetch(
    file: ReleasedFile,
    there: IndexFile,
    reader: SimpleIndex,
    waits: tuple[float, ...],
    sleep: Sleep,
) -> str:
    """Give the sha256 of the file's bytes as the index sends them."""
    for wait in (*waits, None):
        try:
            return reader.digest(there, limit=file.size + 1)[0]
        except ShipwheelError as error:
            # listed and not there yet: the files lie behind another cache than the pages
            if error.reference != MISSING or wait is None:
                raise
            sleep(wait)
    raise AssertionError("the last turn returns or raises")


def _compare(file: ReleasedFile, there: IndexFile, fetched: str) -> None:
    if fetched != file.sha256:
        raise JobError(
            f"the index gives other bytes for {file.filename} than were sent",
            where=there.url,
            evidence=f"released sha256 {file.sha256}\nfetched  sha256 {fetched}",
            hint="tell the index's operators; yank the release meanwhile",
            reference="index-other-bytes",
        )
    if there.sha256 not in {None, file.sha256}:
        raise JobError(
            f"the index names another hash for {file.filename} than its bytes have",
            where=there.url,
            evidence=f"released sha256 {file.sha256}\nnamed    sha256 {there.sha256}",
            hint="installers will refuse the file; tell the index's operators",
            reference="index-other-bytes",
        )


def _many(names: list[str]) -> str:
    return "1 file" if len(names) == 1 else f"{len(names)} files"
