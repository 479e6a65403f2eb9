"""Compiled files: for the machine that the wheel promises, for its Python, and such as Python can start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from packaging.tags import Tag

from shipwheel.dists.binaries.binary import Slice
from shipwheel.dists.modules import site_path
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import Member, WheelFacts
from shipwheel.verification.judging.compiled import (
    LIBRARY_SUFFIXES,
    Compiled,
    CompiledFiles,
    compiled_files,
    strangers,
)
from shipwheel.verification.modules import extension_stem
from shipwheel.verification.report import Level

_SYSTEMS = {"linux": "elf", "android": "elf", "macos": "macho", "ios": "macho", "windows": "pe"}
_STARTS = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_", "_cffi_pypyinit_")


class _BinaryCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.binaries else "no compiled file"


class Readable(WheelCheck):
    """Each compiled file can be read.

    A download that broke off, a pointer of Git LFS or an empty file under a module's name installs, and
    fails when it is imported.
    """

    id = "binaries-readable"
    hint = "build the wheel again, and see that what is packed is the linker's output"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        named = any(m.name.endswith(LIBRARY_SUFFIXES) for m in facts.payload)
        return "" if facts.binaries or named else "no compiled file"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for name, binary in facts.binaries.items():
            if binary.fault and (_is_module(name) or name.endswith(LIBRARY_SUFFIXES)):
                level = None if _is_module(name) else Level.WARNING
                yield Problem(f"{name}: {binary.fault}", level=level)
        for member in facts.payload:
            fault = _no_binary(member)
            if fault and member.name not in facts.binaries:
                yield Problem(f"{member.name}: {fault}")


def _is_module(name: str) -> bool:
    return bool(site_path(name) and extension_stem(name)[1]) or name.endswith(".pyd")


def _no_binary(member: Member) -> str:
    """Say what is wrong with a member that has a compiled module's name, and is none."""
    if not _is_module(member.name) or member.binary or member.encrypted:
        return ""
    return f"no compiled file by its first bytes ({member.size:,} bytes in all)"


