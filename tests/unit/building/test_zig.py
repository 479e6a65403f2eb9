"""zig's target, what backends are told, and what is refused."""

from __future__ import annotations

import pytest

from shipwheel.building.build_system import BuildSystem
from shipwheel.building.zig import Zig, check_backend, check_target, cmake_toolchain, set_up
from shipwheel.building.zig_level import glibc_level, read_level, tagged_level
from shipwheel.errors import ConfigurationError, JobError

NATIVE = Zig(program="/a folder/zig", version="0.17.1", arch="x86_64", glibc=(2, 17))


@pytest.mark.parametrize(
    ("image", "level"),
    [
        ("manylinux2014", (2, 17)),
        ("manylinux2010", (2, 12)),
        ("manylinux1", (2, 5)),
        ("manylinux_2_28", (2, 28)),
        ("quay.io/pypa/manylinux_2_34_x86_64@sha256:0123", (2, 34)),
        ("quay.io/pypa/manylinux2014_aarch64:2026.10.21-1", (2, 17)),
        ("localhost/ours:latest", None),
        ("manylinux20144", None),
        ("", None),
    ],
)
def test_an_image_names_its_glibc(image, level) -> None:
    assert read_level(image) == level


@pytest.mark.parametrize(
    ("filename", "level"),
    [
        ("a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", (2, 17)),
        (
            "a-1-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl",
            (2, 5),
        ),
        ("a-1-cp311-cp311-linux_x86_64.whl", None),
    ],
)
def test_a_wheel_promises_the_oldest_of_its_tags(filename, level) -> None:
    assert tagged_level(filename) == level


OVERRIDE = '[[tool.cibuildwheel.overrides]]\nselect = "cp312-*"\nmanylinux-x86_64-image = "manylinux_2_34"\n'


@pytest.mark.parametrize(
    ("text", "identifier", "environ", "level"),
    [
        ('manylinux-x86_64-image = "manylinux2014"\n', "cp311-manylinux_x86_64", {}, (2, 17)),
        # another architecture's says nothing of it: cibuildwheel's own default
        ('manylinux-x86_64-image = "manylinux2014"\n', "cp311-manylinux_aarch64", {}, (2, 28)),
        ('manylinux-pypy_x86_64-image = "manylinux2014"\n', "pp311-manylinux_x86_64", {}, (2, 17)),
        (
            'manylinux-x86_64-image = "manylinux_2_28"\n[tool.cibuildwheel.linux]\nmanylinux-x86_64-image = "manylinux2014"\n',
            "cp311-manylinux_x86_64",
            {},
            (2, 17),
        ),
        (OVERRIDE, "cp312-manylinux_x86_64", {}, (2, 34)),
        (OVERRIDE, "cp311-manylinux_x86_64", {}, (2, 28)),
        (
            OVERRIDE,
            "cp312-manylinux_x86_64",
            {"CIBW_MANYLINUX_X86_64_IMAGE": "manylinux2014"},
            (2, 17),
        ),
    ],
)
def test_the_project_says_which_glibc(tmp_path, text, identifier, environ, level) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.cibuildwheel]\n{text}")
    assert glibc_level(tmp_path, identifier, environ) == level


@pytest.mark.parametrize(
    ("image", "said"),
    [("localhost/ours:latest", "cannot be told"), ("manylinux2010", "no glibc before 2.17")],
)
def test_a_glibc_that_cannot_be_had_is_refused(tmp_path, image, said) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.cibuildwheel]\nmanylinux-x86_64-image = "{image}"\n'
    )
    with pytest.raises(ConfigurationError, match=said) as refused:
        glibc_level(tmp_path, "cp311-manylinux_x86_64", {})
    assert refused.value.where == "[tool.cibuildwheel] manylinux-x86_64-image"


def test_programs_keep_a_folder_with_a_space_in_one_word(tmp_path) -> None:
    setup = set_up(NATIVE, tmp_path / "two words")
    script = (setup.first / "zig-cc").read_text()
    assert script.startswith("#!/bin/sh\nexec '/a folder/zig' cc -target x86_64-linux-gnu.2.17 ")
    assert script.endswith(' "$@"\n')
    assert setup.variables["CC"] == "zig-cc"
    assert "_PYTHON_HOST_PLATFORM" not in setup.variables
    assert setup.settings == {}


def test_the_toolchain_quotes_its_folder(tmp_path) -> None:
    text = cmake_toolchain("aarch64", tmp_path / "two words")
    assert f"set(CMAKE_AR [==[{tmp_path}/two words/zig-ar]==])" in text
    assert "set(CMAKE_SYSTEM_PROCESSOR aarch64)" in text


@pytest.mark.parametrize(
    "system",
    [
        BuildSystem(),
        BuildSystem(backend="setuptools.build_meta", requires=("setuptools", "Cython>=3")),
        BuildSystem(backend="mesonpy", requires=("meson-python",)),
        BuildSystem(backend="scikit_build_core.build", requires=("scikit-build-core",)),
    ],
)
def test_backends_that_were_seen_to_work(system) -> None:
    check_backend(system)


@pytest.mark.parametrize(
    "system",
    [
        BuildSystem(backend="maturin", requires=("maturin",)),
        BuildSystem(backend="setuptools.build_meta", requires=("setuptools", "setuptools-rust>=1")),
        BuildSystem(backend="hatchling.build", requires=("hatchling",)),
        # what an in-tree backend does with CC is its own matter
        BuildSystem(backend="setuptools.build_meta", requires=(), backend_path=("packaging",)),
    ],
)
def test_others_are_refused(system) -> None:
    with pytest.raises(ConfigurationError, match="not known to compile with zig"):
        check_backend(system)


@pytest.mark.parametrize(
    ("filename", "fits"),
    [
        ("a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", True),
        ("a-1-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl", True),
        ("a-1-cp311-cp311-manylinux_2_28_x86_64.whl", False),
        ("a-1-cp311-cp311-manylinux_2_17_aarch64.whl", False),
        ("a-1-cp311-cp311-linux_x86_64.whl", False),
    ],
)
def test_a_wheel_is_held_to_its_target(tmp_path, filename, fits) -> None:
    if fits:
        check_target(NATIVE, tmp_path / filename)
        return
    with pytest.raises(JobError, match="manylinux_2_17_x86_64, and is not fit"):
        check_target(NATIVE, tmp_path / filename)
