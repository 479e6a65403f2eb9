"""What is in a wheel: one change in a good one, and the rule that tells it; and what nothing is told of."""

from __future__ import annotations

import pytest

from shipwheel.verification.judging.python_range import pythons_of
from shipwheel.verification.reading import sources as source_reading
from shipwheel.verification.reading.distributions import read_distribution
from shipwheel.verification.run import verify

INFO = "good-1.0.dist-info"
OWN = ("contents-", "package-", "source-", "script-", "startup-")
KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7M2s\n" * 2
)
TOKEN = "ghp_" + "a1B2" * 9
METADATA = (
    "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nSummary: one\nRequires-Python: >=3.8\n"
    "Description-Content-Type: text/markdown\n{}\n# good\n"
)
INIT = "good/__init__.py"


def told(path):
    """Give (rule, level) of what the rules of contents find."""
    findings = verify([path], static=True).findings
    return [(f.rule, f.level.value) for f in findings if f.rule.startswith(OWN)]


def script(text: str, name: str = "tool") -> dict[str, str]:
    return {f"good-1.0.data/scripts/{name}": text}


def metadata(line: str) -> dict[str, str]:
    return {f"{INFO}/METADATA": METADATA.format(line)}


FAULTS = [
    ({"good/server.key": "-----BEGIN PRIVATE KEY-----\nMIIE\n"}, "contents-secrets", "warning"),
    ({"good/a (1).py": ""}, "contents-leftovers", "warning"),
    ({"good/a copy.py": ""}, "contents-leftovers", "warning"),
    ({"good/a.py": "import imp\n"}, "source-stdlib", "warning"),
    ({"utils.py": ""}, "contents-top-level", "warning"),
    ({"test_good.py": ""}, "contents-top-level", "warning"),
    ({"__init__.py": ""}, "contents-top-level", "warning"),
    ({"sitecustomize.py": ""}, "contents-top-level", "warning"),
    ({".npmrc": ""}, "contents-top-level", "warning"),
    ({"coverage.xml": ""}, "contents-top-level", "warning"),
    ({"art/logo.png": ""}, "contents-top-level", "warning"),
    ({"venv/a.py": ""}, "contents-top-level", "warning"),
    ({"good.py": ""}, "contents-top-level", "warning"),
    ({"good/a.py": "", "good/a/__init__.py": ""}, "contents-top-level", "warning"),
    ({INIT: "a = 1\n", "good/good/__init__.py": "a = 1\n"}, "contents-top-level", "warning"),
    ({"good_tests/__init__.py": ""}, "contents-top-level", "warning"),
    ({"good/server.log": "x"}, "contents-leftovers", "warning"),
    ({"good/a.py": "import Good.b\n", "good/b.py": ""}, "source-imports", "error"),
    ({"src/good/a.py": "", INIT: None}, "contents-top-level", "error"),
    ({"tests/test_a.py": ""}, "contents-top-level", "warning"),
    ({"Examples/a.py": ""}, "contents-top-level", "warning"),
    ({"CHANGELOG.md": "x"}, "contents-top-level", "warning"),
    ({"good/a.py.bak": "x"}, "contents-leftovers", "warning"),
    ({"good/.env.production": "x"}, "contents-leftovers", "warning"),
    ({"good.egg-info/PKG-INFO": "x"}, "contents-leftovers", "warning"),
    ({"good/Good_1.0.tar.gz": "x"}, "contents-nested", "warning"),
    ({"lib/python3.12/site-packages/a.py": ""}, "contents-nested", "warning"),
    ({"good/key.txt": KEY}, "contents-secrets", "warning"),
    ({"good/conf.py": f"T = '{TOKEN}'\n"}, "contents-secrets", "error"),
    ({"good/aws.ini": "id = AKIAABCDEFGHIJKLMNOP\n"}, "contents-secrets", "error"),
    ({"good/ai.ini": f"k = sk-proj-{'aB3' * 40}\n"}, "contents-secrets", "error"),
    ({"good/ai.ini": f"k = sk-ant-api03-{'aB3' * 40}\n"}, "contents-secrets", "error"),
    ({"good/hub.ini": f"k = dckr_pat_{'aB3' * 9}\n"}, "contents-secrets", "error"),
    (
        {"good/a.ini": f"https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/{'aB3d' * 6}\n"},
        "contents-secrets",
        "error",
    ),
    (
        {"good/a.ini": f"AccountName=me;AccountKey={'aB' * 43}==\n"},
        "contents-secrets",
        "error",
    ),
    ({"good/.aws/credentials": "[default]\n"}, "contents-leftovers", "warning"),
    ({"good/.npmrc": "x\n"}, "contents-leftovers", "warning"),
    ({"good-1.0.data/data/x.conf": "x"}, "contents-prefix", "warning"),
    ({"good-1.0.data/data/home/me/x": "x"}, "contents-prefix", "warning"),
    ({"good-1.0.data/data/lib/site-packages/a.py": ""}, "contents-prefix", "warning"),
    ({f"{INFO}/REQUESTED": ""}, "contents-installer", "warning"),
    ({"types.py": ""}, "package-stdlib", "error"),
    ({"numpy/__init__.py": ""}, "package-foreign", "warning"),
    (
        {"helper/__init__.py": "", **metadata("Requires-Dist: Helper>1\n")},
        "package-foreign",
        "error",
    ),
    ({INIT: None, "good/a.py": ""}, "package-init", "warning"),
    ({f"{INFO}/top_level.txt": "good\nbetter\n"}, "package-listed", "error"),
    ({"zope/__init__.py": "", "zope/good.py": ""}, "package-namespace", "error"),
    (
        {f"{INFO}/namespace_packages.txt": "ns\n", "ns/__init__.py": ""},
        "package-namespace",
        "error",
    ),
    (metadata("Classifier: Typing :: Typed\n"), "package-typed", "warning"),
    ({"py.typed": ""}, "package-typed", "warning"),
    ({"my-good/__init__.py": ""}, "package-name", "warning"),
    ({"good/a.py": "def f(:\n"}, "source-syntax", "error"),
    ({"good/a.pyi": "def f(:\n"}, "source-syntax", "warning"),
    (script("#!python\ndef f(:\n"), "source-syntax", "error"),
    ({INIT: "match 1:\n    case 1: pass\n"}, "source-python", "error"),
    ({"good/a.py": "match 1:\n    case 1: pass\n"}, "source-python", "warning"),
    ({INIT: "from .a import b\n"}, "source-imports", "error"),
    ({INIT: "import good.a\n"}, "source-imports", "error"),
    ({INIT: "from . import a\n"}, "source-imports", "error"),
    ({INIT: "from good import a\n"}, "source-imports", "error"),
    ({"good/b.py": "from .a import c\n"}, "source-imports", "error"),
    ({"good/b.py": "from .c import d\n", "good/c.py": "e = 1\n"}, "source-imports", "error"),
    ({"good/b.py": "from .c import d\n", "good/c/e.py": "d = 1\n"}, "source-imports", "error"),
    ({INIT: "import distutils.util\n"}, "source-stdlib", "error"),
    ({INIT: "from . import a\n", "good/a.py": "import tomllib\n"}, "source-stdlib", "error"),
    ({"good/a.json": "<<<<<<< A\n1\n=======\n2\n>>>>>>> B\n"}, "source-conflict", "error"),
    ({"good/a.txt": "<<<<<<< A\n1\n=======\n2\n>>>>>>> B\n"}, "source-conflict", "warning"),
    (script("#!/bin/bash\r\necho\r\n"), "script-interpreter", "error"),
    (script("#!/Users/me/venv/bin/python\n"), "script-interpreter", "error"),
    (script("#!/usr/bin/python3\n"), "script-interpreter", "warning"),
    (script("print(1)\n"), "script-interpreter", "warning"),
    ({"__editable__.good.pth": "/tmp/x\n"}, "startup-path", "error"),
    ({"__editable__.good.pth": "import __editable___good_finder\n"}, "startup-path", "error"),
    ({"good.pth": "C:\\work\\good\n"}, "startup-path", "error"),
    ({"good.pth": "../elsewhere\n"}, "startup-path", "warning"),
    ({"good.pth": "import os; os.system('x')\n"}, "startup-path", "error"),
]


