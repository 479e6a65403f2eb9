"""A backend's failure, told so that a person knows what to mend."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.machine.failures import full_disk_error
from shipwheel.machine.toolchain import missing_compiler_error
from shipwheel.process import redact

_LINES = 15
_MEND = "the backend's own message is above; mend what it names"


class _Cause(msgspec.Struct, frozen=True):
    """What a backend's output shows to be the cause, and what mends it."""

    pattern: re.Pattern[str]
    what: str
    hint: str


_CAUSES = (
    _Cause(
        re.compile(
            r"unable to detect version for|Error getting the version from source .vcs|"
            r"Versioning for this project requires either an sdist|"
            r"pbr\.version|versioningit.*(?:NotVCSError|NoTagError)|No tag available",
            re.IGNORECASE,
        ),
        "the version comes from git, and git has no tag to take it from",
        "tag a commit (git tag -a v0.1.0 -m v0.1.0), or fetch the tags (git fetch --tags --unshallow);\n"
        "where there is no git, set SETUPTOOLS_SCM_PRETEND_VERSION=0.1.0",
    ),
    _Cause(
        re.compile(
            r"Name or service not known|Temporary failure in name resolution|getaddrinfo failed|"
            r"nodename nor servname|Could not resolve host|Network is unreachable|"
            r"failed to (?:download|fetch|get) .*(?:crates|index)|Connection refused|"
            r"static\.crates\.io|index\.crates\.io",
            re.IGNORECASE,
        ),
        "the build needs the network, and could not reach what it asked for",
        "build where that address can be reached, or change the build so that it needs no network",
    ),
    _Cause(
        re.compile(r"dubious ownership|safe\.directory"),
        "git refuses to read the project: it belongs to another user",
        "git config --global --add safe.directory PATH, or give the folder to yourself",
    ),
    _Cause(
        re.compile(r"Unknown CMake command|CMake Error|CMake \d\S* or higher is required"),
        "CMake could not configure the build",
        "mend what the `CMake Error` above names; an older CMake than the project was tried with lacks\n"
        'commands: `[tool.scikit-build] cmake.version = ">=3.27"` lets the build bring a newer one;\n'
        "options of the project's own go into CMAKE_ARGS",
    ),
)
# scikit-build-core names the program that it found
_CMAKE = re.compile(r"using (?P<version>CMake \d\S*)")
_CMAKE_ERROR = re.compile(r"^CMake Error\b.*", re.MULTILINE)
_NO_SOURCE = re.compile(
    r"error: (?:no such file or directory: ')?(?P<file>[^\s'\"]+\.(?:c|cc|cpp|cxx|f90|f))"
    r"(?:: No such file or directory|')"
)
_NO_FILE = re.compile(
    r"FileNotFoundError: .*?No such file or directory: (?P<name>'[^']+'|\"[^\"]+\")"
)
# what cythonize says of a source that is not there
_NO_CYTHON = re.compile(r"ValueError: (?P<name>'[^']+\.pyx?') doesn't match any files")
# GCC's and Clang's, MSVC's, rustc's, Cython's
_DOES_NOT_COMPILE = re.compile(
    r"^(?:\S[^:\n]*:\d+(?::\d+)?: (?:fatal )?error: \S.*"
    r"|\S[^\n]*\(\d+(?:,\d+)?\) ?: (?:fatal )?error C\d+: .*"
    r"|error(?:\[E\d+\])?: (?!command|could not compile|subprocess|linking with)[^\n]*\n +--> .*"
    r"|Error compiling Cython file:.*)$",
    re.MULTILINE,
)
_FROM_THE_FIRST = 10  # lines


def build_failure(
    kind: str,
    output: str,
    *,
    backend: str,
    log: Path | None = None,
    python: str | None = None,
    absent: str = "",
) -> ShipwheelError:
    """Give the error for a failed build: its cause where the output shows one, and the last lines.

    A missing compiler and a full disk are a MachineError; all else a JobError. `python` is the target built for,
    `absent` says what of the checkout is not here: that comes first among what to do.
    """
    full = full_disk_error(redact(output), f"the full log: {log}" if log else backend)
    if full is not None:
        return full
    compiler = missing_compiler_error(output, python=python)
    if compiler is not None:
        compiler.where = f"the full log: {log}" if log else backend
        compiler.hint = "\n".join(filter(None, (absent, compiler.hint)))
        return compiler
    cause = _cause(kind, output)
    why = cause.what if cause else f"{backend} failed"
    return JobError(
        f"the {kind} could not be built: {why}{_with_version(cause, output)}",
        where=f"the full log: {log}" if log else backend,
        evidence=first_error(output) or last_lines(output),
        hint="\n".join(filter(None, (absent, cause.hint if cause else _MEND))),
    )


def first_error(output: str) -> str:
    """Give a compiler's or CMake's first error and the lines behind it, free of credentials; empty for none.

    What comes after it follows from it, and a backend's traceback says nothing more.
    """
    text = redact(output)
    found = _DOES_NOT_COMPILE.search(text) or _CMAKE_ERROR.search(text)
    if found is None:
        return ""
    lines = [line.rstrip() for line in text[found.start() :].splitlines() if line.strip()]
    return "\n".join(lines[:_FROM_THE_FIRST])


def last_lines(output: str, lines: int = _LINES) -> str:
    """Give the last lines that are not blank, free of credentials."""
    kept = [line.rstrip() for line in redact(output).splitlines() if line.strip()]
    return "\n".join(kept[-lines:])


def _with_version(cause: _Cause | None, output: str) -> str:
    """Give the CMake that configured in vain: which one a build takes is seldom known."""
    found = _CMAKE.search(output)
    shown = cause is not None and "CMake" in cause.what and found is not None
    return f" ({found['version']})" if shown and found else ""


def _cause(kind: str, output: str) -> _Cause | None:
    for cause in _CAUSES:
        if cause.pattern.search(output):
            return cause
    source = _NO_SOURCE.search(output)
    if source is not None:
        name = source["file"].rpartition("/")[2]
        return _Cause(
            pattern=_NO_SOURCE,
            what=f"the source {name!r}, which is to be compiled, is not there",
            hint="where Cython or another tool generates it: let the build do that, or run it before;\n"
            "where the tree has it: put it into the sdist (MANIFEST.in for setuptools)",
        )
    if _DOES_NOT_COMPILE.search(output):
        return _Cause(
            _DOES_NOT_COMPILE,
            "the extension does not compile",
            "mend the source or the flags (CFLAGS) as the compiler's first error above says",
        )
    missing = _NO_CYTHON.search(output) or _NO_FILE.search(output)
    if missing is not None and kind == "wheel":
        return _Cause(
            _NO_FILE,
            f"the sdist lacks {missing['name']}, which the build reads",
            "put that file into the sdist (MANIFEST.in for setuptools, `include` for other backends)",
        )
    if missing is not None:
        name = re.split(r"[/\\]", missing["name"].strip("'\""))[-1]
        return _Cause(
            _NO_FILE,
            f"it reads {name!r}, which is not there",
            "add that file, or mend what reads it; the sdist is built from what git tracks or does not\n"
            "ignore, so that a file that git ignores is not there either",
        )
    return None
