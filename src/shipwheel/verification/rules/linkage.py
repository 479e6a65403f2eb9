"""Linkage: what holds for compiled files of every system, beside where their libraries come from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import Compiled, CompiledFiles, compiled_files
from shipwheel.verification.judging.linking import LIBPYTHON
from shipwheel.verification.report import Level

# folders in which anybody may put a file
_SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
# folders of people and of builds; Python's own library folder is what its build hands to every linker
_BUILT = re.compile(
    r"/(?:home|root|Users|builds?|workspace|project|io|github|__w)/"
    r"(?!.*(?:python|pyenv|conda|mamba|asdf|mise).*/lib/?$)",
    re.IGNORECASE,
)
_GRAFTED = (".libs", ".dylibs")  # where auditwheel and delvewheel, delocate put libraries


class _LinkCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        formats = {binary.format for binary in facts.binaries.values()}
        return "" if formats & {"elf", "macho"} else "no ELF or Mach-O file"


class LibPython(_LinkCheck):
    """No extension module is linked with Python's own library.

    Many Pythons have it within the program and bring no such library (manylinux's, Debian's, uv's); where
    there is one, the module brings a second Python into the process.
    """

    id = "linkage-libpython"
    hint = "do not link with libpython: `python3-config --ldflags` without `--embed`; CMake's Python::Module"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        # where an app holds Python, as on phones, its library is the one there is (PEP 730, PEP 738)
        phone = any(each.os in {"android", "ios"} for each in compiled_files(facts).platforms)
        return super().applies(facts, context) or ("for a phone" if phone else "")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for file in compiled_files(facts).modules:
            needs = {need for slice_ in file.slices for need in slice_.needs}
            for need in sorted(needs):
                framework = "Python.framework/" in need
                if LIBPYTHON.fullmatch(posixpath.basename(need)) or framework:
                    yield f"{file.name} needs {need}"


class RunPath(_LinkCheck):
    """No run path leads where anybody may put a library, or to the machine that built the wheel.

    A path that is relative to the folder in which Python is started, or that lies in `/tmp`, lets whoever
    writes there run code in the user's name (CWE-426); so does one into a build's folder, for whoever has
    a user of that name.
    """

    id = "linkage-run-path"
    level = Level.WARNING
    hint = "`auditwheel repair` takes such paths out; or `patchelf --remove-rpath`, `install_name_tool -delete_rpath`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for name, binary in sorted(facts.binaries.items()):
            readable = binary.kind != "object" and binary.format != "pe"
            paths = {path for slice_ in binary.slices for path in slice_.rpaths if readable}
            built = (
                binary.format == "elf"
            )  # on macOS compilers leave many, and no tool takes them out
            bad = sorted(
                f"'{path}'" for path in paths if _open(path) or (built and _BUILT.match(path))
            )
            if bad:
                yield f"{name} looks for libraries in {sample(bad)}"


def _open(path: str) -> bool:
    if path.startswith("/"):
        normal = posixpath.normpath(path)
        return normal.startswith(tuple(f"{folder}/" for folder in _SHARED)) or normal in _SHARED
    return not path.startswith(
        ("$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath")
    )


class Unused(_LinkCheck):
    """Each library that a repair tool put into the wheel is needed by something.

    A library that nobody names is left from another build, or what needed it is not in the wheel.
    """

    id = "linkage-unused"
    level = Level.WARNING
    hint = "repair the wheel as it came from the compiler, not one that was changed since"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        grafted = any(_grafted(each) for each in compiled_files(facts).files.values())
        return super().applies(facts, context) or ("" if grafted else "no library put into it")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        needed = _needed(files)
        names = {
            file.name
            for file in files.files.values()
            if _grafted(file) and not _names(file) & needed
        }
        if names and not _loads_by_name(facts):
            yield Problem(f"no file of the wheel needs {sample(sorted(names))}")


def _grafted(file: Compiled) -> bool:
    """Say whether a repair tool put the file there: its folder, and the hash that auditwheel gives it."""
    folder = posixpath.basename(posixpath.dirname(file.name))
    return (
        folder.endswith(_GRAFTED) and file.binary.format != "pe" and file.binary.kind == "library"
    )


def _names(file: Compiled) -> set[str]:
    return {posixpath.basename(file.name), *(posixpath.basename(s.name) for s in file.slices)} - {
        ""
    }


def _needed(files: CompiledFiles) -> set[str]:
    slices = [(file, slice_) for file in files.files.values() for slice_ in file.slices]
    return {
        posixpath.basename(need)
        for file, slice_ in slices
        for need in (*slice_.needs, *slice_.optional)
    }


def _loads_by_name(facts: WheelFacts) -> bool:
    """Say whether Python code of the wheel may load a library itself."""
    return any({"ctypes", "cffi"} & set(source.imports) for source in facts.sources.values())


CHECKS = (LibPython, RunPath, Unused)
