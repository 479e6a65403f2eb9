"""Which environment is meant, what its distributions say of themselves, and what the code imports."""

from __future__ import annotations

import json

import pytest

from shipwheel.deps.adopt.imports import brought_by, owners, uses_of
from shipwheel.deps.adopt.running import locate, origin_of
from shipwheel.errors import ConfigurationError
from shipwheel.project.read import read_project

URL = "https://name:geheim@git.invalid/a"


def environment(folder):
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    return folder


@pytest.mark.parametrize(
    ("named", "active", "own", "wanted"),
    [
        (None, "active", "", "active"),
        (None, "active", "active", ".venv"),  # shipwheel's own is seldom the project's
        (None, None, "", ".venv"),
        ("named", "active", "", "named"),
        ("named/bin/python", "active", "", "named"),
        (None, "gone", "", ".venv"),
    ],
)
def test_the_environment_that_is_meant(tmp_path, named, active, own, wanted):
    for name in ("active", ".venv", "named"):
        environment(tmp_path / name)
    environ = {"VIRTUAL_ENV": str(tmp_path / active)} if active else {}
    given = None if named is None else str(tmp_path / named)
    found = locate(given, tmp_path, environ, str(tmp_path / own))
    assert found == tmp_path / wanted / "bin" / "python"


def test_our_own_is_taken_where_there_is_no_other(tmp_path):
    own = environment(tmp_path / "own")
    found = locate(None, tmp_path, {"VIRTUAL_ENV": str(own)}, str(own))
    assert found == own / "bin" / "python"


@pytest.mark.parametrize("named", [None, "nowhere", "file.txt"])
def test_no_environment(tmp_path, named):
    (tmp_path / "file.txt").touch()
    given = None if named is None else str(tmp_path / named)
    with pytest.raises(ConfigurationError, match="environment"):
        locate(given, tmp_path, {}, "")


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (None, ("index", "")),
        ({"url": "file:///a", "dir_info": {"editable": True}}, ("editable", "file:///a")),
        ({"url": "file:///a", "dir_info": {}}, ("local", "file:///a")),
        (
            {"url": "https://a.invalid/a.whl", "archive_info": {}},
            ("url", "https://a.invalid/a.whl"),
        ),
        (
            {"url": "https://a.invalid/a", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            ("vcs", "git+https://a.invalid/a@abc"),
        ),
        ([], ("index", "")),
        ({"url": 3, "dir_info": [], "vcs_info": "x"}, ("url", "3")),
    ],
)
def test_where_a_distribution_came_from(told, wanted):
    assert origin_of(None if told is None else json.dumps(told)) == wanted


def test_credentials_are_not_taken_along():
    _origin, url = origin_of(json.dumps({"url": URL, "vcs_info": {"vcs": "git", "commit_id": "a"}}))
    assert "geheim" not in url


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000])
def test_a_broken_record_of_where_it_came_from(text):
    assert origin_of(text) == ("index", "")


FILES = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
    "src/demo/__init__.py": "import os, tomllib\nimport flask\nfrom . import near\nfrom demo import near\n",
    "src/demo/near.py": (
        "from google.cloud import storage\n"
        "try:\n    import ujson\nexcept ImportError:\n    import json\n"
        "'''import nothing'''\n"
    ),
    "script.py": "import requests\nimport beside\n",
    "beside.py": "",
    "setup.py": "import setuptools\n",
    "docs/conf.py": "import sphinx\n",
    "tests/test_demo.py": "import demo, pytest\nfrom flask.testing import FlaskClient\nimport shared\n",
    "tests/shared.py": "import responses\n",
}


def test_what_the_code_imports_of_others(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = uses_of(read_project(tmp_path), FILES, "3.11")
    assert {(use.module, use.tests) for use in found if not use.guarded} == {
        ("flask", False),
        ("google.cloud", False),
        ("requests", False),
        ("pytest", True),
        ("flask.testing", True),
        ("responses", True),
    }
    assert {use.module for use in found if use.guarded} >= {"ujson", "google.cloud.storage"}
    assert ("tomllib", False) in {
        (use.module, use.tests) for use in uses_of(read_project(tmp_path), FILES, "3.10")
    }


def test_the_nearest_package_brings_a_module():
    known = owners([])
    assert brought_by("a.b", known) == ()
    known = {"a": ("one",), "n.b": ("two",)}
    assert [brought_by(each, known) for each in ("a.x.y", "n.b.c", "n", "x")] == [
        ("one",),
        ("two",),
        (),
        (),
    ]
