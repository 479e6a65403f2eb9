"""A wheel's compiled files and what they are there for: modules, libraries that they load, programs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shipwheel.dists.binaries.binary import Binary, Slice
from shipwheel.dists.modules import site_path
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.abi_tags import loads
from shipwheel.verification.modules import extension_stem
from shipwheel.verification.reading.platforms import PlatformTag, platforms_of, read_platform

LIBRARY_SUFFIXES = (".so", ".pyd", ".dylib", ".dll")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled file of a wheel.

    `path` is where it lands below site-packages, empty for scripts and data. `module` is the name by
    which Python would import it (last part), `suffix` what stands between that and `.so` or `.pyd`
    (`.cpython-312-x86_64-linux-gnu`), both empty where it is no module by its name.
    """

    name: str
    path: str
    binary: Binary
    module: str
    suffix: str

    @property
    def slices(self) -> tuple[Slice, ...]:
        """Give the file's slices."""
        return self.binary.slices

    @property
    def needs(self) -> frozenset[str]:
        """Give the libraries that any slice needs, as it names them."""
        return frozenset(need for slice_ in self.slices for need in slice_.needs)

    @property
    def starts_python(self) -> bool:
        """Say whether it is an extension module for certain: by its suffix, or by what it exports."""
        return (
            bool(self.module)
            and self.binary.kind == "library"
            and (bool(self.suffix) or any(_starts(slice_) for slice_ in self.slices))
        )


def _starts(slice_: Slice) -> bool:
    return any(
        name.startswith(("PyInit", "PyModExport_", "_cffi_pypyinit_")) for name in slice_.exports
    )


@dataclass(frozen=True)
class CompiledFiles:
    """All compiled files of a wheel, by member; and the platforms that its name promises."""

    files: Mapping[str, Compiled]
    platforms: tuple[PlatformTag, ...]

    @cached_property
    def modules(self) -> tuple[Compiled, ...]:
        """Give the extension modules."""
        return tuple(each for each in self.files.values() if each.starts_python)

    @cached_property
    def loaded(self) -> tuple[Compiled, ...]:
        """Give what users' Pythons load for certain: extension modules, and what these need, and so on.

        In a wheel without extension modules it is the programs in its scripts.
        """
        found = {each.name: each for each in self.modules or self._scripts}
        waiting = list(found.values())
        while waiting:
            each = waiting.pop()
            for need in {need for slice_ in each.slices for need in slice_.needs}:
                for other in self.named(posixpath.basename(need)):
                    if other.name not in found:
                        found[other.name] = other
                        waiting.append(other)
        return tuple(sorted(found.values(), key=lambda each: each.name))

    def named(self, library: str) -> tuple[Compiled, ...]:
        """Give the files of that name, or that call themselves so; Windows' names have no case."""
        return self._by_name.get(library.lower(), ())

    @cached_property
    def _by_name(self) -> dict[str, tuple[Compiled, ...]]:
        found: dict[str, list[Compiled]] = {}
        for each in self.files.values():
            names = {posixpath.basename(each.name)}
            names |= {posixpath.basename(s.name) for s in each.slices if s.name}
            for name in names:
                found.setdefault(name.lower(), []).append(each)
        return {name: tuple(files) for name, files in found.items()}

    @cached_property
    def _scripts(self) -> tuple[Compiled, ...]:
        return tuple(e for e in self.files.values() if ".data/scripts/" in e.name)

    def on(self, os: str) -> tuple[PlatformTag, ...]:
        """Give the platforms of one system."""
        return tuple(each for each in self.platforms if each.os == os)


def strangers(facts: WheelFacts) -> frozenset[str]:
    """Give the modules that no Python of the tags looks for, where each has a twin for these.

    A build folder that was not cleaned brings them; nothing loads them.
    """
    tags = [(tag, read_platform(tag.platform)) for tag in facts.file.tags]
    if any(tag.abi in {"none", "abi3", "abi3t"} for tag, _ in tags):
        return frozenset()  # for several Pythons, each of which may have one of its own
    twins: dict[str, tuple[list[str], list[str]]] = {}
    for each in compiled_files(facts).modules:
        fits = not each.suffix or any(loads(each.suffix, tag, where) for tag, where in tags)
        stem = f"{posixpath.dirname(each.path)}/{each.module}"
        twins.setdefault(stem, ([], []))[fits].append(each.name)
    return frozenset(name for others, ours in twins.values() if ours for name in others)


def compiled_files(facts: WheelFacts) -> CompiledFiles:
    """Give a wheel's compiled files."""
    files = {}
    for name, binary in facts.binaries.items():
        path = site_path(name)
        module, suffix = extension_stem(path) if path else ("", "")
        files[name] = Compiled(name, path, binary, module, suffix)
    return CompiledFiles(files, platforms_of(tag.platform for tag in facts.file.tags))
