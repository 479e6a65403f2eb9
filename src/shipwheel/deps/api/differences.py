"""What griffe finds between two versions of a package, without what breaks nobody."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

from griffe import Breakage, BreakageKind, ExprCall, find_breaking_changes

from shipwheel.deps.api.answer import Added, Change
from shipwheel.deps.api.surface import (
    Item,
    Lazily,
    at_run_time,
    best_name,
    home,
    is_dunder,
    is_private,
    lazily,
    member_at,
    names_by_home,
    public_members,
)

_LONGEST = 200  # characters of a value that are told
# what may be meant so: no call that was right is wrong by it
_MAY_BE_MEANT = frozenset(
    {
        BreakageKind.PARAMETER_CHANGED_DEFAULT,
        BreakageKind.RETURN_CHANGED_TYPE,
        BreakageKind.ATTRIBUTE_CHANGED_VALUE,
        BreakageKind.ATTRIBUTE_CHANGED_TYPE,
    }
)
_WORDS = {
    BreakageKind.PARAMETER_MOVED: "parameter moved",
    BreakageKind.PARAMETER_REMOVED: "parameter removed",
    BreakageKind.PARAMETER_CHANGED_KIND: "parameter changed its kind",
    BreakageKind.PARAMETER_CHANGED_DEFAULT: "parameter changed its default",
    BreakageKind.PARAMETER_CHANGED_REQUIRED: "parameter became required",
    BreakageKind.PARAMETER_ADDED_REQUIRED: "required parameter added",
    BreakageKind.RETURN_CHANGED_TYPE: "return annotation removed",
    BreakageKind.OBJECT_REMOVED: "removed",
    BreakageKind.OBJECT_CHANGED_KIND: "changed its kind",
    BreakageKind.CLASS_REMOVED_BASE: "base class removed",
}
_NO_BASE = frozenset({"object", "builtins.object", "typing.Generic", "Generic"})


def changes(old: Item, new: Item) -> Iterator[Change]:
    """Give what changed of the public API, once a home of an object, by the shortest name for it."""
    names = names_by_home(old)
    now = {path for paths in names_by_home(new).values() for path in paths}
    told: set[tuple[str, ...]] = set()
    found = sorted(find_breaking_changes(old, new), key=lambda each: each.obj.path.count("."))
    for each in _together(each for each in found if not _harmless(each, old)):
        for change in _change(each, names, now, new):
            key = (change.kind, home(each[0].obj), change.before, change.after)
            if key not in told:
                told.add(key)
                yield change


def additions(old: Item, new: Item) -> Iterator[Added]:
    """Give the public objects that are new; what is in a new module or class comes with it."""
    before = {path for path, _member in public_members(old)}
    places = {home(member) for _path, member in public_members(old)}
    names = names_by_home(new)
    seen: set[str] = set()
    fresh: list[str] = []
    for path, member in sorted(public_members(new), key=lambda each: each[0].count(".")):
        place = home(member)
        if path in before or place in seen or any(path.startswith(f"{e}.") for e in fresh):
            continue
        seen.add(place)
        fresh += (path, place)
        if (member.is_alias and place in places) or _inherited(old, path):
            continue
        name = best_name(path, names)
        yield Added(object=name, kind=_kind(member), file=_file(member), line=_line(member))


def _together(found: Iterator[Breakage]) -> Iterator[tuple[Breakage, ...]]:
    """Give breakages, those of parameters of one function that moved as one, and a renamed one too."""
    groups: dict[tuple[object, ...], list[Breakage]] = {}
    for number, each in enumerate(found):
        one: object = number
        if each.kind is BreakageKind.PARAMETER_MOVED:
            one = "moved"
        elif each.kind is BreakageKind.PARAMETER_REMOVED:
            one = _place(each.old_value.function, each.old_value)
        elif each.kind is BreakageKind.PARAMETER_ADDED_REQUIRED:
            one = _place(each.new_value.function, each.new_value)
        groups.setdefault((home(each.obj), one), []).append(each)
    return (tuple(each) for each in groups.values())


def _place(function: Any, parameter: Any) -> tuple[str, int]:
    names = [each.name for each in function.parameters] if function is not None else []
    return ("parameter", names.index(parameter.name) if parameter.name in names else -1)


def _harmless(found: Breakage, old: Item) -> bool:
    """Say whether griffe's finding breaks nobody: what is not there at run time, or nobody writes."""
    if is_private(found.obj.path) or not at_run_time(found.obj):
        return True
    if _is_wrapped(found, old):
        return True
    parameter = _parameter(found)
    if not parameter:
        return False
    operator = is_dunder(found.obj.name) and found.obj.name not in {
        "__init__",
        "__new__",
        "__call__",
    }
    renamed = operator and found.kind is not BreakageKind.PARAMETER_CHANGED_REQUIRED
    return parameter in {"self", "cls"} or parameter.startswith("_") or renamed or _swallows(found)


