"""Private names of others: what begins with an underscore, or is called private by its owner."""

from __future__ import annotations

import ast
import functools
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from shipwheel.data.import_names import import_names
from shipwheel.data.private_names import private_names
from shipwheel.deps.graph.answer import Place, Private, When
from shipwheel.deps.graph.mismatches import is_vendored
from shipwheel.deps.graph.own import Module, Own
from shipwheel.deps.graph.statements import MOST_SOURCE, Statement, is_private


def privates(
    own: Own, tops: Collection[str], brought: Collection[str], folders: Sequence[Path] = ()
) -> tuple[Private, ...]:
    """Give the private names of others that the project's modules use at run time.

    `tops` are the project's own names, `brought` those that installed distributions bring: of a
    module that nobody is known to bring nobody knows whose it is. What its module lists in
    `__all__` (looked up in `folders`) is public.
    """
    found: dict[str, list[Place]] = defaultdict(list)
    for module in own.modules.values():
        if is_vendored(module.name):
            continue
        for name, line in _used(module):
            top = name.partition(".")[0]
            if top not in tops and (top in sys.stdlib_module_names or top in brought):
                found[name].append(Place(module.file, line))
    hosts = import_names().hosts
    return tuple(
        Private(name=name, places=tuple(dict.fromkeys(places)), library=_is_library(name))
        for name, places in sorted(found.items(), key=lambda item: (_is_library(item[0]), item[0]))
        if name.partition(".")[0] not in hosts and not _is_public(name, tuple(folders))
    )


def _used(module: Module) -> Iterator[tuple[str, int]]:
    bound: dict[str, str] = {}
    for statement in module.read.statements:
        if statement.level or statement.when is When.TYPES:
            continue
        yield from ((name, statement.line) for name in _of_statement(statement))
        if not statement.names:
            alias = statement.aliases[0]
            plain = alias == statement.module.partition(".")[0]
            bound[statement.module if plain else alias] = statement.module
            if plain:
                bound[alias] = alias
    for taken in module.read.privates:
        top = taken.base.partition(".")[0]
        if taken.base in bound and top not in module.read.rebound:
            yield f"{bound[taken.base]}.{taken.name}", taken.line


def _of_statement(statement: Statement) -> Iterator[str]:
    """Give the private names in an import: the module's first private part, else the names taken from it."""
    stated = private_names().private
    parts = statement.module.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        if is_private(parts[end - 1]) or name in stated:
            yield name
            return
    for each in statement.names:
        name = f"{statement.module}.{each}"
        if is_private(each) or name in stated:
            yield name


def _is_library(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _is_public(name: str, folders: tuple[Path, ...]) -> bool:
    if name in private_names().documented:
        return True
    module, _, last = name.rpartition(".")
    return not _is_library(name) and last in _listed(module, folders)


@functools.lru_cache(maxsize=256)
def _listed(module: str, folders: tuple[Path, ...]) -> frozenset[str]:
    """Give the names in a module's `__all__`, as far as they are written out."""
    for path in _candidates(module, folders):
        try:
            if path.stat().st_size > MOST_SOURCE:
                continue
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return frozenset(_all(tree))
    return frozenset()


def _candidates(module: str, folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        place = folder.joinpath(*module.split("."))
        yield place / "__init__.py"
        yield place.with_name(f"{place.name}.py")


def _all(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == "__all__" for each in targets):
                yield from (
                    each.value
                    for each in ast.walk(node.value)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
