"""What ran when, for how long: collected from all threads of a verification."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from shipwheel.verification.report import Step


class Timeline:
    """Steps, counted from when this was made."""

    def __init__(self) -> None:
        self._origin = time.perf_counter()
        self._steps: list[Step] = []

    @contextlib.contextmanager
    def step(self, name: str, file: str, python: str | None = None) -> Iterator[None]:
        """Keep how long the block took, also where it raises."""
        started = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - started
            step = Step(
                name=name,
                file=file,
                python=python,
                started=round(started - self._origin, 4),
                seconds=round(seconds, 4),
            )
            self._steps.append(step)  # a list's append is whole, whichever thread calls

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give the steps by when they began."""
        return tuple(sorted(self._steps, key=lambda step: (step.started, step.name)))
