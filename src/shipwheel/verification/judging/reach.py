"""What is imported together with a wheel's packages, by its sources alone: nothing is run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from shipwheel.dists.modules import module_of, site_path
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.modules import is_test
from shipwheel.verification.source import Source

# names that every module has
_EVERYWHERE = {
    *("__name__", "__doc__", "__file__", "__package__", "__spec__", "__loader__", "__path__"),
    *("__dict__", "__builtins__", "__cached__"),
}


@dataclass(frozen=True, slots=True)
class Lost:
    """An import of the wheel's own that leads nowhere: the member, what it asks for, and how it is told."""

    member: str
    module: str
    wanted: str
    statement: str


@dataclass(slots=True)
class Own:
    """A wheel's own modules: `files` by dotted name, `folders` that are packages or namespaces.

    `sources` is by dotted name; `tops` are the names below which nobody else installs anything.
    """

    files: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    sources: dict[str, Source] = field(default_factory=dict)
    tops: frozenset[str] = frozenset()

    def add_folders(self, path: str) -> None:
        """Note the folders that a path below site-packages lies in."""
        folder = path.rpartition("/")[0]
        while folder and folder.replace("/", ".") not in self.folders:
            self.folders.add(folder.replace("/", "."))
            folder = folder.rpartition("/")[0]

    def there(self, name: str) -> bool:
        """Say whether a dotted name is a module or a folder of the wheel's."""
        return name in self.files or name in self.folders

    def missing(self, name: str) -> bool:
        """Say whether a dotted name certainly leads nowhere within the wheel."""
        top = name.partition(".")[0]
        if top not in self.tops:
            return self._miswritten(top)
        if self.there(name):
            return False
        above = name.rpartition(".")[0]
        while above and not self.there(above):
            above = above.rpartition(".")[0]
        return bool(above) and self._settled(above, names=False)

    def _miswritten(self, top: str) -> bool:
        """Say whether a name is one of ours but for upper and lower case, and nobody else's.

        Windows and macOS find it all the same, so that its author may not have seen it.
        """
        if top in self.folders or top in sys.stdlib_module_names:
            return False
        return any(top.casefold() == own.casefold() for own in self.tops)

    def lacks(self, module: str, name: str) -> bool:
        """Say whether `from module import name` certainly fails."""
        if name in _EVERYWHERE or self.there(f"{module}.{name}"):
            return False
        if module.partition(".")[0] not in self.tops or not self.there(module):
            return False
        if module not in self.files:
            return self._settled(module, names=True)  # a folder without `__init__` has no names
        source = self.sources.get(module)
        if source is None or source.bound is None or not self._settled(module, names=True):
            return False
        return name not in source.bound

    def lacks_submodule(self, module: str, name: str) -> bool:
        """Say whether a module of the wheel's certainly has no submodule of that name, nor makes one."""
        ours = module.partition(".")[0] in self.tops
        return ours and not self.there(f"{module}.{name}") and self._settled(module, names=True)

    def _settled(self, name: str, *, names: bool) -> bool:
        """Say whether a module and those above it make no modules while they run, and itself no `names`."""
        parts = name.split(".")
        above = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        # what is compiled, or was too large to be looked at, may do anything
        if any(each in self.files and each not in self.sources for each in above):
            return False
        seen = [self.sources[each] for each in above if each in self.sources]
        if any(source.hooked for source in seen):
            return False
        return not (names and name in self.sources and self.sources[name].dynamic)


def own_modules(facts: WheelFacts) -> Own:
    """Give the wheel's own modules, with those that only a folder without `__init__` leads to."""
    own = Own()
    for member in facts.payload:
        path = site_path(member.name)
        name = module_of(path.removesuffix("c") if path.endswith(".pyc") else path)
        if not path:
            continue
        own.add_folders(path)
        if name is None:
            continue
        if member.name in facts.sources and member.name.endswith(".py"):
            own.sources[name] = facts.sources[member.name]
        own.files.setdefault(name, member.name)
    own.tops = frozenset(_tops(facts, own))
    return own


def _tops(facts: WheelFacts, own: Own) -> Iterator[str]:
    """Give the top-level names that are nobody else's: packages with an `__init__`, and modules."""
    for name in own.files:
        if "." not in name and name not in facts.namespaces and not is_test(name):
            yield name


def reached(facts: WheelFacts, own: Own) -> frozenset[str]:
    """Give the modules that are surely run by whoever imports the wheel's packages or runs its scripts.

    Followed are imports that are not indented: what stands below `try`, `if` or in a function may
    never run.
    """
    todo = [name for name in (*own.tops, *_script_modules(facts)) if name in own.sources]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        source = own.sources[name]
        direct = [each for each in source.imports if each not in source.guarded]
        taken = [f"{module}.{each}" for module, each in source.names]
        for module in (*direct, *taken):
            parts = module.split(".")
            chain = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
            todo += [each for each in chain if each in own.sources and each not in seen]
    return frozenset(seen)


def _script_modules(facts: WheelFacts) -> Iterator[str]:
    """Give the modules of commands that come without an extra."""
    for group in ("console_scripts", "gui_scripts"):
        for value in facts.entry_points.get(group, {}).values():
            if "[" not in value:
                yield value.partition(":")[0].strip()


def lost_imports(own: Own) -> Iterator[Lost]:
    """Give each unguarded import of the wheel's own modules that certainly leads nowhere."""
    for module, source in own.sources.items():
        if is_test(module):
            continue
        for name in source.imports:
            if name not in source.guarded and own.missing(name):
                yield Lost(own.files[module], module, name, f"imports {name}")
        for name in source.submodules:
            if name not in _EVERYWHERE and own.lacks_submodule(module, name):
                wanted = f"{module}.{name}"
                yield Lost(
                    own.files[module], module, wanted, f"imports {name} from its own package"
                )
        for origin, name in source.names:
            if own.lacks(origin, name):
                told = f"imports {name} from {origin}, which has no such name"
                yield Lost(own.files[module], module, f"{origin}.{name}", told)
