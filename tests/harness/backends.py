"""What a project may be built with: a tiny real one each in tests/projects, and what must come of it.

The table in the documentation is made from this list, and tests/integration/test_backends.py holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECTS = Path(__file__).resolve().parent.parent / "projects"


@dataclass(frozen=True)
class BackendCase:
    """A project and what is true of it.

    `told_by` is what the kind's origin holds; `tag` the end of the wheel's interpreter and ABI tags,
    with `{cp}` for this Python's; `cache`: a compiler cache serves it; `programs` is what the machine
    needs beside a C compiler, which no package brings.
    """

    project: str
    backend: str
    written_in: str
    kind: str
    told_by: str
    tag: str = "{cp}-{cp}"
    cache: bool = True
    programs: tuple[str, ...] = ()


CASES = (
    BackendCase("setuptools-c", "setuptools", "C", "extension", "[tool.setuptools] ext-modules"),
    BackendCase("setuptools-cython", "setuptools", "Cython", "extension", "setup(ext_modules=…)"),
    BackendCase("setuptools-cffi", "setuptools", "C by cffi", "extension", "setup(cffi_modules=…)"),
    BackendCase(
        "setuptools-pybind11", "setuptools", "C++ by pybind11", "extension", "setup(ext_modules=…)"
    ),
    BackendCase(
        "setuptools-ctypes",
        "setuptools",
        "C for ctypes",
        "platform",
        "its own tag",
        tag="py3-none",
    ),
    BackendCase(
        "setuptools-rust-plain",
        "setuptools-rust",
        "Rust",
        "extension",
        "[tool.setuptools-rust]",
        cache=False,
        programs=("cargo",),
    ),
    BackendCase("scikit-build-core-c", "scikit-build-core", "C", "extension", "builds with CMake"),
    BackendCase(
        "scikit-build-core-nanobind",
        "scikit-build-core",
        "C++ by nanobind",
        "extension",
        "builds with CMake",
    ),
    BackendCase("meson-python-c", "meson-python", "C", "extension", "extension_module()"),
    BackendCase(
        "maturin-cffi",
        "maturin",
        "Rust by cffi",
        "platform",
        "[tool.maturin] bindings",
        tag="py3-none",
        cache=False,
        programs=("cargo",),
    ),
)
