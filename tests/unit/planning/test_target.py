from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.planning.target import from_tag, parse_target


@pytest.mark.parametrize(
    ("text", "tag", "release"),
    [
        ("3.9", "cp39", "3.9"),
        ("3.12", "cp312", "3.12"),
        ("3.14t", "cp314t", "3.14"),
        ("pypy3.11", "pp311", "3.11"),
        (" 3.13 ", "cp313", "3.13"),
    ],
)
def test_a_target_has_the_tag_that_cibuildwheel_uses(text, tag, release):
    target = parse_target(text)
    assert (target.tag, target.release) == (tag, release)
    assert from_tag(tag) == target


@pytest.mark.parametrize("text", ["", "3", "3.12.1", "py312", "three", "pypy3.11t", ">=3.10"])
def test_what_is_not_a_python_is_refused_with_the_form(text):
    with pytest.raises(ConfigurationError) as caught:
        parse_target(text, where="[tool.shipwheel] pythons")
    assert caught.value.where == "[tool.shipwheel] pythons"
    assert "3.14t" in str(caught.value.hint)


def test_targets_sort_by_version_with_the_ordinary_build_first():
    names = ["pypy3.11", "3.14t", "3.9", "3.14", "3.10"]
    ordered = sorted((parse_target(name) for name in names), key=lambda target: target.key)
    assert [target.text for target in ordered] == ["3.9", "3.10", "3.14", "3.14t", "pypy3.11"]


@pytest.mark.parametrize("tag", ["any", "sdist", "gp311", "cp"])
def test_a_tag_that_is_no_python_has_no_target(tag):
    assert from_tag(tag) is None
