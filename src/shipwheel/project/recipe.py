"""How one place (tox, a noxfile, hatch …) says that the tests are run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

Argv = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The commands as they stand, and what they need; nothing is judged here.

    `groups` are dependency groups (or Poetry's), `extras` the project's own; `folder` is where the
    commands start, relative to the root; `unread` are tokens that only that tool can resolve.
    """

    origin: str
    commands: tuple[Argv, ...] = ()
    requirements: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    notes: tuple[str, ...] = ()


def split(line: str) -> Argv:
    """Split a command line into its words as a shell would; as it stands where quotes do not match."""
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return tuple(line.split())
