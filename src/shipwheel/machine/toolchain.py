"""The C compiler of this machine, and what a backend's output says when it is missing."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from shipwheel.errors import MachineError

# What setuptools, meson, CMake, autoconf, rustc and Apple's tools say when there is no compiler.
_NO_COMPILER = re.compile(
    r"""
      (?:error:\ command|unable\ to\ execute)\ '(?P<command>[^']*(?:cc|gcc|g\+\+|clang|c\+\+|cl\.exe|zig)[^']*)'
          (?:\ failed)?:\ No\ such\ file\ or\ directory
    | No\ such\ file\ or\ directory:\ '(?P<missing>[^']*(?:cc|gcc|g\+\+|clang|clang\+\+|c\+\+))'
    | Microsoft\ Visual\ C\+\+\ [\d.]+\ or\ greater\ is\ required
    | Unable\ to\ find\ (?:a\ compatible\ Visual\ Studio|vcvarsall\.bat)
    | ERROR:\ Unknown\ compiler\(s\):
    | No\ CMAKE_C(?:XX)?_COMPILER\ could\ be\ found
    | CMAKE_C(?:XX)?_COMPILER\ not\ set
    | no\ acceptable\ C\ compiler\ found
    | error:\ linker\ `(?:cc|link\.exe)`\ not\ found
    | xcrun:\ error:\ invalid\ active\ developer\ path
    | No\ developer\ tools\ were\ found
    """,
    re.VERBOSE,
)
# ... and when there is one that does not work
_BROKEN_COMPILER = re.compile(
    r"is not able to compile a simple test program|C compiler cannot create executables"
    r"|Compiler \S+ cannot compile programs"
)
_NO_RUST = re.compile(
    r"can't find Rust compiler|Cargo, the Rust package manager, is not installed"
    r"|rustc(?:, the rust compiler,)? is not installed|linker_not_found_by_cargo"
    r"|No such file or directory: '(?:cargo|rustc)'|`cargo metadata` .*No such file",
    re.IGNORECASE,
)
_NO_PYTHON_HEADERS = re.compile(
    r"(?:fatal error: |file: )'?(?:Python|pyconfig|patchlevel)\.h'?|'Python\.h' file not found"
    r"|Python dependency not found|Run-time dependency python found: NO"
    r"|Could NOT find Python\w* \(missing:[^)]*(?:Development|INCLUDE)",
)
# A header that every C library has: the compiler is there, the C library's own files are not.
_NO_LIBC_HEADERS = re.compile(
    r"fatal error: '?(?P<header>(?:stdio|stdlib|string|limits|errno|math|stdint|assert)\.h)'?"
    r"(?:: No such file| file not found)"
)


def has_compiler(environ: Mapping[str, str] | None = None) -> bool:
    """Say whether a C compiler is here; starts none."""
    return find_compiler(environ) is not None


def find_compiler(environ: Mapping[str, str] | None = None) -> str | None:
    """Give the C compiler that a build would take: CC where it is set, then the usual names."""
    environ = os.environ if environ is None else environ
    path = environ.get("PATH")
    if chosen := environ.get("CC", "").strip():
        # a value may hold options: `ccache gcc`, `clang -m64`
        return shutil.which(shlex.split(chosen, posix=os.name == "posix")[0].strip('"'), path=path)
    if sys.platform == "win32":
        return shutil.which("cl", path=path) or _visual_studio(environ)
    if sys.platform == "darwin" and not _apple_tools():
        return None  # /usr/bin/cc is a placeholder that opens a dialog
    return next(
        filter(None, (shutil.which(each, path=path) for each in ("cc", "gcc", "clang"))), None
    )


def compiler_identity(environ: Mapping[str, str] | None = None) -> str:
    """Give what tells this machine's C compiler from another, or from itself before an update.

    Its real file's place, size and time: nothing is started. Empty where there is none, so that a
    wheel that is kept serves a machine that has lost its compiler; a wrapper (ccache) hides what it calls.
    """
    found = find_compiler(environ)
    if found is None:
        return ""
    real = Path(found).resolve()
    try:
        status = real.stat()
    except OSError:
        return str(real)
    return f"{real} {status.st_size} {status.st_mtime_ns}"


def missing_compiler_error(
    output: str, *, python: str | None = None, system: str = sys.platform
) -> MachineError | None:
    """Recognize in a build's output what this machine lacks, with its mend; None for another fault.

    `python` is the target that was built for. A header of the project's own that is missing is the
    project's fault and not ours to explain here.
    """
    for pattern, what, mends in (
        (_NO_PYTHON_HEADERS, "the headers of Python{python} are missing", _HEADER_MENDS),
        (_NO_RUST, "a Rust compiler is missing", _RUST_MENDS),
        (_NO_COMPILER, "a C compiler is missing", _COMPILER_MENDS),
        (_BROKEN_COMPILER, "the C compiler of this machine does not work", _COMPILER_MENDS),
        (_NO_LIBC_HEADERS, "the headers of the C library are missing", _COMPILER_MENDS),
    ):
        if found := pattern.search(output):
            return MachineError(
                what.format(python=f" {python}" if python else ""),
                evidence=_around(output, found.start()),
                hint=_mend(mends, system, python),
                reference="compiler",
            )
    return None


def compiler_mend(system: str = sys.platform) -> str:
    """Give what brings a C compiler to this machine."""
    return _mend(_COMPILER_MENDS, system, None)


_COMPILER_MENDS = {
    "linux": "install one: `apt-get install build-essential`, `dnf install gcc` or `apk add build-base`",
    "darwin": "install Apple's: `xcode-select --install`",
    "win32": "install the Build Tools for Visual Studio with the workload `Desktop development with C++`",
}
_HEADER_MENDS = {
    "linux": "install them: `apt-get install python{python}-dev` or `dnf install python{python}-devel`;"
    "\nor take an interpreter that has them: `uv python install {python}`",
    "darwin": "take an interpreter that has them: `uv python install {python}`",
    "win32": "take an interpreter that has them: `uv python install {python}`",
}
_RUST_MENDS = dict.fromkeys(
    ("linux", "darwin", "win32"),
    "install Rust: https://rustup.rs, or your system's `cargo` package",
)


def _mend(mends: Mapping[str, str], system: str, python: str | None) -> str:
    return mends.get(system, mends["linux"]).format(python=(python or "3").removesuffix("t"))


def _around(output: str, position: int) -> str:
    """Give the line that tells it, and the two before."""
    start = output.rfind("\n", 0, position) + 1
    for _ in range(2):
        start = output.rfind("\n", 0, max(start - 1, 0)) + 1
    end = output.find("\n", position)
    return output[start : end if end >= 0 else len(output)][:2000]


def _apple_tools() -> bool:
    places = ("/Library/Developer/CommandLineTools/usr/bin/clang", "/Applications/Xcode.app")
    return any(Path(place).exists() for place in places)


def _visual_studio(environ: Mapping[str, str]) -> str | None:
    """Find cl.exe where setuptools finds it, though it is not on PATH."""
    for variable in ("ProgramFiles", "ProgramFiles(x86)"):
        base = environ.get(variable) or environ.get(variable.upper())
        if base:
            pattern = "*/*/VC/Tools/MSVC/*/bin/Host*/*/cl.exe"
            for found in (Path(base) / "Microsoft Visual Studio").glob(pattern):
                return str(found)
    return None
