"""What is kept, and what an entry may say of itself: a cache that CI restored may come from anywhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shipwheel.building.keep import all_kept, find_kept, keep
from shipwheel.workspace import Workspace

KEY = "0123456789abcdef" * 4


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "project")


def put(workspace: Workspace, key: str = KEY) -> None:
    built = workspace.root.parent / "demo-1.0.tar.gz"
    built.write_bytes(b"sdist")
    keep(workspace, key, built, file_id="sdist", resolved={}, resolved_at=0.0, tools={})


def test_a_kept_file_is_found_by_its_key_alone(workspace: Workspace) -> None:
    put(workspace)
    found = find_kept(workspace, KEY)
    assert found is not None
    assert found.filename == "demo-1.0.tar.gz"
    assert find_kept(workspace, KEY[:-1] + "0") is None


@pytest.mark.parametrize(
    "changed", [{"key": "../../../src"}, {"filename": "../../demo-1.0.tar.gz"}, {"filename": ".."}]
)
def test_an_entry_that_leads_elsewhere_is_none(
    workspace: Workspace, changed: dict[str, str]
) -> None:
    put(workspace)
    entry = workspace.wheels / KEY[:24] / "entry.json"
    entry.write_bytes(msgspec.json.encode(msgspec.json.decode(entry.read_bytes()) | changed))
    assert find_kept(workspace, KEY) is None
    assert list(all_kept(workspace)) == []


def test_the_oldest_are_forgotten_and_nothing_else(workspace: Workspace) -> None:
    other = workspace.wheels / "notes"
    other.mkdir(parents=True)
    for number in range(8):
        put(workspace, f"{number:064x}"[::-1])
    assert len(list(all_kept(workspace))) == 6
    assert other.is_dir()
