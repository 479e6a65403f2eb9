from __future__ import annotations

import pytest

from shipwheel.dists.modules import compiled_modules, import_names, module_names, module_of


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("bottle.py", "bottle"),
        ("a/b.py", "a.b"),
        ("a/__init__.py", "a"),
        ("__init__.py", None),
        ("a/_c.cpython-312-x86_64-linux-gnu.so", "a._c"),
        ("spam.abi3.so", "spam"),
        ("a/_c.cp312-win_amd64.pyd", "a._c"),
        ("a/py.typed", None),
        ("a/_c.c", None),
        ("a-b/c.py", None),
        ("a/1.py", None),
        ("numpy.libs/libopenblas-1.so", None),
    ],
)
def test_module_of(path, module):
    assert module_of(path) == module


@pytest.mark.parametrize(
    ("paths", "namespaces", "names"),
    [
        (["bottle.py"], (), ("bottle",)),
        (["spam.abi3.so"], (), ("spam",)),
        (["_a.py", "a/__init__.py", "a/b.py"], (), ("_a", "a")),
        (["zope/interface/__init__.py", "zope/interface/ro.py"], (), ("zope.interface",)),
        (["ns/mod.py", "ns/sub/__init__.py"], (), ("ns.mod", "ns.sub")),
        (["ns/__init__.py", "ns/mod.py", "ns/sub/__init__.py"], ("ns",), ("ns.mod", "ns.sub")),
        (["lxml-stubs/__init__.pyi", "lxml-stubs/etree.pyi"], (), ("lxml-stubs",)),
        (["typed/__init__.pyi", "typed/a.pyi"], (), ("typed",)),
        (["data/logo.png", "a.pth"], (), ()),
        (["a/__init__.py", "a/tests/data/x.py"], (), ("a",)),
        (["a/__init__.cpython-312-x86_64-linux-gnu.so"], (), ("a",)),
        (["a.libs/libz-1.so", "a/__init__.py"], (), ("a",)),
        (["not-a-name/x.py"], (), ()),
        ([], (), ()),
    ],
)
def test_import_names(paths, namespaces, names):
    assert import_names(paths, namespaces) == names


def test_compiled_and_all_modules():
    paths = ["a/__init__.py", "a/_c.abi3.so", "a/_c.pyi", "a.libs/libz.so.1", "a/lib-x.so"]
    assert compiled_modules(paths) == ("a/_c.abi3.so",)
    assert module_names(paths) == ("a", "a._c")
