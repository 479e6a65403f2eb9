"""Which Pythons take a source file."""

from __future__ import annotations

import sys
import time

import pytest

from shipwheel.verification.reading import syntax
from shipwheel.verification.reading.scanning import code_of
from shipwheel.verification.reading.syntax import syntax_of


def looked(text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    return syntax_of(data, code_of(data))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(:\n", "line 1: invalid syntax"),
        ("x = 1\nprint 'a'\n", "line 2: Missing parentheses"),
        ("x = (1,\n", "never closed"),
        ("if 1:\n\tx = 1\n        y = 2\n", "line 3"),
        ("x = 1\0\n", "null bytes"),
        (b"x = '\xe9'\n", "encod"),
        (b"# coding: klingon\n", "klingon"),
        ("def f():\n    x = 1\n    global x\n", "global"),
        ("<<<<<<< HEAD\nx = 1\n", "line 1"),
    ],
)
def test_what_no_python_takes(text, words):
    ((python, told),) = looked(text).faults
    assert python == "3"
    assert words.lower() in told.lower()


@pytest.mark.parametrize(
    ("text", "version", "words"),
    [
        ("match x:\n    case [y]:\n        pass\n", "3.10", "a `match` statement"),
        ("with (a as b, c as d):\n    pass\n", "3.9", "`with` in parentheses"),
        ("try:\n    pass\nexcept* E:\n    pass\n", "3.11", "`except*`"),
        ("x = a[*b]\n", "3.11", "a starred index"),
        ("x = a[b, *c]\n", "3.11", "a starred index"),
    ],
)
def test_the_oldest_python_that_takes_it(text, version, words):
    needed = looked(text).needs
    assert needed is not None
    assert needed[0] == version
    assert words in needed[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('"""A\nB"""\nwith (a):\n    pass\nwith (a as b):\n    pass\n', 5),
        ("async def f():\n    async with (a as b):\n        pass\n", 2),
        ("with \\\n (a as b):\n    pass\n", 1),
        ("with (\n    a as b,\n):\n    pass\n", 1),
    ],
)
def test_the_line_of_a_with_in_parentheses(text, line):
    assert looked(text).needs == ("3.9", f"line {line}: `with` in parentheses")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n",
        "match = 1\ncase = 2\nmatch(case)\n",
        "with (a):\n    pass\n",
        "with (a, b):\n    pass\n",
        "with (a) as b:\n    pass\n",
        "with (a), (b):\n    pass\n",
        "x = [a, *b]\n",
        "f(*a)[0]\n",
        "x = a[b * c]\n",
        "x = a[(*b, c)]\n",
        "x = a[(*b,)]\n",
        "type = 1\n",
        "s = '''\nmatch x:\n    case 1:\n'''\n",
        b"\xef\xbb\xbfx = 1\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    ],
)
def test_what_every_python_takes(text):
    found = looked(text)
    assert (found.faults, found.needs) == ((), None)


NEWER = [
    "type A = int\n",
    "def f[T](x: T): ...\n",
    "class C[T]: ...\n",
    "x = f'{a['b']}'\n",
    "x = 1\ny = f'{a['b c']}'\n",
]


@pytest.mark.parametrize("text", NEWER)
def test_what_3_12_brought(text):
    found = looked(text)
    if sys.version_info < (3, 12):
        # it may be right for newer ones, so that it is this Python's fault alone
        assert [python for python, _ in found.faults] == ["3.11"]
    else:
        assert found.needs is not None
        assert found.needs[0] == "3.12"


def test_names_of_the_top_level():
    bound = looked("import a.b as c\nfrom d import e\nx: int = 1\ndef f(y): z = 1\n").bound
    assert bound is not None
    assert {"c", "e", "x", "f"} <= bound
    assert not {"a", "d", "y", "z"} & bound


@pytest.mark.parametrize(
    "hostile",
    [
        b"-" * 100_000 + b"1",
        b"a[" * 50_000,
        b"(" * 100_000,
        b"if x:pass\n" + b"elif x:pass\n" * 20_000,
        b"1<" * 60_000 + b"1",
        b"lambda:" * 20_000 + b"0",
        b"a\n" * 64_000,
        b"f'{" * 2_000,
        b"\xff" * 100_000,
        b"# coding: idna\n" + b"a" * 1_000,
        b"# coding: zlib\n" + b"a" * 1_000,
        b"# coding: undefined\n",
    ],
    ids=range(12),
)
def test_nothing_hangs_or_is_raised(hostile):
    started = time.process_time()
    looked(hostile)
    assert time.process_time() - started < 5


def test_what_is_too_large_is_left_alone(monkeypatch):
    assert looked(b"x = 1\n" * 60_000).bound is None  # by its tokens
    assert looked(b"# a long comment\n" * 10_000 + b"x = 1\n").bound == {"x"}
    monkeypatch.setattr(syntax, "_MOST", 10)
    assert looked("def f(:\n" * 2).faults == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("return 1", "'return' outside function"),
        ("x = 1\nfrom __future__ import annotations", "beginning of the file"),
        ("__debug__ = 1", "__debug__"),
        ("async def f():\n    pass\nawait f()", "'await' outside"),
        # what may stand there
        (
            '"""Text."""\nfrom __future__ import (\n    annotations,\n)\nfrom __future__ import division',
            "",
        ),
        ("# a\nfrom __future__ import annotations  # b\nx = 1", ""),
        ("def f():\n    return 1", ""),
        ("if __debug__ == 1:\n    pass", ""),
    ],
)
def test_what_the_compiler_alone_refuses(text, told):
    data = f"{text}\n".encode()
    faults = syntax_of(data, code_of(data)).faults
    assert bool(faults) == bool(told)
    assert not told or told in faults[0][1]
