"""What is imported against what is declared: deptry's findings, judged by what is really installed."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from shipwheel import process
from shipwheel.errors import JobError, MachineError
from shipwheel.files import write_bytes, write_text
from shipwheel.project.names import normalize, requirement_name

_SECONDS = 300
_MOST = 64 << 20  # bytes of its answer
_WRONG = "for a fault of deptry's, report it there; of ours, to shipwheel"


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What a project declares, as PEP 508 strings, and the import names of each distribution.

    `settings` is the project's own [tool.deptry].
    """

    name: str
    run_time: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  # extras for users
    development: tuple[str, ...] = ()  # extras and groups for whoever develops it
    modules: Mapping[str, tuple[str, ...]] = {}
    own: tuple[str, ...] = ()
    settings: Mapping[str, Any] = {}


class _Error(msgspec.Struct):
    code: str


class _Location(msgspec.Struct):
    file: str
    line: int | None = None


class Found(msgspec.Struct):
    """A finding of deptry's: its code, the module (or distribution, where unused) and the place."""

    error: _Error
    module: str
    location: _Location


def ask_deptry(declared: Declared, files: Mapping[str, bytes]) -> list[Found]:
    """Let deptry look at source files, which lie in a folder of their own with a pyproject.toml of ours.

    So the same holds whatever a project's layout and its format of metadata are, and no folder beside the
    packages is taken for a module. Raises JobError where deptry gives no answer.
    """
    with tempfile.TemporaryDirectory(prefix="shipwheel-deps-") as name:
        folder = Path(name).resolve()
        for path, data in files.items():
            write_bytes(folder / "sources" / path, data)
        (folder / "sources").mkdir(exist_ok=True)
        write_text(folder / "pyproject.toml", deptry_project(declared))
        answer = folder / "answer.json"
        command = (sys.executable, "-m", "deptry", "sources", "--config", "pyproject.toml")
        options = ("--no-ansi", "--ignore-notebooks", "-o", str(answer))
        done = process.run((*command, *options), cwd=folder, timeout=_SECONDS)
        return read_answer(answer, done)


def read_answer(path: Path, done: process.Completed) -> list[Found]:
    """Read deptry's JSON; raises JobError where there is none that we understand."""
    try:
        if path.stat().st_size > _MOST:
            raise MachineError("deptry's answer is too long", where="deptry", hint=_WRONG)
        return msgspec.json.decode(path.read_bytes(), type=list[Found])
    except (OSError, msgspec.DecodeError) as error:
        raise JobError(
            "deptry gave no answer", where="deptry", evidence=done.tail(12), hint=_WRONG
        ) from error


def deptry_project(declared: Declared) -> str:
    """Give the pyproject.toml that deptry reads."""
    lines = [
        "[project]",
        f"name = {_text(declared.name)}",
        'version = "0"',
        f"dependencies = {_text([*declared.run_time, *declared.optional])}",
        "[dependency-groups]",
        f"development = {_text(list(declared.development))}",
        "[tool.deptry]",
        "exclude = []",
        f"known_first_party = {_text(sorted(declared.own))}",
        *_settings(declared.settings),
        "[tool.deptry.package_module_name_map]",
        *(f"{_text(name)} = {_text(list(names))}" for name, names in _map(declared)),
    ]
    return "\n".join(lines) + "\n"


def _map(declared: Declared) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the import names by the names as they are written: deptry compares letter by letter."""
    told: dict[str, tuple[str, ...]] = {}
    for text in (*declared.run_time, *declared.optional, *declared.development):
        written = _written(text)
        names = declared.modules.get(normalize(written))
        if written and names:
            told.setdefault(written, names)
    stated = declared.settings.get("package_module_name_map")
    for name, names in stated.items() if isinstance(stated, Mapping) else ():
        told[str(name)] = (names,) if isinstance(names, str) else tuple(map(str, names))
    yield from told.items()


def _written(text: str) -> str:
    """Give a requirement's name as it is written."""
    name = requirement_name(text)
    if name is None:
        return ""
    end = next(
        (at for at, letter in enumerate(text) if not (letter.isalnum() or letter in "-_. ")),
        len(text),
    )
    return text[:end].strip().partition(" ")[0]


def _settings(settings: Mapping[str, Any]) -> Iterator[str]:
    ignored = settings.get("ignore")
    if isinstance(ignored, list):
        yield f"ignore = {_text([str(each) for each in ignored])}"
    rules = settings.get("per_rule_ignores")
    if isinstance(rules, Mapping):
        inner = (
            f"{_text(str(rule))} = {_text([each] if isinstance(each, str) else [str(e) for e in each])}"
            for rule, each in rules.items()
            if isinstance(each, str | list)
        )
        yield f"per_rule_ignores = {{ {', '.join(inner)} }}"


def _text(value: str | Sequence[str] | Iterable[str]) -> str:
    """Give text or a list of it as TOML, whose basic strings are JSON's but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
