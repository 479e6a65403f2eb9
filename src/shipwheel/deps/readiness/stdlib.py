"""What the project's own code takes from the standard library that is gone, or goes, by a Python."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from packaging.version import Version

from shipwheel.data.catalog import data_text
from shipwheel.deps.readiness.answer import Use

_LARGEST = 4 << 20  # bytes of a source; larger ones are data
_ASIDE = frozenset({"__pycache__", "node_modules", "build", "dist"})
_CATCHES = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", ""})
_ASKS_VERSION = frozenset({"version_info", "hexversion", "hasattr", "PY2", "PY3"})


class Gone(msgspec.Struct, frozen=True):
    """A name that left: from which Python, and what takes its place; `removed` is None where it only warns."""

    name: str
    instead: str
    source: str
    removed: str | None = None
    deprecated: str | None = None


class Known(msgspec.Struct, frozen=True):
    """All of data/stdlib.toml: dotted names, and methods of unittest.TestCase."""

    names: dict[str, Gone]
    methods: dict[str, Gone]


@functools.cache
def known() -> Known:
    """Give what left the standard library, by name."""
    rows = tomllib.loads(data_text("stdlib"))
    names: dict[str, Gone] = {}
    methods: dict[str, Gone] = {}
    for row in rows["removal"]:
        for kind, into in (("names", names), ("methods", methods)):
            for name, instead in row.get(kind, {}).items():
                into[name] = Gone(name, instead, row["source"], removed=row["python"])
    for row in rows["deprecation"]:
        for name, instead in row["names"].items():
            names[name] = Gone(name, instead, row["source"], deprecated=row["python"])
    return Known(names, methods)


def uses_below(root: Path, places: Iterable[str], python: str) -> tuple[Use, ...]:
    """Give what the sources below `places` (relative to `root`) use that Python `python` lacks or warns of.

    Sorted by file and line. What is guarded, by `except ImportError` or a look at `sys.version_info`, is
    no use: somebody thought of it.
    """
    found: list[Use] = []
    for path in _sources(root, places):
        name = path.relative_to(root).as_posix()
        found += uses_in(path.read_bytes(), name, python)
    return tuple(sorted(set(found), key=lambda each: (each.file, each.line, each.name)))


def uses_in(text: bytes, file: str, python: str) -> Iterator[Use]:
    """Give the uses in one source; none of one that does not parse."""
    if not _mentions().search(text):
        return  # parsing takes a hundred times as long
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the compiler, about a stray backslash
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = _imported(tree)
    for node, line in _unguarded(tree):
        for gone in _gone(node, names):
            use = _use(gone, file, line, python)
            if use is not None:
                yield use


@functools.cache
def _mentions() -> re.Pattern[bytes]:
    every = {*known().methods, *(name.rpartition(".")[2] for name in known().names)}
    return re.compile(b"\\b(?:" + b"|".join(re.escape(e).encode() for e in sorted(every)) + b")\\b")


def _use(gone: Gone, file: str, line: int, python: str) -> Use | None:
    at = Version(python)
    removed = gone.removed is not None and Version(gone.removed) <= at
    warned = gone.deprecated is None or Version(gone.deprecated) <= at
    # what goes later than in the next two versions is not this Python's concern
    near = gone.removed is None or Version(gone.removed).minor <= at.minor + 2
    if not removed and not (warned and near):
        return None
    return Use(
        name=gone.name, file=file, line=line, state="removed" if removed else "deprecated",
        removed=gone.removed or "", instead=gone.instead, source=gone.source,
    )  # fmt: skip


def _imported(tree: ast.Module) -> dict[str, str]:
    """Give what each name stands for by the module's imports: `ET` for `xml.etree.ElementTree`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                names[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for each in node.names:
                names[each.asname or each.name] = f"{node.module}.{each.name}"
    return names


def _gone(node: ast.AST, names: dict[str, str]) -> Iterator[Gone]:
    if isinstance(node, ast.Import):
        for each in node.names:
            yield from _prefixes(each.name)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
        found = [*_prefixes(node.module)]
        yield from found or (
            e for each in node.names for e in _exactly(f"{node.module}.{each.name}")
        )
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            gone = known().methods.get(node.attr)
            yield from (gone,) if gone else ()
        yield from _exactly(_dotted(node, names))


def _prefixes(module: str) -> Iterator[Gone]:
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        yield from _exactly(".".join(parts[:count]))


def _exactly(name: str) -> Iterator[Gone]:
    gone = known().names.get(name)
    if gone is not None:
        yield gone


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def _unguarded(tree: ast.Module) -> Iterator[tuple[ast.AST, int]]:
    """Give the nodes with their lines, without what is guarded."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Try) and any(_catches(each) for each in node.handlers):
            waiting += [*node.orelse, *node.finalbody]
            continue
        if isinstance(node, (ast.If, ast.IfExp)) and _asks_version(node.test):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Attribute)):
            yield node, node.lineno
        waiting += ast.iter_child_nodes(node)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", getattr(kind, "attr", "?")) in _CATCHES for kind in kinds)


def _asks_version(test: ast.expr) -> bool:
    words = (getattr(each, "attr", getattr(each, "id", "")) for each in ast.walk(test))
    return not _ASKS_VERSION.isdisjoint(words)


def _sources(root: Path, places: Iterable[str]) -> Iterator[Path]:
    seen: set[Path] = set()
    for place in dict.fromkeys(places):
        start = root / place
        found = [start] if start.is_file() else sorted(start.rglob("*.py"))
        for path in found:
            inner = path.relative_to(root).parts
            hidden = any(part in _ASIDE or part.startswith(".") for part in inner)
            if path in seen or hidden or path.suffix != ".py" or path.is_symlink():
                continue
            seen.add(path)
            if path.is_file() and path.stat().st_size <= _LARGEST:
                yield path
