"""What a running environment gave a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Level = Literal["warning", "note"]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that is declared: `group` is empty for what the project needs to run.

    `because` says which import, or what kind of tool it is.
    """

    name: str
    version: str
    requirement: str
    group: str
    because: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the environment that a person should know.

    `rule` is `editable`, `local`, `url`, `unimported`, `unprovided`, `several`, `conflict`, `differs`,
    `build` or `python`; a note asks for nothing.
    """

    rule: str
    name: str
    level: Level
    message: str


class Locked(msgspec.Struct, frozen=True, kw_only=True):
    """A lock: its file's name, how many packages it has."""

    file: str
    packages: int


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The first run of the tests with these versions, and its log; `why` it failed or what it counted."""

    state: Literal["passed", "failed", "not run"]
    why: str
    log: str = ""


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of adopting an environment.

    `environment` is its folder, `python` its version, `held` how many distributions it has. `diff` is of
    pyproject.toml, `written` that it and the locks were written; `by_hand` says why pyproject.toml is not
    changed, with the lines to add in `diff`'s place. `tests` is None where none were asked for.
    """

    project: str
    ok: bool
    environment: str
    python: str
    held: int
    taken: tuple[Taken, ...] = ()
    told: tuple[Told, ...] = ()
    locks: tuple[Locked, ...] = ()
    diff: str = ""
    by_hand: str = ""
    written: bool = False
    tests: Tried | None = None
    seconds: float = 0.0


def is_well(told: Iterable[Told], by_hand: str, tests: Tried | None) -> bool:
    """Say whether nothing is left to do."""
    green = tests is None or tests.state == "passed"
    return green and not by_hand and not any(each.level == "warning" for each in told)
