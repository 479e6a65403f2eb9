"""What a stream can show, and the one place where text from strangers is made safe to print."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TextIO

import msgspec

_PLAIN_WIDTH = 100  # where nobody says how wide the window is
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# control characters, and those that turn the direction of text around
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ASCII = {
    "✓": "ok",
    "✗": "FAILED",
    "→": ">",
    "…": "...",
    "·": "-",
    "—": "-",
    "\N{MULTIPLICATION SIGN}": "x",
}


class Tone(StrEnum):
    """How a piece of text is meant; the look decides whether that is a colour."""

    PLAIN = ""
    GOOD = "green"
    BAD = "red"
    WARN = "yellow"
    DIM = "dim"
    STRONG = "bold"


_CODES = {Tone.GOOD: "32", Tone.BAD: "31", Tone.WARN: "33", Tone.DIM: "2", Tone.STRONG: "1"}


class Look(msgspec.Struct, frozen=True):
    """What a stream can show.

    `rich`: a person's terminal, where tables have lines and colours and a line may be rewritten;
    `unicode`: marks such as ✓ arrive; `width` in columns; `github`: a GitHub job's log, which folds
    groups and lifts annotations.
    """

    rich: bool = False
    unicode: bool = True
    width: int = _PLAIN_WIDTH
    github: bool = False


def look_of(
    stream: TextIO, environ: Mapping[str, str] | None = None, *, color: bool | None = None
) -> Look:
    """Tell what `stream` can show.

    Plain for a pipe, a file, CI (`CI`), `NO_COLOR` (https://no-color.org: any value but the empty one)
    and `TERM=dumb`. `color` overrides all of it.
    """
    environ = os.environ if environ is None else environ
    in_ci = environ.get("CI", "").lower() not in {"", "0", "false", "no", "off"}
    plain = environ.get("NO_COLOR") or in_ci or environ.get("TERM") == "dumb"
    terminal = _is_terminal(stream)
    rich = (terminal and not plain and _speaks_ansi(environ)) if color is None else color
    return Look(
        rich=rich,
        unicode=can_encode(stream, "".join(_ASCII)),
        width=shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns if terminal else _PLAIN_WIDTH,
        github=environ.get("GITHUB_ACTIONS") == "true",
    )


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _speaks_ansi(environ: Mapping[str, str]) -> bool:
    """Say whether escape sequences are understood; the old Windows console prints them."""
    modern = ("WT_SESSION", "TERM_PROGRAM", "ANSICON", "ConEmuANSI")
    return sys.platform != "win32" or any(name in environ for name in modern)


def can_encode(stream: TextIO, text: str) -> bool:
    """Say whether `text` arrives on `stream` as it is."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def printable(text: str) -> str:
    """Take out escape sequences and name other control characters; line feeds and tabs stay."""
    text = _SEQUENCE.sub("", text)
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def tinted(text: str, tone: Tone, look: Look) -> str:
    """Put `text` into the colour of its tone, where the look has colours."""
    code = _CODES.get(tone)
    return f"\x1b[{code}m{text}\x1b[0m" if look.rich and code and text else text


def mark(symbol: str, look: Look) -> str:
    """Give a mark, or its ASCII stand-in where the stream cannot encode it."""
    return symbol if look.unicode else _ASCII.get(symbol, symbol)


def write(stream: TextIO, text: str, look: Look) -> None:
    """Write `text`; what the stream cannot encode is replaced, never raised."""
    if not look.unicode:
        for symbol, plain in _ASCII.items():
            text = text.replace(symbol, plain)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
