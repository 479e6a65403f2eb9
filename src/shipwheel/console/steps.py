"""Events as lines that a person grasps while a job runs.

Imported at the start of every nox session, so neither click nor rich may come in here.
"""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import TextIO

from shipwheel.console.annotations import annotation, defused, endgroup, group
from shipwheel.console.errors import print_error
from shipwheel.console.terminal import (
    Look,
    Tone,
    look_of,
    mark,
    printable,
    tinted,
    write,
)
from shipwheel.console.wording import seconds_text
from shipwheel.errors import ShipwheelError
from shipwheel.events import Event, Notice, Output, Progress, StepDone, StepStarted, Warned

_KEPT = 200  # lines of output that are kept for the case of a failure
_SHOWN = 25  # of which so many are shown then


class Steps:
    """Prints events to a stream: steps with their seconds, notices, warnings, output where asked for.

    A tool's output, and the steps within a step, are hidden unless `verbose`; the last lines of output
    come with `failed`. In a GitHub job it is in the log all the same, folded into a group a step. On a
    terminal the line of a running step is replaced by that of the finished one. `color` overrides what
    the stream says; `begun` is false where something else shows what is running.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        verbose: bool = False,
        color: bool | None = None,
        look: Look | None = None,
        begun: bool = True,
    ) -> None:
        self.stream = stream
        self.begun = begun
        self.verbose = verbose
        self.look = look or look_of(stream, color=color)
        self._output: deque[str] = deque(maxlen=_KEPT)
        self._open: list[tuple[int, str]] = []
        self._here = str(Path.cwd() / "_")[:-1]
        self._rewritable = False
        self._group = False
        self._lock = threading.RLock()  # a tool's output may arrive from another thread

    def emit(self, event: Event) -> None:
        """Print one event; fits wherever the core asks for an `Emit`."""
        with self._lock:
            match event:
                case StepStarted():
                    self._started(event)
                case StepDone():
                    self._done(event)
                case Notice():
                    self._line("·", Tone.DIM, event.text)
                case Warned():
                    self._warned(event)
                case Output():
                    self._tool(event.line)
                case Progress():
                    pass  # a bar is for a terminal: console/progress.py

    def failed(self, error: ShipwheelError | None = None, *, tell: bool = True) -> None:
        """Say which steps failed, show the last lines of output, and print the error.

        Where the error brings evidence of its own the output is not repeated. `tell=False` leaves the
        error itself to the caller.
        """
        with self._lock:
            self.broken(tail=error is None or not error.evidence)
            if error is not None and tell:
                print_error(error, self.stream, look=self.look)

    def broken(self, *, tail: bool = True) -> None:
        """Say which steps did not end, with the last lines of output where `tail` asks for them."""
        with self._lock:
            self._close_group()
            self._clear()
            for _thread, name in reversed(self._open):
                self._line("✗", Tone.BAD, name)
            self._open.clear()
            if tail:
                self._tail()
            self._output.clear()
            self.stream.flush()

    def _started(self, event: StepStarted) -> None:
        nested = self._nested()
        self._open.append((threading.get_ident(), event.name))
        if nested and not self.verbose:
            return
        self._close_group()
        if not nested:
            self._output.clear()
        text = f"{event.name}  {self._near(event.detail)}".rstrip()
        if self.look.github:
            self._put(group(text))
            self._group = True
        elif not self.look.rich:
            self._line("→", Tone.DIM, text)
        elif self.begun:
            self._rewrite("→", text)
        self.stream.flush()

    def _done(self, event: StepDone) -> None:
        step = (threading.get_ident(), event.name)
        if step in self._open:
            self._open.remove(step)
        if self._nested() and not self.verbose:
            return
        self._close_group()
        text = f"{event.name}  {self._near(event.detail)}".rstrip()
        time = tinted(f"({seconds_text(event.seconds)})", Tone.DIM, self.look)
        mark, tone = ("✓", Tone.GOOD) if event.well else ("✗", Tone.BAD)
        self._line(mark, tone, text, after=f"  {time}")
        self.stream.flush()

    def _nested(self) -> bool:
        """Say whether a step of this thread is running: one of another thread runs beside it."""
        return any(thread == threading.get_ident() for thread, _name in self._open)

    def _near(self, detail: str) -> str:
        """Give a detail with paths below the working directory as that directory sees them."""
        return detail.replace(self._here, "")

    def _warned(self, event: Warned) -> None:
        if self.look.github:
            text = f"{event.text}\n{event.hint}" if event.hint else event.text
            self._put(annotation("warning", text))
            return
        self._line("!", Tone.WARN, f"warning: {event.text}")
        if event.hint:
            self._line(" ", Tone.PLAIN, f"  next: {event.hint}")

    def _tool(self, line: str) -> None:
        line = printable(line.rstrip("\r").rpartition("\r")[2])  # a bar is its last state
        self._output.append(line)
        if self.verbose or self._group:
            self._put(f"    {tinted(defused(line), Tone.DIM, self.look)}")

    def _tail(self) -> None:
        if self.verbose:
            return  # it has been shown already
        kept = [line for line in self._output if line.strip()]
        if len(kept) > _SHOWN:
            self._put(f"    | … ({len(kept) - _SHOWN} lines before)")
        for line in kept[-_SHOWN:]:
            self._put(f"    {defused(line)}")

    def _close_group(self) -> None:
        if self._group:
            self._put(endgroup())
            self._group = False

    def _line(self, symbol: str, tone: Tone, text: str, *, after: str = "") -> None:
        head = tinted(mark(symbol, self.look), tone, self.look)
        self._put(f"  {head} {printable(text).replace(chr(10), chr(10) + '    ')}{after}")

    def _rewrite(self, symbol: str, text: str) -> None:
        """Print a line that the next one replaces; cut, since a wrapped line cannot be taken back."""
        self._clear()
        text = printable(text).partition("\n")[0]
        room = max(self.look.width - 6, 10)
        text = text if len(text) <= room else f"{text[: room - 1]}…"
        head = tinted(mark(symbol, self.look), Tone.DIM, self.look)
        write(self.stream, f"  {head} {tinted(text, Tone.DIM, self.look)}", self.look)
        self._rewritable = True

    def _put(self, line: str) -> None:
        self._clear()
        write(self.stream, f"{line}\n", self.look)

    def _clear(self) -> None:
        if self._rewritable:
            self.stream.write("\r\x1b[K")
            self._rewritable = False
