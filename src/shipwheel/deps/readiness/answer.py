"""The answer: which dependency has no wheel in which cell, and where it has one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

import msgspec


class Why(StrEnum):
    """Why a version has no wheel that fits a cell."""

    SDIST = "sdist"  # there is an sdist alone
    NO_WHEEL = "no-wheel"  # wheels for other cells, and no sdist
    NEWER_SYSTEM = "newer-system"  # its wheel wants a newer C library or macOS than is asked for
    REQUIRES_PYTHON = "requires-python"  # it excludes that Python
    UNKNOWN = "unknown"  # no index has the project
    UNLISTED = "unlisted"  # uv finds none in its cache; why, the index's files would tell


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A cell without a wheel of a package.

    `missing`: nothing that is allowed there has one; `older`: an older version than elsewhere has, which
    is `used`. `newest` and `since` are the newest and the oldest version with a wheel for that cell,
    allowed or not, None where no version has one. `needs` is the platform tag of a wheel for a newer system.
    """

    python: str
    platform: str
    state: Literal["missing", "older"]
    why: Why
    used: str | None = None
    newest: str | None = None
    since: str | None = None
    needs: str | None = None


class There(msgspec.Struct, frozen=True, kw_only=True):
    """A cell where a package has wheels: since which version, and its newest."""

    python: str
    platform: str
    since: str
    newest: str


class PackageGaps(msgspec.Struct, frozen=True, kw_only=True):
    """A package that is not ready everywhere; `version` is the newest that any cell takes.

    `bound` is what the project itself requires of it, empty for one that others require; these are `via`.
    """

    name: str
    version: str
    gaps: tuple[Gap, ...]
    there: tuple[There, ...] = ()
    bound: str = ""
    via: tuple[str, ...] = ()


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A use of the standard library in the project's own code that a Python lacks, or warns of.

    `removed` is the Python from which on the name is gone, empty where it only warns; `instead` what
    takes its place; `source` the documentation that says so.
    """

    name: str
    file: str
    line: int
    state: Literal["removed", "deprecated"]
    removed: str
    instead: str
    source: str


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """A deprecation that the tests met: who used what is deprecated, and what Python or a package says.

    `own`: the project's code or its tests; `tests` is how many of them it stopped.
    """

    file: str
    line: int
    category: str
    said: str
    own: bool
    tests: int = 1


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A thing to do, in the order of the list: `subject` is a package, a name or a Python.

    `relax`: the project's own bound is in the way; `held`: that of another package; `replace`: a use in the own
    code; `build`: no version has a wheel, an sdist is there; `wait`: nor is an sdist; `add`: the Python.
    """

    kind: Literal["replace", "relax", "held", "build", "wait", "add"]
    subject: str
    said: str


class AskedCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell and what was found: `asked` is who answered.

    `listing`: uv cannot be asked about it (`reason`), so the index's files of what uv finds for the
    nearest cell were looked at. `unresolved`: no set of versions fits together there, for another
    reason than a wheel; `reason` holds uv's words. `unknown`: no index was reached, and uv's cache does
    not hold what is needed.
    """

    python: str
    platform: str
    asked: Literal["uv", "listing"]
    state: Literal["ready", "missing", "unresolved", "unknown"]
    packages: int = 0
    reason: str = ""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project.

    `dependencies` counts the packages of all cells together, transitive ones too; `set_aside` are
    requirements with a URL, which no index lists. `may_fail` are the Pythons that do not count for `ok`.
    `own` are the uses in the project's code that `own_python` lacks or warns of; `steps` is what to do.
    `tested` is the Python that the tests ran on with deprecations as errors, and how they ended, empty
    where nobody asked for it; `warned` is what stopped them. `offline`: uv's cache answered, for no index
    did; `unreached` says why in uv's words, empty where nobody was to ask one (`UV_OFFLINE`).
    """

    project: str
    ok: bool
    dependencies: int
    cells: tuple[AskedCell, ...] = ()
    packages: tuple[PackageGaps, ...] = ()
    set_aside: tuple[str, ...] = ()
    may_fail: tuple[str, ...] = ()
    seconds: float = 0.0
    own_python: str = ""
    own: tuple[Use, ...] = ()
    steps: tuple[Step, ...] = ()
    tested: str = ""
    warned: tuple[Warned, ...] = ()
    offline: bool = False
    unreached: str = ""


def is_ok(cells: Iterable[AskedCell], may_fail: Iterable[str]) -> bool:
    """Say whether every cell that counts is ready."""
    allowed = set(may_fail)
    return all(each.state == "ready" or each.python in allowed for each in cells)


def is_missing(package: PackageGaps) -> bool:
    """Say whether a package has no wheel at all in some cell."""
    return any(gap.state == "missing" for gap in package.gaps)
