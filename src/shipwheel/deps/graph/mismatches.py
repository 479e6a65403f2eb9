"""What deptry found, less what is meant to be so: optional imports, plugins, types, names in strings."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from shipwheel.data.import_names import import_names
from shipwheel.data.private_names import private_names
from shipwheel.deps.graph.answer import Mismatch, Place, When, Why
from shipwheel.deps.graph.declared import Found
from shipwheel.deps.graph.installed import Installed, providers
from shipwheel.deps.graph.own import Module, Own
from shipwheel.deps.graph.statements import Statement
from shipwheel.project.names import normalize

_UNUSED = "DEP002"
_IMPORTS = {"DEP001", "DEP003", "DEP004"}
_SOURCES = "sources/"


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding is judged by; all names of distributions are normalized.

    `declared` are the requirements at run time and those of extras for users, each with where it stands;
    `development` likewise. `through`: what comes with the requirements at run time, and who requires it.
    `staged` gives a module by its file in deptry's folder. `entry_points` are the project's own groups.
    """

    own: Own
    staged: Mapping[str, str]
    installed: Mapping[str, Installed]
    declared: Mapping[str, str]
    development: Mapping[str, str]
    through: Mapping[str, str]
    entry_points: Collection[str] = ()
    tops: Collection[str] = ()  # the project's own top-level names
    vendored: Collection[str] = ()  # others' modules that lie below the project's own
    loaded: Collection[str] = ()  # the modules that are imported with the project's packages
    pure: bool = True


def judged(found: Iterable[Found], world: World) -> tuple[Mismatch, ...]:
    """Give what is wrong, the worst first, one for each module and reason."""
    known = providers(world.installed)
    wrong: dict[tuple[Why, str], list[Place]] = {}
    for each in found:
        if each.error.code in _IMPORTS and (hit := _import(each, world, known)):
            why, place = hit
            wrong.setdefault((why, each.module), []).append(place)
    order = list(Why)
    imports = [
        _mismatch(why, module, places, known.get(module, ()), world)
        for (why, module), places in sorted(
            wrong.items(), key=lambda i: (order.index(i[0][0]), i[0][1])
        )
    ]
    unused = [each.module for each in found if each.error.code == _UNUSED]
    return (*imports, *_unused(unused, world))


def is_vendored(name: str) -> bool:
    """Say whether a module is somebody else's, in a folder for such (`demo._vendor.six`)."""
    return not private_names().vendors.isdisjoint(name.split(".")[:-1])


def vendored(names: Iterable[str]) -> frozenset[str]:
    """Give the top-level names that lie in such folders: the project may put them on Python's path."""
    vendors = private_names().vendors
    found: set[str] = set()
    for name in names:
        parts = name.split(".")
        found.update(b for a, b in itertools.pairwise(parts) if a in vendors)
    return frozenset(found)


def _mismatch(
    why: Why, module: str, places: Iterable[Place], bring: Sequence[str], world: World
) -> Mismatch:
    bring = bring or ((normalize(module),) if normalize(module) in world.through else ())
    through = [world.through[each] for each in bring if each in world.through]
    where = [world.development[each] for each in bring if each in world.development]
    return Mismatch(
        why=why,
        module=module,
        distributions=tuple(bring),
        through=tuple(dict.fromkeys(through)),
        places=tuple(sorted(set(places), key=lambda each: (each.file, each.line))),
        where=", ".join(dict.fromkeys(where)),
    )


def _import(
    found: Found, world: World, known: Mapping[str, tuple[str, ...]]
) -> tuple[Why, Place] | None:
    """Judge one import; None for one that is meant so."""
    module = world.own.modules.get(world.staged.get(found.location.file.removeprefix(_SOURCES), ""))
    line = found.location.line or 0
    if module is None or is_vendored(module.name) or _comes_along(found.module, world):
        return None
    statement = _statement(module, line, found.module)
    if statement is not None and (statement.guarded or statement.when is When.TYPES):
        return None
    if _is_tried(module, found.module):
        return None  # the file looks whether it is there, and goes on without it
    sure = _is_sure(statement) and module.name in world.loaded
    why = _why(found.module, world, known, sure=sure)
    return (why, Place(module.file, line)) if why else None


def _why(
    name: str, world: World, known: Mapping[str, tuple[str, ...]], *, sure: bool
) -> Why | None:
    bring = {*known.get(name, ()), normalize(name)}
    if bring & set(world.declared):
        return None
    if bring & set(world.through):
        return Why.TRANSITIVE
    if not sure:
        return Why.OPTIONAL  # it runs for whoever has what it is for
    return Why.MISPLACED if bring & set(world.development) else Why.UNDECLARED


def _is_sure(statement: Statement | None) -> bool:
    """Say whether a statement runs as its module is imported: not by name, in a function or below a condition."""
    if statement is None:
        return False
    return statement.when is When.ALWAYS and not statement.conditional


def _is_tried(module: Module, name: str) -> bool:
    return any(
        each.guarded and not each.level and each.module.partition(".")[0] == name
        for each in module.read.statements
    )


def _statement(module: Module, line: int, name: str) -> Statement | None:
    return next(
        (
            each
            for each in module.read.statements
            if each.line <= line <= each.last
            and not each.level
            and each.module.partition(".")[0] == name
        ),
        None,
    )


def _comes_along(name: str, world: World) -> bool:
    """Say whether a name needs no requirement: the project's, Python's, or that of a program which loads us."""
    names = import_names()
    if (
        name in world.tops
        or name in world.vendored
        or name in names.hosts
        or name in names.added
        or name in names.removed
    ):
        return True
    loaded = {
        each
        for beginning, imports in private_names().plugins.items()
        for group in world.entry_points
        if group == beginning or group.startswith(f"{beginning}.")
        for each in imports
    }
    return name in loaded


def _unused(found: Sequence[str], world: World) -> Iterator[Mismatch]:
    """Give requirements at run time that nothing of ours imports, names in a string, or finds by its entry points.

    Compiled modules import what no source shows: of projects with such nothing is said.
    """
    if not world.pure:
        return
    reads = [module.read for module in world.own.modules.values()]
    words = {word for read in reads for word in read.words}
    imported = {
        s.module.partition(".")[0] for read in reads for s in read.statements if not s.level
    }
    for written in dict.fromkeys(found):
        name = normalize(written)
        there = world.installed.get(name)
        where = world.declared.get(name, "")
        if (
            there is None
            or where.startswith("extra ")
            or not where
            or _is_used(there, written, words, imported)
        ):
            continue
        yield Mismatch(why=Why.UNUSED, module=written, distributions=(name,), where=where)


def _is_used(
    there: Installed, written: str, words: Collection[str], imported: Collection[str]
) -> bool:
    names = {written, there.name, *there.modules, *there.commands}
    if there.plugin or not there.modules or written.startswith("types-"):
        return True
    if all(module.endswith("-stubs") for module in there.modules):
        return True
    return not names.isdisjoint(words) or not there.modules.isdisjoint(imported)
