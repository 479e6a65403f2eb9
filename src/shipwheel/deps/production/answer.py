"""The answer: every distribution of a production install, who wants it, what it weighs, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

import msgspec


class Kind(StrEnum):
    """What a finding is about."""

    TOOL = "tool"  # a tool for tests, linting, docs or builds
    UNMET = "unmet"  # a requirement that the install does not meet: a lock that is too old
    BUILT = "built"  # no wheel: whoever installs needs a compiler, or at least the time
    YANKED = "yanked"  # a version that its makers have taken back (PEP 592)
    STRAY = "stray"  # a name at top level that belongs to a source tree
    SHADOW = "shadow"  # a name of the standard library's at top level
    SHARED = "shared"  # a file that two distributions have
    UNWANTED = "unwanted"  # nobody requires it
    VENDORED = "vendored"  # a library that is there more than once
    LIBRARY = "library"  # a compiled library that several wheels carry


Level = Literal["error", "warning", "note"]


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes on disk by what they are, bytecode left out; `tests` are those within packages."""

    python: int = 0
    compiled: int = 0
    tests: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """Give the sum."""
        return self.python + self.compiled + self.tests + self.other


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of the install.

    `chain` are the names from the project to it, both included; empty where nobody requires it. `wheel`
    is the size in bytes of the file that was downloaded, None where the index does not tell. `tool` is
    the kind of tool that it is (`test`, `lint`, `docs`, `build`), empty where it is none.
    """

    name: str
    version: str
    chain: tuple[str, ...]
    required_by: tuple[str, ...] = ()
    weight: Weight
    files: int
    wheel: int | None = None
    built: bool = False
    tool: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A finding: `packages` are those that it is about; `hint` says what settles it."""

    kind: Kind
    level: Level
    packages: tuple[str, ...]
    message: str
    hint: str = ""


class Production(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project: `wheel` is the file that was installed, `lock` the lock beside it.

    `packages` come heaviest first, the project's own among them. `offline`: an index was out of reach, and
    uv's cache answered.
    """

    project: str
    ok: bool
    python: str
    platform: str
    wheel: str
    lock: str = ""
    extras: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    found: tuple[Found, ...] = ()
    offline: bool = False
    seconds: float = 0.0

    @property
    def size(self) -> int:
        """Give the bytes on disk of everything."""
        return sum(each.weight.total for each in self.packages)


def is_ok(found: Iterable[Found]) -> bool:
    """Say whether nothing that was found is an error."""
    return all(each.level != "error" for each in found)
