"""What a setup.py names in plain text: sources of extensions, and files that it opens."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator

_GENERATED = {".c", ".cc", ".cpp", ".cxx"}  # what Cython makes of the others
_ORIGINS = (".pyx", ".py", ".c", ".cc", ".cpp", ".cxx", ".pyx.in", ".c.in", ".tp", ".rl", ".re2c")
_WRITTEN = {".pyx", ".py", ".pxd", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".rs", ".f", ".f90"}
_COMPILED = (".pyx", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".rs", ".f", ".f90")
_WRITING = ("w", "a", "x")


def lost_sources(
    text: str, paths: frozenset[str], listed: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Give the sources that a setup.py's extensions name and that are nowhere, under any suffix.

    `listed` are the files that were there when the sdist was made (setuptools' SOURCES.txt).
    """
    coded = {posixpath.dirname(path) for path in paths if path.endswith(_COMPILED)}
    commands = "build_ext" in text
    stems = {path[: -len(suffix)] for path in paths for suffix in _ORIGINS if path.endswith(suffix)}
    for call in _calls(text, {"Extension", "cythonize", "Pybind11Extension"}):
        for source in _literals(_sources(call)):
            plain = posixpath.normpath(source)
            stem, suffix = posixpath.splitext(plain)
            if suffix not in _WRITTEN or "*" in source or plain.startswith(("/", "..")):
                continue
            if commands and posixpath.dirname(plain) not in coded and plain not in listed:
                continue  # a build command of its own puts other sources in its place
            if plain not in paths and not (suffix in _GENERATED and stem in stems):
                yield plain


def lost_files(text: str, paths: frozenset[str]) -> Iterator[str]:
    """Give the files that a setup.py opens, in every run of it, and that are not there."""
    for call in _calls(text, {"open"}):
        if not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        path = call.args[0].value
        modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
        mode = next((m.value for m in modes if isinstance(m, ast.Constant)), "r")
        if not isinstance(path, str) or str(mode).startswith(_WRITING):
            continue
        plain = posixpath.normpath(path)
        if plain not in paths and not plain.startswith(("/", "..")):
            yield plain


def _calls(text: str, names: set[str]) -> Iterator[ast.Call]:
    """Give the calls that every run of the script makes: none below `if`, `try`, or in a function."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If | ast.Try | ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _sources(call: ast.Call) -> Iterator[ast.expr]:
    if _name(call.func) == "cythonize":
        yield from call.args[:1]
        return
    yield from call.args[1:2]
    yield from (word.value for word in call.keywords if word.arg == "sources")


def _literals(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """Give the texts of lists that are written out; what is computed is left out."""
    for node in nodes:
        for each in node.elts if isinstance(node, ast.List | ast.Tuple) else (node,):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
