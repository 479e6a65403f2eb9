"""What counts as a break, a pair of sources each; griffe reads them, and its git lookup is switched off."""

from __future__ import annotations

from pathlib import Path

import griffe
import pytest
from griffe import GriffeLoader

from shipwheel.deps.api.differences import additions, changes
from shipwheel.deps.api.surface import Item, load

Files = dict[str, str]


@pytest.fixture(autouse=True)
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """griffe asks git where a package comes from: no business of ours, and a process."""
    monkeypatch.setattr(griffe.GitInfo, "from_package", classmethod(lambda *_: None))


def read(folder: Path, files: Files) -> Item:
    for name, text in files.items():
        path = folder / "demo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    loader = GriffeLoader(search_paths=[folder], allow_inspection=False)
    found = load(loader, "demo")
    loader.resolve_aliases(implicit=True, external=False)
    return found


def compared(tmp_path: Path, old: Files, new: Files) -> list[tuple[str, str, bool]]:
    before, now = read(tmp_path / "old", old), read(tmp_path / "new", new)
    return [(each.object, each.kind, each.breaks) for each in changes(before, now)]


BREAKS = {
    "a function is gone": ("def f(): ...", "", [("demo.f", "removed", True)]),
    "a parameter is gone": (
        "def f(a, b=1): ...",
        "def f(a): ...",
        [("demo.f", "parameter removed", True)],
    ),
    "a parameter is wanted": (
        "def f(a): ...",
        "def f(a, b): ...",
        [("demo.f", "required parameter added", True)],
    ),
    "a parameter has another name": (
        "def f(seq): ...",
        "def f(items): ...",
        [("demo.f", "parameter renamed", True)],
    ),
    "one came between": (
        "def f(a, b=1, c=2): ...",
        "def f(a, x=0, b=1, c=2): ...",
        [("demo.f", "parameters moved", True)],
    ),
    "positional alone": (
        "def f(a): ...",
        "def f(a, /): ...",
        [("demo.f", "parameter changed its kind", True)],
    ),
    "a default may be meant": (
        "def f(a=1): ...",
        "def f(a=2): ...",
        [("demo.f", "parameter changed its default", False)],
    ),
    "a base is gone": (
        "class B: ...\nclass C(B): ...",
        "class B: ...\nclass C: ...",
        [("demo.C", "base class removed", True)],
    ),
    "an operator is gone": (
        "class C:\n  def __iter__(self): ...",
        "class C: ...",
        [("demo.C.__iter__", "removed", True)],
    ),
    "a method is gone": (
        "class C:\n  def m(self): ...",
        "class C: ...",
        [("demo.C.m", "removed", True)],
    ),
}
NO_BREAKS = {
    "private": ("def _f(): ...\n_x = 1", ""),
    "self becomes positional": (
        "class C:\n  def m(self): ...",
        "class C:\n  def m(self, /): ...",
    ),
    "an operator's parameter has another name": (
        "class C:\n  def __add__(self, other): ...",
        "class C:\n  def __add__(self, value, /): ...",
    ),
    "**attrs are **kwargs": ("def f(**attrs): ...", "def f(**kwargs): ..."),
    "object is no base": ("class C(object): ...", "class C: ..."),
    "for annotations alone": (
        "import typing as t\nif t.TYPE_CHECKING:\n  class P: ...",
        "",
    ),
    "a type variable": ("from typing import TypeVar\nT = TypeVar('T')", ""),
    "not in __all__": (
        "__all__ = ['f']\ndef f(): ...\ndef g(): ...",
        "__all__ = ['f']\ndef f(): ...",
    ),
    "given lazily": (
        "__version__ = '1'",
        "def __getattr__(name):\n  if name == '__version__': return '2'\n  raise AttributeError",
    ),
    "inherited from Python's own": (
        "class C(str):\n  def upper(self): ...",
        "class C(str): ...",
    ),
    "wrapped, and written out now": (
        "class C(str):\n  lower = wrap(str.lower)",
        "class C(str):\n  def lower(self): ...",
    ),
    "every object can be compared": ("class C:\n  def __eq__(self, o): ...", "class C: ..."),
    "a decorator may make operators": (
        "class C:\n  def __lt__(self, o): ...",
        "@dataclass(order=True)\nclass C: ...",
    ),
    "overloads": (
        "def f(a): ...",
        """
from typing import overload
@overload
def f(a: int) -> int: ...
@overload
def f(a: str) -> str: ...
def f(a): ...
""",
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_what_breaks(tmp_path: Path, case: str) -> None:
    old, new, found = BREAKS[case]
    assert compared(tmp_path, {"__init__.py": old}, {"__init__.py": new}) == found


@pytest.mark.parametrize("case", NO_BREAKS)
def test_what_breaks_nobody(tmp_path: Path, case: str) -> None:
    old, new = NO_BREAKS[case]
    assert compared(tmp_path, {"__init__.py": old}, {"__init__.py": new}) == []


def test_what_moved_and_is_exported_still_is_no_break(tmp_path: Path) -> None:
    old = {"__init__.py": "from .core import f", "core.py": "def f(): ..."}
    new = {"__init__.py": "from .other import f", "core.py": "", "other.py": "def f(): ..."}
    assert compared(tmp_path, old, new) == [("demo.core.f", "moved", False)]


def test_an_export_that_is_gone_is_told_by_the_name_that_users_know(tmp_path: Path) -> None:
    old = {"__init__.py": "from ._impl import f as f", "_impl.py": "def f(): ..."}
    new = {"__init__.py": "", "_impl.py": "def f(): ..."}
    assert compared(tmp_path, old, new) == [("demo.f", "removed", True)]


def test_a_change_of_a_reexported_class_is_told_once_by_its_short_name(tmp_path: Path) -> None:
    old = {"__init__.py": "from .core import C", "core.py": "class C:\n  def m(self, a): ..."}
    new = {"__init__.py": "from .core import C", "core.py": "class C:\n  def m(self): ..."}
    assert compared(tmp_path, old, new) == [("demo.C.m", "parameter removed", True)]


def test_the_packages_own_tests_are_no_api(tmp_path: Path) -> None:
    old = {"__init__.py": "", "tests/__init__.py": "", "tests/test_a.py": "def test_a(): ..."}
    assert compared(tmp_path, old, {"__init__.py": ""}) == []


def test_a_stub_speaks_for_a_compiled_module(tmp_path: Path) -> None:
    old = {"__init__.py": "", "fast.pyi": "def f(a: int, b: int = ...) -> int: ..."}
    new = {"__init__.py": "", "fast.pyi": "def f(a: int) -> int: ..."}
    assert compared(tmp_path, old, new) == [("demo.fast.f", "parameter removed", True)]


def test_additions_are_told_without_what_comes_with_them(tmp_path: Path) -> None:
    old = {"__init__.py": "class A:\n  def kept(self): ...\nclass B(A): ..."}
    new = {
        "__init__.py": "from .new import g\nclass A:\n  def kept(self): ...\n  def fresh(self): ...\n"
        "class B(A):\n  def kept(self): ...\nclass C:\n  def own(self): ...",
        "new.py": "from typing import Any\ndef g(): ...",
    }
    before, now = read(tmp_path / "old", old), read(tmp_path / "new", new)
    found = {(each.object, each.kind) for each in additions(before, now)}
    assert found == {
        ("demo.C", "class"),
        ("demo.g", "function"),
        ("demo.new", "module"),
        ("demo.A.fresh", "function"),
    }
