"""What an index has of a release's version before anything is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import msgspec
from packaging.version import Version

from shipwheel.indexes.named import named_in
from shipwheel.indexes.page import IndexFile, Page


class There(msgspec.Struct, frozen=True, kw_only=True):
    """What an index has of a project, as far as a release of it is concerned.

    `files` are those of the version, by name, with their sha256 (None where nobody asked for it: a file
    that the release does not have). `first` is the time of the version's first upload in UTC, None where
    the index does not say (PEP 700). `bytes` are those of all the project's files, None where the index
    names no sizes. `yanked` says that the index hides every file of the version (PEP 592).
    """

    files: dict[str, str | None] = {}
    first: dt.datetime | None = None
    bytes: int | None = None
    yanked: bool = False


def there_on(
    page: Page, version: Version, ours: Collection[str], hash_of: Callable[[IndexFile], str]
) -> There:
    """Give what a project's page shows of a version.

    `ours` are the names of the release's files; `hash_of` gives a file's sha256 where the page names
    none, and is asked for those alone.
    """
    files = [each for each in page.files if _version_of(each) == version]
    times = [time for each in files if (time := _time(each.uploaded)) is not None]
    sizes = [each.size for each in page.files]
    return There(
        files={
            each.filename: each.sha256 or (hash_of(each) if each.filename in ours else None)
            for each in reversed(files)  # of two by one name installers take the first
        },
        first=min(times, default=None),
        bytes=None if None in sizes else sum(size or 0 for size in sizes),
        yanked=bool(files) and all(each.yanked is not None for each in files),
    )


def _version_of(file: IndexFile) -> Version | None:
    named = named_in(file.filename)
    return named[1] if named is not None else None


def _time(text: str | None) -> dt.datetime | None:
    """Read an upload's time (PEP 700: ISO 8601, UTC); None where it is none."""
    try:
        time = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
