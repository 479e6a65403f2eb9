"""The pages that are made from the code: every key of the configuration, every exit code."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.errors import ExitCode
from shipwheel.project.config import Config

_TABLE = "tool.shipwheel"

# what a key is for; the build fails where a key has no sentence, or a sentence no key
MEANINGS = {
    "pythons": 'The Pythons to support: `"3.12"`, `"3.14t"`, `"pypy3.11"`. Otherwise `requires-python` and the classifiers say it.',
    "allow-failure": "Pythons whose jobs may fail without failing the whole.",
    "kind": "What the wheels depend on: nothing (`pure`), a Python and a platform (`extension`), a platform (`abi3`).",
    "packages": "The import names and the folder or file that each is built from, where the build maps them.",
    "installer": "What makes environments and installs.",
    "test.command": "The command that runs the tests, or several, one after the other. Words, never a shell's line.",
    "test.extras": "Extras of the project that the tests need.",
    "test.groups": "Dependency groups that the tests need.",
    "test.requires": "Further requirements of the tests.",
    "test.environment": "Environment variables for the tests.",
    "test.paths": "The folders and files that hold tests.",
    "wheels.platforms": "The platforms that wheels are shipped for: `manylinux_x86_64`, `win_amd64` …",
    "wheels.allow-pure": "The extension is optional: a wheel without it is not an error.",
    "verify.modules": "The modules to import from the installed wheel.",
    "verify.smoke": "A line of Python to run against the installed wheel.",
    "verify.ignore": "Rules to ignore, each with the reason.",
    "publish.index": "Where `publish` sends files unless told otherwise.",
    "index.*.upload": "Where a named index takes uploads. Credentials never stand here.",
    "index.*.simple": "Where a named index is read from.",
    "ci.providers": "Where workflows are rendered for.",
    "ci.tool": "How CI gets shipwheel itself: a requirement, a wheel's path, an index.",
    "workspace.members": "The packages of a repository that holds several.",
}

_CODES = {
    ExitCode.DONE: "done",
    ExitCode.FOUND: "it found something, or something failed: a finding, drift, a refused release, a failed build or test",
    ExitCode.USAGE: "the call or the configuration is wrong",
    ExitCode.MACHINE: "the machine lacks something: an interpreter, a compiler, a tool, an index within reach",
    ExitCode.INTERRUPTED: "interrupted",
}


class IncompleteError(Exception):
    """A key without its sentence, or a sentence without its key."""


def write(folder: Path) -> None:
    """Write the generated pages into `folder`, those that changed."""
    folder.mkdir(exist_ok=True)
    for name, text in {"keys.md": keys(), "exit-codes.md": exit_codes()}.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def keys() -> str:
    """Give the table of all keys, a section a table of TOML."""
    rows = dict(_rows(Config, ""))
    strange = rows.keys() ^ MEANINGS.keys()
    if strange:
        raise IncompleteError(f"docs/reference.py: {', '.join(sorted(strange))}")
    lines: list[str] = []
    section = None
    for key, (kind, default) in sorted(rows.items(), key=lambda item: item[0].count(".") > 0):
        table = _table_of(key)
        if table != section:
            section = table
            lines += [
                "",
                f"## `[{table}]`",
                "",
                "| key | type | default | |",
                "| --- | --- | --- | --- |",
            ]
        name = key.rpartition(".")[2]
        lines.append(f"| `{name}` | {kind} | {default} | {MEANINGS[key]} |")
    return "\n".join(lines).lstrip() + "\n"


def exit_codes() -> str:
    """Give the table of the exit codes."""
    rows = [f"| {int(code)} | {_CODES[code]} |" for code in ExitCode]
    return "\n".join(["| code | |", "| --- | --- |", *rows]) + "\n"


def _table_of(key: str) -> str:
    inner = key.rpartition(".")[0].replace("*", "NAME")
    return f"{_TABLE}.{inner}" if inner else _TABLE


def _rows(struct: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    hints = typing.get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        key = f"{prefix}{field.encode_name}"
        inner, star = _struct_in(hints[field.name])
        if inner is not None:
            yield from _rows(inner, f"{key}.*." if star else f"{key}.")
        else:
            yield key, (_kind(hints[field.name]), _default(field))


def _struct_in(hint: typing.Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """Give the record that a key holds, and whether it holds one a name."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint, False
    if typing.get_origin(hint) is dict:
        return _struct_in(typing.get_args(hint)[1])[0], True
    return None, False


def _kind(hint: typing.Any) -> str:
    """Say a type in TOML's words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(_kind(each) for each in inner if each is not type(None)))
    if origin is typing.Literal:
        return ", ".join(f'`"{each}"`' for each in inner)
    if origin is tuple:
        return f"array of {_plural(inner[0])}"
    if origin is dict:
        return f"table of {_plural(inner[1])}"
    return {str: "string", bool: "boolean", int: "integer"}[hint]


def _plural(hint: typing.Any) -> str:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return " or ".join(_plural(each) for each in typing.get_args(hint))
    kind = _kind(hint)
    return (
        kind.replace("array of", "arrays of")
        if kind.startswith("array")
        else kind.replace("string", "strings")
    )


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default is msgspec.NODEFAULT:
        return "required"
    if field.default is None:
        return "found in the project"
    if field.default in ((), "", {}):
        return "empty"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{msgspec.json.encode(value).decode()}`"
