from __future__ import annotations

import pytest

from shipwheel.building.build_system import BuildSystem, read_build_system
from shipwheel.errors import ConfigurationError

LEGACY = BuildSystem(backend="setuptools.build_meta:__legacy__", requires=("setuptools>=40.8.0",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, LEGACY),
        ("[project]\nname='x'\n", LEGACY),
        ("[build-system]\nrequires=['flit_core']\nbuild-backend='flit_core.buildapi'\n",
         BuildSystem(backend="flit_core.buildapi", requires=("flit_core",))),
        # PEP 518: without a backend, the legacy one with what the project requires
        ("[build-system]\nrequires=['setuptools','cython']\n",
         BuildSystem(backend=LEGACY.backend, requires=("setuptools", "cython"))),
        ("[build-system]\nrequires=[]\nbuild-backend='b'\nunknown=1\n",
         BuildSystem(backend="b", requires=())),
    ],
)  # fmt: skip
def test_the_table(tmp_path, text, expected):
    (tmp_path / "setup.py").write_text("")
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert read_build_system(tmp_path) == expected


def test_an_in_tree_backend_gets_a_full_path(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[build-system]\nrequires=[]\nbuild-backend='b'\nbackend-path=['packaging']\n"
    )
    (folder,) = read_build_system(tmp_path).backend_path
    assert folder == str((tmp_path / "packaging").resolve())


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("[build-system\n", "line 1"),
        ("[build-system]\nrequires='setuptools'\n", "array"),
        ("[build-system]\nbuild-backend='b'\n", "requires"),
        ("build-system=1\n", "object"),
        ("[build-system]\nrequires=[]\nbackend-path=['../outside']\n", "../outside"),
        ("[build-system]\nrequires=[]\nbackend-path=['/outside']\n", "/outside"),
    ],
)
def test_a_wrong_table_is_told_with_its_place(tmp_path, text, evidence):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_build_system(tmp_path)
    assert evidence in (caught.value.evidence or "")
    assert caught.value.where == str(tmp_path / "pyproject.toml")


def test_no_project(tmp_path):
    with pytest.raises(ConfigurationError, match="nothing to build"):
        read_build_system(tmp_path)
