"""Dependencies written into pyproject.toml where there were none; everything else stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shipwheel.deps.adopt.answer import Taken

Lists = Mapping[str, Sequence[str]]


class Declaration(NamedTuple):
    """The new text of pyproject.toml; None where only a person can write it, with the reason."""

    text: str | None
    why: str = ""


def declare(
    before: str | None, name: str, python: str, taken: Sequence[Taken], *, described: bool
) -> Declaration:
    """Declare in pyproject.toml's text (None: there is none) what was taken.

    `described`: setup.py or setup.cfg describe the project, and a `[project]` table would take their
    place. The result is read again: it says what it said before and what was added, nothing else.
    """
    wanted = _read(before or "")
    if wanted is None:
        return Declaration(None, "pyproject.toml cannot be read")
    run_time = [each.requirement for each in taken if not each.group]
    groups = _groups(taken)
    project = wanted.get("project")
    if project is None and (described or "poetry" in wanted.get("tool", {})):
        return Declaration(
            None, "[project] does not describe this project: declare them where it is"
        )
    if project is not None and "dependencies" in project.get("dynamic", []):
        return Declaration(None, "[project] says that its dependencies are dynamic")
    if project is None:
        head = {"name": name, "version": "0", "requires-python": f">={python}"}
        return _with_new_project(before or "", head, run_time, groups)
    text = _with_dependencies(before or "", run_time)
    return _with_groups(text, groups) if text is not None else _unsure()


def lines_of(taken: Sequence[Taken]) -> str:
    """Give what was taken as the lines that a person adds by hand."""
    groups = {"dependencies": [each.requirement for each in taken if not each.group]}
    groups |= {f"group {name}": list(lines) for name, lines in _groups(taken).items()}
    return "\n".join(f"{name} = {_list(lines)}" for name, lines in groups.items())


def _groups(taken: Sequence[Taken]) -> dict[str, list[str]]:
    names = dict.fromkeys(each.group for each in taken if each.group)
    return {name: [each.requirement for each in taken if each.group == name] for name in names}


def _with_new_project(
    before: str, head: Mapping[str, str], run_time: Sequence[str], groups: Lists
) -> Declaration:
    lines = [f'{key} = "{value}"' for key, value in head.items()]
    table = "\n".join(["[project]", *lines, f"dependencies = {_list(run_time)}"])
    text = f"{before.rstrip()}\n\n{table}\n" if before.strip() else f"{table}\n"
    if _read(text) is None:
        return _unsure()
    return _with_groups(text, groups)


def _with_dependencies(text: str, run_time: Sequence[str]) -> str | None:
    """Put `dependencies` at the end of the `[project]` table, or in the place of an empty list."""
    read = _read(text) or {}
    wanted = {**read, "project": {**read["project"], "dependencies": list(run_time)}}
    new = f"dependencies = {_list(run_time)}"
    if read["project"].get("dependencies") == []:
        found = [
            index
            for index, line in enumerate(text.splitlines())
            if line.partition("#")[0].replace(" ", "") == "dependencies=[]"
        ]
        return _first(text, ((index, 1, [new]) for index in found), wanted)
    return _inserted(text, "project", [new], wanted)


def _with_groups(text: str, groups: Lists) -> Declaration:
    read = _read(text) or {}
    there = read.get("dependency-groups", {})
    fresh = {name: lines for name, lines in groups.items() if name not in there}
    if set(fresh) != set(groups):
        both = ", ".join(sorted(set(groups) - set(fresh)))
        return Declaration(None, f"[dependency-groups] has {both} already")
    if not fresh:
        return Declaration(text)
    lines = [f"{name} = {_list(each)}" for name, each in fresh.items()]
    wanted = {**read, "dependency-groups": {**there, **{k: list(v) for k, v in fresh.items()}}}
    if "dependency-groups" in read:
        done = _inserted(text, "dependency-groups", lines, wanted)
        return Declaration(done) if done is not None else _unsure()
    ending = _ending(text)
    added = ending.join(["[dependency-groups]", *"\n".join(lines).split("\n")])
    done = f"{text.rstrip()}{ending}{ending}{added}{ending}"
    return Declaration(done) if _read(done) == wanted else _unsure()


def _inserted(text: str, table: str, new: Sequence[str], wanted: Mapping[str, Any]) -> str | None:
    """Insert lines at the end of a table: before the first header behind it with which the text says it."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if _header(line) == f"[{table}]"), None)
    if start is None:
        return None
    ends = [at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")]
    return _first(text, ((_above(lines, at), 0, new) for at in (*ends, len(lines))), wanted)


def _first(
    text: str, places: Iterator[tuple[int, int, Sequence[str]]], wanted: Mapping[str, Any]
) -> str | None:
    """Make the first of some changes (line, lines that go, lines that come) that says what is wanted."""
    lines, ending = text.splitlines(), _ending(text)
    for at, gone, new in places:
        fresh = [line for each in new for line in each.split("\n")]
        changed = ending.join([*lines[:at], *fresh, *lines[at + gone :]]) + ending
        if _read(changed) == wanted:
            return changed
    return None


def _above(lines: Sequence[str], at: int) -> int:
    """Give the place behind the last line that says something; a comment right above a header is its own."""
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _header(line: str) -> str:
    return line.partition("#")[0].strip().replace(" ", "")


def _list(lines: Sequence[str]) -> str:
    if not lines:
        return "[]"
    return "\n".join(["[", *(f"  {_string(each)}," for each in lines), "]"])


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ending(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _unsure() -> Declaration:
    return Declaration(None, "pyproject.toml is written in a way that cannot be added to for sure")
