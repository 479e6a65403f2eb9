"""Windows: each DLL that a compiled file needs is in the wheel, Windows' own or Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import Compiled, compiled_files, strangers
from shipwheel.verification.judging.system_libraries import is_runtime, is_there, knows_windows
from shipwheel.verification.report import Level

_PYTHON = re.compile(
    r"python(?P<major>\d)(?P<minor>\d*)(?P<threaded>t?)(?P<debug>_d)?\.dll", re.IGNORECASE
)
_PYPY = re.compile(r"libpypy(?P<major>\d)\.(?P<minor>\d+)-c\.dll", re.IGNORECASE)
# Microsoft's runtimes for debugging, which may not be passed on and are with Visual Studio alone
_DEBUG = re.compile(
    r"(?:vcruntime\d+(?:_\d)?d|msvcp\d+(?:_\d)?d|msvcr\d+d|msvcrtd|ucrtbased|concrt\d+d|mfc\d+u?d)\.dll"
)

_HASHED = re.compile(r"-[0-9a-f]{8,}\.dll")  # the name that delvewheel gives a DLL


class _WindowsCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if not compiled_files(facts).on("windows"):
            return "not for Windows"
        found = any(binary.format == "pe" for binary in facts.binaries.values())
        return "" if found else "no PE file"


def _needs(file: Compiled) -> tuple[str, ...]:
    return tuple(sorted({need.lower() for slice_ in file.slices for need in slice_.needs}))


class Libraries(_WindowsCheck):
    """Each DLL that is needed is in the wheel, is Windows' own or comes with Python.

    Another one is on the machine that built the wheel; elsewhere the import ends in `DLL load failed`.
    """

    id = "windows-libraries"
    hint = "`delvewheel repair` puts DLLs into the wheel and leads the modules to them"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        reason = super().applies(facts, context)
        return reason or ("" if knows_windows() else "no list of Windows' DLLs here (delvewheel)")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        absent: dict[str, list[str]] = {}
        for file in files.files.values():
            for need in _needs(file) if file.binary.format == "pe" else ():
                if not files.named(need) and not _provided(facts, file, need):
                    absent.setdefault(need, []).append(file.name)
        loaded = {each.name for each in files.loaded}
        required = bool(facts.metadata and facts.metadata.requires_dist)
        parts = _has_parts(facts)
        for need, by in sorted(absent.items()):
            # what another distribution that is required may bring is not certain to be absent; what
            # delvewheel put into the wheel is
            foreign = not is_runtime(need) and not required
            certain = not loaded.isdisjoint(by) and (foreign or _HASHED.search(need) is not None)
            told = "Windows has it not of itself, nor has the wheel"
            level = None if certain else Level.WARNING
            if parts and not certain:
                continue
            yield Problem(f"{need} is needed by {sample(by)}; {told}", level=level)


def _has_parts(facts: WheelFacts) -> bool:
    """Say whether it requires a distribution of its own family, made to bring DLLs (`kivy-deps.sdl2`)."""
    requires = facts.metadata.requires_dist if facts.metadata else ()
    names = [
        re.split(r"[ ;<>=!~\[(@]", text, maxsplit=1)[0] for text in requires if "extra" not in text
    ]
    return any(canonicalize_name(name).startswith(f"{facts.file.name}-") for name in names)


def _provided(facts: WheelFacts, file: Compiled, library: str) -> bool:
    """Say whether Windows or the Pythons of the tags bring a DLL, or another rule tells of it."""
    if _PYTHON.fullmatch(library) or _PYPY.fullmatch(library) or _DEBUG.fullmatch(library):
        return True
    machines = {slice_.architecture for slice_ in file.slices}
    return any(is_there(library, machine, tag) for machine in machines for tag in facts.file.tags)


class PythonLibrary(_WindowsCheck):
    """Compiled modules need the DLL of the Python in the wheel's name.

    On Windows a module names it: one for another Python is not found, or loads a second interpreter into
    the process. For the stable ABI it is `python3.dll`.
    """

    id = "windows-python"
    hint = "build it with the Python that the wheel is for; for the stable ABI with Py_LIMITED_API"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        reason = super().applies(facts, context)
        return reason or ("" if compiled_files(facts).modules else "no compiled module")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        promised = ", ".join(sorted({f"{tag.interpreter}-{tag.abi}" for tag in facts.file.tags}))
        unused = strangers(facts)
        for file in compiled_files(facts).modules:
            for need in _needs(file) if file.name not in unused else ():
                if not any(_of_python(need, tag.interpreter, tag.abi) for tag in facts.file.tags):
                    yield f"{file.name} needs {need}, the wheel is for {promised}"


def _of_python(library: str, interpreter: str, abi: str) -> bool:
    """Say whether a Python has a DLL, true also for what is no Python's DLL."""
    pypy = _PYPY.fullmatch(library)
    if pypy:
        return interpreter == f"pp{pypy['major']}{pypy['minor']}"
    match = _PYTHON.fullmatch(library)
    if match is None or interpreter.startswith("py"):
        return True
    if match["debug"]:
        return abi.endswith("d")
    stable = not match["minor"]
    if abi in {"abi3", "abi3t"}:
        return stable
    if stable:
        return interpreter.startswith("cp")
    version = f"cp{match['major']}{match['minor']}"
    threaded = abi.startswith(f"{version}t")
    return interpreter == version and (abi == "none" or threaded is bool(match["threaded"]))


class DebugRuntime(_WindowsCheck):
    """No file needs a runtime for debugging.

    It comes with Visual Studio alone and may not be passed on; a module that needs it, or Python's own
    debug DLL, loads on developers' machines only.
    """

    id = "windows-debug"
    hint = "build the release configuration (`/MD`, not `/MDd`)"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        if any(tag.abi.endswith("d") for tag in facts.file.tags):
            return
        loaded = {each.name for each in files.loaded}
        for file in files.files.values():
            found = [name for name in _needs(file) if _DEBUG.fullmatch(name)]
            if found and not all(files.named(name) for name in found):
                level = None if file.name in loaded else Level.WARNING
                yield Problem(f"{file.name} needs {sample(found)}", level=level)


CHECKS = (Libraries, PythonLibrary, DebugRuntime)
