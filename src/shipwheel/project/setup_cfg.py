"""setuptools' `setup.cfg`, and INI files as projects write them."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.project.declared import Declared, parse_entry_points
from shipwheel.project.facts import Fact
from shipwheel.project.tree import Tree

SETUP_CFG = "setup.cfg"
Sections = dict[str, dict[str, str]]


def read_ini(tree: Tree, path: str) -> Sections:
    """Give an INI file's sections; empty where there is no file. Option names are in lower case.

    Raises ConfigurationError with the line for a file that no parser of these tools would read.
    """
    text = tree.read(path)
    if text is None:
        return {}
    parser = configparser.RawConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text, source=path)
    except configparser.Error as error:
        raise ConfigurationError(
            f"{path} is not a valid INI file",
            where=path,
            evidence=str(error),
            hint="mend the file at that line",
        ) from error
    return {
        name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()
    }


def read_setup_cfg(tree: Tree) -> Declared | None:
    """Give what `setup.cfg` declares; `attr:` and `file:` values are left to the backend.

    `raw` holds `version` (the unread directive), `options` and the sections themselves.
    """
    sections = read_ini(tree, SETUP_CFG)
    if not sections:
        return None
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    return Declared(
        file=SETUP_CFG,
        name=_fact(metadata, "metadata", "name"),
        version=_fact(metadata, "metadata", "version"),
        requires_python=_fact(options, "options", "python_requires", "python-requires"),
        classifiers=_lines_fact(metadata, "metadata", ("classifiers", "classifier")),
        dependencies=_lines_fact(options, "options", ("install_requires", "install-requires")),
        extras=_extras(sections),
        entry_points=_entry_points(tree, sections),
        raw={"sections": sections, "options": options, "version": metadata.get("version", "")},
    )


def lines(text: str) -> tuple[str, ...]:
    """Give setuptools' list values: one a line, or parted by commas where it is one line."""
    parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    return tuple(each for part in parts if (each := part.strip()) and not each.startswith("#"))


def requirement_lines(text: str) -> tuple[str, ...]:
    """Give requirements: one a line, or parted by semicolons as setuptools once took them."""
    return tuple(
        each
        for part in text.splitlines()
        if (each := part.partition(" #")[0].strip()) and each[0] != "#"
    )


def _fact(section: Mapping[str, str], name: str, *keys: str) -> Any:
    for key in keys:
        value = section.get(key, "").strip()
        if value and not value.startswith(("attr:", "file:")):
            return Fact(value=value, origin=f"{SETUP_CFG} [{name}] {key}")
    return None


def _lines_fact(section: Mapping[str, str], name: str, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if key in section and not section[key].strip().startswith("file:"):
            return Fact(value=requirement_lines(section[key]), origin=f"{SETUP_CFG} [{name}] {key}")
    return None


def _extras(sections: Sections) -> Fact[dict[str, tuple[str, ...]]] | None:
    section = sections.get("options.extras_require")
    if section is None:
        return None
    extras = {name: requirement_lines(_resolved(value, section)) for name, value in section.items()}
    return Fact(value=extras, origin=f"{SETUP_CFG} [options.extras_require]")


def _resolved(value: str, section: Mapping[str, str]) -> str:
    """Put in `%(other)s`, as configparser's interpolation would."""
    for name, text in section.items():
        value = value.replace(f"%({name})s", text)
    return value


def _entry_points(tree: Tree, sections: Sections) -> Fact[dict[str, dict[str, str]]] | None:
    if "options.entry_points" in sections:
        value: Any = sections["options.entry_points"]
    else:
        text = sections.get("options", {}).get("entry_points", "").strip()
        if not text:
            return None
        value = tree.read(text.removeprefix("file:").strip()) if text.startswith("file:") else text
    return Fact(value=parse_entry_points(value), origin=f"{SETUP_CFG} [options.entry_points]")