def _is_wrapped(found: Breakage, old: Item) -> bool:
    """Say whether an attribute was made by a call, `lower = wrapped(str.lower)`, and is a function now."""
    if found.kind is not BreakageKind.OBJECT_CHANGED_KIND or found.new_value.value != "function":
        return False
    before = member_at(old, found.obj.path)
    own = before is not None and not before.is_alias
    return own and isinstance(getattr(before, "value", None), ExprCall)


def _swallows(found: Breakage) -> bool:
    """Say whether it is `**attrs` that is called `**kwargs` now."""
    old = found.old_value
    if found.kind is not BreakageKind.PARAMETER_REMOVED or "variadic" not in old.kind.value:
        return False
    parameters: Any = getattr(found.obj, "parameters", ())
    return any(each.kind is old.kind for each in parameters)


def _inherited(old: Item, path: str) -> bool:
    """Say whether a member of a class was there before, from a base that is not public."""
    holder, _, name = path.rpartition(".")
    at = member_at(old, holder)
    return at is not None and not at.is_alias and at.is_class and name in at.all_members


def _change(
    group: tuple[Breakage, ...], names: dict[str, tuple[str, ...]], now: set[str], new: Item
) -> Iterator[Change]:
    found = group[0]
    name = best_name(found.obj.path, names)
    kind, breaks = _WORDS.get(found.kind, found.kind.value.lower()), _breaks(found)
    before, after = _values(group)
    if len(group) > 1:
        kind = (
            "parameters moved"
            if found.kind is BreakageKind.PARAMETER_MOVED
            else "parameter renamed"
        )
    if found.kind is BreakageKind.OBJECT_REMOVED:
        there = _still_there(found.obj, new)
        if there is Lazily.NAMED:
            return
        if there is Lazily.PERHAPS:
            breaks, after = False, "its module asks another one for it (__getattr__)"
        other = next((each for each in names.get(home(found.obj), ()) if each in now), None)
        if other is not None:
            kind, breaks, after, name = "moved", False, other, found.obj.path
    if found.kind is BreakageKind.CLASS_REMOVED_BASE:
        before = ", ".join(_lost_bases(found))
        if not before:
            return
    line = 0 if found.kind is BreakageKind.OBJECT_REMOVED else _line(found.obj)
    yield Change(
        object=name, kind=kind, file=_file(found.obj), line=line,
        before=before, after=after, breaks=breaks,
    )  # fmt: skip


def _breaks(found: Breakage) -> bool:
    """Say whether a call that was right is wrong now.

    An attribute may hold a function, and a decorator may make an attribute of one: of what changed its
    kind only a function or class that is a module now is certain.
    """
    if found.kind is BreakageKind.OBJECT_CHANGED_KIND:
        kinds: tuple[str, str] = (found.old_value.value, found.new_value.value)
        return kinds in {("class", "module"), ("function", "module")}
    return found.kind not in _MAY_BE_MEANT


def _parameter(found: Breakage) -> str:
    for value in (found.old_value, found.new_value):
        if hasattr(value, "default") and hasattr(value, "name"):
            return str(value.name).lstrip("*")
    return ""


