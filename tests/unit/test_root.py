from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest

import shipwheel
import shipwheel.sessions.offer  # urllib3 opens a socket as it is imported, which no test may
from shipwheel.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_offered_is_there_and_documented() -> None:
    assert set(shipwheel.__all__) <= set(dir(shipwheel))
    for name in set(shipwheel.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(shipwheel, name)), name


def test_what_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'shipwheel' has no attribute 'rendre'"):
        shipwheel.rendre  # noqa: B018


def test_the_version_is_the_projects() -> None:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert tables["project"].get("version", shipwheel.__version__) == shipwheel.__version__


def test_a_folder_without_a_project_is_an_error_of_ours(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("shipwheel.sessions.context.this_machine", lambda **_: None)
    with pytest.raises(ConfigurationError):
        shipwheel.plan(tmp_path)