@pytest.mark.parametrize(("files", "rule", "level"), FAULTS)
def test_one_change_is_told_by_its_rule(make_wheel, files, rule, level):
    assert (rule, level) in told(make_wheel(files))


GOOD = [
    {INIT: None, "utils.py": "", "other/__init__.py": ""},
    {"good/utils.py": "", "good/test_a.py": ""},
    {"good.libs/libx-1.so.1": "x", "good_data/a.json": "", "good.pyi": ""},
    {INIT: "", "good/good/__init__.py": ""},
    {"Queue.py": "import queue\n"},
    {"good/tests/test_a.py": "def f(:\n", "good/tests/key.pem": KEY},
    {"good/.env.example": "x", "good/__main__.py": "import good\n"},
    {"good/readme.md": "x", "good/LICENSE": "x"},
    {"good/a.py": "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n"},
    {"good/a.py": "try:\n    from ._speed import f\nexcept ImportError:\n    f = None\n"},
    {INIT: "import sys\nif sys.version_info >= (3, 12):\n    from .new import x\n"},
    {"good/_py312.py": "match 1:\n    case 1: pass\n"},
    {INIT: "from .a import *\nfrom . import b\n", "good/a.py": "b = 1\n"},
    {INIT: "def __getattr__(name): ...\n", "good/a.py": "from . import anything\n"},
    {INIT: "import sys\nsys.modules['good.a'] = sys\n", "good/b.py": "import good.a\n"},
    {INIT: "from . import a\n", "good/a.cpython-312-x86_64-linux-gnu.so": "x"},
    {INIT: "from .a import b\n", "good/a/b.py": ""},
    {INIT: "from . import __name__ as name\n"},
    {"good/b.py": "from good import __path__ as where\n"},
    {"good/setup.py": "import distutils\n"},
    {"good-1.0.data/data/share/jupyter/lab/schemas/a/package.json.orig": "{}"},
    {"good/templates/{{ name }}.py": "{{ body }}\n", "good/templates/setup.py": "{% if x %}\n"},
    {"good/text.py": '"""\n<<<<<<< not\nfrom .lost import x\n"""\n'},
    {INIT: "import distutils\n", **metadata("Requires-Dist: setuptools\n")},
    {"zope/good/__init__.py": ""},
    {
        "zope/__init__.py": "__import__('pkg_resources').declare_namespace(__name__)\n",
        "zope/a.py": "",
    },
    {"zope/__init__.py": "import pkgutil\n__path__ = pkgutil.extend_path(__path__, __name__)\n"},
    {f"{INFO}/top_level.txt": "good\n_good_speed\n"},
    {f"{INFO}/top_level.txt": "good\nlater\n", "sub/later.py": "", "good.pth": "sub\n"},
    {"good/py.typed": "", **metadata("Classifier: Typing :: Typed\n")},
    {"good-1.0.data/data/share/man/man1/good.1": "x"},
    {"good.pth": "# a comment\nimport good\n"},
    {"good-nspkg.pth": "import sys, types, os;has_mfs = sys.version_info > (3, 5)\n"},
    script("#!python\nprint(1)\n"),
    script("#!python\r\nprint(1)\r\n"),
    script("#!/usr/bin/env bash\necho\n"),
    script("@echo off\r\n", "tool.bat"),
    {"good/aws.py": "EXAMPLE = 'AKIAIOSFODNN7EXAMPLE'\n"},
    {"good/pem.py": "START = b'-----BEGIN PRIVATE KEY-----'\n"},
    {"good/bom.py": b"\xef\xbb\xbfx = 1\n", "good/crlf.py": "x = 1\r\ny = 2\r\n"},
    {"good/types.py": "", "good/json/__init__.py": ""},
    {"good_extra/__init__.py": "", "good/numpy/__init__.py": ""},
]


