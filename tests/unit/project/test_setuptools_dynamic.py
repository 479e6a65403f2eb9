"""Requirements that setuptools takes from files as it builds."""

from __future__ import annotations

import pytest

from shipwheel.project.read import read_project

HEAD = """
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"
[project]
name = "demo"
version = "1"
"""


def read(tmp_path, tail: str, files=()):
    (tmp_path / "pyproject.toml").write_text(HEAD + tail)
    for name, text in dict(files).items():
        (tmp_path / name).write_text(text)
    return read_project(tmp_path)


BOTH = """dynamic = ["dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
dependencies = { file = ["a.txt", "b.txt"] }
optional-dependencies.fast = { file = "c.txt" }
optional-dependencies.all = { file = ["d.txt"] }
"""


def test_dependencies_and_extras_are_read_from_their_files(tmp_path):
    files = {"a.txt": "# why\nx>=1  # so\n\n", "b.txt": "y\n", "c.txt": "z\n"}
    found = read(tmp_path, BOTH, {**files, "d.txt": "demo[fast]\n"})
    assert found.dependencies.value == ("x>=1", "y")
    assert not found.dependencies.weak
    assert "[tool.setuptools.dynamic] dependencies: a.txt, b.txt" in found.dependencies.origin
    assert found.extras.value == {"fast": ("z",), "all": ("z",)}


@pytest.mark.parametrize(
    ("directive", "files", "expected"),
    [
        ('{ file = ["a.txt", "gone.txt"] }', {"a.txt": "x"}, ("x",)),
        ('{ file = "../a.txt" }', {}, ()),
        ('{ file = "a.txt" }', {"a.txt": "-r b.txt\nx\n"}, ("x",)),
        ("{ attr = 'demo.needs' }", {}, ()),
        ("3", {}, ()),
    ],
)
def test_what_is_not_read_whole_is_weak(tmp_path, directive, files, expected):
    (tmp_path.parent / "a.txt").write_text("outside")
    tail = f'dynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {directive}\n'
    found = read(tmp_path, tail, files)
    assert found.dependencies.value == expected
    assert found.dependencies.weak


def test_files_have_no_force_where_nothing_is_called_dynamic(tmp_path):
    tail = 'dependencies = ["x"]\n[tool.setuptools.dynamic]\ndependencies = { file = "a.txt" }\n'
    assert read(tmp_path, tail, {"a.txt": "y"}).dependencies.value == ("x",)


def test_dependencies_that_the_backend_alone_computes_are_not_taken_for_none(tmp_path):
    found = read(tmp_path, 'dynamic = ["dependencies"]\n')
    assert found.dependencies.value == ()
    assert found.dependencies.weak
    assert "calls them dynamic" in found.dependencies.origin
    assert not read(tmp_path, "").dependencies.weak
