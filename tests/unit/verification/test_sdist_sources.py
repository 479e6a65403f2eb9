"""What is told of an sdist's sources."""

from __future__ import annotations

import pytest

from shipwheel.verification.reading import sources as source_reading
from shipwheel.verification.reading.distributions import read_distribution
from shipwheel.verification.reading.sdist_sources import import_path, is_aside
from shipwheel.verification.run import verify

KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n" * 3
TOKEN = f'TOKEN = "ghp_{"a1B2" * 9}"\n'
LOST = "from . import lost\nimport good.gone\n"


def told(sdist, *rules):
    findings = verify([sdist], static=True).findings
    return [(f.rule, f.level.value, f.message) for f in findings if f.rule in rules]


@pytest.mark.parametrize(
    ("path", "aside"),
    [
        ("tests/a.py", True),
        ("src/good/testing/keys.py", True),
        ("docs/conf.py", True),
        ("examples/server.pem", True),
        ("test_all.py", True),
        ("conftest.py", True),
        ("subprojects/zlib/a.py", True),
        ("src/good/a.py", False),
        ("deploy/key.pem", False),
        ("setup.py", False),
    ],
)
def test_what_is_for_tests_and_readers(path, aside):
    assert is_aside(path) is aside


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("src/good/a.py", "good/a.py"),
        ("lib/good.py", "good.py"),
        ("good/src/a.py", "good/src/a.py"),
        ("src.py", "src.py"),
    ],
)
def test_where_a_file_would_lie(path, below):
    assert import_path(path) == below


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        ({"good/a.py": "from .b import c\n"}, ["good.b"]),
        ({"good/a.py": "import good.b.c\n"}, ["good.b.c"]),
        ({"src/good/a.py": "from .b import c\n", "src/good/__init__.py": ""}, ["good.b"]),
        ({"good/a.py": "from .b import c\n", "good/b.py": "d = 1\n"}, ["good.b.c"]),
        # what is there in whatever way
        ({"good/a.py": "from .b import c\n", "good/b.py": "c = 1\n"}, []),
        ({"good/a.py": "from .b import c\n", "good/b.pyx": ""}, []),
        ({"good/a.py": "from .b import c\n", "good/b.py.in": ""}, []),
        ({"good/a.py": "from .testing import c\n", "good/testing/__init__.py": ""}, []),
        # what a build may make
        ({"good/a.py": "from ._version import c\n"}, []),
        ({"good/a.py": "from .b import c\n", "setup.py": "write('b.py')\n"}, []),
        ({"good/a.py": "from .b import c\n", "setup.py": "setup(cmdclass={})\n"}, []),
        ({"good/a.py": "from .b import c\n", "src/lib.rs": ""}, []),
        ({"good/a.py": "from .b import c\n", "pyproject.toml": "[tool.hatch.build.hooks.x]\n"}, []),
        # what nobody packs, or nobody knows
        ({"tools/a.py": "from .b import c\n"}, []),
        ({"good/tests/a.py": "from .b import c\n", "good/tests/__init__.py": ""}, []),
        ({"good/a.py": "try:\n    from .b import c\nexcept ImportError:\n    c = 1\n"}, []),
    ],
)
def test_modules_that_are_lost(make_sdist, files, messages):
    found = told(make_sdist(files), "sdist-imports")
    assert [message.partition(" is not")[0] for _, _, message in found] == messages
    assert all(level == "error" for _, level, _ in found)


@pytest.mark.parametrize(
    ("files", "levels"),
    [
        ({"good/a.py": "def f(:\n"}, ["error"]),
        ({"good/a.py": "print 'x'\n"}, ["error"]),
        ({"setup.py": "print 'x'\n"}, ["error"]),
        (
            {
                "setup.py": "print 'x'\n",
                "pyproject.toml": "[build-system]\nrequires=[]\nbuild-backend='hatchling.build'\n",
            },
            ["warning"],
        ),
        ({"tools/py2.py": "print 'x'\n"}, []),
        ({"good/tests/bad.py": "def f(:\n"}, []),
        ({"good/data/skeleton.py": "def f(:\n"}, []),
    ],
)
def test_what_does_not_parse(make_sdist, files, levels):
    assert [level for _, level, _ in told(make_sdist(files), "sdist-syntax")] == levels


@pytest.mark.parametrize(
    ("files", "levels"),
    [
        ({"deploy/settings.py": TOKEN}, ["error"]),
        ({".travis.yml": TOKEN}, ["error"]),
        ({"good/server.txt": KEY}, ["warning"]),
        ({"server.pem": KEY}, ["warning"]),  # once, by its name
        ({"tests/server.pem": KEY, "docs/a.rst": KEY, "examples/a.py": TOKEN}, []),
    ],
)
def test_secrets_by_what_a_file_holds(make_sdist, files, levels):
    found = told(make_sdist(files), "sdist-secrets")
    assert [level for _, level, _ in found] == levels
    assert not any("ghp_" in message or "MIIE" in message for _, _, message in found)


def test_a_merge_and_an_init_that_is_lost(make_sdist):
    merge = "a\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n"
    sdist = make_sdist(
        {"good/a.json": merge, "NOTES.md": merge, "good/__init__.py": None, "good/a.py": ""}
    )
    assert told(sdist, "sdist-conflict", "sdist-init") == [
        ("sdist-init", "warning", "good/ holds modules, but no __init__.py"),
        ("sdist-conflict", "warning", "NOTES.md, line 2: `<<<<<<<`"),
        ("sdist-conflict", "error", "good/a.json, line 2: `<<<<<<<`"),
    ]


def test_an_archive_of_nothing_but_names_is_not_kept(make_sdist, monkeypatch):
    monkeypatch.setattr(source_reading, "MOST_NAMES", 3)
    files = {f"good/{each}.py": "a = b = c = d = 1\n" + LOST for each in "abc"}
    sources = read_distribution(make_sdist(files)).sdist.sources
    assert [len(sources[f"good/{each}.py"].bound or ()) > 0 for each in "abc"] == [
        True,
        False,
        False,
    ]
    assert told(make_sdist(files), "sdist-imports")
