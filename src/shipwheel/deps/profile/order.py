"""What is profiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from shipwheel.machine.environment import Installer
from shipwheel.machine.interpreter import Interpreter
from shipwheel.verification.dependencies import Installed

Unused = Callable[[dict[str, Installed]], frozenset[str]]

ROUNDS = 3


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is profiled: PEP 508 requirements, or the `lock` that stands for them.

    `unused` tells, of what is installed, the direct requirements that the project's modules do not import.
    `minutes` bound one install, and, times three, all changes together; `rounds` is how often each is run at
    most.
    """

    project: str
    root: Path
    requirements: tuple[str, ...]
    interpreter: Interpreter
    platform: str
    installer: Installer = "uv"
    lock: Path | None = None
    unused: Unused = lambda _installed: frozenset()
    minutes: float = 10.0
    rounds: int = ROUNDS
