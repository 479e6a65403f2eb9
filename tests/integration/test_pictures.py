"""The pictures of the pipelines show today's Plan; cibuildwheel is asked for the wheels."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.conftest import ROOT

pytestmark = pytest.mark.integration

_DRAW = """
import json, sys
sys.path.insert(0, sys.argv[1])
import pipelines
from shipwheel.rendering.repository import open_repository
print(json.dumps(pipelines.drawings(open_repository(pipelines.STARTER))))
"""


def test_the_committed_pictures_are_what_the_script_draws():
    done = subprocess.run(
        [sys.executable, "-c", _DRAW, str(ROOT / "docs")],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    drawn = json.loads(done.stdout)
    there = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("pipelines-*.svg")}
    assert drawn == there, "run `python docs/pipelines.py`"
