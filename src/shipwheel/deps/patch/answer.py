"""What became of a patch: which packages moved in which locks and why, and what the tests say."""

from __future__ import annotations

from typing import Literal

import msgspec

from shipwheel.deps.lock.answer import Change


class PatchedLock(msgspec.Struct, frozen=True, kw_only=True):
    """A lock that has the package; without `changes` it was left as it is."""

    file: str
    changes: tuple[Change, ...] = ()


class CellResult(msgspec.Struct, frozen=True, kw_only=True):
    """A test job that ran after the patch; `said` is why it did not pass."""

    job: str
    state: Literal["passed", "failed", "skipped"]
    said: str = ""


class Patching(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `wanted` is the version that was asked for, empty for the newest that fits.

    `before` and `after` are the package's versions over all locks. `held` says in words why it is
    not at its newest release. `tests` are empty where none were run; the locks stay written where they fail.
    """

    project: str
    ok: bool
    package: str
    wanted: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    locks: tuple[PatchedLock, ...] = ()
    held: str = ""
    tests: tuple[CellResult, ...] = ()
    offline: bool = False
    seconds: float = 0.0

    @property
    def moved(self) -> bool:
        """Say whether a lock was written."""
        return any(each.changes for each in self.locks)
