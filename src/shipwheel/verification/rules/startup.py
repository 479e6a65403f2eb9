"""Scripts and what Python obeys at each start: `.data/scripts`, `.pth` files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.dists.modules import site_path
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.report import Level

_ABSOLUTE = re.compile(r"(?:/|~|[A-Za-z]:[\\/]|\\\\)")
_FOREIGN_PLACE = re.compile(
    rb"#!\s*(?:/home/|/root/|/tmp/|/Users/|/private/|/opt/|/build/|[A-Za-z]:\\)"
)
_SYSTEM_PYTHON = re.compile(rb"#!\s*/usr/(?:local/)?bin/python")
_PAYLOAD = re.compile(
    r"\b(?:base64|b64decode|urllib|urlopen|requests|socket|subprocess|os\.system|popen)\b"
)


class ScriptLine(WheelCheck):
    """A script's first line leads to an interpreter that its users have.

    Installers put their own Python where it says `#!python` (PEP 427), and leave every other line alone.
    """

    id = "script-interpreter"
    hint = "begin the script with `#!python`, or declare it as an entry point"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if any(map(_is_script, _names(facts))) else "it brings no script of its own"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for name in filter(_is_script, _names(facts)):
            text = facts.texts.get(name)
            first = text.first if text is not None else b""
            told = repr(first.rstrip(b"\n").decode("utf-8", "replace"))
            if first.startswith(b"#!") and first.endswith(b"\r\n") and b"python" not in first[:8]:
                yield Problem(f"{name} begins with {told}: with that line end nothing is found")
            elif _FOREIGN_PLACE.match(first):
                yield Problem(f"{name} begins with {told}, a place of the machine that built it")
            elif _SYSTEM_PYTHON.match(first):
                told = f"{name} begins with {told}: the system's Python, not the environment's"
                yield Problem(told, level=Level.WARNING)
            elif first and not first.startswith(b"#!") and _needs_line(name, facts):
                yield Problem(f"{name} does not begin with `#!python`", level=Level.WARNING)


class PathFile(WheelCheck):
    """A `.pth` file leads to folders of the wheel, and runs nothing that needs to be hidden.

    Python reads it at every start of every program. One that an editable install wrote names a folder
    of the machine that built the wheel.
    """

    id = "startup-path"
    hint = (
        "build the wheel from a clean tree, without an editable install in it; leave the file out"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if any(map(_is_pth, _names(facts))) else "it holds no .pth file"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        folders = {path.rpartition("/")[0] for path in facts.importable}
        for name in filter(_is_pth, _names(facts)):
            text = facts.texts.get(name)
            lines = (text.content if text is not None else "").splitlines()
            absolute = [line for line in lines if _ABSOLUTE.match(line)]
            if absolute:
                yield Problem(f"{name} names a place of the machine that built it: {absolute[0]!r}")
            elif "__editable__" in name or any("__editable__" in line for line in lines):
                yield Problem(f"{name} is an editable install's")
            else:
                yield from _doubtful(name, lines, folders)


def _doubtful(name: str, lines: list[str], folders: set[str]) -> Iterator[Problem]:
    hidden = [line for line in lines if line.startswith("import") and _PAYLOAD.search(line)]
    if hidden:
        told = f"{name} runs at each start of Python: {hidden[0][:120]!r}"
        yield Problem(told, hint="nobody expects that of a package; leave it out")
    paths = [line for line in lines if line and not line.startswith(("#", "import ", "import\t"))]
    lost = [line for line in paths if not _there(line, folders)]
    if lost:
        yield Problem(f"{name} names folders that are not there: {sample(lost)}", Level.WARNING)


def _there(line: str, folders: set[str]) -> bool:
    wanted = line.strip().replace("\\", "/").removeprefix("./").rstrip("/")
    return wanted in {"", "."} or any(f == wanted or f.startswith(f"{wanted}/") for f in folders)


def _needs_line(name: str, facts: WheelFacts) -> bool:
    """Say whether a script can only be started by its first line; Windows goes by the ending."""
    windows = all(tag.platform.startswith("win") for tag in facts.file.tags)
    file = name.rpartition("/")[2]
    return not windows and (file.endswith(".py") or "." not in file)


def _names(facts: WheelFacts) -> Iterator[str]:
    return (member.name for member in facts.payload)


def _is_script(name: str) -> bool:
    return ".data/scripts/" in name


def _is_pth(name: str) -> bool:
    path = site_path(name)
    return path.endswith(".pth") and "/" not in path


CHECKS = (ScriptLine, PathFile)
