"""The project's own modules: their files, read once, and who imports whom."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from grimp import build_graph
from grimp.application.config import settings

from shipwheel.deps.graph.answer import Arrow, Place, When
from shipwheel.deps.graph.statements import MOST_SOURCE, Read, Statement, read_source
from shipwheel.errors import MachineError
from shipwheel.project.facts import Package
from shipwheel.verification.modules import is_test

_MOST_FILES = 20_000
_MOST_BYTES = 200 << 20
_TURN = threading.Lock()


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module of the project's: its file relative to the root, and what that says."""

    name: str
    file: str
    data: bytes
    read: Read
    package: bool = False

    def resolved(self, statement: Statement) -> str:
        """Give the absolute name of the module that a statement imports, or imports from."""
        if not statement.level:
            return statement.module
        above = self.name.split(".")
        above = above[: len(above) - statement.level + (1 if self.package else 0)]
        return ".".join([*above, *filter(None, [statement.module])])


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """All modules by name, and files that could not be read or parsed."""

    modules: dict[str, Module]
    unread: tuple[str, ...] = ()


def read_own(root: Path, packages: Iterable[Package]) -> Own:
    """Read the modules of packages; tests within them are no part of what users import.

    Raises MachineError where the folder holds more than we are ready to read.
    """
    modules: dict[str, Module] = {}
    unread: list[str] = []
    size = 0
    for name, path, package in _files(root, packages):
        file = path.relative_to(root).as_posix()
        try:
            data = path.read_bytes() if path.stat().st_size <= MOST_SOURCE else None
        except OSError:
            data = None
        read = None if data is None else read_source(data)
        if data is None or read is None:
            unread.append(file)
            continue
        size += len(data)
        if len(modules) >= _MOST_FILES or size > _MOST_BYTES:
            raise MachineError(
                "there are more modules than can be looked at",
                where=str(root),
                hint=f"the limits are {_MOST_FILES} files and {_MOST_BYTES >> 20} MB",
            )
        modules[name] = Module(name=name, file=file, data=data, read=read, package=package)
    return Own(modules=modules, unread=tuple(unread))


def _files(root: Path, packages: Iterable[Package]) -> Iterator[tuple[str, Path, bool]]:
    """Give dotted name and file of each module, and whether it is a package's `__init__`."""
    for package in packages:
        place = root / package.path
        if package.stubs or not package.path or not place.resolve().is_relative_to(root.resolve()):
            continue
        if place.is_file():
            if place.suffix == ".py":
                yield package.name, place, False
            continue
        for folder, inner, names in os.walk(place):
            below = [*package.name.split("."), *Path(folder).relative_to(place).parts]
            inner[:] = sorted(each for each in inner if each.isidentifier())
            if is_test(".".join(below)):
                inner.clear()
                continue
            for file in sorted(names):
                stem = file.removesuffix(".py")
                dotted = ".".join(below if stem == "__init__" else [*below, stem])
                if file.endswith(".py") and stem.isidentifier() and not is_test(dotted):
                    yield dotted, Path(folder) / file, stem == "__init__"