@pytest.mark.parametrize("files", GOOD)
def test_what_may_be_meant_is_not_told(make_wheel, files):
    assert told(make_wheel(files)) == []


def test_a_secret_is_never_shown(make_wheel):
    report = verify([make_wheel({"good/conf.py": f"T = '{TOKEN}'\n"})], static=True)
    assert any(f.rule == "contents-secrets" for f in report.findings)
    assert TOKEN[8:] not in str(report)


def test_a_lost_module_is_told_once_with_all_who_miss_it(make_wheel):
    files = {f"good/{each}.py": "from .lost import x\n" for each in "abcd"}
    found = [
        f for f in verify([make_wheel(files)], static=True).findings if f.rule == "source-imports"
    ]
    assert len(found) == 1
    assert "good.lost is not in the wheel: good/a.py" in found[0].message
    assert "1 more" in found[0].message


def test_modules_for_another_platform_are_not_missed(make_wheel):
    """A wheel for Linux has no extension for Windows, and a module that is for Windows imports it."""
    tag = "cp312-cp312-manylinux_2_17_x86_64"
    path = make_wheel(
        {
            "good/_windows.py": "from . import _winapi\n",
            "good/_c.cpython-312-x86_64-linux-gnu.so": b"\x7fELF" + bytes(60),
        },
        filename=f"good-1.0-{tag}.whl",
    )
    assert not [rule for rule, _ in told(path) if rule == "source-imports"]


