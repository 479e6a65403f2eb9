"""Which modules a wheel's files are."""

from __future__ import annotations

import pytest

from shipwheel.verification.modules import extension_stem, fits_python, is_test, modules_of


@pytest.mark.parametrize(
    ("paths", "modules"),
    [
        (["a.py"], ["a"]),
        (["a/__init__.py", "a/b.py"], ["a", "a.b"]),
        (["a/__init__.py", "a/data/b.py"], ["a"]),  # data: no package within a package
        (["ns/a/__init__.py", "ns/a/b.py"], ["ns.a", "ns.a.b"]),
        (["ns/b.py"], ["ns.b"]),
        (["a/__init__.py", "a/c.cpython-312-x86_64-linux-gnu.so", "a/c.py"], ["a", "a.c"]),
        (["a/__init__.abi3.so"], ["a"]),
        (["a-stubs/__init__.pyi", "a/b-c.py", "x.txt"], []),
        (["a.libs/libz-1a2b.so.1"], []),
    ],
)
def test_modules(paths, modules):
    assert [name for name, _ in modules_of(paths)] == modules


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/_c.cpython-312-x86_64-linux-gnu.so", ("_c", ".cpython-312-x86_64-linux-gnu")),
        ("_c.cp313t-win_amd64.pyd", ("_c", ".cp313t-win_amd64")),
        ("_c.abi3.so", ("_c", ".abi3")),
        ("_c.so", ("_c", "")),
        ("_c.pypy311-pp73-x86_64-linux-gnu.so", ("_c", ".pypy311-pp73-x86_64-linux-gnu")),
        ("libz.so.1", ("", "")),
    ],
)
def test_extension_stem(path, expected):
    assert extension_stem(path) == expected


@pytest.mark.parametrize(
    ("path", "tag", "fits"),
    [
        ("_c.cpython-312-x86_64-linux-gnu.so", "cp312", True),
        ("_c.cpython-312-x86_64-linux-gnu.so", "cp313", False),
        ("_c.cpython-313t-x86_64-linux-gnu.so", "cp313t", True),
        ("_c.cpython-313t-x86_64-linux-gnu.so", "cp313", False),
        ("_c.abi3.so", "cp313", True),
        ("c.py", "cp38", True),
    ],
)
def test_fits_python(path, tag, fits):
    assert fits_python(path, tag) is fits


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("a.tests.b", True),
        ("a.test_b", True),
        ("a.conftest", True),
        ("a.testing", False),
        ("test_a", False),  # a project may be called so
        ("a.latest", False),
    ],
)
def test_is_test(module, expected):
    assert is_test(module) is expected
