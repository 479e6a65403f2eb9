"""Literals in the tree's own modules."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import Any

from shipwheel.project.tree import Tree
from shipwheel.project.values import UNKNOWN, Unknown


def module_literal(tree: Tree, module: str, name: str, default: Any = UNKNOWN) -> Any:
    """Give a literal that a module of the tree assigns to `name`; `default` where there is none."""
    base = module.replace(".", "/")
    for path in (f"{base}.py", f"{base}/__init__.py", f"src/{base}.py", f"src/{base}/__init__.py"):
        if tree.is_file(path):
            found = file_literal(tree, path, name)
            return default if isinstance(found, Unknown) else found
    return default


def file_literal(tree: Tree, path: str, name: str) -> Any:
    """Give a literal that a file assigns to `name` at its module level; UNKNOWN where there is none."""
    text = tree.read(path)
    if text is None or not re.search(rf"^{re.escape(name)}\b[^\n]*=", text, re.MULTILINE):
        return UNKNOWN
    found = _on_one_line(text, name)
    return literals_of(text).get(name, UNKNOWN) if isinstance(found, Unknown) else found


def _on_one_line(text: str, name: str) -> Any:
    """Take a literal that stands alone on its line: parsing a module of 4,000 lines takes 80 ms."""
    lines = re.findall(rf"^{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)[ \t]*(.+)$", text, re.MULTILINE)
    if len(lines) != 1:
        return UNKNOWN
    return _literal(parse_expression(lines[0]))


def parse_expression(text: str) -> ast.expr | None:
    """Parse one expression, a comment behind it left out; None where it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


@lru_cache(maxsize=32)
def literals_of(text: str) -> dict[str, Any]:
    """Give the names that a source assigns at its module level; UNKNOWN for what is no literal."""
    module = parse_source(text)
    found: dict[str, Any] = {}
    for node in module.body if module is not None else ():
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                found[target.id] = _literal(getattr(node, "value", None))
    return found


def _literal(node: ast.expr | None) -> Any:
    try:
        return UNKNOWN if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN


def parse_source(text: str | None) -> ast.Module | None:
    """Parse a source; None where there is none or it is no Python that we read (Python 2)."""
    if text is None:
        return None
    # old escapes warn, and that is not our business
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