@pytest.mark.parametrize(
    ("tag", "first", "last"),
    [
        ("py3-none-any", (3, 8), (3, 15)),
        ("py2.py3-none-any", (3, 8), (3, 15)),
        ("cp312-cp312-win_amd64", (3, 12), (3, 12)),
        ("cp39-abi3-win_amd64", (3, 9), (3, 15)),
        ("pp310-pypy310_pp73-win_amd64", (3, 10), (3, 10)),
        ("py310-none-any", (3, 10), (3, 15)),
    ],
)
def test_the_pythons_that_a_wheel_is_for(make_wheel, tag, first, last):
    wheel = read_distribution(make_wheel(filename=f"good-1.0-{tag}.whl")).wheel
    pythons = pythons_of(wheel)
    assert (pythons[0], pythons[-1]) == (first, last)


def test_data_that_the_sdist_has_and_the_wheel_lacks(make_wheel, make_sdist):
    package = {"src/good/__init__.py": "", "src/good/data.json": "{}", "src/good/a.py": ""}
    beside = {"docs/b.json": "{}", "src/good/tests/c.json": "{}", "src/good/notes.md": "x"}
    sdist = make_sdist({**package, **beside, "good.py": None})
    findings = verify([sdist, make_wheel({"good/a.py": ""})], static=True).findings
    assert [f.message for f in findings if f.rule == "package-data"] == [
        "good-1.0-py3-none-any.whl lacks what the sdist has: good/data.json"
    ]
    whole = make_wheel({"good/a.py": "", "good/data.json": "{}"}, folder="whole")
    findings = verify([sdist, whole], static=True).findings
    assert not [f for f in findings if f.rule == "package-data"]


def test_a_wheel_with_more_source_than_is_parsed_is_looked_at_by_its_lines(make_wheel, monkeypatch):
    monkeypatch.setattr(source_reading, "MOST_PARSED", 0)
    wheel = read_distribution(make_wheel({"good/a.py": "import b\ndef f(:\n"})).wheel
    source = wheel.sources["good/a.py"]
    assert (source.imports, source.faults, source.bound) == (("b",), (), None)


@pytest.mark.parametrize("size", [source_reading.MOST_SOURCE, source_reading.MOST_SOURCE + 1])
def test_a_source_that_is_too_large_is_left_out(make_wheel, size):
    wheel = read_distribution(make_wheel({"good/a.py": b"#" * size})).wheel
    assert ("good/a.py" in wheel.sources) == (size <= source_reading.MOST_SOURCE)
