"""What the core reports while it works, as values; `console` decides how they look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step of a job began; `detail` is the command or the file it works on."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step ended well after `seconds`; `detail` says what came of it."""

    name: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing that is not a fault."""

    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that is probably wrong; `hint` says what settles it."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A line of a tool's own output, without its line end."""

    line: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units (bytes, files) of `name` are finished."""

    name: str
    done: int
    total: int


Event: TypeAlias = StepStarted | StepDone | Notice | Warned | Output | Progress
Emit: TypeAlias = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Report to nobody: the default of library calls."""
