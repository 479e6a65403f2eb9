"""What the core reports while it works, as values; `console` decides how they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec


class StepStarted(msgspec.Struct, frozen=True):
    """A step of a job began; `detail` is the command or the file it works on."""

    name: str
    detail: str = ""


class StepDone(msgspec.Struct, frozen=True):
    """A step ended after `seconds`; `detail` says what came of it.

    `well` is False where that is no good news, as of a trial that may fail; a step that an error ends has
    no such event.
    """

    name: str
    seconds: float
    detail: str = ""
    well: bool = True


class Notice(msgspec.Struct, frozen=True):
    """Something worth knowing that is not a fault."""

    text: str


class Warned(msgspec.Struct, frozen=True):
    """Something that is probably wrong; `hint` says what settles it."""

    text: str
    hint: str = ""


class Output(msgspec.Struct, frozen=True):
    """A line of a tool's own output, without its line end."""

    line: str


class Progress(msgspec.Struct, frozen=True):
    """`done` of `total` units (bytes, files) of `name` are finished."""

    name: str
    done: int
    total: int


Event: TypeAlias = StepStarted | StepDone | Notice | Warned | Output | Progress
Emit: TypeAlias = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Report to nobody: the default of library calls."""
