"""What an index refuses, and what it has already: the gate's rules that publishing asks once more.

`release.json` may have been judged for another index, or days ago. Nothing here asks a server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from shipwheel.data.catalog import load_catalog
from shipwheel.indexes.known import Index
from shipwheel.indexes.named import named_in
from shipwheel.planning.job import Scope
from shipwheel.publishing.refusal import Reason
from shipwheel.publishing.there import There

# those of the rules here that a reason may set aside: an index grants a project more, or another build
# has its files there
EXCUSABLE_HERE = frozenset({"extra-file", "project-full", "too-large", "window-closed"})

# the rules about what lies on the index, of which a dry run tells file by file
THERE_RULES = frozenset({"other-bytes", "extra-file", "project-full", "window-closed"})

_SHOWN = 5  # names in one message
_CLOCK = dt.timedelta(hours=1)  # how far two clocks may be apart


class Sent(msgspec.Struct, frozen=True):
    """A file that is to be sent: its name, the hex sha256 of its bytes, its size in bytes."""

    filename: str
    sha256: str
    size: int


def index_reasons(
    index: Index, scope: Scope, files: tuple[tuple[str, int], ...], *, private: bool
) -> Iterator[Reason]:
    """Give what an index would refuse of files (name, size), and a local release sent elsewhere."""
    if scope is Scope.LOCAL and not index.loopback:
        yield Reason(
            rule="local-scope",
            message=f"what this machine alone can make does not go to {index.name}",
            hint="`nox -s rehearse` tries it here; `nox -s publish` judges the whole release",
        )
    if private and not index.takes_private:
        yield Reason(
            rule="private",
            message=f"the project has a `Private ::` classifier, which {index.name} refuses",
            hint="name an index of your own with --to, or take the classifier out",
        )
    most = index.capabilities.max_files
    if most is not None and len(files) > most:
        yield Reason(
            rule="too-many",
            message=f"the release has {len(files)} files, {index.name} takes {most} of a version",
            hint="plan fewer wheels: [tool.shipwheel.wheels] platforms, or the stable ABI",
        )
    for name, size in files:
        yield from _file_reasons(index, name, size)


def _file_reasons(index: Index, name: str, size: int) -> Iterator[Reason]:
    parsed = named_in(name)
    if parsed and parsed[1].local and not index.takes_local_versions:
        yield Reason(
            rule="local-version",
            message=f"{name} has the local version {parsed[1]}, which {index.name} refuses",
            hint="build from a clean checkout of the tag",
        )
    if index.max_file_size is not None and size > index.max_file_size:
        yield Reason(
            rule="too-large",
            message=f"{name} has {size} bytes, {index.name} takes {index.max_file_size}",
            hint=f"make it smaller, or where the index granted more {excuse('too-large')}",
        )


def there_reasons(
    index: Index, scope: Scope, files: tuple[Sent, ...], there: There, now: dt.datetime
) -> Iterator[Reason]:
    """Give what stands against sending files to an index that has something of their version.

    `now` is this machine's time in UTC.
    """
    for file in files:
        found = there.files.get(file.filename)
        if found is not None and found != file.sha256:
            yield other_bytes(index.name, file.filename, found, file.sha256)
    missing = tuple(file for file in files if file.filename not in there.files)
    yield from _window(index, there, missing, now)
    yield from _room(index, there, missing)
    extra = sorted(there.files.keys() - {file.filename for file in files})
    # a local release is never whole: what the index has beside it may well be the rest
    if extra and scope is Scope.RELEASE:
        yield Reason(
            rule="extra-file",
            message=f"{index.name} has {_some(extra)} of this version, which this release has not",
            hint=f"release a new version, or where they belong to it {excuse('extra-file')}",
        )


def other_bytes(index: str, filename: str, found: str, ours: str) -> Reason:
    """Give the reason against a file whose name is taken by other bytes, with both hashes."""
    return Reason(
        rule="other-bytes",
        message=f"{index} has {filename} with sha256 {found}, this release's is {ours}",
        hint="release a new version: what is published does not change",
    )


def there_notes(
    index: Index, files: tuple[Sent, ...], there: There, now: dt.datetime
) -> Iterator[str]:
    """Give what ought to be known of what an index has already, and is no reason against a release."""
    missing = [file.filename for file in files if file.filename not in there.files]
    closes = _closes(index, there)
    if missing and closes is not None and now < closes:
        yield (
            f"{index.name} has {len(files) - len(missing)} of {len(files)} files, and takes the rest"
            f" until {closes:%Y-%m-%d %H:%M} UTC"
        )
    if there.yanked:
        yield f"{index.name} has this version yanked: nobody gets it without asking for it"
    if there.first is not None and now < there.first - _CLOCK:
        yield (
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, and {index.name} got a file at"
            f" {there.first:%Y-%m-%d %H:%M}: it is wrong"
        )


def _window(
    index: Index, there: There, missing: tuple[Sent, ...], now: dt.datetime
) -> Iterator[Reason]:
    """PyPI takes no file of a version two weeks after its first: half a release stays half."""
    closes = _closes(index, there)
    if not missing or closes is None or now < closes:
        return
    names = [file.filename for file in missing]
    yield Reason(
        rule="window-closed",
        message=f"{index.name} takes files of a version for {index.completion_days} days, which were over"
        f" on {closes:%Y-%m-%d %H:%M} UTC; it lacks {_some(names)}",
        hint="release a new version, and yank this one; where the index granted more time "
        + excuse("window-closed"),
    )


def _closes(index: Index, there: There) -> dt.datetime | None:
    if index.completion_days is None or there.first is None:
        return None
    return there.first + dt.timedelta(days=index.completion_days)


def _room(index: Index, there: There, missing: tuple[Sent, ...]) -> Iterator[Reason]:
    """All files of a project share the room that a public index gives it."""
    public = load_catalog().indexes.values()
    known = next((each for each in public if each.upload == index.upload), None)
    if known is None or there.bytes is None:
        return
    wanted = sum(file.size for file in missing)
    if wanted and there.bytes + wanted > known.max_project_size:
        yield Reason(
            rule="project-full",
            message=f"{index.name} gives a project {known.max_project_size} bytes; {there.bytes} are"
            f" taken, and {wanted} are to come",
            hint="delete old releases, or where the index granted more " + excuse("project-full"),
        )


def excuse(rule: str) -> str:
    """Give the end of a hint that tells how a rule is set aside."""
    return f'give a reason: [tool.shipwheel.verify] ignore = {{ "{rule}" = "…" }}'


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
