"""Make every transcript of the documentation by running it: `python docs/transcripts.py`.

The starter is copied to a fresh folder; each command runs in it, one after the other, and what it prints
goes to `transcripts/NAME.txt`. The picture of the demo is made by picture.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WIDTH = 100
_FOREIGN = ("CI", "COV_", "NOX", "PYTEST_", "SHIPWHEEL_", "VIRTUAL_ENV", "FORCE_COLOR")

# the name of a transcript and what a person types for it; before some, lines are added to pyproject.toml
COMMANDS: tuple[tuple[str, str], ...] = (
    ("init", "shipwheel init"),
    ("plan", "shipwheel plan"),
    ("list", "nox -l"),
    ("nox", "nox -j2"),
    ("again", "nox -j2"),
    ("rehearse", "nox -s rehearse"),
    ("own", "nox -s fast"),
    ("doctor", "shipwheel doctor"),
    ("unknown-key", "shipwheel plan"),
)
_BEFORE = {"unknown-key": '\n[tool.shipwheel]\npython = ["3.12"]\n'}
# what stands in the place of the starter's noxfile from then on
_NOXFILES = {"own": HERE / "own_sessions.py"}


def write_transcripts(folder: Path) -> None:
    """Run the commands on a copy of the pure starter and write what they print."""
    with tempfile.TemporaryDirectory() as scratch:
        project = _starter(Path(scratch) / "spanwords")
        for name, command in COMMANDS:
            if name in _BEFORE:
                with (project / "pyproject.toml").open("a", encoding="utf-8") as table:
                    table.write(_BEFORE[name])
            if name in _NOXFILES:
                shutil.copy(_NOXFILES[name], project / "noxfile.py")
            text = f"$ {command}\n{_shown(_run(command, project), project)}"
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")


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


def _shown(printed: str, project: Path) -> str:
    """Give the output without colours, and with a reader's folders for this machine's."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)
    tools = Path(sys.executable).parent.parent
    for folder, name in ((project, "~/spanwords"), (tools, "~/tools"), (Path.home(), "~")):
        text = text.replace(str(folder), name)
    return text


if __name__ == "__main__":
    write_transcripts(HERE / "transcripts")
