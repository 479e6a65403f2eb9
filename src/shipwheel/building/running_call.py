"""A call of cibuildwheel that makes several wheels, read while it runs: each one's part of what it says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# cibuildwheel's logger: build_start and build_end
_BEGUN = re.compile(r"Building (?P<identifier>\S+) wheel")
_DONE = re.compile(r"(?:\S+ )?(?P<identifier>\S+) finished in ")
_MOST = 100_000  # lines kept of one wheel's part

Tell = Callable[[str], None]


class _Part(msgspec.Struct):
    """The lines of one wheel, and how many of them were told."""

    lines: list[str] = []
    told: int = 0


class RunningCall:
    """What a call for `identifiers` has said so far, part by part.

    `lines` are its output as it comes. A finished wheel lies in `left`, a folder that the container
    leaves it in, where that works; when the call has ended well, all of them lie in `out`.
    """

    def __init__(
        self, lines: Iterable[str], identifiers: Collection[str], left: Path, out: Path
    ) -> None:
        self.identifiers = frozenset(identifiers)
        self.finished: set[str] = set()
        self.ended = False
        self._left, self._out = left, out
        self._lines: Iterator[str] = iter(lines)
        self._before = _Part()
        self._parts: dict[str, _Part] = {}
        self._now = self._before
        self._taken: set[str] = set()

    @property
    def began(self) -> bool:
        """Say whether it came as far as a first wheel."""
        return bool(self._parts)

    def can_give(self, identifier: str) -> bool:
        """Say whether it has something to say of a wheel, or will: one that failed before leaves it out."""
        known = identifier in self.identifiers
        return known and (not self.ended or not self.began or identifier in self._parts)

    def read_until(self, identifiers: Collection[str], tell: Tell) -> bool:
        """Read on until these are finished, or the call has ended; say whether they are.

        `tell` gets, once, each line of theirs and what was said before the first wheel.
        """
        self._tell(identifiers, tell)
        while not self.finished.issuperset(identifiers) and self._read():
            self._tell(identifiers, tell)
        return self.finished.issuperset(identifiers)

    def read_all(self) -> None:
        """Read to the end, as one has to for what follows the last wheel."""
        while self._read():
            pass

    def text(self, identifier: str) -> str:
        """Give what was said of a wheel."""
        part = self._parts.get(identifier)
        return "\n".join(part.lines) if part else ""

    def told(self, identifiers: Iterable[str]) -> str:
        """Give what was said before the first wheel and of these."""
        texts = ("\n".join(self._before.lines), *(self.text(each) for each in identifiers))
        return "\n".join(each for each in texts if each)

    def wheels(self) -> list[Path]:
        """Give the wheels that lie where the container left them and that nobody took yet."""
        folder = self._out if self.ended and any(self._out.glob("*.whl")) else self._left
        there = (each for each in sorted(folder.glob("*.whl")) if each.name not in self._taken)
        # the container's root may have left what this user cannot read: then all come at the end
        return [each for each in there if os.access(each, os.R_OK)]

    def take(self, wheel: Path) -> None:
        """Note that a wheel has its place now."""
        self._taken.add(wheel.name)

    def _tell(self, identifiers: Collection[str], tell: Tell) -> None:
        own = (self._parts[each] for each in identifiers if each in self._parts)
        for part in (self._before, *own):
            for line in part.lines[part.told :]:
                tell(line)
            part.told = len(part.lines)

    def _read(self) -> bool:
        """Read a line into its part; say whether there was one."""
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            return False
        bare = _ANSI.sub("", line).strip()
        if (begun := _BEGUN.fullmatch(bare)) and begun["identifier"] in self.identifiers:
            self._now = self._parts.setdefault(begun["identifier"], _Part())
        if len(self._now.lines) < _MOST:
            self._now.lines.append(line)
        done = _DONE.match(bare)
        if done and done["identifier"] in self._parts:
            self.finished.add(done["identifier"])
        return True
