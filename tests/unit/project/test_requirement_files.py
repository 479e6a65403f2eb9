from __future__ import annotations

import pytest

from shipwheel.project.names import merge, requirement_name, resolve_extras, with_marker
from shipwheel.project.requirement_files import (
    install_words,
    read_install_words,
    read_requirement_file,
)
from shipwheel.project.tree import Tree


def read(tmp_path, files, path="requirements.txt"):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return read_requirement_file(Tree(tmp_path), path)


def test_lines_as_pip_reads_them(tmp_path):
    text = """
# a comment
pytest>=8  # why
coverage[toml] ; python_version < "3.11"
pinned==1.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
-e .
.
-e .[extra,other]
./vendored
--index-url https://host/simple
git+https://host/r.git@v1#egg=thing
"""
    found = read(tmp_path, {"requirements.txt": text})
    assert found.requirements == [
        "pytest>=8",
        'coverage[toml] ; python_version < "3.11"',
        "pinned==1.0",
        "thing @ git+https://host/r.git@v1",
    ]
    assert found.extras == ["extra", "other"]
    assert found.ignored == ["./vendored", "--index-url https://host/simple"]


def test_included_files_are_relative_to_the_one_that_names_them(tmp_path):
    found = read(
        tmp_path,
        {
            "requirements/test.txt": "-r base.txt\n-rmore.txt\n-c ../constraints.txt\n-r test.txt\n-r gone.txt\n",
            "requirements/base.txt": "a\n",
            "requirements/more.txt": "b\n",
            "constraints.txt": "a==1\n",
        },
        "requirements/test.txt",
    )
    assert found.requirements == ["a", "b"]
    assert found.constraints == ["constraints.txt"]
    assert found.missing == ["requirements/gone.txt"]


@pytest.mark.parametrize(
    ("words", "requirements", "extras", "groups"),
    [
        (["pytest", "-q", "coverage"], ["pytest", "coverage"], [], []),
        (["-e", ".[test]"], [], ["test"], []),
        (["-e.[test]"], [], ["test"], []),
        ([".", "--group", "dev", "--group=test"], [], [], ["dev", "test"]),
        (["-i", "https://host", "a"], ["a"], [], []),
    ],
)
def test_what_an_install_command_asks_for(tmp_path, words, requirements, extras, groups):
    found = read_install_words(Tree(tmp_path), words)
    assert (found.requirements, found.extras, found.groups) == (requirements, extras, groups)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("pip", "install", "a"), ("a",)),
        (("python", "-m", "pip", "install", "-U", "a"), ("-U", "a")),
        (("<bin>/pip", "install", "."), (".",)),
        (("uv", "pip", "install", "a"), ("a",)),
        (("poetry", "install"), ()),
        (("pytest", "install"), ()),
    ],
)
def test_which_commands_install(argv, words):
    assert tuple(install_words(argv)) == words


def test_names_and_markers():
    assert requirement_name("Zope.Interface[x]>=1; a") == "zope-interface"
    assert requirement_name("https://host/a.whl") is None
    assert with_marker("a ; b == '1'", "c == '2'") == "a ; (b == '1') and (c == '2')"
    assert with_marker("a>=1", "c == '2'") == "a>=1 ; c == '2'"
    assert merge(["a>=1"], ["A<9", "b"]) == ("a>=1", "b")


def test_an_extra_may_name_others_and_itself():
    extras = {"test": ("own[core]", "b"), "core": ("a", "Own[test]"), "all": ("own[test,core]; x",)}
    assert resolve_extras("own", extras) == {
        "test": ("a", "b"),
        "core": ("a", "b"),
        "all": ("a ; x", "b ; x"),
    }
