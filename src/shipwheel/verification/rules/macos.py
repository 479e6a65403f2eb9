"""macOS: slices, system versions, libraries and signatures of Mach-O files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from shipwheel.dists.binaries.binary import Slice
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import Compiled, CompiledFiles, compiled_files
from shipwheel.verification.judging.linking import LIBPYTHON
from shipwheel.verification.reading.platforms import PlatformTag
from shipwheel.verification.report import Level

_SYSTEM = ("/usr/lib/", "/System/Library/")
_FIRST_ARM = (11, 0)  # the first macOS for arm64: an older one is only ever the other slice's


class _MacCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if not compiled_files(facts).on("macos"):
            return "not for macOS"
        macho = any(binary.format == "macho" for binary in facts.binaries.values())
        return "" if macho else "no Mach-O file"


class Slices(_MacCheck):
    """Each compiled file holds a slice for every processor in the wheel's name.

    A universal2 wheel with one slice installs on the other processor, and fails to load there.
    """

    id = "macos-slices"
    hint = "build both (ARCHFLAGS='-arch x86_64 -arch arm64') or fuse two wheels: `delocate-merge`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        promised = {m: tag.text for tag in files.on("macos") for m in tag.machines}
        wanted = {machine for machine in promised if machine in {"x86_64", "arm64"}}
        if len(promised) < 2:
            return  # binaries-machine tells
        for file in files.loaded or tuple(files.files.values()):
            found = {slice_.architecture for slice_ in file.slices}
            absent = sorted(wanted - found)
            if file.binary.format == "macho" and found and absent:
                told = f"{file.name} holds {', '.join(sorted(found))} alone, no {', '.join(absent)}"
                yield Problem(f"{told}: the wheel is for {promised[absent[0]]}")


class Target(_MacCheck):
    """Each compiled file was built for the macOS in the wheel's name, or an older one.

    On a system older than that the loader may miss symbols; the name lets the wheel be installed there.
    """

    id = "macos-target"
    level = Level.WARNING
    hint = "set MACOSX_DEPLOYMENT_TARGET for everything that is linked into it, or raise the wheel's tag"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        files = compiled_files(facts)
        later: dict[tuple[str, tuple[int, ...], str], list[str]] = {}
        for file in files.files.values():
            for slice_ in file.slices if file.binary.kind == "library" else ():
                for tag in files.on("macos"):
                    if _later(slice_, tag):
                        key = (slice_.architecture, slice_.minimum, tag.text)
                        later.setdefault(key, []).append(file.name)
        for (machine, minimum, text), names in sorted(later.items()):
            version = ".".join(map(str, minimum))
            yield f"built for macOS {version} ({machine}), the tag is {text}: {sample(names)}"


def _later(slice_: Slice, tag: PlatformTag) -> bool:
    """Say whether a slice is for a later macOS than the tag; since 11 tags know whole versions alone."""
    if slice_.architecture not in tag.machines or slice_.platform != "macos":
        return False
    promised = max(tag.version, _FIRST_ARM) if slice_.architecture == "arm64" else tag.version
    minimum = slice_.minimum
    return minimum[:1] > promised[:1] if minimum >= (11,) else minimum > promised


class System(_MacCheck):
    """Compiled files are for macOS, not for another of Apple's systems."""

    id = "macos-system"
    hint = "build it with the SDK of macOS"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for file in compiled_files(facts).loaded:
            others = {s.platform for s in file.slices} - {"", "macos", "catalyst"}
            if others:
                yield f"{file.name} is for {', '.join(sorted(others))}"


class Libraries(_MacCheck):
    """Each library that is needed is in the wheel, or is the system's.

    What Homebrew or a build's folder holds is on the machine that built the wheel; `delocate` copies it
    into the wheel.
    """

    id = "macos-libraries"
    hint = "`delocate-wheel` puts libraries into the wheel and leads the files that need them there"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        loaded = {each.name for each in files.loaded}
        for file in files.files.values():
            if file.binary.kind not in {"library", "program"}:
                continue
            level = None if file.name in loaded else Level.WARNING
            for need in sorted({need for slice_ in file.slices for need in slice_.needs}):
                fault = _absent(facts, files, file, need)
                if fault:
                    yield Problem(f"{file.name} needs {need}, {fault}", level=level)


def _absent(facts: WheelFacts, files: CompiledFiles, file: Compiled, need: str) -> str:
    """Say why a library will not be found, empty where it is or may be."""
    name = posixpath.basename(need)
    python = LIBPYTHON.fullmatch(name) or "Python.framework/" in need
    if python or need.startswith(_SYSTEM) or need in {slice_.name for slice_ in file.slices}:
        return ""
    if need.startswith("/"):
        return "which is on the machine that built it"
    places = [place for place in _places(file, need) if place]
    if any(place in _paths(files) for place in places):
        return ""
    tops = {path.partition("/")[0] for path in facts.importable}
    if not need.startswith("@") or any(_outside(place, tops) for place in places):
        return ""  # another distribution may bring it
    beside = files.named(name)
    if beside and need.startswith("@rpath"):
        return ""  # whoever loads it first says where it is
    return f"which is not in the wheel{f' but at {beside[0].name}' if beside else ''}"


def _paths(files: CompiledFiles) -> set[str]:
    return {each.path or each.name for each in files.files.values()}


def _places(file: Compiled, need: str) -> Iterator[str]:
    """Give the places in the wheel at which the loader looks for a library, empty for others."""
    own = posixpath.dirname(file.path or file.name)
    first, _, rest = need.partition("/")
    if first == "@loader_path":
        yield posixpath.normpath(posixpath.join(own, rest))
    elif first == "@rpath":
        for path in {path for slice_ in file.slices for path in slice_.rpaths}:
            begin, _, folder = path.partition("/")
            if begin == "@loader_path":
                yield posixpath.normpath(posixpath.join(own, folder, rest))
            else:
                yield ""
    elif first == "@executable_path":
        yield posixpath.normpath(f"../{rest}")


def _outside(place: str, tops: set[str]) -> bool:
    return place.partition("/")[0] not in tops


class Signature(_MacCheck):
    """Each file for arm64 is signed, and was not changed since.

    macOS kills the process that loads code on Apple's processors without a valid signature, be it one of
    the linker's own (`ad hoc`).
    """

    id = "macos-signature"
    hint = "sign it again as the last step: `codesign --force --sign - FILE`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for file in compiled_files(facts).files.values():
            for slice_ in file.slices if file.binary.kind in {"library", "program"} else ():
                if file.binary.format != "macho" or slice_.architecture != "arm64":
                    continue
                if not slice_.signed:
                    yield Problem(f"{file.name} (arm64) holds no code signature")
                elif slice_.signature_fault:
                    yield Problem(f"{file.name} (arm64): {slice_.signature_fault}")


CHECKS = (Slices, Target, System, Libraries, Signature)
