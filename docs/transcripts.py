"""Make every transcript of the documentation by running it: `python docs/transcripts.py`.

Starters are copied to fresh folders; each command runs in one, one after the other, and what it prints
goes to `transcripts/NAME.txt`; with the word `verify` only what `shipwheel verify` says. The picture of the demo is made by picture.py.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
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
# on a second copy of the starter, whose CI takes shipwheel from a wheel of this tree
WORKFLOWS: tuple[tuple[str, str], ...] = (
    ("render", "shipwheel render --lock"),
    ("check", "shipwheel render --check"),
    ("replay", "SHIPWHEEL_JOB=test-3.12-manylinux_x86_64 nox -s test-3.12"),
)
# on a copy of the starter with two packages
WORKSPACE: tuple[tuple[str, str], ...] = (
    ("workspace", "nox -l"),
    ("workspace-render", "shipwheel render"),
)
# where the starter's wheel lies, with a file more than it lists and one less
VERIFY: tuple[tuple[str, str], ...] = (
    ("verify", "shipwheel verify --static dist"),
    ("explain", "shipwheel verify --explain record-unlisted"),
)
_BEFORE = {"unknown-key": '\n[tool.shipwheel]\npython = ["3.12"]\n'}
# what stands in the place of the starter's noxfile from then on
_NOXFILES = {"own": HERE / "own_sessions.py"}


def write_transcripts(folder: Path) -> None:
    """Run the commands on copies of starters and write what they print."""
    with tempfile.TemporaryDirectory() as scratch:
        project = _starter(Path(scratch) / "spanwords")
        for name, command in COMMANDS:
            if name in _BEFORE:
                with (project / "pyproject.toml").open("a", encoding="utf-8") as table:
                    table.write(_BEFORE[name])
            if name in _NOXFILES:
                shutil.copy(_NOXFILES[name], project / "noxfile.py")
            write(folder, name, command, project)
        project = _with_tool(Path(scratch) / "rendered" / "spanwords")
        for name, command in WORKFLOWS:
            if name == "check":
                _edit(project / ".github" / "workflows" / "ci.yml")
            write(folder, name, command, project)
        project = _starter(Path(scratch) / "cadence", "monorepo")
        shutil.copy(ROOT / "templates" / "monorepo" / "noxfile.py", project)
        for name, command in WORKSPACE:
            write(folder, name, command, project)


def write_verified(folder: Path) -> None:
    """Verify a wheel that lost a file and gained another, and write what is said of it."""
    with tempfile.TemporaryDirectory() as scratch:
        project = _starter(Path(scratch) / "spanwords")
        build = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel"]
        subprocess.run([*build, "--out-dir", str(project / "dist")], cwd=project, check=True)
        (wheel,) = (project / "dist").glob("*.whl")
        change_members(wheel)
        for name, command in VERIFY:
            write(folder, name, command, project)


def change_members(wheel: Path) -> None:
    """Take a member out of a wheel and put another in, without a word to its RECORD."""
    good = wheel.with_suffix(".good")
    wheel.rename(good)
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as new:
        lost = next(name for name in old.namelist() if name.endswith("/py.typed"))
        for each in old.infolist():
            if each.filename != lost:
                new.writestr(each, old.read(each))
        new.writestr("spanwords/.env", "TOKEN=not-to-be-shipped\n")
    good.unlink()


def write(folder: Path, name: str, command: str, project: Path, *, more: bool = False) -> None:
    """Run a command in a project and write what it prints; `more`: behind what is there already."""
    text = f"$ {command}\n{_shown(_run(command, project), project)}"
    file = folder / f"{name}.txt"
    before = f"{file.read_text(encoding='utf-8')}\n" if more else ""
    file.write_text(before + text, encoding="utf-8")


def commit(project: Path) -> None:
    """Make a project a repository with one commit."""
    git = ["git", "-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=project, check=True)


def _with_tool(project: Path) -> Path:
    """Give a starter with shipwheel's own wheel in it: no index has to have this version."""
    _starter(project)
    build = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel"]
    subprocess.run([*build, "--out-dir", str(project / "tools"), str(ROOT)], check=True)
    (wheel,) = (project / "tools").glob("*.whl")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[tool.shipwheel.ci]\ntool = "tools/{wheel.name}"\n')
    shutil.copy(ROOT / "templates" / "pure" / "noxfile.py", project)
    return project


def _edit(workflow: Path) -> None:
    """Change a line of a rendered file by hand."""
    text = workflow.read_text(encoding="utf-8")
    workflow.write_text(text.replace("timeout-minutes: 30", "timeout-minutes: 90", 1), "utf-8")


def _starter(project: Path, name: str = "pure") -> Path:
    shutil.copytree(ROOT / "templates" / name, project)
    # init and render write these, for GitHub where nothing else is said
    for file in ("noxfile.py", ".gitattributes", ".gitlab-ci.yml"):
        (project / file).unlink(missing_ok=True)
    for folder in (".github", ".gitlab", ".shipwheel"):
        shutil.rmtree(project / folder, ignore_errors=True)
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8").partition("\n[tool.shipwheel.ci]")[0]
    settings.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    commit(project)
    return project


def _environ() -> Mapping[str, str]:
    """Give the environment: this one's tools first, nothing of what started us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, kept.get("PATH", "")])
    return {**kept, "PATH": path, "COLUMNS": str(WIDTH), "NOX_SCRIPT_MODE": "none"}


def _run(command: str, project: Path) -> str:
    words = command.split()
    told = dict(word.split("=", 1) for word in itertools.takewhile(_is_variable, words))
    done = subprocess.run(
        words[len(told) :],
        cwd=project,
        env={**_environ(), **told},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def _is_variable(word: str) -> bool:
    return re.match(r"[A-Z_]+=", word) is not None


def _shown(printed: str, project: Path) -> str:
    """Give the output without colours, and with a reader's folders for this machine's."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)
    tools = Path(sys.executable).parent.parent
    for folder, name in ((project, f"~/{project.name}"), (tools, "~/tools"), (Path.home(), "~")):
        text = text.replace(str(folder), name)
    return text


if __name__ == "__main__":
    if sys.argv[1:] != ["verify"]:
        write_transcripts(HERE / "transcripts")
    write_verified(HERE / "transcripts")
