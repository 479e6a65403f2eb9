from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.testing.pytest_options import pytest_addopts

FILES = {
    "nothing": ({}, None),
    "others' tables": (
        {"pyproject.toml": "[tool.x]\n", "tox.ini": "[tox]\n", "setup.cfg": ""},
        None,
    ),
    "its own name counts": ({"pytest.ini": ""}, ""),
    "ini": ({"pytest.ini": "[pytest]\naddopts = -q\n  --cov=a\n"}, "-q\n--cov=a"),
    "pyproject": ({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-q'\n"}, "-q"),
    "native table": ({"pyproject.toml": "[tool.pytest]\naddopts = ['-q', '--cov']\n"}, "-q --cov"),
    "setup.cfg": ({"setup.cfg": "[tool:pytest]\naddopts = -x\n"}, "-x"),
    "setup.cfg, wrong name": ({"setup.cfg": "[pytest]\naddopts = -x\n"}, None),
    "tox.ini": ({"tox.ini": "[tox]\n[pytest]\naddopts = -x\n"}, "-x"),
    "order": (
        {"tox.ini": "[pytest]\naddopts = -x\n", "pyproject.toml": "[tool.pytest.ini_options]\n"},
        "",
    ),
    "broken": ({"pyproject.toml": "[tool.pytest", "tox.ini": "no section\n"}, None),
}


@pytest.mark.parametrize("kind", FILES)
def test_pytest_addopts(tmp_path: Path, kind: str) -> None:
    files, expected = FILES[kind]
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert pytest_addopts(tmp_path) == expected
