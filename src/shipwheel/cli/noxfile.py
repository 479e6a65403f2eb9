"""The noxfile that `init` writes, and what is to be said of one that exists: pure decisions over text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

TWO_LINES = "import nox, shipwheel\n\nshipwheel.register(nox)\n"
# nox's script mode asks for a nox among the dependencies, and gives them an environment where they are
# not there already; requires-python lets it choose another Python for it than its own
_HEADER = """\
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox", "{tool}"]
# ///
"""
_OURS = re.compile(
    re.escape(_HEADER).replace(re.escape("{tool}"), r'[^"\n]+'),
)
# PEP 723's own expression
_SCRIPT = re.compile(r"(?m)^# /// script$\s(?P<metadata>(^#(| .*)$\s)+)^# ///$")
_REQUIREMENT = re.compile(r"shipwheel\b[^\"\\/\s]*")


class State(StrEnum):
    """What `init` found where it wants to write a file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REWRITTEN = "rewritten"  # it is as an earlier call of ours wrote it
    ADDED = "added to"  # lines at its end; what stood there is as it was
    DIFFERS = "differs"  # it is somebody's own


@dataclass(frozen=True, slots=True)
class Noxfile:
    """What becomes of the noxfile: its state, the text to write (None: nothing), and what to say.

    `defines` are the names of the sessions that it has of its own; `registers`: it calls
    `shipwheel.register` already, with `skipped` as its `skip` and `only`; `problem`: why it cannot be read.
    `alone`: its own PEP 723 header brings nox along, and not us.
    """

    state: State
    text: str | None = None
    defines: tuple[str, ...] = ()
    registers: bool = False
    skipped: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    problem: str = ""
    alone: bool = False


def noxfile_text(tool: str | None, *, script: bool) -> str:
    """Give the noxfile: the two lines, below a PEP 723 header where `script` asks for one.

    `tool` is the configured requirement for shipwheel; a path or an index in it has no place in a file
    that travels, so that then the bare name stands there.
    """
    named = tool.strip() if tool and _REQUIREMENT.fullmatch(tool.strip()) else "shipwheel"
    return (_HEADER.format(tool=named) + TWO_LINES) if script else TWO_LINES


def judge(existing: str | None, wanted: str) -> Noxfile:
    """Decide what to do about the noxfile; only one that we wrote ourselves is ever replaced."""
    if existing is None:
        return Noxfile(State.NEW, wanted)
    existing = existing.replace("\r\n", "\n")
    if existing == wanted:
        return Noxfile(State.UNCHANGED, registers=True)
    if _OURS.sub("", existing, count=1) == TWO_LINES:
        return Noxfile(State.REWRITTEN, wanted, registers=True)
    return _judge_foreign(existing)


def clashes(noxfile: Noxfile, names: Iterable[str]) -> tuple[str, ...]:
    """Give those of our sessions' names that the noxfile defines and does not tell us to leave out.

    A session of the user's with a list of Pythons has a name a Python: where that list is not known,
    all our cells of its name are meant.
    """
    defined = set(noxfile.defines)
    families = {name.removesuffix("*") for name in defined if name.endswith("-*")}
    return tuple(
        name
        for name in names
        if name not in noxfile.skipped
        and (noxfile.only is None or name in noxfile.only)
        and (name in defined or any(name.startswith(family) for family in families))
    )


def hiding(found: Noxfile, taken: Iterable[str]) -> tuple[str, ...]:
    """Give the user's sessions that have a name for each Python which is that of a test cell of ours.

    Leaving ours out for them would leave the built wheel untested: they need another name.
    """
    cells = [name for name in taken if name.startswith("test-") and name != "test-lowest"]
    names = [name for name in found.defines if not name.endswith("-*")]
    return tuple(
        name
        for name in names
        if any(cell.startswith(f"{name}-") or cell == name for cell in cells) and name not in cells
    )


def advice(found: Noxfile, taken: tuple[str, ...]) -> tuple[str, ...]:
    """Give the lines to add to somebody's own noxfile, or what its call has to become."""
    if found.text is not None or (found.registers and not taken):
        return ()
    skip = _call((*found.skipped, *taken))
    return (skip,) if found.registers else ("import nox, shipwheel", skip)


def main_command(found: Noxfile, taken: tuple[str, ...], cells: Iterable[str]) -> str:
    """Give the command that runs the main job: beside sessions of somebody's own, by its sessions' names.

    A bare `nox` runs what that noxfile says, be it their linters or every session. `cells` are our test
    sessions for the Pythons that are here.
    """
    if not found.defines:
        return "nox"
    gone = {*found.skipped, *taken}
    tests = ["test"] if "test" not in gone else [name for name in cells if name not in gone]
    return " ".join(["nox -s", *tests, *([] if "verify" in gone else ["verify"])])


def _call(skip: tuple[str, ...]) -> str:
    if not skip:
        return "shipwheel.register(nox)"
    comma = "," if len(skip) == 1 else ""
    listed = ", ".join(f'"{name}"' for name in skip)
    return f"shipwheel.register(nox, skip=({listed}{comma}))"


def _judge_foreign(text: str) -> Noxfile:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Noxfile(State.DIFFERS, problem=f"it is no valid Python: {error}")
    defines = tuple(dict.fromkeys(_session_names(tree)))
    call = _register_call(tree)
    header = _SCRIPT.search(text)
    alone = header is not None and "shipwheel" not in header["metadata"]
    if call is None:
        return Noxfile(State.DIFFERS, defines=defines, alone=alone)
    wanted = _keyword(call, "only")
    return Noxfile(
        State.UNCHANGED,
        defines=defines,
        registers=True,
        skipped=tuple(_strings(_keyword(call, "skip"))),
        only=None if wanted is None else tuple(_strings(wanted)),
        alone=alone,
    )


def _session_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if _last_name(call.func if call else decorator) == "session":
                yield from _names_of(node.name, call)


def _names_of(function: str, call: ast.Call | None) -> Iterator[str]:
    """Give a session's name, and with a list of Pythons that of each of its cells (`-*` if unknown)."""
    named = _keyword(call, "name") if call else None
    name = str(named.value) if isinstance(named, ast.Constant) else function
    yield name
    pythons = (_keyword(call, "python") or _keyword(call, "py")) if call else None
    if pythons is None and call and call.args:
        pythons = call.args[0]
    if isinstance(pythons, ast.List | ast.Tuple):
        yield from (f"{name}-{version}" for version in _strings(pythons))
    elif pythons is not None and not isinstance(pythons, ast.Constant):
        yield f"{name}-*"


def _register_call(tree: ast.Module) -> ast.Call | None:
    direct = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "shipwheel"
        and any(each.name == "register" for each in node.names)
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) == "register":
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if (direct and owner is None) or (owner and _last_name(owner) == "shipwheel"):
                return node
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _strings(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for each in getattr(node, "elts", ()):
        if isinstance(each, ast.Constant):
            yield str(each.value)
