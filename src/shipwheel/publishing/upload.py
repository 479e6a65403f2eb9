"""Bringing an index to exactly the release's files: ask, compare, and send only what is missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from twine.package import PackageFile

from shipwheel.errors import ShipwheelError
from shipwheel.events import Emit, Notice, Progress, StepDone, StepStarted
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.indexes.simple import SimpleIndex
from shipwheel.publishing.journal import Journal, Stage
from shipwheel.publishing.publication import Action
from shipwheel.publishing.readback import waits_for
from shipwheel.publishing.refusal import Reason, Refused
from shipwheel.publishing.release import Release, ReleasedFile
from shipwheel.publishing.wire import Outcome, Wire, prepare

Sleep = Callable[[float], None]

_ATTEMPTS = 4
_LONGEST_WAIT = 60.0  # seconds, whatever Retry-After asks for
_REPORT_EVERY = 1 << 18  # bytes between two reports of progress


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file stands on the index before anything is sent; `found` is another sha256 there."""

    file: ReleasedFile
    action: Action
    found: str | None = None


def compare(
    release: Release, page: Page, reader: SimpleIndex, journal: Journal | None = None
) -> tuple[Standing, ...]:
    """Give how each file stands, in the order of sending.

    A file that the index names no sha256 for is fetched and hashed. One that the journal knows to have
    been taken and that is not listed yet counts as uploaded: caches lag, and read-back waits for them.
    """
    return tuple(
        _standing(file, page.file(file.filename), reader, journal) for file in release.in_order
    )


