"""What source imports, by its lines alone."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from shipwheel.verification.reading.scanning import (
    absolute,
    code_of,
    imports_of,
    makes_modules,
    makes_names,
)

SOURCE = Path(__file__).parents[3] / "src" / "shipwheel"


def imported(text: str, package: str = "p.q"):
    return imports_of(code_of(text.encode()), package)


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import a", ["a"]),
        ("import a, b.c as d  # e", ["a", "b.c"]),
        ("from a import b", ["a"]),
        ("from a.b import (\n    c,  # why\n    d as e,\n)", ["a.b"]),
        ("from . import x", ["p.q"]),
        ("from .x import y", ["p.q.x"]),
        ("from ..x import y", ["p.x"]),
        ("from .. import x", ["p"]),
        ("from ... import x", []),  # beyond the top
        ("from important import x", ["important"]),
        ("from a import import_x", ["a"]),
        ("importlib.reload(x)", []),
        ('"""\nimport a\n"""', []),
        ("'''\nimport a\n'''\nimport b", ["b"]),
        ('x = """a\n"""  # "\nimport b', ["b"]),
        ("x = 'it\\'s'\nimport b", ["b"]),
        ("# import a", []),
        ("from a \\\n  import b", ["a"]),
        ("import a; import b", ["a"]),
        ("x = 1 # '''\nimport a", ["a"]),
    ],
)
def test_what_is_imported_unguarded(text, modules):
    found = imported(text)
    assert list(found.unguarded) == modules
    assert not found.guarded


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "if TYPE_CHECKING:\n    from a import b",
        "def f():\n\timport a",
        "class C:\n    import a",
    ],
)
def test_what_stands_indented_is_guarded(text):
    found = imported(text)
    assert (list(found.unguarded), list(found.guarded)) == ([], ["a"])
    assert not found.names


def test_names_that_are_taken_out_of_modules():
    found = imported("from .a import (b as c,\n d)\nfrom e import f, g\nfrom h import *")
    assert list(found.names) == [("p.q.a", "b"), ("p.q.a", "d"), ("e", "f"), ("e", "g")]
    assert found.relative == {"p.q.a"}


@pytest.mark.parametrize(
    ("origin", "package", "module"),
    [
        ("a.b", "", "a.b"),
        (".", "", ""),
        (".a", "p", "p.a"),
        (". a", "p", "p.a"),
        ("..", "p.q", "p"),
        ("..", "p", ""),
    ],
)
def test_absolute(origin, package, module):
    assert absolute(origin, package) == module


@pytest.mark.parametrize(
    ("text", "names", "modules"),
    [
        ("x = 1", False, False),
        ("def __getattr__(name): ...", True, False),
        ("from a import *", True, False),
        ("sys.modules['a.b'] = c", False, True),
        ("__path__ = extend_path(__path__, __name__)", False, True),
    ],
)
def test_what_is_made_at_run_time(text, names, modules):
    assert (makes_names(text.encode()), makes_modules(text.encode())) == (names, modules)


def test_the_same_as_the_parser_on_our_own_sources():
    for path in SOURCE.rglob("*.py"):
        data = path.read_bytes()
        package = ".".join(path.relative_to(SOURCE.parent).parts[:-1])
        assert set(imports_of(code_of(data), package).unguarded) == _parsed(data, package), path


def _parsed(data: bytes, package: str) -> set[str]:
    found = set()
    for node in ast.parse(data).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(absolute("." * node.level + (node.module or ""), package))
    return found - {""}


@pytest.mark.parametrize(
    "hostile",
    [
        b"'\\'" * 300_000,
        b'"""\\"' * 300_000,
        b'"""a' * 300_001,
        b"from ." + b" " * 1_000_000,
        b"from a import (\n" * 60_000,
        b" " * 1_000_000,
        b"import " + b"a," * 300_000,
        b"from " + b"." * 1_000_000 + b" import x",
        b"\\\n" * 500_000,
    ],
    ids=range(9),
)
def test_time_grows_with_the_length_alone(hostile):
    started = time.process_time()
    imports_of(code_of(hostile), "p.q")
    makes_names(hostile)
    assert time.process_time() - started < 3  # some hundredths; squared it were hours
