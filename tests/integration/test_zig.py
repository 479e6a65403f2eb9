"""Wheels compiled with zig: for an old glibc, and for aarch64, loaded and tested below qemu's emulator."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import commit_everything

from shipwheel.dists.wheel import open_wheel

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        sys.platform != "linux" or find_spec("ziglang") is None,
        reason="zig is not beside shipwheel here (pip install shipwheel[zig], on Linux)",
    ),
]

SCRIPT = Path(__file__).resolve().parent.parent / "containers" / "aarch64"
_CANNOT = 69  # the script's exit code where the machine lacks something

ZIG = """
[tool.shipwheel.wheels]
platforms = ["manylinux_x86_64", "manylinux_aarch64"]
zig = true
{more}
[tool.cibuildwheel]
manylinux-x86_64-image = "manylinux2014"
manylinux-aarch64-image = "manylinux2014"
"""
CROSS = ZIG.format(more='cross = ["manylinux_aarch64"]\n')


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder with an aarch64 Python, made where it is not there yet."""
    made = subprocess.run(["bash", SCRIPT, "root"], capture_output=True, text=True, check=False)
    if made.returncode == _CANNOT:
        pytest.skip(made.stderr.strip().splitlines()[-1])
    assert made.returncode == 0, made.stderr[-4000:]
    return Path(made.stdout.strip())


def add(project: Path, text: str) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def record(project: Path, job: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (project / ".shipwheel" / "records" / f"{job}.json").read_bytes()
    )
    return found


# one call that glibc has since 2.17, and one that it has had under a new name since 2.33
NEEDS_LIBC = """
#define _GNU_SOURCE
#include <Python.h>
#include <time.h>
#include <sys/stat.h>

static PyObject *size(PyObject *self, PyObject *path) {
    struct stat found;
    struct timespec now;
    if (stat(PyUnicode_AsUTF8(path), &found)) return PyErr_SetFromErrno(PyExc_OSError);
    return PyLong_FromLongLong(found.st_size + clock_gettime(CLOCK_MONOTONIC, &now));
}
static PyMethodDef methods[] = {{"size", size, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "libcsize", NULL, -1, methods};
PyMODINIT_FUNC PyInit_libcsize(void) { return PyModule_Create(&module); }
"""


@pytest.fixture
def libcsize(tmp_path) -> Path:
    """A project whose extension calls what newer glibcs have under other names."""
    project = tmp_path / "libcsize"
    (project / "tests").mkdir(parents=True)
    (project / "libcsize.c").write_text(NEEDS_LIBC)
    (project / "tests" / "test_size.py").write_text(
        "import libcsize\n\n\ndef test_size(tmp_path):\n"
        '    (tmp_path / "f").write_text("four")\n'
        '    assert libcsize.size(str(tmp_path / "f")) == 4\n'
    )
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "libcsize"\nversion = "1.0"\nrequires-python = ">=3.9"\n'
        "[tool.setuptools]\npy-modules = []\n"
        'ext-modules = [{ name = "libcsize", sources = ["libcsize.c"] }]\n'
        '[tool.shipwheel]\npackages = { libcsize = "libcsize.c" }\n[tool.shipwheel.test]\ncommand = ["pytest"]\n'
    )
    (project / "noxfile.py").write_text("import nox, shipwheel\n\nshipwheel.register(nox)\n")
    return project


def test_an_old_glibc_is_targeted_and_kept(libcsize, tools) -> None:
    add(libcsize, ZIG.format(more=""))
    ran = tools.nox(libcsize, "-s", "test-3.11")
    assert ran.code == 0, ran.text[-6000:]
    left = record(libcsize, "wheel-3.11")
    (made,) = left["made"]
    assert "manylinux_2_17_x86_64" in made["filename"]
    assert left["tools"]["zig target"] == "x86_64-linux-gnu.2.17"
    assert left["tools"]["ziglang"]
    (proof,) = left["proofs"]
    assert (proof["what"], proof["sha256"]) == ("glibc", made["sha256"])
    assert proof["detail"]["target"] == "x86_64-linux-gnu.2.17"
    assert record(libcsize, "test-3.11")["tests_run"] == 1
    # with nothing changed nothing is compiled; without zig this machine's compiler is, and its glibc
    again = tools.nox(libcsize, "--no-dependencies", "-s", "wheel-3.11")
    assert "unchanged" in again.out
    text = (libcsize / "pyproject.toml").read_text().replace("zig = true", "zig = false")
    (libcsize / "pyproject.toml").write_text(text)
    assert tools.nox(libcsize, "-s", "wheel-3.11").code == 0
    (plain,) = record(libcsize, "wheel-3.11")["made"]
    assert plain["sha256"] != made["sha256"]
    assert "zig target" not in record(libcsize, "wheel-3.11")["tools"]