def refuse_others(standings: tuple[Standing, ...], index: str) -> None:
    """Raise Refused where a name is taken by other bytes, with both hashes; nothing was sent then."""
    reasons = tuple(
        Reason(
            rule="other-bytes",
            message=f"{index} has {each.file.filename} with sha256 {each.found}, "
            f"this release's is {each.file.sha256}",
            hint="release a new version: what is published does not change",
        )
        for each in standings
        if each.action is Action.REFUSED
    )
    if reasons:
        raise Refused(reasons, where=index)


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way: where from, where to, and what is known of it."""

    release: Release
    dist: Path
    wire: Wire
    reader: SimpleIndex
    journal: Journal
    emit: Emit
    sleep: Sleep = time.sleep
    attestations: Mapping[str, Path] = field(default_factory=dict)  # by the names of the files

    def send_missing(self, standings: tuple[Standing, ...]) -> Iterator[tuple[str, Action]]:
        """Send each file that is missing and give what became of it, file by file.

        Raises what stopped it; the files given so far are on the index. All files are read first: one
        that cannot be sent must be found before the first is.
        """
        packages = {
            each.file.filename: self._prepared(each.file.filename)
            for each in standings
            if each.action is Action.PENDING
        }
        for each in standings:
            if each.action is Action.IDENTICAL:
                self._note(each.file, Stage.LISTED)
        pending = [each.file for each in standings if each.action is Action.PENDING]
        # no sdist is on its way before every wheel is there: nobody compiles what is about to come
        for wheels in (True, False):
            yield from self._send_all([f for f in pending if f.is_wheel is wheels], packages)

    def _send_all(
        self, files: Sequence[ReleasedFile], packages: Mapping[str, PackageFile]
    ) -> Iterator[tuple[str, Action]]:
        """Send files, so many at once as are good for the index; after an error no other is begun."""
        at_once = min(self.reader.index.capabilities.parallel_uploads, len(files))
        if at_once <= 1:
            yield from ((each.filename, self.send(each, packages[each.filename])) for each in files)
            return
        with ThreadPoolExecutor(at_once, thread_name_prefix="upload") as pool:
            under_way = {
                pool.submit(self.send, each, packages[each.filename]): each.filename
                for each in files
            }
            yield from _as_they_end(under_way)

    def _prepared(self, filename: str) -> PackageFile:
        """Read what an index wants to be told of a file, and its attestation where it has one."""
        package = prepare(self.dist / filename)
        attestation = self.attestations.get(filename)
        if attestation is not None:
            package.add_attestations([str(attestation)])
        return package

    def send(self, file: ReleasedFile, package: PackageFile) -> Action:
        """Send one file, again where that is worth it and the index has not got it meanwhile."""
        self._note(file, Stage.SENDING)
        self.emit(StepStarted("upload", file.filename))
        started = time.perf_counter()
        action = self._attempts(file, package)
        self._note(file, Stage.TAKEN)
        self.emit(StepDone("upload", time.perf_counter() - started, file.filename))
        return action

    def _attempts(self, file: ReleasedFile, package: PackageFile) -> Action:
        """Try until the index has the file; raise what the last attempt came to where it has not."""
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self.wire.send(package, self._progress(file.filename))
            if answer.outcome is Outcome.TAKEN or self._arrived(file):
                return Action.UPLOADED
            if answer.outcome is Outcome.THERE and self._appears(file):
                return Action.IDENTICAL
            if answer.outcome is not Outcome.AGAIN or attempt == _ATTEMPTS:
                assert answer.error is not None, "an attempt that was not taken says why"
                raise answer.error
            self._wait(file, attempt, answer.wait)
        raise AssertionError("the last attempt returns or raises")

    def _appears(self, file: ReleasedFile) -> bool:
        """Wait for what the index says it has: an earlier answer was lost, and its pages lag behind."""
        waits = waits_for(self.reader.index)
        self.emit(
            Notice(
                f"{self.reader.index.name} says that it has {file.filename} and does not list it; "
                f"waiting up to {sum(waits):g} s for its caches"
            )
        )
        for seconds in waits:
            self.sleep(seconds)
            if self._arrived(file):
                return True
        return False

    def _arrived(self, file: ReleasedFile) -> bool:
        """Ask whether the index has the file after all: the answer to an upload can be what was lost.

        Raises Refused where another sender has put other bytes there meanwhile.
        """
        try:
            page = self.reader.page(self.release.project)
            standing = _standing(file, page.file(file.filename), self.reader, None)
        except ShipwheelError:
            return False  # it cannot be asked just now: the attempt's own error counts
        refuse_others((standing,), self.reader.index.name)
        return standing.action is Action.IDENTICAL

    def _wait(self, file: ReleasedFile, attempt: int, asked: float | None) -> None:
        seconds = min(asked if asked is not None else 2.0 ** (attempt - 1), _LONGEST_WAIT)
        self.emit(
            Notice(
                f"{file.filename} did not arrive; trying again in {seconds:g} s ({attempt + 1} of {_ATTEMPTS})"
            )
        )
        self.sleep(seconds)

    def _progress(self, filename: str) -> Callable[[int, int], None]:
        reported = 0

        def told(done: int, total: int) -> None:
            nonlocal reported
            if done - reported >= _REPORT_EVERY or (done == total and reported < total):
                reported = done
                self.emit(Progress(filename, done, total))

        return told

    def _note(self, file: ReleasedFile, stage: Stage) -> None:
        self.journal.note(file.filename, file.sha256, stage)


def _as_they_end(under_way: Mapping[Future[Action], str]) -> Iterator[tuple[str, Action]]:
    """Give what became of files as that is known; raise the first error once the running ones have ended."""
    error: BaseException | None = None
    left = set(under_way)
    while left:
        done, left = wait(left, return_when=FIRST_COMPLETED)
        for ended in done:
            stopped = ended.exception()
            if stopped is None:
                yield under_way[ended], ended.result()
            error = error or stopped
        if error is not None:
            left = {each for each in left if not each.cancel()}
    if error is not None:
        raise error


def actions_of(
    standings: tuple[Standing, ...], sent: Mapping[str, Action]
) -> tuple[tuple[ReleasedFile, Action], ...]:
    """Give each file with what became of it: what was sent, else how it stood."""
    return tuple((each.file, sent.get(each.file.filename, each.action)) for each in standings)


def _standing(
    file: ReleasedFile, there: IndexFile | None, reader: SimpleIndex, journal: Journal | None
) -> Standing:
    if there is None:
        taken = journal is not None and journal.stage(file.filename, file.sha256) in {
            Stage.TAKEN,
            Stage.LISTED,
        }
        return Standing(file, Action.UPLOADED if taken else Action.PENDING)
    found = reader.sha256(there)
    if found == file.sha256:
        return Standing(file, Action.IDENTICAL)
    return Standing(file, Action.REFUSED, found)
