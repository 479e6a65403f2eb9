"""What the backends say when this machine lacks a compiler, and when it is the project's fault."""

from __future__ import annotations

import os

import pytest

from shipwheel.errors import ExitCode
from shipwheel.machine.toolchain import (
    compiler_identity,
    compiler_mend,
    find_compiler,
    missing_compiler_error,
)

posix = pytest.mark.skipif(os.name != "posix", reason="written with POSIX scripts")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("error: command 'gcc' failed: No such file or directory", "a C compiler is missing"),
        (
            "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed: No such file or directory",
            "a C compiler is missing",
        ),
        ("unable to execute 'cc': No such file or directory", "a C compiler is missing"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'gcc'",
            "a C compiler is missing",
        ),
        (
            "error: Microsoft Visual C++ 14.0 or greater is required. Get it with ...",
            "a C compiler is missing",
        ),
        (
            "../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]",
            "a C compiler is missing",
        ),
        ("  No CMAKE_C_COMPILER could be found.", "a C compiler is missing"),
        ("configure: error: no acceptable C compiler found in $PATH", "a C compiler is missing"),
        ("error: linker `cc` not found", "a C compiler is missing"),
        ("xcrun: error: invalid active developer path (/Library/…)", "a C compiler is missing"),
        (
            "configure: error: C compiler cannot create executables",
            "the C compiler of this machine does not work",
        ),
        ("error: can't find Rust compiler", "a Rust compiler is missing"),
        (
            "Cargo, the Rust package manager, is not installed or is not on PATH.",
            "a Rust compiler is missing",
        ),
        (
            "ext.c:2:10: fatal error: Python.h: No such file or directory",
            "the headers of Python 3.12 are missing",
        ),
        (
            "ext.c:2:10: fatal error: 'Python.h' file not found",
            "the headers of Python 3.12 are missing",
        ),
        (
            "ext.c(2): fatal error C1083: Cannot open include file: 'Python.h'",
            "the headers of Python 3.12 are missing",
        ),
        (
            "../meson.build:9: ERROR: Python dependency not found",
            "the headers of Python 3.12 are missing",
        ),
        (
            "Could NOT find Python (missing: Python_INCLUDE_DIRS Development.Module)",
            "the headers of Python 3.12 are missing",
        ),
        (
            "/usr/include/x.h:3:10: fatal error: stdio.h: No such file or directory",
            "the headers of the C library are missing",
        ),
    ],
)
def test_what_the_machine_lacks(line, what):
    error = missing_compiler_error(f"building\n{line}\nend\n", python="3.12", system="linux")
    assert error.what == what
    assert error.exit_code is ExitCode.MACHINE
    assert line.strip() in error.evidence
    assert error.hint


@pytest.mark.parametrize(
    "line",
    [
        "ext.c:3:10: fatal error: my_own.h: No such file or directory",
        "ext.c:3:1: error: unknown type name 'x'",
        "error: command '/usr/bin/gcc' failed with exit code 1",
        "FileNotFoundError: [Errno 2] No such file or directory: 'README.md'",
        "ModuleNotFoundError: No module named 'Cython'",
        "",
    ],
)
def test_what_is_the_projects_own_fault(line):
    assert missing_compiler_error(line, python="3.12") is None


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        ("linux", "build-essential"),
        ("darwin", "xcode-select"),
        ("win32", "Build Tools"),
        ("aix", "gcc"),
    ],
)
def test_the_mend_is_this_systems(system, mend):
    assert mend in compiler_mend(system)


def test_the_mend_of_missing_headers_names_the_python():
    error = missing_compiler_error("fatal error: Python.h: No", python="3.13t", system="linux")
    assert "python3.13-dev" in error.hint


def tool(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@posix
def test_cc_decides_then_the_usual_names(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    environ = {"PATH": str(tmp_path)}
    assert find_compiler(environ) is None
    clang = tool(tmp_path / "clang")
    assert find_compiler(environ) == clang
    gcc = tool(tmp_path / "gcc")
    assert find_compiler(environ) == gcc
    ccache = tool(tmp_path / "ccache")
    assert find_compiler(environ | {"CC": "ccache gcc -m64"}) == ccache
    assert find_compiler(environ | {"CC": "missing"}) is None
    assert find_compiler(environ | {"CC": " "}) == gcc


@posix
def test_visual_studio_is_found_beside_the_path(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    place = tmp_path / "Microsoft Visual Studio/2022/BuildTools/VC/Tools/MSVC/14.4/bin/Hostx64/x64"
    place.mkdir(parents=True)
    (place / "cl.exe").touch()
    environ = {"PATH": str(tmp_path), "ProgramFiles": str(tmp_path)}
    monkeypatch.setattr("shutil.which", lambda *_args, **_kwargs: None)
    assert find_compiler(environ) == str(place / "cl.exe")


@pytest.mark.skipif(os.name != "posix", reason="a compiler is found by its name alone")
def test_a_compiler_is_told_from_another_by_its_file(tmp_path):
    environ = {"PATH": str(tmp_path)}
    assert compiler_identity(environ) == ""
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    before = compiler_identity({**environ, "CC": "cc -O2"})
    assert str(compiler.resolve()) in before
    compiler.write_text("#!/bin/sh\n# another\n")
    assert compiler_identity({**environ, "CC": "cc"}) not in {"", before}
