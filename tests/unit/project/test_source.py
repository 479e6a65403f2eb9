from __future__ import annotations

from textwrap import dedent

import pytest

from shipwheel.project.setup_py import read_setup_py
from shipwheel.project.source import Script
from shipwheel.project.tree import Tree
from shipwheel.project.values import UNKNOWN


def names(tmp_path, text):
    (tmp_path / "x.py").write_text(dedent(text))
    script = Script(Tree(tmp_path), "x.py")
    script.run()
    return script.names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("v = 'a' + 'b'", "ab"),
        ("v = '%s-%s' % ('a', 'b')", "a-b"),
        ("a = 'x'\nv = f'{a}/y'", "x/y"),
        ("import os\nv = os.path.join(os.path.dirname(__file__), 'src')", "src"),
        ("from pathlib import Path\nv = Path(__file__).parent / 'tests'", "tests"),
        ("v = []\nfor n in ('a', 'b'):\n    v.append(n)", ["a", "b"]),
        ("v = [n.upper() for n in ['a', 'b'] if n != 'b']", ["A"]),
        ("import os\nv = os.environ.get('X', 'no')", "no"),
        ("import sys\nv = 1 if sys.platform == 'win32' else 2", 2),
        ("def f(a, b=2):\n    return [a, b]\nv = f(1)", [1, 2]),
        ("import re\nv = re.search('v(.)', 'v7').group(1)", "7"),
        ("for v in ['a', 'b', 'c']:\n    if v == 'b':\n        break", "b"),
        ("v = open('y.txt').read().strip()", "seven"),
        ("d = {}\nexec(open('z.py').read(), d)\nv = d['n']", 3),
        ("v = undefined()", UNKNOWN),
        ("import sys\nif sys.version_info > (3,):\n    v = [1]\nelse:\n    v = []", [1]),
        ("while True:\n    v = 1", 1),
        ("v = 2\nv **= 40", UNKNOWN),
    ],
)
def test_what_is_followed(tmp_path, text, value):
    (tmp_path / "y.txt").write_text("seven\n")
    (tmp_path / "z.py").write_text("n = 3\n")
    assert names(tmp_path, text)["v"] == value


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return f()\nv = f()",
        "v = 'a'\n" + "v = v + v\n" * 60,
        "for a in range(10**9):\n    v = a",
        "v = [[[[[[0]]]]]]" * 1,
        "x = (",
    ],
)
def test_the_work_is_bounded(tmp_path, text):
    names(tmp_path, text)


def test_old_python_is_read_as_nothing(tmp_path):
    assert "v" not in names(tmp_path, "print 'a'\nv = 1\n")


SETUP = """
from setuptools import setup, find_packages
import sys, os
NAME = "thing"
def version():
    with open(os.path.join(os.path.dirname(__file__), "thing", "_v.py")) as f:
        for line in f:
            if line.startswith("__version__"):
                return line.split("=")[1].strip().strip("'")
kwargs = dict(python_requires=">=3.8")
if sys.platform == "win32":
    kwargs["install_requires"] = ["pywin32"]
setup(name=NAME, version=version(), packages=find_packages("src", exclude=["tests"]),
      entry_points={"console_scripts": ["thing = thing:main"]}, **kwargs)
"""


def test_setup_py_as_they_are_written(tmp_path):
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "_v.py").write_text("# version\n__version__ = '1.2'\n")
    (tmp_path / "setup.py").write_text(SETUP)
    found = read_setup_py(Tree(tmp_path))
    assert found.name.value == "thing"
    assert found.version.value == "1.2"
    assert found.requires_python.value == ">=3.8"
    assert found.entry_points.value == {"console_scripts": {"thing": "thing:main"}}
    assert found.raw["packages"].where == "src"
    assert found.dependencies is None


def test_a_computed_list_is_weak(tmp_path):
    (tmp_path / "setup.py").write_text(
        "from setuptools import setup\nsetup(name='a', install_requires=['b', compute()])\n"
    )
    found = read_setup_py(Tree(tmp_path)).dependencies
    assert found.value == ("b",)
    assert found.weak
