"""What is told of imports that nothing brings."""

from __future__ import annotations

import pytest

from shipwheel.verification.check import Context
from shipwheel.verification.checking import Checking
from shipwheel.verification.report import CheckResult, CheckStatus, Finding, Level
from shipwheel.verification.run import verify

NAME = "source-undeclared"
METADATA = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nRequires-Python: >=3.9\n"


def told(wheel):
    return [
        (f.level.value, f.message) for f in verify([wheel], static=True).findings if f.rule == NAME
    ]


@pytest.mark.parametrize(
    ("source", "requires", "level"),
    [
        ("import requests\n", (), "error"),
        ("from requests.api import get\n", (), "error"),
        ("import nobody_knows\n", (), "warning"),  # a program that loads the module may have it
        ("import requests\n", ("urllib3",), "warning"),
        ("import requests\n", ("urllib3; python_version > '3'",), "warning"),
        # what may come of a requirement
        ("import requests\n", ("requests>=2",), None),
        ("import requests\n", ("Requests[socks]; sys_platform == 'linux'",), None),
        ("import requests\n", ("requests; extra == 'net'",), None),
        ("import dateutil\n", ("python-dateutil",), None),
        ("import nobody_knows\n", ("urllib3",), None),
        ("import distutils\n", ("setuptools",), None),
        # what is there
        ("import json, good, _json\n", (), None),
        ("import tomllib\n", (), None),  # told by source-stdlib
        ("import imp\n", (), None),
        ("from google import x\n", (), None),
        ("import bpy\n", (), None),
        ("import vendored\n", (), None),
        # what may be done without
        ("try:\n    import requests\nexcept ImportError:\n    requests = None\n", (), None),
        ("def f():\n    import requests\n", (), None),
    ],
)
def test_imports_that_nothing_brings(make_wheel, source, requires, level):
    lines = "".join(f"Requires-Dist: {each}\n" for each in requires)
    wheel = make_wheel(
        {
            "good/__init__.py": source,
            "good/_vendor/vendored/__init__.py": "",
            "good-1.0.dist-info/METADATA": METADATA + lines,
        }
    )
    assert [each for each, _ in told(wheel)] == ([level] if level else [])


def test_only_what_is_surely_run_counts(make_wheel):
    assert told(make_wheel({"good/plugin.py": "import requests\n"})) == []


def test_what_was_seen_installed_is_not_inferred_as_well():
    checking = Checking(Context(), {})
    for file in ("a.whl", "b.whl"):
        checking.results.append(CheckResult(id=NAME, file=file, status=CheckStatus.FAILED))
        checking.findings.append(
            Finding(rule=NAME, level=Level.ERROR, file=file, message="m", hint="h")
        )
    for file, status in (("a.whl", CheckStatus.PASSED), ("b.whl", CheckStatus.SKIPPED)):
        checking.results.append(CheckResult(id="import-undeclared", file=file, status=status))
    checking.settle()
    assert [f.file for f in checking.findings] == ["b.whl"]
    assert [(r.file, r.status.value) for r in checking.results if r.id == NAME] == [
        ("a.whl", "skipped"),
        ("b.whl", "failed"),
    ]