class _Finder:
    """Says where packages lie, in place of grimp's own, which asks Python's path and may import parents."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._folders = folders

    def determine_package_directories(self, package_name: str, file_system: object) -> set[str]:
        """Give the one folder of a package."""
        del file_system
        return {self._folders[package_name]}


def import_arrows(root: Path, packages: Iterable[Package], own: Own) -> tuple[Arrow, ...]:
    """Give who imports whom among the project's modules: grimp's answer, with when and what by the syntax trees."""
    known = own.modules
    found: dict[tuple[str, str, When], dict[Place, tuple[str, ...]]] = {}
    for source, target, line in sorted({*_by_grimp(root, packages), *_of_files(packages, own)}):
        if source == target or source not in known or target not in known:
            continue
        module = known[source]
        statement = _statement_at(module, line)
        names = _names(module, statement, target, own) if statement else ()
        when = _when(statement, names, target)
        found.setdefault((source, target, when), {})[Place(module.file, line)] = names
    return tuple(
        _arrow(source, target, when, places, known[target])
        for (source, target, when), places in sorted(found.items())
    )


def _arrow(
    source: str, target: str, when: When, places: Mapping[Place, tuple[str, ...]], there: Module
) -> Arrow:
    names = tuple(dict.fromkeys(name for names in places.values() for name in names))
    lines = [there.read.bound.get(name, 0) for name in names]
    return Arrow(
        source=source,
        target=target,
        when=when,
        places=tuple(places),
        names=names,
        there=max(lines, default=0) if all(lines) else 0,
    )


def _when(statement: Statement | None, names: Iterable[str], target: str) -> When:
    """Say when an import holds; names that are no module's have to be there as soon as they are taken."""
    if statement is None:
        return When.ALWAYS
    if statement.when is not When.ALWAYS:
        return statement.when
    if statement.conditional:
        return When.LATER
    last = target.rpartition(".")[2]
    return When.ALWAYS if any(each != last for each in names) else When.WHOLE


def _by_grimp(root: Path, packages: Iterable[Package]) -> Iterator[tuple[str, str, int]]:
    folders = {
        each.name: str(root / each.path)
        for each in packages
        if each.path and not each.stubs and (root / each.path).is_dir()
    }
    if not folders:
        return
    with _TURN:  # grimp's settings are the process's
        before = settings.PACKAGE_FINDER
        settings.configure(PACKAGE_FINDER=_Finder(folders))
        try:
            graph = build_graph(*folders, cache_dir=None)
        finally:
            settings.configure(PACKAGE_FINDER=before)
    for source in graph.modules:
        for target in graph.find_modules_directly_imported_by(source):
            for detail in graph.get_import_details(importer=source, imported=target):
                yield source, target, detail["line_number"]


def _of_files(packages: Iterable[Package], own: Own) -> Iterator[tuple[str, str, int]]:
    """Give the imports that modules beside no package make of each other or of packages: grimp knows packages alone."""
    single = {each.name for each in packages if each.path.endswith(".py")}
    for name, module in own.modules.items():
        for statement in module.read.statements:
            target = module.resolved(statement)
            if name in single or target in single:
                yield name, target, statement.line


def loaded(own: Own, packages: Iterable[Package], targets: Iterable[str]) -> frozenset[str]:
    """Give the modules that are imported with the packages themselves or with `targets`, the entry points' modules.

    What a guarded import alone leads to is not among them. Below a package whose own file imports nothing of the
    project's, users import each module by its name: all public ones are.
    """
    queue = [*targets]
    for package in packages:
        below = [n for n in own.modules if n == package.name or n.startswith(f"{package.name}.")]
        first = own.modules.get(package.name)
        bare = first is None or not set(_loads(first, own)) - {package.name}
        queue += below if bare else [package.name]
    found: set[str] = set()
    while queue:
        name = queue.pop()
        module = own.modules.get(name)
        if module is None or name in found:
            continue
        found.add(name)
        queue += [*_loads(module, own), *([name.rpartition(".")[0]] if "." in name else [])]
    return frozenset(found)


def _loads(module: Module, own: Own) -> Iterator[str]:
    """Give the project's modules that a module's own import brings along."""
    for statement in module.read.statements:
        if statement.when is When.ALWAYS and not statement.guarded:
            base = module.resolved(statement)
            names = (base, *(f"{base}.{each}" for each in statement.names))
            yield from (each for each in names if each in own.modules)


def _statement_at(module: Module, line: int) -> Statement | None:
    return next((s for s in module.read.statements if s.line <= line <= s.last), None)


def _names(module: Module, statement: Statement, target: str, own: Own) -> tuple[str, ...]:
    """Give the names that a statement takes from `target`, or `target` itself where that is what it names."""
    base = module.resolved(statement)
    if base == target:
        return tuple(each for each in statement.names if f"{base}.{each}" not in own.modules)
    return tuple(each for each in statement.names if f"{base}.{each}" == target)
