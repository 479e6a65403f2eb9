"""Which distributions a project's own code imports, and what it imports that nobody brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from shipwheel.data.import_names import import_names, release
from shipwheel.deps.adopt.running import Held
from shipwheel.project.facts import Project
from shipwheel.verification.modules import is_test
from shipwheel.verification.reading.sources import MOST_SOURCE, source_of

_TOOLING = frozenset({"setup.py", "noxfile.py", "conftest.py", "tasks.py", "dodo.py", "fabfile.py"})
_FOLDERS = frozenset({"docs", "doc", "examples", "example", "scripts", "benchmarks", "tools"})
_SOURCES = ("src", "lib", "python")


class Use(msgspec.Struct, frozen=True, order=True):
    """An import of a module: by which file, in the tests or not, `guarded` where the code may do without."""

    module: str
    file: str
    tests: bool
    guarded: bool


def uses_of(project: Project, listed: Iterable[str], python: str) -> tuple[Use, ...]:
    """Give what the project's files import of others: neither the standard library's nor its own.

    `listed` are the tree's files, relative with `/`. What only docs, examples and tools beside the project import is left out: it does not run it.
    """
    root = Path(project.root)
    files = [path for path in listed if path.endswith(".py")]
    own = {each.top for each in project.packages.value}
    beside = _beside(files)
    tested = tuple(project.test.paths.value)
    found: list[Use] = []
    for path in files:
        tests = _is_test(path, tested)
        if not tests and (path in _TOOLING or path.split("/")[0] in _FOLDERS):
            continue
        near = own | beside.get(path.rpartition("/")[0], set()) | beside[""]
        found += _uses(root, path, near, tests=tests, python=python)
    return tuple(sorted(set(found)))


def owners(held: Iterable[Held]) -> dict[str, tuple[str, ...]]:
    """Give which distributions bring each module, by its dotted name."""
    found: dict[str, tuple[str, ...]] = {}
    for each in held:
        for module in each.modules:
            found[module] = (*found.get(module, ()), each.name)
    return found


def brought_by(module: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Give the distributions that bring a module, or the nearest package above it."""
    while module:
        if module in known:
            return known[module]
        module = module.rpartition(".")[0]
    return ()


def _uses(root: Path, path: str, own: set[str], *, tests: bool, python: str) -> Iterable[Use]:
    try:
        with (root / path).open("rb") as file:
            data = file.read(MOST_SOURCE)
    except OSError:
        return
    source = source_of(path, data, parse=False)
    known, at = import_names(), release(python)
    taken = {f"{module}.{name}": module for module, name in source.names if name != "*"}
    for module in source.imports:
        top = module.partition(".")[0]
        if module in source.relative or top in own or known.in_library(top, at):
            continue
        guarded = module in source.guarded
        yield Use(module, path, tests, guarded)
        # a namespace's parts: `from google.cloud import storage`
        for full, owner in taken.items():
            if owner == module:
                yield Use(full, path, tests, guarded=True)


def _beside(files: Iterable[str]) -> dict[str, set[str]]:
    """Give the names that can be imported from each folder; the root's own are those below `src` too."""
    found: dict[str, set[str]] = {"": set()}
    for path in files:
        parts = path.removesuffix(".py").split("/")
        for depth, name in enumerate(parts):
            found.setdefault("/".join(parts[:depth]), set()).add(name)
    for source in _SOURCES:
        found[""] |= found.get(source, set())
    return found


def _is_test(path: str, tested: Iterable[str]) -> bool:
    inside = any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in tested)
    name = path.rpartition("/")[2]
    named = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    return inside or named or is_test(path.removesuffix(".py").replace("/", "."))
