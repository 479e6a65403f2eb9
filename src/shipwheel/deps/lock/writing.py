"""The text of a lock as it is written: with our header, without credentials, other entries as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.project.pylock import LockedPackage, Pylock, parse_pylock
from shipwheel.redaction import without_credentials

_ENTRY = re.compile(r"^\[\[packages\]\]$", re.MULTILINE)
_HEADER = re.compile(r"\A(?:#[^\n]*\n)+\n*")


def written(text: str, origin: str) -> str:
    """Give uv's lock as it is written: what made it and from what, and no credentials of an index."""
    plain = without_credentials(_HEADER.sub("", text))
    return f"# Written by `shipwheel deps lock` from {_plain(origin)}.\n{plain.lstrip()}"


def merged(before: str, after: str, name: str) -> str:
    """Give `after` with the entries of `before` in place of those that name the same version.

    So nothing of a package that does not move is touched, though an index may have got new files of it
    since. `name` is the lock's.
    """
    old = parse_pylock(before.encode(), name)
    new = parse_pylock(after.encode(), name)
    old_texts, new_texts = _entries(before), _entries(after)
    if len(old_texts) != len(old.packages) or len(new_texts) != len(new.packages):
        return after  # written by another tool, in another form
    kept = dict(zip(map(_identity, old.packages), old_texts, strict=True))
    taken = [
        kept.get(_identity(each), text) for each, text in zip(new.packages, new_texts, strict=True)
    ]
    return _join(after, taken)


def machine_paths(lock: Pylock) -> tuple[str, ...]:
    """Name the packages of a lock whose files or folders lie on this machine."""
    return tuple(dict.fromkeys(each.name for each in lock.packages if _is_local(each)))


def _is_local(package: LockedPackage) -> bool:
    local = any(each.path or each.url.startswith("file:") for each in package.files)
    return local or package.elsewhere == "directory"


def _identity(package: LockedPackage) -> tuple[str, str, str]:
    return package.name, package.version, package.marker


def _entries(text: str) -> list[str]:
    return [each.strip("\n") for each in _split(text)][1:]


def _split(text: str) -> Iterator[str]:
    start = 0
    for match in _ENTRY.finditer(text):
        yield text[start : match.start()]
        start = match.start()
    yield text[start:]


def _join(text: str, entries: list[str]) -> str:
    head = next(_split(text)).rstrip("\n")
    return "\n\n".join([head, *entries]) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split())