class Machine(_BinaryCheck):
    """Compiled files are for the system and the machine in the wheel's name.

    A wheel that was renamed, or packed with what another job built, installs where none of it loads.
    """

    id = "binaries-machine"
    hint = (
        "build it for that platform; to change what a wheel is for takes a compiler, not a new name"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        known = [each for each in compiled_files(facts).platforms if each.os in _SYSTEMS]
        return super().applies(facts, context) or ("" if known else "not for one system")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        judged = {each.name: each for each in files.loaded}
        if not judged or all(_fits(files, each) for each in judged.values()):
            # what nothing loads may be for another machine: a debugger's helpers, a cross compiler
            others = [e for e in files.files.values() if e.binary.kind in {"library", "program"}]
            judged = {} if any(_fits(files, e) for e in others) else {e.name: e for e in others}
        promised = sorted(t.text for t in files.platforms)
        for name, each in sorted(judged.items()):
            if not _fits(files, each):
                yield Problem(f"{name} is {_told(each)}, the wheel is for {', '.join(promised)}")


def _fits(files: CompiledFiles, file: Compiled) -> bool:
    """Say whether a file is for one of the platforms; of a wheel for several it need not be for all."""
    if not file.slices or any(slice_.managed for slice_ in file.slices):
        return True
    found = {slice_.architecture for slice_ in file.slices}
    return any(
        _SYSTEMS.get(tag.os, file.binary.format) == file.binary.format
        and (not tag.machines or not tag.machines.isdisjoint(found))
        for tag in files.platforms
    )


def _told(file: Compiled) -> str:
    formats = {"elf": "ELF (Linux)", "macho": "Mach-O (macOS)", "pe": "PE (Windows)"}
    machines = sorted({slice_.architecture for slice_ in file.slices})
    return f"{formats[file.binary.format]} for {', '.join(machines)}"


class Start(_BinaryCheck):
    """Each compiled module has the function by which Python starts it.

    It is `PyInit_NAME` with the module's own name: a renamed file, or one that was linked without its
    sources, cannot be imported.
    """

    id = "binaries-init"
    hint = (
        "name the module in the build as its source does (PyInit_NAME), and see that it is exported"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        modules = any(each.suffix for each in compiled_files(facts).modules)
        return super().applies(facts, context) or ("" if modules else "no compiled module by name")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        needed = {posixpath.basename(need) for e in files.files.values() for need in e.needs}
        for each in files.modules:
            if not each.suffix or posixpath.basename(each.name) in needed:
                continue  # a library under a module's name, which modules are linked with
            if _by_address(facts, each):
                continue
            for slice_ in each.slices:
                problem = _not_started(each, slice_)
                if problem is not None:
                    yield problem
                    break


def _by_address(facts: WheelFacts, file: Compiled) -> bool:
    """Say whether a file is likely loaded by ctypes or cffi: it calls nothing of Python's, and nobody imports it."""
    if any(name.startswith(("Py", "_Py")) for slice_ in file.slices for name in slice_.imports):
        return False
    sources = facts.sources.values()
    loading = any({"ctypes", "cffi"} & set(source.imports) for source in sources)
    dotted = f"{posixpath.dirname(file.path)}/{file.module}".replace("/", ".")
    imported = any(
        dotted in source.imports or dotted.rpartition(".")[::2] in source.names
        for source in sources
    )
    return loading and not imported


def _not_started(file: Compiled, slice_: Slice) -> Problem | None:
    # a package's own file is started under the package's name; what is not ASCII is written in punycode
    names = {file.module}
    if file.module == "__init__":
        names.add(file.path.split("/")[-2] if "/" in file.path else "")
    if not all(name.isascii() for name in names):
        return None
    starts = {name for name in slice_.exports if name.startswith(_STARTS)}
    if any(f"{start}{name}" in starts for start in _STARTS for name in names):
        return None
    if starts:
        return Problem(f"{file.name} has {sample(sorted(starts))}, not PyInit_{file.module}")
    # without any call of Python's it may be a library for ctypes under a module's name
    uses = any(name.startswith(("Py", "_Py")) for name in slice_.imports)
    level = None if uses else Level.WARNING
    where = f" ({slice_.architecture})" if len(file.slices) > 1 else ""
    return Problem(f"{file.name}{where} exports no PyInit_{file.module}", level=level)


# what only a Python of that kind has (CPython's Include/refcount.h and object.h, 3.13 and 3.12)
_FREE_THREADED = {"_Py_MergeZeroLocalRefcount", "_Py_DecRefShared", "_Py_DecRefSharedDebug"}
_DEBUG = {
    "_Py_NegativeRefcount",
    "_Py_RefTotal",
    "_Py_INCREF_IncRefTotal",
    "_Py_DECREF_DecRefTotal",
    "_Py_IncRefTotal_DO_NOT_USE_THIS",
    "_Py_DecRefTotal_DO_NOT_USE_THIS",
    "PyModule_Create2TraceRefs",
}
_KINDS = {
    "pypy": "PyPy",
    "threaded": "a free-threaded Python",
    "debug": "a debug build of Python",
    "plain": "a Python with the GIL",
    "cpython": "CPython",
}
_ABI = re.compile(r"cp3(?P<minor>\d+)(?P<threaded>t?)(?P<debug>d?)m?u?")


class PythonKind(_BinaryCheck):
    """Compiled modules are for the kind of Python in the wheel's name.

    A free-threaded Python counts references otherwise, and so does a debug build; PyPy's functions have
    names of their own. What was compiled with the headers of one does not load into the other.
    """

    id = "binaries-python"
    hint = "build it with the Python that the wheel is for"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        known = {tag.interpreter[:2] for tag in facts.file.tags} in ({"cp"}, {"pp"})
        modules = bool(compiled_files(facts).modules)
        reason = "" if known and modules else "no module for one kind of Python"
        return super().applies(facts, context) or reason

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        promised = {_kind_of(tag) for tag in facts.file.tags} - {""}
        unused = strangers(facts)
        for each in compiled_files(facts).modules:
            if each.name in unused:
                continue
            symbols = {name for slice_ in each.slices for name in slice_.imports}
            for kind, sign in _signs(symbols):
                if not _agrees(kind, promised):
                    abis = ", ".join(sorted({tag.abi for tag in facts.file.tags}))
                    told = f"{each.name} was compiled for {_KINDS[kind]} ({sign})"
                    yield f"{told}, the wheel is for {abis}"


def _agrees(kind: str, promised: set[str]) -> bool:
    """Say whether a module of one kind is for a Python that the tags name; True where that is open."""
    if kind == "cpython":
        return promised != {"pypy"}
    # a debug build takes what was compiled for the other as well
    return not promised or kind in promised or (kind == "plain" and "debug" in promised)


def _kind_of(tag: Tag) -> str:
    """Give the kind of Python that a tag is for, empty where that is not known."""
    if tag.interpreter.startswith("pp"):
        return "pypy"
    match = _ABI.fullmatch(tag.abi)
    if match is None:
        return "plain" if tag.abi == "abi3" else ""
    return "debug" if match["debug"] else "threaded" if match["threaded"] else "plain"


def _signs(symbols: set[str]) -> Iterator[tuple[str, str]]:
    """Give the kinds of Python that a module's symbols tell, each with one of those."""
    pypy = sorted(name for name in symbols if name.startswith(("PyPy", "_PyPy")))
    if pypy:
        yield "pypy", pypy[0]
        return
    for kind, only in (("threaded", _FREE_THREADED), ("debug", _DEBUG)):
        if symbols & only:
            yield kind, min(symbols & only)
    # a free-threaded Python frees in another function; PyPy knows none of CPython's names
    plain = sorted(name for name in symbols if name.startswith("Py"))
    if "_Py_Dealloc" in symbols and not symbols & (_FREE_THREADED | _DEBUG):
        yield "plain", "_Py_Dealloc"
    elif plain:
        yield "cpython", plain[0]


CHECKS = (Readable, Machine, Start, PythonKind)
