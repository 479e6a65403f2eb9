"""Which modules and entry points are tried in an environment, and what a failure there means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from packaging.utils import canonicalize_name

from shipwheel.verification.facts import SCRIPTS, Attempt, InstallFacts, WheelFacts
from shipwheel.verification.modules import fits_python, is_test

# what a module that needs one plugs into, or is a test for
_HOSTS = {
    "pytest",
    "_pytest",
    "hypothesis",
    "nose",
    "mock",
    "unittest2",
    "testtools",
    "sphinx",
    "docutils",
    "IPython",
    "mypy",
    "pylint",
    "flake8",
    "nox",
    "tox",
    "mkdocs",
    "hatchling",
    "SCons",
    "Cython",
    "google_benchmark",
}
# names that one platform alone has, as AttributeError and NameError tell them
_PLATFORM_NAMES = re.compile(
    r"\b(windll|oledll|WinDLL|OleDLL|WINFUNCTYPE|WinError|GetLastError|FormatError|WindowsError|"
    r"startfile|STARTUPINFO|CTRL_C_EVENT|CTRL_BREAK_EVENT|CREATE_NEW_CONSOLE|Proactor\w*|Windows\w+|"
    r"SIGHUP|SIGKILL|SIGALRM|fork|getuid|geteuid|AF_UNIX|kqueue|KQ_\w+|epoll|EPOLL\w+)\b"
)
# modules by whose name their authors say where they work, and sys.platform there
_PLATFORM_MODULES = {
    "win32": re.compile(
        r"(?:^|_)(?:win|win32|win64|windows|nt|msvc\w*|mingw\w*|iocp|winreg)(?:$|_)"
    ),
    "darwin": re.compile(r"(?:^|_)(?:macos|macosx|darwin|osx|mac|cocoa)(?:$|_)"),
    "linux": re.compile(r"(?:^|_)(?:linux|epoll|inotify)(?:$|_)"),
    "emscripten": re.compile(r"(?:^|_)(?:emscripten|pyodide|wasm|wasi)(?:$|_)"),
    "cygwin": re.compile(r"(?:^|_)(?:cygwin)\w*"),
    "java": re.compile(r"(?:^|_)(?:jython|java)(?:$|_)"),
}
_PROGRAMMING = {"NameError", "UnboundLocalError", "TypeError", "AttributeError"}
_SYNTAX = {"SyntaxError", "IndentationError", "TabError"}
_ASKS_PLATFORM = re.compile(r"sys\.platform|os\.name|platform\.system")
_LAST = 300  # characters at the end of a trace: the line that raised
_PLACEHOLDER = re.compile(r"name '__[A-Z_]+__' is not defined")  # a template for something else
_NO_MODULE = "does not define module export function"
_LOADER = re.compile(
    r"undefined symbol|cannot open shared object|DLL load failed|Symbol not found|"
    r"Library not loaded|wrong ELF class|invalid ELF header|file too short"
)
_ACCELERATOR = re.compile(r"cannot import name '_[a-z]\w*' from '[^']+' \(.*__init__\.py\)")
_FROM = re.compile(r"cannot import name '[^']*' from (?:partially initialized module )?'([^']+)'")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to try: a module, with a dotted attribute of it or none; `label` is how it is told."""

    number: int
    module: str
    attr: str = ""
    label: str = ""
    group: str = ""


class Outcome(StrEnum):
    """What an attempt means for the wheel."""

    FINE = "fine"
    EXCUSED = "excused"  # it fails for a reason that is none of the wheel's
    OPTIONAL = "optional"  # it needs something that is not declared as a dependency
    SUSPECT = "suspect"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome and its reason; `missing` is the foreign module that is needed and not there."""

    outcome: Outcome
    reason: str = ""
    missing: str = ""


def plan_tasks(
    wheel: WheelFacts, python_tag: str, modules: tuple[str, ...] | None = None
) -> tuple[Task, ...]:
    """Give what is to be tried: every module but tests and `__main__`, then every entry point.

    `modules` replaces the wheel's own list (`[tool.shipwheel.verify] modules`).
    """
    names = modules if modules is not None else importable(wheel, python_tag)
    tasks = [Task(number, name, label=name) for number, name in enumerate(names)]
    for group, points in sorted(wheel.entry_points.items()):
        for name, value in sorted(points.items()):
            module, _, attr = value.partition("[")[0].partition(":")
            label = f"{group}: {name} = {value}"
            tasks.append(Task(len(tasks), module.strip(), attr.strip(), label, group))
    return tuple(tasks)


def importable(wheel: WheelFacts, python_tag: str) -> tuple[str, ...]:
    """Give the modules that a user of the wheel can be expected to import on that interpreter."""
    return tuple(
        name
        for name, path in wheel.modules
        if not is_test(name)
        and name.rpartition(".")[2] != "__main__"
        and fits_python(path, python_tag)
    )


def main_modules(wheel: WheelFacts) -> frozenset[str]:
    """Give the modules without which the wheel is of no use: those by its name, or all public ones."""
    roots = wheel.roots
    named = {root for root in roots if canonicalize_name(root.replace(".", "-")) == wheel.file.name}
    public = {root for root in roots if not root.startswith("_")}
    return frozenset(named or public or roots)


def judge(attempt: Attempt, facts: InstallFacts) -> Judgement:
    """Say what an import's outcome means. Never cry wolf: what may be meant is no error."""
    if attempt.status in {"ok", "skipped", "untried"}:
        return Judgement(Outcome.FINE)
    main = attempt.target in main_modules(facts.wheel) or attempt.target in facts.required
    if attempt.status in {"crashed", "timeout"}:
        return _ended(attempt, main=main)
    if _NO_MODULE in attempt.message:
        return Judgement(Outcome.EXCUSED, "a library, not a module")
    return _failed(attempt, facts, main=main)


