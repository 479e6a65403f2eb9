"""What became of a project's locks, or what is wrong with them: the records of the answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class State(StrEnum):
    """What is to be said of a lock."""

    NEW = "new"  # written, where there was none
    CHANGED = "changed"  # written anew
    UNCHANGED = "unchanged"
    MISSING = "missing"  # looked for and not there
    OUTDATED = "outdated"  # looked at, and not what the declarations ask for
    UNUSED = "unused"  # nothing in the project asks for it


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a lock has otherwise than before.

    `before` and `after` are its versions (several where it depends on the environment), empty where it
    was not there. Both the same: it is for other environments than before; or, where `rehashed`, a file of
    it has another hash than before. `why` may be empty.
    """

    package: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    why: str = ""
    rehashed: bool = False


class LockState(msgspec.Struct, frozen=True, kw_only=True):
    """One lock: its file's name, where its requirements stand, how many packages it has.

    `packages` and `sha256` are those of the file as it is now, 0 and empty where there is none.
    `problem` says in words why it cannot be read.
    """

    file: str
    origin: str
    state: State
    packages: int = 0
    sha256: str = ""
    changes: tuple[Change, ...] = ()
    problem: str = ""


class Locking(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: every lock of a project, `checked` alone or written where that was needed.

    `python` is the lowest Python that the locks are for; `cutoff` the moment after which releases do not
    count, empty for none. `apart`: the groups do not fit together, so that a package may have several
    versions. `offline`: no index was reached, and uv's cache answered.
    """

    project: str
    ok: bool
    checked: bool
    locks: tuple[LockState, ...]
    python: str
    cutoff: str = ""
    apart: bool = False
    offline: bool = False
    seconds: float = 0.0
