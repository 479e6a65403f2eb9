"""Import names and to whom they belong: `names.toml`, read once."""

from __future__ import annotations

import functools
import sys
import tomllib

import msgspec

from shipwheel.data.catalog import data_text

Release = tuple[int, int]
_ALWAYS: Release = (0, 0)
_NEVER: Release = (99, 0)


class ImportNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What names.toml holds; versions are written as `3.12`."""

    shared: tuple[str, ...]
    hosts: tuple[str, ...]
    unsaid: dict[str, tuple[str, ...]]
    added: dict[str, str]
    removed: dict[str, str]
    provided: dict[str, tuple[str, ...]]
    owners: dict[str, tuple[str, ...]]
    names_added: dict[str, tuple[str, ...]]
    names_removed: dict[str, tuple[str, ...]]

    def in_library(self, name: str, python: Release) -> bool:
        """Say whether the standard library of a Python (3.8 and later) has a top-level module."""
        if name in self.removed:
            return python < release(self.removed[name])
        if name in self.added:
            return python >= release(self.added[name])
        return name in sys.stdlib_module_names


@functools.cache
def import_names() -> ImportNames:
    """Read the names; raises msgspec.ValidationError for a file that is not of its form."""
    text = data_text("names")
    return msgspec.convert(tomllib.loads(text), ImportNames)


@functools.cache
def changed_names() -> dict[str, tuple[Release, Release]]:
    """Give names of the library (`typing.Self`) with the first Python that has and has them no longer."""
    known = import_names()
    found = {n: (release(v), _NEVER) for v, names in known.names_added.items() for n in names}
    gone = {n: (_ALWAYS, release(v)) for v, names in known.names_removed.items() for n in names}
    return found | gone


def release(version: str) -> Release:
    """Give `3.12` as (3, 12)."""
    major, _, minor = version.partition(".")
    return int(major), int(minor)
