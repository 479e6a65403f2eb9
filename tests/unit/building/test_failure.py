from __future__ import annotations

import pytest

from shipwheel.building.failure import build_failure, last_lines
from shipwheel.errors import JobError, MachineError

SCM = "LookupError: setuptools-scm was unable to detect version for /tmp/x.\n\nMake sure you're either building"
VCS = "ValueError: Error getting the version from source `vcs`: setuptools-scm was unable to detect"
NETWORK = "urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>"
CARGO = "error: failed to get `pyo3` as a dependency\n  failed to download from `https://index.crates.io/`"
NO_FILE = "FileNotFoundError: [Errno 2] No such file or directory: 'requirements.in'"

GCC = "cc1: fatal error: pkg/_fast.c: No such file or directory\ncompilation terminated."
PYX = "ValueError: 'src/pkg/_fast.pyx' doesn't match any files"
CLANG = "clang: error: no such file or directory: 'pkg/_fast.cpp'"


@pytest.mark.parametrize(
    ("kind", "output", "what", "hint"),
    [
        ("sdist", SCM, "the version comes from git", "git tag"),
        ("sdist", VCS, "the version comes from git", "git fetch --tags"),
        ("sdist", NETWORK, "needs the network", "no network"),
        ("wheel", CARGO, "needs the network", "no network"),
        ("wheel", NO_FILE, "the sdist lacks 'requirements.in'", "MANIFEST.in"),
        ("sdist", NO_FILE, "it reads 'requirements.in', which is not there", "git ignores"),
        ("wheel", "CMake Error at CMakeLists.txt:17", "CMake could not configure", "cmake"),
        ("wheel", GCC, "the source '_fast.c', which is to be compiled, is not there", "Cython"),
        ("wheel", CLANG, "the source '_fast.cpp', which is to be compiled,", "the sdist"),
        ("wheel", PYX, "the sdist lacks 'src/pkg/_fast.pyx'", "MANIFEST.in"),
        ("wheel", "ValueError: no", "flit failed", "the backend's own message"),
    ],
)
def test_the_cause_and_its_mend(tmp_path, kind, output, what, hint):
    error = build_failure(kind, f"running\n{output}\n", backend="flit", log=tmp_path / "build.log")
    assert isinstance(error, JobError)
    assert error.what.startswith(f"the {kind} could not be built: ")
    assert what in error.what
    assert hint in error.hint
    assert output.splitlines()[-1] in error.evidence
    assert str(tmp_path / "build.log") in error.where


def test_a_missing_compiler_is_the_machines_lack():
    output = "error: command 'gcc' failed: No such file or directory"
    error = build_failure("wheel", output, backend="setuptools")
    assert isinstance(error, MachineError)
    assert error.exit_code == 3


@pytest.mark.parametrize(
    "line",
    [
        "fatal error: error writing to /tmp/ccx.s: No space left on device",
        "/usr/bin/ld: final link failed: No space left on device",
        "OSError: [Errno 28] No space left on device",
        "error: failed to write /p/x.rlib: No space left on device (os error 28)",
        "OSError: [WinError 112] There is not enough space on the disk",
    ],
)
def test_a_full_disk_is_told_as_one(tmp_path, line):
    output = f"src/a.c:1:1: {line}\nlast\n"  # though a compiler says it
    error = build_failure("wheel", output, backend="setuptools", log=tmp_path / "log")
    assert isinstance(error, MachineError)
    assert (error.what, error.evidence) == ("a disk is full", f"src/a.c:1:1: {line}")
    assert str(tmp_path / "log") in error.where
    assert "nothing half-written" in error.hint


def test_half_of_a_bytecode_file_tells_of_a_disk_that_was_full():
    """CPython renames what it could write of one, and each later import of it fails."""
    output = "  File importlib, line 729, in _compile_bytecode\nEOFError: marshal data too short\n"
    error = build_failure("wheel", output, backend="setuptools")
    assert (error.what, error.reference) == ("a disk is full", "disk")


def test_the_last_lines_are_free_of_blanks_and_passwords():
    output = "".join(f"{number}\n\n" for number in range(40)) + "https://me:hunter22@host/x\n"
    lines = last_lines(output, 3).splitlines()
    assert lines[:2] == ["38", "39"]
    assert "hunter22" not in lines[2]


TRACEBACK = "Traceback (most recent call last):\n" + "  File x, line 1\n" * 30 + "CompileError: 1\n"


@pytest.mark.parametrize(
    "first",
    [
        "src/pkg/_fast.c:7:12: error: 'nothing' undeclared (first use in this function)",
        "C:\\pkg\\_fast.c(7): error C2065: 'nothing': undeclared identifier",
        "C:\\pkg\\_fast.c(7,12): fatal error C1083: Cannot open include file: 'ham.h'",
        "../src/pkg/_fast.cpp:7:10: fatal error: ham.hpp: No such file or directory",
        "error[E0425]: cannot find value `nothing` in this scope\n --> src/lib.rs:3:5",
        "Error compiling Cython file:\n------------------------\n...\ndef f(): return nothing",
    ],
    ids=["gcc", "msvc", "msvc's columns", "a header", "rustc", "cython"],
)
def test_the_first_error_of_a_compiler_is_shown_and_not_the_backends_traceback(tmp_path, first):
    output = f"building 'pkg._fast'\nwarning: x\n{first}\nsecond.c:9:1: error: later\n{TRACEBACK}"
    error = build_failure("wheel", output, backend="setuptools", log=tmp_path / "build.log")
    assert error.what == "the wheel could not be built: the extension does not compile"
    assert error.evidence.startswith(first)
    assert len(error.evidence.splitlines()) == 10
    assert str(tmp_path / "build.log") in error.where


def test_a_command_that_failed_is_no_line_of_a_compilers():
    output = "error: command '/usr/bin/gcc' failed with exit code 1\nlast\n"
    error = build_failure("wheel", output, backend="setuptools")
    assert error.what.endswith("setuptools failed")
    assert error.evidence.endswith("last")


def test_cmakes_first_error_is_shown_with_the_cmake_that_said_it():
    output = (
        "*** scikit-build-core 1.1.2 using CMake 3.25.1 (wheel)\n*** Configuring CMake...\n"
        "-- Found pybind11: /p/include\nCMake Error at CMakeLists.txt:17 (python_add_library):\n"
        '  Unknown CMake command "python_add_library".\n\n\n-- Configuring incomplete, errors occurred!\n'
    )
    error = build_failure("wheel", output, backend="scikit_build_core.build")
    assert error.what.endswith("CMake could not configure the build (CMake 3.25.1)")
    assert error.evidence.startswith("CMake Error at CMakeLists.txt:17")
    assert 'Unknown CMake command "python_add_library"' in error.evidence
    assert "cmake.version" in error.hint
