from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.deps.readiness.stdlib import uses_below, uses_in


def found(text: str, python: str = "3.13") -> list[tuple[int, str, str]]:
    uses = uses_in(text.encode(), "a.py", python)
    return [(each.line, each.name, each.state) for each in uses]


USED = {
    "import imp": (1, "imp", "removed"),
    "import os, imp as i": (1, "imp", "removed"),
    "import distutils.core": (1, "distutils", "removed"),
    "from distutils.version import LooseVersion": (1, "distutils", "removed"),
    "from tkinter import tix": (1, "tkinter.tix", "removed"),
    "from collections import Mapping": (1, "collections.Mapping", "removed"),
    "import collections\ncollections.Mapping": (2, "collections.Mapping", "removed"),
    "from inspect import getargspec as g": (1, "inspect.getargspec", "removed"),
    "import inspect as i\ndef f(): return i.getargspec(f)": (2, "inspect.getargspec", "removed"),
    "import datetime as d\nd.datetime.utcnow()": (2, "datetime.datetime.utcnow", "deprecated"),
    "from datetime import datetime\ndatetime.utcnow()": (
        2,
        "datetime.datetime.utcnow",
        "deprecated",
    ),
    "class T:\n  def t(self): self.assertEquals(1, 1)": (2, "assertEquals", "removed"),
    "import imp\nx = '\\d'": (1, "imp", "removed"),
    "import sre_parse": (1, "sre_parse", "deprecated"),
    "try:\n  import imp\nexcept ValueError:\n  pass": (2, "imp", "removed"),
}
UNUSED = [
    "import importlib",
    "from . import imp",
    "from .imp import x",
    "imp = 1\nimp.load()",
    "'import imp'",
    "try:\n  import imp\nexcept ImportError:\n  imp = None",
    "try:\n  import tomllib\nexcept (ValueError, ModuleNotFoundError):\n  import imp",
    "import sys\nif sys.version_info < (3, 12):\n  import imp",
    "other.assertEquals(1, 1)",
    "import shutil\nshutil.ExecError  # gone from 3.16 on",
    "import imp (",
    "import imp\n" + "(" * 900,
]


@pytest.mark.parametrize("text", USED)
def test_what_is_used(text: str) -> None:
    assert found(text) == [USED[text]]


@pytest.mark.parametrize("text", UNUSED)
def test_what_is_no_use(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("python", "state"), [("3.11", ["deprecated"]), ("3.12", ["removed"]), ("3.9", [])]
)
def test_a_name_that_goes_is_told_from_two_versions_before(python: str, state: list[str]) -> None:
    assert [each[2] for each in found("import imp", python)] == state


def test_sources_below_the_named_places_alone_by_file_and_line(tmp_path: Path) -> None:
    for name in ("src/b.py", "src/a.py", "src/build/c.py", "docs/d.py", "tests/t.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import os\nimport imp\nimp.x\nimp.x\n")
    (tmp_path / "src/link.py").symlink_to(tmp_path / "docs/d.py")
    uses = uses_below(tmp_path, ("src", "tests/t.py", "src", "not-there"), "3.12")
    assert [(each.file, each.line) for each in uses] == [
        ("src/a.py", 2),
        ("src/b.py", 2),
        ("tests/t.py", 2),
    ]
    assert uses[0].instead == "importlib"
    assert uses[0].source.startswith("https://docs.python.org/3/whatsnew/3.12.html")
