"""The lowest Python that uv is asked to resolve for."""

from __future__ import annotations

import pytest

from shipwheel.deps.lowest import declared_python, resolvable_python


@pytest.mark.parametrize(
    ("specifier", "oldest"),
    [
        (">=3.9", "3.9"),
        (">=3.9,<4", "3.9"),
        ("~=3.10.2", "3.10"),
        ("==3.12.*", "3.12"),
        ("", "3.8"),
        (">=2.7,!=3.0.*", "3.8"),
    ],
)
def test_the_python_to_begin_with(specifier, oldest):
    assert resolvable_python(declared_python(specifier)) == oldest


@pytest.mark.parametrize(
    ("specifier", "lowest"),
    [
        (None, ""),
        ("<4", ""),
        ("no specifier", ""),
        (">=2.7,!=3.0.*", "2.7"),
        (">=3", "3.0"),
        (">3.9", "3.9"),
        (">=3.8,>=3.10.2", "3.10"),
        ("==3.12.*", "3.12"),
    ],
)
def test_the_lowest_that_is_declared(specifier, lowest):
    assert declared_python(specifier) == lowest
