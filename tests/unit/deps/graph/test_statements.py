from __future__ import annotations

import pytest

from shipwheel.deps.graph.answer import When
from shipwheel.deps.graph.statements import MOST_SOURCE, Taken, is_private, read_source


@pytest.mark.parametrize(
    ("text", "when", "guarded", "conditional"),
    [
        ("import x", When.ALWAYS, False, False),
        ("class A:\n    import x", When.ALWAYS, False, False),
        ("def f():\n    import x", When.LATER, False, False),
        ("async def f():\n    with a as b:\n        import x", When.LATER, False, False),
        ("if __name__ == '__main__':\n    import x", When.LATER, False, True),
        ("if TYPE_CHECKING:\n    import x", When.TYPES, False, False),
        ("if typing.TYPE_CHECKING and a:\n    import x", When.TYPES, False, False),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import x", When.ALWAYS, False, False),
        ("if not TYPE_CHECKING:\n    import x", When.ALWAYS, False, True),
        ("if sys.platform == 'win32':\n    import x", When.ALWAYS, False, True),
        ("try:\n    import x\nexcept ImportError:\n    x = None", When.ALWAYS, True, False),
        (
            "try:\n    import x\nexcept (A, ModuleNotFoundError):\n    x = None",
            When.ALWAYS,
            True,
            False,
        ),
        ("try:\n    import x\nexcept:\n    pass", When.ALWAYS, True, False),
        ("try:\n    y\nexcept ImportError:\n    import x", When.ALWAYS, True, False),
        (
            "try:\n    y\nexcept ImportError:\n    pass\nelse:\n    import x",
            When.ALWAYS,
            True,
            False,
        ),
        ("try:\n    import x\nexcept ValueError:\n    pass", When.ALWAYS, False, False),
        (
            "try:\n    y\nexcept ImportError:\n    pass\nfinally:\n    import x",
            When.ALWAYS,
            False,
            False,
        ),
        ("with suppress(ImportError):\n    import x", When.ALWAYS, True, False),
        ("with contextlib.suppress(KeyError):\n    import x", When.ALWAYS, False, False),
        ("for a in b:\n    import x", When.ALWAYS, False, False),
        ("match a:\n    case 1:\n        import x", When.ALWAYS, False, False),
    ],
)
def test_when_an_import_holds(text, when, guarded, conditional) -> None:
    read = read_source(text.encode())
    assert read is not None
    (statement,) = read.statements
    assert (statement.module, statement.when) == ("x", when)
    assert (statement.guarded, statement.conditional) == (guarded, conditional)


def test_names_aliases_levels_and_lines() -> None:
    read = read_source(
        b"import a.b, c as d\nfrom ..e import (\n    f as g,\n    h,\n)\nfrom . import i\n"
    )
    assert read is not None
    found = [(s.level, s.module, s.names, s.aliases, s.line, s.last) for s in read.statements]
    assert found == [
        (0, "a.b", (), ("a",), 1, 1),
        (0, "c", (), ("d",), 1, 1),
        (2, "e", ("f", "h"), ("g", "h"), 2, 5),
        (1, "", ("i",), ("i",), 6, 6),
    ]


def test_private_attributes_and_words() -> None:
    read = read_source(
        b"import os\nx = os._exit\ny = os.path._z\nf()._no\nstart('ruff check')\nos.__name__\n"
    )
    assert read is not None
    assert read.privates == (Taken("os", "_exit", 2), Taken("os.path", "_z", 3))
    assert "ruff" in read.words
    assert {"x", "y"} <= read.rebound


@pytest.mark.parametrize(
    "text", [b"import (", b"\0", b"x = " + b"(" * 5000, b"# coding: nonsense\n"]
)
def test_what_no_parser_takes(text) -> None:
    assert read_source(text) is None


def test_what_is_too_large() -> None:
    assert read_source(b"#" * (MOST_SOURCE + 1)) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("_a", True), ("__a", True), ("__a__", False), ("_", False), ("a_", False)],
)
def test_private_by_its_look(name, expected) -> None:
    assert is_private(name) is expected
