"""Deprecations in sources: warnings that are raised, decorators, directives in docstrings."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Literal

from packaging.version import InvalidVersion, Version

from shipwheel.deps.api.answer import Deprecation

By = Literal["warn", "decorator", "docstring"]

_CATEGORIES = frozenset({"DeprecationWarning", "PendingDeprecationWarning"})
# Sphinx's directive, and the field that some write
_DIRECTIVE = re.compile(r"^[ \t]*(?:\.\. deprecated::|:deprecated:)[ \t]*(.{0,200})", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n[ \t]*(?:\.\. |:\w)")
_VERSION = r"v?(\d{1,6}(?:\.\d{1,6}){0,3})(?![\w%])"
# `will be removed in version 4.0`, `removal in MarkupSafe 3.1`, `remove this with 2.0`
_REMOVAL = re.compile(
    rf"\b(?:remov|delet|drop|go|gone|unavailable|disappear|will no longer)\w*\b[^.;]{{0,40}}?"
    rf"\b(?:in|with|as of|from|since|by|at)\s+(?:the\s+)?(?:(\w[\w.-]*)\s+)??(?:version\s+|release\s+)?{_VERSION}",
    re.IGNORECASE,
)
# `In requests 3.0, get_encodings_from_content will be removed`
_ANNOUNCED = re.compile(
    rf"\b(?:in|with|as of|from)\s+(?:(\w[\w.-]*)\s+)??(?:version\s+|release\s+)?{_VERSION},?\s"
    r"[^;]{0,80}?\b(?:will|to) be (?:removed|deleted|dropped)",
    re.IGNORECASE,
)
_OTHERS = frozenset({"python", "cpython", "pypy", "django", "numpy"})
_LONGEST = 300
_MOST_READ = 8000  # characters of a message
_DEEPEST = 400  # nested scopes; nobody writes more


def deprecations(text: bytes, module: str, file: str) -> Iterator[Deprecation]:
    """Give the deprecations of a module in the order of the file; none of one that does not parse.

    A warning belongs to the function or class that raises it. `removal` is the version that the text
    names, where that is of the project itself and not of Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the compiler, about a stray backslash
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _scope(tree, module, file, 0)


def removal_version(text: str) -> str:
    """Give the version in which a text says that something goes, empty where it names none of the project's."""
    for match in (*_REMOVAL.finditer(text), *_ANNOUNCED.finditer(text)):
        if (match[1] or "").lower() not in _OTHERS:
            return match[2]
    return ""


def is_due(removal: str, version: str) -> bool:
    """Say whether the version of a promised removal has come; an unknown version has not."""
    try:
        return bool(removal) and Version(Version(version).base_version) >= Version(removal)
    except InvalidVersion:
        return False


def _scope(node: ast.AST, name: str, file: str, depth: int) -> Iterator[Deprecation]:
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _by_docstring(node, name, file)
    if not isinstance(node, ast.Module):
        yield from _by_decorator(node, name, file)
    for child in _children(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if depth < _DEEPEST:
                yield from _scope(child, f"{name}.{child.name}", file, depth + 1)
        elif isinstance(child, ast.Call) and _is_warn(child):
            yield _told(name, file, child.lineno, "warn", _text(child.args[0]))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Give what lies in a scope, in order, down to the scopes in it."""
    waiting = [*ast.iter_child_nodes(node)][::-1]
    while waiting:
        child = waiting.pop()
        yield child
        if not isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += [*ast.iter_child_nodes(child)][::-1]


def _is_warn(call: ast.Call) -> bool:
    if _last(call.func) not in {"warn", "warn_explicit"} or not call.args:
        return False
    categories = [*call.args[1:2], *(e.value for e in call.keywords if e.arg == "category")]
    told = any(_last(each) in _CATEGORIES for each in categories)
    return told or "deprecated" in _text(call.args[0])  # a warning that users shall see by default


def _by_decorator(node: ast.AST, name: str, file: str) -> Iterator[Deprecation]:
    for each in getattr(node, "decorator_list", ()):
        called = each.func if isinstance(each, ast.Call) else each
        if _last(called) == "deprecated":  # PEP 702, and what others call so
            args = each.args if isinstance(each, ast.Call) else []
            yield _told(name, file, each.lineno, "decorator", _text(args[0]) if args else "")


def _by_docstring(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str, file: str
) -> Iterator[Deprecation]:
    text = ast.get_docstring(node, clean=False) or ""
    for match in _DIRECTIVE.finditer(text):
        line = node.body[0].lineno + text.count("\n", 0, match.start())
        said = _PARAGRAPH.split(text[match.start() + 2 :], maxsplit=1)[0].partition("::")[2]
        yield _told(name, file, line, "docstring", f"since {(said or match[1]).strip()}")


def _told(name: str, file: str, line: int, by: By, text: str) -> Deprecation:
    flat = " ".join(text[:_MOST_READ].split())
    removal = removal_version(flat)
    cut = flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"
    return Deprecation(object=name, file=file, line=line, by=by, text=cut, removal=removal)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _text(node: ast.AST) -> str:
    """Give the text of a message: its constants, with `…` for what is only known at run time."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return "…"
    parts = [
        (each.lineno, each.col_offset, each.value)
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return " ".join(text for _line, _column, text in sorted(parts))
