from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from shipwheel.project.poetry import requirement
from shipwheel.project.specifiers import from_poetry


@pytest.mark.parametrize(
    ("poetry", "standard"),
    [
        ("*", ""),
        ("", ""),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.4", "~=1.4"),
        ("1.2.*", "==1.2.*"),
        ("1.5", "==1.5"),
        (">=3.8,<4.0", ">=3.8,<4.0"),
        (">= 3.8 , < 4", ">=3.8,<4"),
        (">=3.8 <4", ">=3.8,<4"),
        ("!=2.0", "!=2.0"),
        ("^2.7 || ^3.6", ">=2.7"),
    ],
)
def test_constraints(poetry, standard):
    assert from_poetry(poetry) == standard
    SpecifierSet(from_poetry(poetry))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("^1.0", "name>=1.0,<2"),
        ({"version": "^1.0", "extras": ["x"]}, "name[x]>=1.0,<2"),
        ({"version": "*", "python": ">=3.9"}, 'name ; python_version >= "3.9"'),
        ({"version": "*", "markers": "os_name == 'nt'"}, "name ; (os_name == 'nt')"),
        ({"git": "https://host/r.git", "tag": "v1"}, "name @ git+https://host/r.git@v1"),
    ],
)
def test_dependencies(value, line):
    assert requirement("name", value) == (line,)
    Requirement(line)


def test_several_constraints_and_paths():
    assert len(requirement("name", [{"version": "1"}, {"version": "2"}])) == 2
    assert requirement("name", {"path": "../name"}) == ()