def _values(group: tuple[Breakage, ...]) -> tuple[str, str]:
    found = group[0]
    old, new, parameter = found.old_value, found.new_value, _parameter(found)
    if found.kind in {BreakageKind.OBJECT_REMOVED, BreakageKind.CLASS_REMOVED_BASE}:
        return "", ""
    if found.kind is BreakageKind.PARAMETER_MOVED:
        moves = (f"{_parameter(each)} {_positions(each)}" for each in group)
        return _cut(", ".join(moves)), ""
    if len(group) > 1:
        gone = [each.old_value.name for each in group if each.old_value is not None]
        come = [each.new_value.name for each in group if each.new_value is not None]
        return ", ".join(gone), ", ".join(come)
    if parameter:
        return _of_parameter(found, parameter)
    return _cut(_text(old)), _cut(_text(new))


def _of_parameter(found: Breakage, name: str) -> tuple[str, str]:
    old, new = found.old_value, found.new_value
    match found.kind:
        case BreakageKind.PARAMETER_CHANGED_DEFAULT:
            return _cut(f"{name}={old.default}"), _cut(f"{name}={new.default}")
        case BreakageKind.PARAMETER_CHANGED_KIND:
            return f"{name}: {old.kind.value}", f"{name}: {new.kind.value}"
        case BreakageKind.PARAMETER_CHANGED_REQUIRED:
            return _cut(f"{name}={old.default}"), name
        case _:
            return (name if old is not None else ""), (name if new is not None else "")


def _positions(found: Breakage) -> str:
    """Give griffe's `position: from 5 to 6 (+1)` as `5 to 6`."""
    return found.details.removeprefix("position: from ").partition(" (")[0]


def _text(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def _still_there(gone: Item, new: Item) -> Lazily:
    """Say whether a name that griffe misses can be had nevertheless: lazily, or from a base it cannot see."""
    holder, _, name = gone.path.rpartition(".")
    at = member_at(new, holder)
    if at is None or at.is_alias:
        return Lazily.NO
    if is_dunder(name) and name != "__version__" and (hasattr(object, name) or _is_made(at)):
        return Lazily.NAMED
    if at.is_module:
        imported = name in at.members and at.is_init_module
        return Lazily.NAMED if imported else lazily(at, name)
    return Lazily.NAMED if at.is_class and _inherits(at, name) else Lazily.NO


def _is_made(item: Item) -> bool:
    """Say whether operators may come from a decorator (`@dataclass`, `@total_ordering`) or a keyword."""
    return bool(getattr(item, "decorators", ())) or bool(getattr(item, "keywords", ()))


def _inherits(item: Item, name: str) -> bool:
    for each in _outer_bases(item):
        base = getattr(builtins, each.rpartition(".")[2], None)
        if base is None or hasattr(base, name):
            return True  # of another package: nobody here can see what it has
    return False


def _outer_bases(item: Any) -> Iterator[str]:
    known = {each.path for each in item.resolved_bases}
    for holder in (item, *item.mro()):
        for base in holder.bases:
            path = getattr(base, "canonical_path", str(base))
            if path not in known and path.rpartition(".")[2] not in {
                "object",
                "Generic",
                "Protocol",
            }:
                try:
                    item.modules_collection[path]
                except (KeyError, ValueError):
                    yield path


def _lost_bases(found: Breakage) -> list[str]:
    def plain(bases: Any) -> list[str]:
        return [str(getattr(each, "canonical_path", each)).partition("[")[0] for each in bases]

    still = {each.rpartition(".")[2] for each in plain(found.new_value)}
    own: Any = found.obj
    still |= {each.name for each in own.mro()}
    return [
        each
        for each in plain(found.old_value)
        if each not in _NO_BASE and each.rpartition(".")[2] not in still
    ]


def _kind(item: Item) -> str:
    try:
        return str(item.kind.value)
    except Exception:  # noqa: BLE001 - an alias that leads nowhere raises as it likes
        return "object"


def _file(item: Item) -> str:
    try:
        holder = item.parent if item.is_alias and item.parent is not None else item
        return str(holder.relative_package_filepath)
    except Exception:  # noqa: BLE001 - as above; a namespace has several
        return ""


def _line(item: Item) -> int:
    line = item.alias_lineno if item.is_alias else item.lineno  # type: ignore[union-attr]
    return line or 0