def _ended(attempt: Attempt, *, main: bool) -> Judgement:
    """Judge a module that ended the interpreter, or held it; a signal is never meant."""
    meant = attempt.error != "signal" and not main
    return Judgement(Outcome.SUSPECT if meant else Outcome.BROKEN, attempt.message)


def _failed(attempt: Attempt, facts: InstallFacts, *, main: bool) -> Judgement:
    """Judge an exception."""
    if not main and is_elsewhere(attempt.target, facts.platform):
        return Judgement(Outcome.EXCUSED, "its name says that it is for another platform")
    if attempt.missing:
        return _missing(attempt, facts, main=main)
    if not main and _ASKS_PLATFORM.search(attempt.trace[-_LAST:]):
        return Judgement(Outcome.EXCUSED, "it asks for the platform itself")
    reason = _reason(attempt)
    if main or attempt.error in _SYNTAX:
        return Judgement(Outcome.BROKEN, reason)
    return _other(attempt, facts, reason)


def is_elsewhere(module: str, platform: str) -> bool:
    """Say whether a part of the module's name is that of a platform which this is not."""
    return any(
        pattern.search(part)
        for name, pattern in _PLATFORM_MODULES.items()
        if not platform.startswith(name)
        for part in module.lower().split(".")
    )


def _missing(attempt: Attempt, facts: InstallFacts, *, main: bool) -> Judgement:
    """Judge a module that was not found."""
    name = attempt.missing
    top = name.partition(".")[0]
    reason = f"no module named {name!r}"
    if is_own(name, facts.wheel):
        return Judgement(Outcome.SUSPECT if is_test(name) else Outcome.BROKEN, reason)
    if top in facts.stdlib:
        kind = Outcome.SUSPECT if main else Outcome.EXCUSED
        return Judgement(kind, f"{reason}, which the standard library has on another platform")
    if main:
        return Judgement(Outcome.BROKEN, f"{reason}, which no dependency provides", missing=top)
    if top in _HOSTS:
        return Judgement(Outcome.EXCUSED, reason)
    return Judgement(Outcome.OPTIONAL, reason, missing=top)


def is_own(name: str, wheel: WheelFacts) -> bool:
    """Say whether a name lies within one of the wheel's own packages (not only its namespace)."""
    return any(name == root or name.startswith(f"{root}.") for root in wheel.roots)


def _other(attempt: Attempt, facts: InstallFacts, reason: str) -> Judgement:
    """Judge an exception of a module that is not the main one."""
    names = list(attempt.absent)
    if "NoneType" in attempt.message:  # what another module put in place of what it did not find
        names = [*attempt.absent_elsewhere, *names]
    foreign = [name for name in names if _foreign(name, facts)]
    known = None
    if attempt.error == "ImportError":
        known = _name_absent(attempt, facts, reason)
    elif attempt.error == "FileNotFoundError" and _is_own_file(attempt, facts):
        known = Judgement(Outcome.BROKEN, reason)
    elif (attempt.error == "NameError" and _PLACEHOLDER.search(attempt.message)) or (
        attempt.error in _PROGRAMMING and _PLATFORM_NAMES.search(attempt.message)
    ):
        known = Judgement(Outcome.EXCUSED, reason)
    elif attempt.error in _PROGRAMMING and not foreign:
        known = Judgement(Outcome.BROKEN, reason)
    if known is None and foreign:
        return Judgement(Outcome.OPTIONAL, reason, missing=foreign[-1].partition(".")[0])
    return known or Judgement(Outcome.SUSPECT, reason)


