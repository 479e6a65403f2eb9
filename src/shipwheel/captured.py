"""What came of a process: its exit code and its output, bounded however long it is."""

from __future__ import annotations

from collections import deque

import msgspec

from shipwheel.redaction import blank

_KEPT = 8 << 20  # characters kept in memory at either end; the log has all
_BLOCK = 1 << 16


class Completed(msgspec.Struct, frozen=True):
    """A finished process: its command, exit code, combined output and wall-clock seconds.

    `output` is what was written, credentials included, for a caller that reads it; of more than 16
    million characters the middle is left out. What a person sees comes from `tail`, blanked.
    """

    command: tuple[str, ...]
    returncode: int
    output: str
    seconds: float
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show no secret: this may stand in a traceback."""
        return f"Completed(command={self.command!r}, returncode={self.returncode})"

    @property
    def ok(self) -> bool:
        """Say whether the process exited with 0."""
        return self.returncode == 0

    def tail(self, lines: int = 15) -> str:
        """Give the last `lines` lines of the output that are not blank, free of credentials."""
        kept = [line.rstrip() for line in self.output.splitlines() if line.strip()]
        return blank("\n".join(kept[-lines:]), self.secrets)


class Captured:
    """The two ends of an output, however long it is."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._sizes = [0, 0]
        self._lost = False

    def add(self, text: str) -> None:
        """Add what was written."""
        if self._sizes[0] < _KEPT:
            self._head.append(text)
            self._sizes[0] += len(text)
            return
        self._tail.append(text)
        self._sizes[1] += len(text)
        while self._sizes[1] > _KEPT + _BLOCK:
            self._sizes[1] -= len(self._tail.popleft())
            self._lost = True

    def text(self) -> str:
        """Give what is left of it, with a line where something is not."""
        gap = ["\n… left out here; the log has it …\n"] if self._lost else []
        return "".join([*self._head, *gap, *self._tail])
