"""What a module's text binds: so that an entry point's attribute can be seen without running it."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from shipwheel.dists.modules import site_path
from shipwheel.verification.facts import Member
from shipwheel.verification.reading.archives import BROKEN, READ_BY_ALL

_LONGEST = 1 << 20  # bytes of a module; what entry points name is short
_MOST = 200  # modules of one wheel
# a module that says one of these anywhere may bind names that its text does not show
_HIDDEN = ("globals(", "sys.modules[__name__]", "modules[__name__]")
# and one that does one of these outside its functions
_BINDING_CALLS = {"exec", "eval", "vars", "locals", "setattr"}
_BINDING_ATTRIBUTES = {"__dict__", "modules"}


def bound_names(
    path: Path, members: Iterable[Member], entry_points: Mapping[str, Mapping[str, str]]
) -> dict[str, frozenset[str]]:
    """Give the names that each module which an entry point names binds at its top level.

    Left out are modules that the wheel does not hold as text, that do not parse on this Python, or
    whose text does not show all that they bind (`from x import *`, `__getattr__`, `globals()`).
    """
    wanted = set(_modules(entry_points))
    files: dict[str, str] = {}
    for member in members:
        module = _module(member)
        if module in wanted and member.size <= _LONGEST and len(files) < _MOST:
            files[module] = member.name
    if not files:
        return {}
    found: dict[str, frozenset[str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for module, name in files.items():
                names = names_bound(archive.read(name))
                if names is not None:
                    found[module] = names
    except (*BROKEN, KeyError):  # told by archive-readable
        return {}
    return found


def _modules(entry_points: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for points in entry_points.values():
        for value in points.values():
            yield value.partition("[")[0].partition(":")[0].strip()


def _module(member: Member) -> str:
    path = site_path(member.name)
    if member.kind != "file" or not path.endswith(".py") or member.method not in READ_BY_ALL:
        return ""
    if member.encrypted:
        return ""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def names_bound(data: bytes) -> frozenset[str] | None:
    """Give the names that a module's text binds at its top level; None where they cannot be known."""
    try:
        text = data.decode("utf-8-sig")
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if any(word in text for word in _HIDDEN):
        return None
    names: set[str] = set()
    for node in _at_top(tree.body):
        if _binds_unseen(node):
            return None
        names.update(_names(node))
    return None if names & {"*", "__getattr__"} else frozenset(names)


def _at_top(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Give every node that runs with the module, bodies of functions and classes left out."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _binds_unseen(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in _BINDING_ATTRIBUTES
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in _BINDING_CALLS


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        for inner in ast.walk(node):  # what a function binds in the module when it is called
            if isinstance(inner, ast.Global):
                yield from inner.names
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
