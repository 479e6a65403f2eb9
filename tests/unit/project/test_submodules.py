"""Submodules that are named and not here."""

from __future__ import annotations

import pytest

from shipwheel.project.submodules import missing_submodules, submodules_hint

MODULES = """
[submodule "data"]
    path = tests/data
    url = https://example.org/data.git
[submodule "lib"]
    path = "vendor/lib"
    url = ../lib.git
"""


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ()),
        ({".gitmodules": MODULES}, ("tests/data", "vendor/lib")),
        ({".gitmodules": MODULES, "tests/data/a.toml": ""}, ("vendor/lib",)),
        ({".gitmodules": "path = ../../outside\n"}, ()),
        ({".gitmodules": "\0 no such thing"}, ()),
    ],
)
def test_missing_submodules(tree, given, missing):
    assert missing_submodules(tree({"a": "", **given})) == missing


def test_the_hint_says_what_brings_them(tree):
    assert submodules_hint(tree({".gitmodules": MODULES})) == (
        "the submodules are not checked out: tests/data, vendor/lib;"
        " git submodule update --init --recursive"
    )
    assert submodules_hint(tree({"tests/data/a": "", "vendor/lib/b": ""})) == ""
