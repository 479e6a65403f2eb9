"""The answer: which locked version an advisory names, and what mends it."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

_CVE = re.compile(r"CVE-\d{4}-\d+")


class Advisory(msgspec.Struct, frozen=True, kw_only=True):
    """An advisory as the service tells it: `aliases` are its names elsewhere (CVE, GHSA, PYSEC).

    `fixed` are the versions that it calls mended, `published` a time (RFC 3339) or nothing; `summary` is
    one line.
    """

    id: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    link: str = ""
    fixed: tuple[str, ...] = ()
    published: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Give all of its names, a CVE first: that is what people search for."""
        every = dict.fromkeys((self.id, *self.aliases))
        return tuple(sorted(every, key=lambda name: _CVE.fullmatch(name) is None))


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """An advisory that the project ignores, why, and to which day (`2026-12-31`, inclusive) where it says so."""

    id: str
    reason: str
    until: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a version stands: the lock, relative to the project, and the line; nothing where there is no lock."""

    group: str
    lock: str = ""
    line: int = 0


class Mend(msgspec.Struct, frozen=True, kw_only=True):
    """What mends a package: the lowest released version that no advisory names.

    `state`: `found` (uv's resolver takes `version` with everything else that is locked), `forbidden`
    (`version` would do, and `reason` says whose bound is in the way), `none` (no later release is free
    of advisories), `unknown` (`reason` says what could not be asked). `command` applies it to
    the locks; there is none where nothing is locked. A `reason`
    beside a `found` version says which bound forbids an older one that would have done; `moves` are the
    packages that have to move with it (`markupsafe 1.1.1 -> 2.0.1`).
    """

    state: Literal["found", "forbidden", "none", "unknown"]
    version: str = ""
    command: str = ""
    reason: str = ""
    moves: tuple[str, ...] = ()


class Vulnerable(msgspec.Struct, frozen=True, kw_only=True):
    """A locked version that advisories name; those that the project ignores stand apart."""

    name: str
    version: str
    places: tuple[Place, ...]
    advisories: tuple[Advisory, ...] = ()
    ignored: tuple[tuple[Advisory, Ignored], ...] = ()
    mend: Mend | None = None

    @property
    def groups(self) -> tuple[str, ...]:
        """Give the groups whose lock holds it."""
        return tuple(dict.fromkeys(place.group for place in self.places))


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """A group that was looked at: its lock, or nothing where uv's resolution of today stands for it."""

    group: str
    lock: str = ""
    packages: int = 0


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project.

    `packages` counts different versions, `kept_since` is the time (RFC 3339) of the oldest answer where
    the service was out of reach and earlier answers stand in. `set_aside` come from no index, so that no
    advisory can name them. `expired` and `unmet` are entries of `ignore-advisories` whose day has passed,
    or that fit nothing.
    """

    project: str
    ok: bool
    service: str
    groups: tuple[Audited, ...] = ()
    packages: int = 0
    vulnerable: tuple[Vulnerable, ...] = ()
    set_aside: tuple[str, ...] = ()
    expired: tuple[Ignored, ...] = ()
    unmet: tuple[str, ...] = ()
    kept_since: str | None = None
    seconds: float = 0.0
