"""The answer: the conflicts with their chains, which versions would agree, and what to relax."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a conflict is about."""

    VERSIONS = "versions"  # no released version is what all of them ask for
    NO_VERSION = "no-version"  # a single requirement that no released version meets
    SIBLING = (
        "sibling"  # the folder has another version of a package than one of its packages asks for
    )
    UNKNOWN = "unknown"  # nothing provides the name
    PYTHON = "python"  # their Pythons have none in common
    OTHER = "other"  # uv's words alone tell it


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement (PEP 508) and who has it: `version` is empty where the requirer has none that is known.

    `origin` is the file and key where it stands, or `metadata` for a released package.
    """

    requirer: str
    version: str = ""
    requirement: str
    origin: str = "metadata"


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """The released versions of a requirer that would take what all the others ask for, oldest first.

    By the metadata of the `looked_at` versions, of which the newest are taken where there are too many;
    it is judged by the contested package alone.
    """

    package: str
    versions: tuple[str, ...]
    looked_at: int
    of: int


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A conflict that uv confirms: the bounds that cannot hold together, of which none can be spared.

    `package` is what is contested, empty where uv's words (`said`) alone tell it. `chains` lead from each
    bound to the requirement on that package. `cells` are the Pythons and systems where it holds, empty
    where it holds in all that were asked about. `near` is the name that was perhaps meant. `part` is the
    extra, or `group NAME`, that excludes something together with the run-time requirements alone; `apart`
    says that only extras and groups exclude one another, of which each is fine by itself. `counts` is
    false for that, for what holds in no cell, and for a group that is not for some Pythons.
    """

    kind: Kind
    package: str
    bounds: tuple[Link, ...]
    chains: tuple[tuple[Link, ...], ...] = ()
    released: tuple[str, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    cells: tuple[str, ...] = ()
    near: str = ""
    circle: bool = False
    counts: bool = True
    said: str = ""
    part: str = ""
    apart: bool = False


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds without which uv finds versions, and what it then takes of the packages that they bound."""

    bounds: tuple[Link, ...]
    taken: dict[str, str] = {}


class Contested(msgspec.Struct, frozen=True, kw_only=True):
    """A package of which no version meets the bounds of all, with every bound that is set on it."""

    package: str
    bounds: tuple[Link, ...]


class Conflicts(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project, or for a folder of packages.

    `packages` counts those asked about, `requirements` theirs. `relaxations` are the smallest sets of
    bounds, each tried: uv finds versions without them. `certain` says that there is no smaller one: false
    where the search was cut off. `notes` are what is probably wrong and no conflict; `assumed` the packages
    of which only building would tell what they require. `offline`: the caches alone were asked. `asked`
    counts the questions to uv.
    """

    project: str
    ok: bool
    packages: int
    requirements: int
    conflicts: tuple[Conflict, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    certain: bool = True
    contested: tuple[Contested, ...] = ()
    notes: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    offline: bool = False
    asked: int = 0
    seconds: float = 0.0
