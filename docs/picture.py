"""Draw the terminal at work: run a command in a terminal of its own and write what it shows as SVG.

    python docs/picture.py --title "nox -s demo" --output docs/demo.svg -- nox -s demo

What is drawn is what the command printed, colours and all; only the home folder becomes `~`. The file
refers to nothing outside itself. Needs a system with pseudo-terminals (Linux, macOS).
"""

from __future__ import annotations

import argparse
import html
import io
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

_MOVES = re.compile(r"(\r\n|\n|\r|\x1b\[2?K|\x1b\[\d*A|\x1b\[\?25[lh])")
_UP = re.compile(r"\x1b\[(\d*)A")
_STYLE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
  <title>@title</title>
  <style>
    .{unique_id}-matrix {{
      font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
      font-size: {char_height}px;
      line-height: {line_height}px;
      font-variant-east-asian: full-width;
      white-space: pre;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix" xml:space="preserve">
    {matrix}
    </g>
  </g>
</svg>
"""


def record(command: list[str], columns: int) -> tuple[int, str]:
    """Run `command` in a terminal `columns` wide and give its exit code and all that it printed."""
    import fcntl  # noqa: PLC0415 - not on Windows
    import pty  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=_environment(columns)
    )
    os.close(theirs)
    shown = _drain(ours)
    return process.wait(), shown


def _environment(columns: int) -> dict[str, str]:
    unwanted = {"CI", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "TERM": "xterm-256color", "COLUMNS": str(columns)}


def _drain(handle: int) -> str:
    """Read to the end, showing it meanwhile; the end is an error on Linux, nothing elsewhere."""
    seen = io.BytesIO()
    with open(handle, "rb", buffering=0) as terminal:
        while True:
            try:
                data = terminal.read(4096)
            except OSError:
                break
            if not data:
                break
            seen.write(data)
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    return seen.getvalue().decode("utf-8", "replace")


def settled(shown: str, last: int | None = None) -> str:
    """Give what stood in the terminal in the end, the last lines of it, with the home folder as `~`.

    Programs that redraw begin a line anew, erase it, or go up: that much of a terminal is played here.
    """
    lines, row = [""], 0
    for piece in _MOVES.split(shown):
        if piece == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif piece in {"\r\n", "\r", "\x1b[?25l", "\x1b[?25h"}:
            row += piece == "\r\n"
            lines += [""] * (row + 1 - len(lines))
        elif piece in {"\x1b[K", "\x1b[2K"}:
            lines[row] = ""
        elif up := _UP.fullmatch(piece):
            row = max(row - int(up[1] or 1), 0)
        else:
            lines[row] += piece
    text = "\n".join(lines).strip("\n").replace(str(Path.home()), "~")
    return "\n".join(text.split("\n")[-last:] if last else [text])


def draw(text: str, title: str, columns: int, command: list[str] | None = None) -> str:
    """Give the SVG of a terminal that shows `text` below the prompt with `command`."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    if command:
        console.print(Text.assemble(("$ ", "bold green"), (" ".join(command), "bold")))
    console.print(Text.from_ansi(text))
    style = _STYLE.replace("@title", html.escape(title).replace("{", "{{").replace("}", "}}"))
    return console.export_svg(title=title, code_format=style, unique_id="shipwheel")


def main(argv: list[str] | None = None) -> int:
    """Run, draw, write; the exit code is the command's."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "demo.svg")
    parser.add_argument("--title", default="shipwheel")
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--last", type=int, help="draw the last so many lines only")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args(argv)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        parser.error("name the command to run, after --")
    code, shown = record(command, given.columns)
    if code:
        print(f"{command[0]} ended with {code}: nothing is drawn", file=sys.stderr)
        return code
    svg = draw(settled(shown, given.last), given.title, given.columns, command)
    aside = given.output.with_name(f".{given.output.name}.part")
    aside.write_text(svg, encoding="utf-8")
    aside.replace(given.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
