"""What is found about the bounds of direct dependencies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Level = Literal["warning", "note"]
State = Literal["static", "holds", "found", "red", "flaky", "apart"]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a bound that the index's listing shows, no test run.

    `rule` is `unbounded`, `pinned`, `capped`, `unsatisfied`, `yanked`, `no-wheel`, `unlisted` or `url`; a
    note asks for nothing.
    """

    requirement: str
    rule: str
    level: Level
    message: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the tests: what was tried, how it ended, `why` where it failed, its log."""

    what: str
    state: Literal["passed", "failed", "unresolved"]
    seconds: float
    why: str = ""
    log: str = ""

    @property
    def passed(self) -> bool:
        """Say whether the tests passed."""
        return self.state == "passed"


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """The lowest version of a dependency that the tests pass with.

    `declared` is the lowest version that the requirement admits, empty where it has no lower bound;
    `below` is the version under the floor, and `why` what it fails of. `proposed` is the requirement to
    declare instead, empty where what is declared is true.
    """

    name: str
    requirement: str
    declared: str
    floor: str
    newest: str
    proposed: str = ""
    below: str = ""
    why: str = ""


class Floors(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a project's bounds.

    `state`: only looked at (`static`), the declared lowest versions pass (`holds`), other floors were
    `found`; `red`: the tests fail at the newest versions too; `flaky`: they end now so, now so; `apart`:
    each floor passes alone, and no single one mends them together. `kind_origin` says why the project
    is taken for a library or an application. `diff` is of pyproject.toml, `written` that it was applied;
    `by_hand` says why there is none though a bound is proposed.
    """

    project: str
    ok: bool
    state: State
    kind: Literal["library", "application"]
    kind_origin: str
    python: str
    remarks: tuple[Remark, ...] = ()
    floors: tuple[Floor, ...] = ()
    runs: tuple[Run, ...] = ()
    diff: str = ""
    written: bool = False
    by_hand: str = ""
    seconds: float = 0.0


def is_well(state: State, remarks: Iterable[Remark], floors: Iterable[Floor]) -> bool:
    """Say whether there is nothing to do: no warning, no other bound to declare, and tests that can tell."""
    warned = any(each.level == "warning" for each in remarks)
    proposed = any(each.proposed for each in floors)
    return state in {"static", "holds", "found"} and not warned and not proposed
