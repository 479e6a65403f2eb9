"""Whatever is done to a real file's bytes: no crash, no hang, no more than 200 MB of memory.

The mutations stand in tests/harness/mutated.py; each kind is tried in a process of its own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import mutated
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.real]

EXAMPLES = 80
SECONDS = 8
MOST = 200_000_000  # bytes of memory, the interpreter's own among them


def _run(*arguments: str) -> str:
    """Run mutated.py to its end; give what it printed."""
    script = Path(mutated.__file__)
    paths = [str(script.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, str(script), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is asked of POSIX")
@pytest.mark.parametrize("kind", mutated.KINDS)
def test_mutations_end_well(kind: str) -> None:
    told = json.loads(_run(kind, str(EXAMPLES)).splitlines()[-1])
    assert told["examples"] >= EXAMPLES
    assert told["slowest"] < mutated.LONGEST
    assert told["peak"] < MOST


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("kind", ["wheel-members", "sdist-members", "compiled"])
def test_mutations_towards_new_branches_end_well(kind: str) -> None:
    _run(kind, "--seconds", str(SECONDS))
