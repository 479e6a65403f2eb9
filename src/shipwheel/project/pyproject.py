"""`pyproject.toml` and our own settings, read strictly: what is wrong is named with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import Config
from shipwheel.project.refused_settings import (
    OWN,
    check_commands,
    check_cool_down,
    check_kinds,
    check_pythons,
    refused,
)
from shipwheel.project.tree import Tree

PYPROJECT = "pyproject.toml"
TABLE = "[tool.shipwheel]"
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def read_toml(tree: Tree, path: str) -> dict[str, Any] | None:
    """Give a TOML file's tables, None where there is no file.

    Raises ConfigurationError with line and column for broken TOML.
    """
    text = tree.read(path)
    if text is None:
        return None
    return parse_toml(text, path)


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """Parse TOML; raises ConfigurationError naming file, line and column, with the line as evidence."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise _broken(str(error), text, path) from error


def _broken(message: str, text: str, path: str) -> ConfigurationError:
    place = _PLACE.search(message)
    lines = text.splitlines()
    line, column = len(lines), 1
    if place is not None and place["line"]:
        line, column = int(place["line"]), int(place["column"])
    evidence = None
    if 0 < line <= len(lines):
        evidence = f"{lines[line - 1]}\n{' ' * (column - 1)}^"
    return ConfigurationError(
        f"{path} is not valid TOML: {_PLACE.sub('', message)}",
        where=f"{path}, line {line}, column {column}",
        evidence=evidence,
        hint="mend the file at that place",
    )


def table(tables: Mapping[str, Any] | None, *keys: str) -> dict[str, Any]:
    """Give a nested table by its keys; empty where it is missing or no table."""
    found: Any = tables or {}
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def strings(value: Any) -> tuple[str, ...]:
    """Give a list of strings as strangers write it: a lone string is one, other values are left out."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(each for each in value if isinstance(each, str))
    return ()


def read_config(
    tree: Tree,
    tables: Mapping[str, Any] | None,
    inherited: Mapping[str, Any] = MappingProxyType({}),
) -> Config:
    """Give `[tool.shipwheel]`, or `shipwheel.toml` where there is no pyproject, checked and typed.

    `inherited` is what the root of a workspace says for its members.

    Raises ConfigurationError for an unknown key (with the nearest known one), a value of the wrong
    type, and a Python that cannot be one.
    """
    if tables is not None:
        raw = table(tables, "tool").get("shipwheel", {})
        raw = _joined(raw, inherited)
        return parse_config(raw, f"{PYPROJECT} {TABLE}", prefix="tool.shipwheel")
    own = _joined(read_toml(tree, OWN) or {}, inherited)
    return parse_config(own, OWN, prefix="")


def _joined(raw: Any, inherited: Mapping[str, Any]) -> Any:
    """Put a member's own settings over those that it inherits: tables key by key."""
    if not inherited or not isinstance(raw, Mapping):
        return raw
    joined = {**inherited, **raw}
    for key in inherited.keys() & raw.keys():
        if isinstance(inherited[key], Mapping) and isinstance(raw[key], Mapping):
            joined[key] = {**inherited[key], **raw[key]}
    return joined


def parse_config(raw: Any, where: str, *, prefix: str) -> Config:
    """Check and type the settings; `prefix` is the dotted key under which they stand."""
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise refused(str(error), raw, where, prefix) from error
    for key, names in (("pythons", config.pythons), ("allow-failure", config.allow_failure)):
        check_pythons(key, names or (), where)
    check_commands(config, where)
    check_cool_down(config, where)
    check_kinds(config, where)
    return config


def schema() -> dict[str, Any]:
    """Give the JSON Schema of `[tool.shipwheel]` (draft 2020-12)."""
    found: dict[str, Any] = msgspec.json.schema(Config)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shipwheel's settings: [tool.shipwheel] in pyproject.toml, or shipwheel.toml",
        **found,
    }