def _name_absent(attempt: Attempt, facts: InstallFacts, reason: str) -> Judgement | None:
    """Judge a name that a module of the wheel's own lacks, or a library that does not load."""
    source = _FROM.search(attempt.message)
    own = source is not None and is_own(source[1], facts.wheel)
    asked = _asked_by(source[1], attempt, facts) if source else []
    if own and asked and "partially initialized" not in attempt.message:
        # that module has the name only where it found what it looked for
        return Judgement(Outcome.OPTIONAL, reason, missing=asked[-1].partition(".")[0])
    if own and facts.wheel.pure_tags and _ACCELERATOR.match(attempt.message):
        return Judgement(Outcome.SUSPECT, reason)  # a compiled module, which other wheels may hold
    if own or _LOADER.search(attempt.message):
        return Judgement(Outcome.BROKEN, reason)
    return None


def _is_own_file(attempt: Attempt, facts: InstallFacts) -> bool:
    """Say whether the file that is not there would be one of the wheel's packages."""
    _, there, path = attempt.message.replace("\\", "/").partition("/site-packages/")
    return bool(there) and path.partition("/")[0] in {
        r.partition(".")[0] for r in facts.wheel.roots
    }


def is_main(attempt: Attempt, facts: InstallFacts) -> bool:
    """Say whether the wheel is of no use without the module, or the project names it itself."""
    return attempt.target in main_modules(facts.wheel) or attempt.target in facts.required


def is_loaders(attempt: Attempt) -> bool:
    """Say whether a compiled module does not load."""
    return _LOADER.search(attempt.message) is not None


def is_certain(attempt: Attempt) -> bool:
    """Say whether a failure is wrong whoever imports the module, and for what."""
    crashed = attempt.status == "crashed" and attempt.error == "signal"
    return crashed or attempt.error in {*_SYNTAX, "FileNotFoundError"} or is_loaders(attempt)


def is_private(module: str) -> bool:
    """Say whether a part of a module's name begins with an underscore: users do not import it."""
    return any(part.startswith("_") for part in module.split("."))


def is_meant(attempt: Attempt) -> bool:
    """Say whether the module raised by a statement of its own: `raise`, `assert`, or an exit."""
    if attempt.error in {"SystemExit", "KeyboardInterrupt", "exit"}:
        return True
    last = last_line(attempt)
    return last.startswith(("raise ", "assert ", "raise(")) or last == "raise"


def last_line(attempt: Attempt) -> str:
    """Give the last line of the module's code that ran, of a longer statement the first; or nothing."""
    lines = [line.strip() for line in attempt.trace.splitlines()]
    if attempt.status == "crashed":  # faulthandler gives the innermost call first
        calls = (line for line in lines if line.startswith('File "') and "importlib" not in line)
        return next(calls, "")
    # since 3.11 the place is underlined, since 3.13 all lines of the statement are shown
    frames = [at for at, line in enumerate(lines) if line.startswith('File "')]
    if frames:
        return next(iter(lines[frames[-1] + 1 :]), lines[frames[-1]])
    return next((line for line in reversed(lines) if line.strip("^~ ")), "")


def _asked_by(module: str, attempt: Attempt, facts: InstallFacts) -> list[str]:
    """Give the foreign modules that another module of the wheel's looked for in vain."""
    asked = zip(attempt.askers, attempt.absent_elsewhere, strict=False)
    return [name for asker, name in asked if asker == module and _foreign(name, facts)]


def _reason(attempt: Attempt) -> str:
    if attempt.status in {"crashed", "timeout"}:
        return attempt.message
    return f"{attempt.error}: {attempt.message}".rstrip(": ")


def _foreign(name: str, facts: InstallFacts) -> bool:
    return name.partition(".")[0] not in facts.stdlib and not is_own(name, facts.wheel)


def judge_entry(attempt: Attempt, facts: InstallFacts) -> Judgement:
    """Say what an entry point's outcome means.

    A script may belong to an extra; a plugin's module may need the program that it plugs into.
    """
    if attempt.status in {"ok", "skipped", "untried"}:
        return Judgement(Outcome.FINE)
    reason = _reason(attempt)
    if attempt.status == "unresolved":
        extras = bool(facts.wheel.metadata and facts.wheel.metadata.extras)
        plugin = attempt.group not in SCRIPTS and extras
        return Judgement(Outcome.OPTIONAL if plugin else Outcome.BROKEN, reason)
    if attempt.missing and is_own(attempt.missing, facts.wheel):
        return Judgement(Outcome.BROKEN, reason)
    if attempt.missing:
        metadata = facts.wheel.metadata
        optional = attempt.group not in SCRIPTS or bool(metadata and metadata.extras)
        kind = Outcome.OPTIONAL if optional else Outcome.BROKEN
        return Judgement(kind, reason, missing=attempt.missing.partition(".")[0])
    if attempt.error in {"SystemExit", "KeyboardInterrupt"}:
        return Judgement(Outcome.SUSPECT, reason)
    return _other(attempt, facts, reason)
