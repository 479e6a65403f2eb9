"""Errors as a person reads them: what happened, where, the evidence, what to do next."""

from __future__ import annotations

from typing import TextIO

from shipwheel.console.annotations import annotation
from shipwheel.console.terminal import Look, Tone, look_of, printable, tinted, write
from shipwheel.errors import ShipwheelError

_TONES = (("error: ", Tone.BAD), ("  | ", Tone.DIM), ("  next: ", Tone.STRONG))


def print_error(error: ShipwheelError, stream: TextIO, *, look: Look | None = None) -> None:
    """Print an error to `stream`, in a GitHub job as an annotation too."""
    look = look or look_of(stream)
    for line in error_lines(error, look):
        write(stream, f"{line}\n", look)
    if look.github:
        lifted = annotation("error", error.hint or error.what, title=error.what)
        write(stream, f"{lifted}\n", look)
    stream.flush()


def error_lines(error: ShipwheelError, look: Look) -> list[str]:
    """Give the error's lines, safe to print, with the colours that the look has."""
    return [_tinted(printable(line), look) for line in error.lines()]


def _tinted(line: str, look: Look) -> str:
    for head, tone in _TONES:
        if line.startswith(head):
            return tinted(head, tone, look) + line.removeprefix(head)
    return line
