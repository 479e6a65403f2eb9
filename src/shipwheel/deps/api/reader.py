"""The process that reads two trees with griffe: `python -P -m shipwheel.deps.api.reader TASK ANSWER`.

A process of its own, for the sources may be a stranger's: its memory and its time are bounded where the
system can, and a nesting that ends an interpreter ends this one alone. Nothing of the trees is imported.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from griffe import GriffeLoader

from shipwheel.deps.api.answer import Added, Change, Compared, Deprecation, Task, Unread
from shipwheel.deps.api.deprecations import deprecations
from shipwheel.deps.api.differences import additions, changes
from shipwheel.deps.api.surface import Item, load
from shipwheel.files import write_bytes

_MEMORY = 4 << 30  # bytes of address space; numpy's two versions need less than one
_DEEPEST = 20_000  # calls: an expression of a hundred names takes a few hundred
_STACK = 512 << 20
_MOST = 2000  # of each kind that are told


def compare(task: Task) -> Compared:
    """Compare the packages of two folders; one that is gone is a change, one that cannot be read is told."""
    if not task.old:
        return Compared(deprecated=tuple(_deprecations(Path(task.new), task.packages))[:_MOST])
    unread: list[Unread] = []
    old = dict(_loaded(Path(task.old), task.packages, "release", unread))
    new = dict(_loaded(Path(task.new), task.packages, "now", unread))
    broken = {each.name for each in unread}
    found: list[Change] = []
    added: list[Added] = []
    for name in task.packages:
        if name in broken:
            continue
        if name not in new and name in old:
            found.append(Change(object=name, kind="removed"))
        elif name not in old and name in new:
            added.append(Added(object=name, kind="package"))
        elif name in new:
            try:
                found += changes(old[name], new[name])
                added += additions(old[name], new[name])
            except Exception as error:  # noqa: BLE001 - as in _loaded
                unread.append(_unread("now", name, error))
    announced = {each.object for each in _deprecations(Path(task.old), task.packages)}
    return Compared(
        changes=tuple(_announced(each, announced) for each in found[:_MOST]),
        added=tuple(added[:_MOST]),
        deprecated=tuple(_deprecations(Path(task.new), task.packages))[:_MOST],
        unread=tuple(unread),
    )


def _loaded(
    folder: Path, packages: Iterable[str], side: str, unread: list[Unread]
) -> Iterator[tuple[str, Item]]:
    loader = GriffeLoader(search_paths=[folder], allow_inspection=False)
    for name in packages:
        place = folder.joinpath(*name.split("."))
        if not place.is_dir() and not any(place.with_suffix(e).is_file() for e in (".py", ".pyi")):
            continue
        try:
            found = load(loader, name)
            loader.resolve_aliases(implicit=True, external=False)
            yield name, found
        except Exception as error:  # noqa: BLE001 - griffe on a stranger's sources: any is told
            unread.append(_unread(side, name, error))


def _unread(side: str, name: str, error: Exception) -> Unread:
    why = f"{type(error).__name__}: {error}"[:300]
    return Unread(side="now" if side == "now" else "release", name=name, why=why)


def _deprecations(folder: Path, packages: Iterable[str]) -> Iterator[Deprecation]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        own = any(f"{module}.".startswith(f"{name}.") for name in packages)
        if own and not {"tests", "test", "conftest"} & {*parts}:
            file = path.relative_to(folder).as_posix()
            yield from deprecations(path.read_bytes(), module, file)


def _announced(change: Change, announced: set[str]) -> Change:
    return msgspec.structs.replace(change, deprecated=change.object in announced)


def _bounded() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - POSIX alone has it

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _deeply(call: Callable[[], None]) -> None:
    """Call in a thread with a stack for deep expressions."""
    sys.setrecursionlimit(_DEEPEST)
    with contextlib.suppress(ValueError):  # more than this system gives
        threading.stack_size(_STACK)
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def main(task: str, answer: str) -> None:
    """Read the task's file and write the answer's."""
    logging.disable(logging.CRITICAL)  # griffe's words on what it cannot resolve
    warnings.simplefilter("ignore")  # the compiler's on the sources
    asked = msgspec.json.decode(Path(task).read_bytes(), type=Task)
    write_bytes(Path(answer), msgspec.json.encode(compare(asked)))


if __name__ == "__main__":
    _bounded()
    _deeply(lambda: main(*sys.argv[1:]))