def test_an_aarch64_wheel_is_compiled_loaded_and_tested(template, tools, root) -> None:
    project = template("c-extension")
    add(project, CROSS)
    here = {"SHIPWHEEL_AARCH64_ROOT": str(root)}
    job = "wheel-3.11-manylinux_aarch64"
    ran = tools.nox(project, "-s", job, env=here)
    assert ran.code == 0, ran.text[-6000:]
    left = record(project, job)
    (made,) = left["made"]
    assert (made["id"], made["builder"]) == ("cp311-manylinux_aarch64", "laptop")
    assert "manylinux_2_17_aarch64" in made["filename"]
    assert left["platform"] == "manylinux_aarch64"
    proofs = {each["what"]: each for each in left["proofs"]}
    assert set(proofs) == {"glibc", "imports", "tests"}
    assert {each["sha256"] for each in left["proofs"]} == {made["sha256"]}
    assert proofs["tests"]["detail"]["by"].startswith("qemu-aarch64")
    assert proofs["tests"]["detail"]["ran"] == left["tests_run"] == 34
    assert proofs["imports"]["detail"]["modules"] >= 2
    (compiled,) = open_wheel(project / "dist" / made["filename"]).compiled
    assert compiled.endswith(".cpython-311-aarch64-linux-gnu.so")
    # a test that fails there leaves no wheel behind
    (project / "tests" / "test_red.py").write_text(
        "import platform\n\n\ndef test_red():\n    assert platform.machine() == 'x86_64'\n"
    )
    red = tools.nox(project, "--no-dependencies", "-s", job, env=here)
    assert red.code == 1
    assert "'aarch64' == 'x86_64'" in red.text
    assert not list((project / "dist").glob("*aarch64*"))
    assert record(project, job)["made"] == []


def test_what_cannot_be_tested_is_not_compiled(template, tools) -> None:
    project = template("c-extension")
    add(project, CROSS)
    assert tools.nox(project, "-s", "build").code == 0
    ran = tools.nox(project, "--no-dependencies", "-s", "wheel-3.11-manylinux_aarch64")
    assert "no aarch64 Python 3.11 is here" in ran.text
    assert "SHIPWHEEL_AARCH64_ROOT" in ran.text
    assert not list((project / "dist").glob("*.whl"))


def test_a_backend_that_zig_does_not_serve_is_refused(template, tools) -> None:
    project = template("c-extension")
    add(project, ZIG.format(more=""))
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(
        text.replace(
            'requires = ["setuptools>=77"]', 'requires = ["setuptools>=77", "setuptools-rust"]'
        )
    )
    ran = tools.nox(project, "-s", "wheel-3.11")
    assert ran.code != 0
    assert "Rust is not known to compile with zig" in ran.text


MESON = """project('libcsize', 'c', default_options: ['buildtype=release'])
python = import('python').find_installation(pure: false)
python.extension_module('libcsize', 'libcsize.c', install: true)
"""
CMAKE = """cmake_minimum_required(VERSION 3.18...3.30)
project(libcsize LANGUAGES C)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
Python_add_library(libcsize MODULE libcsize.c WITH_SOABI)
install(TARGETS libcsize DESTINATION .)
"""


@pytest.mark.parametrize(
    ("backend", "requirement", "file", "text"),
    [
        ("mesonpy", "meson-python>=0.18", "meson.build", MESON),
        ("scikit_build_core.build", "scikit-build-core>=0.10", "CMakeLists.txt", CMAKE),
    ],
)
def test_other_backends_cross_too(libcsize, tools, root, backend, requirement, file, text) -> None:
    (libcsize / file).write_text(text)
    table = (libcsize / "pyproject.toml").read_text()
    table = table.replace("setuptools.build_meta", backend).replace("setuptools>=77", requirement)
    start, end = table.index("[tool.setuptools]"), table.index("[tool.shipwheel]")
    (libcsize / "pyproject.toml").write_text(table[:start] + table[end:] + CROSS)
    commit_everything(libcsize)  # Meson packs what is committed
    job = "wheel-3.11-manylinux_aarch64"
    ran = tools.nox(libcsize, "-s", job, env={"SHIPWHEEL_AARCH64_ROOT": str(root)})
    assert ran.code == 0, ran.text[-6000:]
    left = record(libcsize, job)
    (made,) = left["made"]
    assert "manylinux_2_17_aarch64" in made["filename"]
    assert left["tests_run"] == 1
    assert {each["what"] for each in left["proofs"]} == {"glibc", "imports", "tests"}


def test_an_abi3_wheel_crosses_and_a_sibling_takes_it(template, tools, root, tmp_path) -> None:
    """Below the emulator a package of a workspace is tested with its sibling's wheel for that architecture."""
    packages = tmp_path / "repository" / "packages"
    for name in ("abi3", "c-extension"):
        template(name, to=f"repository/packages/{name}")
        shutil.rmtree(packages / name / ".git")
        (packages / name / "noxfile.py").unlink()
        add(packages / name, CROSS)
    own = packages / "c-extension" / "pyproject.toml"
    text = own.read_text(encoding="utf-8")
    text = text.replace("[project.urls]", 'dependencies = ["wirecrc"]\n\n[project.urls]', 1)
    own.write_text(text, encoding="utf-8")
    (packages.parent / "pyproject.toml").write_text(
        '[tool.shipwheel.workspace]\nmembers = ["packages/*"]\n'
    )
    (packages.parent / "noxfile.py").write_text(
        "import nox, shipwheel\n\nshipwheel.register(nox)\n"
    )
    commit_everything(packages.parent)
    job = "wheel-3.11-manylinux_aarch64"
    env = {"SHIPWHEEL_AARCH64_ROOT": str(root)}
    ran = tools.nox(packages.parent, "-s", f"nearword:{job}", env=env)
    assert ran.code == 0, ran.text[-6000:]
    abi3, own_record = (record(packages / each, job) for each in ("abi3", "c-extension"))
    (made,) = abi3["made"]
    assert "-cp39-abi3-manylinux" in made["filename"]
    assert made["filename"].endswith("_aarch64.whl")
    assert (abi3["tests_run"], own_record["tests_run"]) == (58, 34)
    assert made["sha256"] in {each["sha256"] for each in own_record["consumed"]}
