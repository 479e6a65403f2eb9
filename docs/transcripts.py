"""Make every transcript of the documentation by running it: `python docs/transcripts.py`.

The starter is copied to a fresh folder; each command runs in it, one after the other, and what it prints
goes to `transcripts/NAME.txt`. `--demo` runs `nox -s demo` in a terminal of its own and draws
`demo.svg` from the end of what it shows.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WIDTH = 100
_SHOWN = 44  # lines of the demo that the picture holds
_FOREIGN = ("CI", "COV_", "NOX", "PYTEST_", "SHIPWHEEL_", "VIRTUAL_ENV", "FORCE_COLOR")

# name of the transcript, what a person types, what belongs to the project beforehand
COMMANDS: tuple[tuple[str, str], ...] = (
    ("init", "shipwheel init"),
    ("plan", "shipwheel plan"),
    ("list", "nox -l"),
    ("nox", "nox -j2"),
    ("again", "nox -j2"),
    ("rehearse", "nox -s rehearse"),
    ("doctor", "shipwheel doctor"),
    ("unknown-key", "shipwheel plan"),
)
_BEFORE = {"unknown-key": '\n[tool.shipwheel]\npython = ["3.12"]\n'}


def main(argv: Sequence[str] | None = None) -> int:
    """Run everything, or what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true", help="draw demo.svg, and nothing else")
    options = parser.parse_args(argv)
    if options.demo:
        draw_demo(HERE / "demo.svg")
    else:
        write_transcripts(HERE / "transcripts")
    return 0


def write_transcripts(folder: Path) -> None:
    """Run the commands on a copy of the pure starter and write what they print."""
    with tempfile.TemporaryDirectory() as scratch:
        project = _starter(Path(scratch) / "spanwords")
        for name, command in COMMANDS:
            if name in _BEFORE:
                with (project / "pyproject.toml").open("a", encoding="utf-8") as table:
                    table.write(_BEFORE[name])
            printed = _run(command, project).replace(str(project), "~/spanwords")
            text = f"$ {command}\n{_plain(printed)}".replace(str(Path.home()), "~")
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def draw_demo(picture: Path) -> None:
    """Run the demo as a person would see it and draw the end of it."""
    shown = _in_terminal([sys.executable, "-m", "nox", "-s", "demo"], ROOT)
    lines = shown.replace("\r\n", "\n").rstrip().split("\n")[-_SHOWN:]
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text("$ nox -s demo", style="bold"), Text("…", style="dim"), sep="\n")
    for line in lines:
        console.print(Text.from_ansi(line.rpartition("\r")[2]), no_wrap=True, crop=True)
    # the fonts that rich names lie on somebody's server; a reader's own monospace will do
    svg = re.sub(
        r"@font-face \{.*?\}", "", console.export_svg(title="nox -s demo"), flags=re.DOTALL
    )
    picture.write_text(svg, encoding="utf-8")


def _starter(project: Path) -> Path:
    shutil.copytree(ROOT / "templates" / "pure", project)
    (project / "noxfile.py").unlink()  # init writes it
    git = ["git", "-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=project, check=True)
    return project


def _environ() -> Mapping[str, str]:
    """Give the environment: this one's tools first, nothing of what started us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, kept.get("PATH", "")])
    return {**kept, "PATH": path, "COLUMNS": str(WIDTH), "NOX_SCRIPT_MODE": "none"}


def _run(command: str, project: Path) -> str:
    done = subprocess.run(
        command.split(),
        cwd=project,
        env=dict(_environ()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def _in_terminal(command: Sequence[str], folder: Path) -> str:
    """Run a command with a terminal of its own and give all that it writes there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    environ = {**_environ(), "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b"".join(_read(ours))
    if process.returncode:
        raise SystemExit(f"{_plain(written.decode())}\nthe demo ended with {process.returncode}")
    return written.decode("utf-8", "replace")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that nobody writes any more
            return
        if not block:
            return
        yield block


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


if __name__ == "__main__":
    raise SystemExit(main())
