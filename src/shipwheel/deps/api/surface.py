"""The public objects of a package that griffe read: by which names users reach them."""

from __future__ import annotations

import ast
import enum
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from griffe import Alias, AliasResolutionError, CyclicAliasError, GriffeLoader, Module, Object

Item = Object | Alias
_UNRESOLVED = (AliasResolutionError, CyclicAliasError)
# for the package's own tests, and what others wrote
_ASIDE = frozenset({"tests", "test", "conftest", "setup", "vendor", "vendored", "__main__"})
# made for annotations and messages in the module itself
_BORROWED = sys.stdlib_module_names | {"typing_extensions"}
_INTERNAL = ("TypeVar(", "ParamSpec(", "TypeVarTuple(", "getLogger(", "logging.getLogger(")


def load(loader: GriffeLoader, name: str) -> Item:
    """Load a package by its dotted name, without what is not its API; imports from it are public.

    A name that `__init__` imports from the package is how users know it, whether there is an `__all__`
    or not; in any other module it is there by chance, as griffe has it.
    """
    loaded = loader.load(name, try_relative_path=False)
    if isinstance(loaded, Module):
        _prune(loaded)
        _publish(loaded, name.partition(".")[0])
    return loaded


def _prune(module: Module) -> None:
    for name, member in [*module.members.items()]:
        if member.is_alias or not isinstance(member, Module):
            continue
        if name in _ASIDE or name.startswith("_test"):
            del module.members[name]
        else:
            _prune(member)


def _publish(module: Module, top: str) -> None:
    named = any(isinstance(each, str) for each in module.exports or ())
    for name, member in module.members.items():
        if member.is_alias:
            own = member.target_path.partition(".")[0] == top  # type: ignore[union-attr]
            if module.is_init_module and own and not named and not name.startswith("_"):
                member.public = True
        elif isinstance(member, Module):
            if not name.startswith("_"):
                _publish(member, top)
        elif member.is_attribute and _is_internal(member) and not named:
            member.public = False


def _is_internal(member: Any) -> bool:
    value = getattr(member, "value", None)
    return value is not None and any(mark in str(value) for mark in _INTERNAL)


def public_members(item: Item) -> Iterator[tuple[str, Item]]:
    """Give an object's own public members by dotted name, those of modules and classes in it too."""
    for name, member in item.members.items():
        if not member.is_public or _is_machinery(member) or not at_run_time(member):
            continue
        if member.is_alias and _is_borrowed(item, member):
            continue
        yield f"{item.path}.{name}", member
        if not member.is_alias and (member.is_module or member.is_class):
            yield from public_members(member)


def _is_machinery(member: Item) -> bool:
    """Say whether it is what every class or module has: `__module__`, `__slots__`, an own `__getattr__`."""
    name = member.name
    return is_dunder(name) and name != "__version__"


def _is_borrowed(holder: Item, member: Item) -> bool:
    """Say whether it is Python's own, brought along by `import *`, and not named in `__all__`."""
    top = home(member).partition(".")[0]
    named = holder.is_module and member.name in (holder.exports or ())
    return top in _BORROWED and not named


def is_dunder(name: str) -> bool:
    """Say whether a name is one of Python's own, `__add__`."""
    return name.startswith("__") and name.endswith("__")


def is_private(path: str) -> bool:
    """Say whether a part of a dotted name begins with an underscore and is none of Python's own."""
    return any(part.startswith("_") and not is_dunder(part) for part in path.split("."))


def at_run_time(item: Item) -> bool:
    """Say whether an object is there when the program runs: not below `if TYPE_CHECKING`, however named."""
    holder = item.parent if item.is_alias else item
    line = item.alias_lineno if item.is_alias else item.lineno  # type: ignore[union-attr]
    if not item.runtime:
        return False
    while holder is not None and not holder.is_module:
        holder = holder.parent
    if holder is None or not line or not isinstance(holder.filepath, Path):
        return True
    return not any(first <= line <= last for first, last in _typing_only(holder.filepath))


@functools.lru_cache(maxsize=4096)
def _typing_only(path: Path) -> tuple[tuple[int, int], ...]:
    """Give the lines of `if t.TYPE_CHECKING:`, which griffe knows by `typing`'s own name alone."""
    tree = _parsed(path)
    return tuple(
        (each.body[0].lineno, each.body[-1].end_lineno or each.body[-1].lineno)
        for each in (ast.walk(tree) if tree else ())
        if isinstance(each, ast.If) and _is_type_checking(each.test)
    )


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


@functools.lru_cache(maxsize=64)
def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def home(item: Item) -> str:
    """Give the name of the place where an object is defined, its own name where that is unknown."""
    path = item.path
    try:
        while item.is_alias:
            path = item.target_path  # type: ignore[union-attr]
            item = item.target  # type: ignore[union-attr]
    except _UNRESOLVED:
        return path
    return item.path


def names_by_home(item: Item) -> dict[str, tuple[str, ...]]:
    """Give for each object's home all names that lead there and that users may know, the shortest first.

    Among them is what an `__init__` imports and an `__all__` that is put together does not show.
    """
    found: dict[str, list[str]] = {}
    for path, member in (*public_members(item), *_imported(item)):
        if path not in found.setdefault(home(member), []):
            found[home(member)].append(path)
    return {
        key: tuple(sorted(each, key=lambda name: (name.count("."), name)))
        for key, each in found.items()
    }


def _imported(item: Item) -> Iterator[tuple[str, Item]]:
    for name, member in item.members.items():
        if is_private(name):
            continue
        if member.is_alias and item.is_init_module:
            yield f"{item.path}.{name}", member
        elif not member.is_alias and member.is_module:
            yield from _imported(member)


def best_name(path: str, names: dict[str, tuple[str, ...]]) -> str:
    """Give the shortest public name of an object by its path: its own, or below that of its holder."""
    holder, _, last = path.rpartition(".")
    found = [path, *names.get(path, ())[:1]]
    if holder:
        found.append(f"{best_name(holder, names)}.{last}")
    return min(found, key=lambda name: name.count("."))


def member_at(item: Item, path: str) -> Item | None:
    """Give the object at a dotted name of a loaded package, None where there is none."""
    if path == item.path:
        return item
    try:
        found: Item = item[path.removeprefix(f"{item.path}.").split(".")]
    except (KeyError, ValueError, AttributeError, *_UNRESOLVED):
        return None
    return found


class Lazily(enum.Enum):
    """What a module's `__getattr__` says of a name."""

    NO = "no"
    NAMED = "named"  # it stands there: it can be had, and nobody can read what it is
    PERHAPS = "perhaps"  # it asks another module for any name


def lazily(module: Item, name: str) -> Lazily:
    """Say whether a module gives a name by its `__getattr__` (PEP 562)."""
    tree = _parsed(module.filepath) if isinstance(module.filepath, Path) else None
    own = [each for each in tree.body if _is_getattr(each)] if tree else []
    if tree is None or not own:
        return Lazily.NO
    if any(isinstance(each, ast.Constant) and each.value == name for each in ast.walk(tree)):
        return Lazily.NAMED
    asks = (each for body in own for each in ast.walk(body) if isinstance(each, ast.Call))
    dynamic = any(isinstance(each.func, ast.Name) and each.func.id == "getattr" for each in asks)
    return Lazily.PERHAPS if dynamic else Lazily.NO


def _is_getattr(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
