"""`[tool.setuptools.dynamic]`: requirements that setuptools takes from files as it builds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from shipwheel.project.declared import Declared, Requirements
from shipwheel.project.facts import Fact
from shipwheel.project.pyproject import PYPROJECT, strings, table
from shipwheel.project.setup_cfg import requirement_lines
from shipwheel.project.tree import Tree

_WHERE = f"{PYPROJECT} [tool.setuptools.dynamic]"


def read_setuptools_dynamic(tree: Tree, tables: Mapping[str, Any]) -> Declared:
    """Give the dependencies and extras that `[project]` calls dynamic and `{file = …}` names.

    A file that is missing, outside of the project or holds pip's options makes the fact weak.
    """
    dynamic = strings(table(tables, "project").get("dynamic"))
    directives = table(tables, "tool", "setuptools", "dynamic")
    main = directives.get("dependencies") if "dependencies" in dynamic else None
    by_name = table(directives, "optional-dependencies")
    extras = {name: _from_files(tree, each, name) for name, each in by_name.items()}
    return Declared(
        file=PYPROJECT,
        dependencies=None if main is None else _from_files(tree, main, "dependencies"),
        extras=_joined(extras) if extras and "optional-dependencies" in dynamic else None,
    )


def _joined(extras: Mapping[str, Fact[Requirements]]) -> Fact[dict[str, Requirements]]:
    return Fact(
        value={name: each.value for name, each in extras.items()},
        origin=f"{_WHERE} optional-dependencies",
        weak=any(each.weak for each in extras.values()),
    )


def _from_files(tree: Tree, directive: object, what: str) -> Fact[Requirements]:
    """Give the lines of the files that `{file = …}` names; setuptools takes no options in them."""
    given = directive.get("file") if isinstance(directive, Mapping) else None
    files = (given,) if isinstance(given, str) else strings(given)
    texts = [tree.read(each) if _is_inside(each) else None for each in files]
    found = tuple(line for text in texts for line in requirement_lines(text or ""))
    plain = tuple(line for line in found if not line.startswith("-"))
    whole = bool(texts) and None not in texts and plain == found
    return Fact(value=plain, origin=f"{_WHERE} {what}: {', '.join(files)}", weak=not whole)


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and "\\" not in path
