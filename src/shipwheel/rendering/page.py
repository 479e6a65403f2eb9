"""A page of YAML as it was dumped, and what is done to its lines: comments, gaps, indents and folds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import msgspec

WIDTH = 100  # columns
_SLACK = 4  # columns by which a line may be wider before its text is folded into a second one


class Span(msgspec.Struct, frozen=True):
    """Lines from `start` up to `end`, counted from 0, without `end`."""

    start: int
    end: int


class Page:
    """The dumped lines, and what is to be done to each, by its number."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.shift = [0] * len(lines)
        self.above: dict[int, list[str]] = {}
        self.behind: dict[int, list[str]] = {}
        self.gaps: set[int] = set()
        self.folded: set[int] = set()
        self.joined: set[int] = set()  # folded ones that stand behind their key after all
        self.braces: dict[int, list[int]] = {}  # columns where a space goes in

    def note(self, line: int, *, above: str, behind: str, gap: bool) -> None:
        """Put comments and a blank line to a line."""
        if above:
            self.above.setdefault(line, []).append(above)
        if behind:
            self.behind.setdefault(line, []).append(behind)
        if gap:
            self.gaps.add(line)

    def fold(self, line: int, text: str, *, plain: bool) -> None:
        """Let the folded text at a line stand behind its key where there is room after all.

        `plain`: it needs no quotes there.
        """
        head = self.lines[line - 1].removesuffix(">-")
        if not plain:
            text = f'"{text}"'
        quotable = not text.startswith('"') or not ('"' in text[1:-1] or "\\" in text)
        if quotable and self.shift[line - 1] + len(head) + len(text) <= WIDTH + _SLACK:
            self.lines[line - 1] = head + text
            self.joined.add(line)
        else:
            self.folded.add(line)

    def text(self) -> str:
        """Give all lines with everything done to them."""
        return "".join(
            f"{line}\n" for number in range(len(self.lines)) for line in self._line(number)
        )

    def _line(self, number: int) -> Iterator[str]:
        line = self.lines[number]
        if number in self.joined:
            return
        for column in sorted(self.braces.get(number, ()), reverse=True):
            line = f"{line[:column]} {line[column:]}"
        indent = " " * (self.shift[number] + len(line) - len(line.lstrip(" ")))
        if number in self.gaps and number:
            yield ""
        for comment in self.above.get(number, ()):
            yield from _comment(comment, indent)
        content = line.lstrip(" ")
        if number in self.folded:
            yield from (indent + part for part in _folded(content, WIDTH - len(indent)))
            return
        behind = "".join(f" # {_paragraph(each)}" for each in self.behind.get(number, ()))
        yield f"{indent}{content}{behind}" if content else ""


def _comment(text: str, indent: str) -> list[str]:
    lead = f"{indent}# "
    return textwrap.wrap(
        _paragraph(text),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _paragraph(text: str) -> str:
    """Give a comment's text as one line that YAML allows: nothing in it can end the comment."""
    return "".join(each if each.isprintable() else "?" for each in " ".join(text.split()))


def _folded(text: str, width: int) -> Iterator[str]:
    """Break the one line of a folded scalar at spaces, where a break means that space; none is double."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
