"""Bounds raised as they are written, and pyproject.toml changed in nothing else."""

from __future__ import annotations

import pytest

from shipwheel.deps.floors.bounds import changed_text, raised

RAISED = [
    ("requests", "2.28.0", "requests>=2.28.0"),
    ("requests>=2", "2.28.0", "requests>=2.28.0"),
    ("requests >= 2.0, != 2.5", "2.28", "requests >= 2.28, != 2.5"),
    ("requests (>=2)", "2.28", "requests (>=2.28)"),
    ("requests (!=2.5)", "2.28", "requests (>=2.28,!=2.5)"),
    ("requests[socks,use_chardet_on_py3]", "2.28", "requests[socks,use_chardet_on_py3]>=2.28"),
    ("requests<3", "2.28", "requests>=2.28,<3"),
    ("requests < 3 ; os_name == 'nt'", "2.28", "requests>=2.28,< 3 ; os_name == 'nt'"),
    ("requests; python_version >= '3.9'", "2.28", "requests>=2.28; python_version >= '3.9'"),
    ("requests>2.1,<3", "2.28", "requests>=2.28,<3"),
    ("requests~=2.1", "2.28", "requests~=2.28"),
    ("requests~=2.1", "2.28.3", "requests>=2.28.3,==2.*"),
    ("requests~=2.1.0", "2.1.4", "requests~=2.1.4"),
    ("requests>=2,>=2.1", "2.28", "requests>=2.28"),
]


@pytest.mark.parametrize(("text", "floor", "wanted"), RAISED)
def test_only_the_lower_bound_is_raised(text, floor, wanted):
    assert raised(text, floor) == wanted


PROJECT = """\
# "a>=1" is said here too
[project]
name = "demo" # "b"
dependencies = ["a>=1", # why
    'b',
  "c ; os_name == \\"nt\\"",
]

[tool.other]
dependencies = ["a>=1", "b"]
"""


def test_the_strings_of_the_dependencies_alone_are_changed():
    text = changed_text(PROJECT, {"a>=1": "a>=2", "b": "b>=3"})
    assert text == PROJECT.replace("[\"a>=1\", # why\n    'b'", "[\"a>=2\", # why\n    'b>=3'")


@pytest.mark.parametrize(
    "changes",
    [
        {'c ; os_name == "nt"': 'c>=1 ; os_name == "nt"'},  # written with escapes
        {"d": "d>=1"},  # not declared there
        {"b": "b>=1;os_name=='nt'"},  # would end the string
    ],
)
def test_what_cannot_be_changed_for_sure_is_left(changes):
    assert changed_text(PROJECT, changes) is None


def test_line_ends_stay():
    text = changed_text(PROJECT.replace("\n", "\r\n"), {"b": "b>=3"})
    assert text is not None
    assert text.count("\r\n") == PROJECT.count("\n")


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[project]\ndependencies = 'a'\n"])
def test_a_project_without_a_list_is_left(text):
    assert changed_text(text, {"a": "a>=1"}) is None
