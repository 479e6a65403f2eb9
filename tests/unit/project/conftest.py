"""Trees of a few lines, written where a test may write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from shipwheel.project.facts import Project
from shipwheel.project.read import read_project


def write_tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    return lambda files: write_tree(tmp_path / "project", files)


@pytest.fixture
def read(tree: Callable[[dict[str, str]], Path]) -> Callable[[dict[str, str]], Project]:
    return lambda files: read_project(tree(files), ask=False)
