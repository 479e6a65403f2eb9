"""Measure questions about two hundred packages of one house: what excludes what, and what goes round.

python benchmarks/dependencies.py      # exit code 1 where a target is missed
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

from tangled import many, third_party, write_projects, write_wheels  # noqa: E402 - the tests' own

from shipwheel.indexes.server import throw_away_index  # noqa: E402

CONFLICT_SECONDS, GRAPH_SECONDS = 20.0, 5.0
_QUIET, _TANGLED = "all hold together", "6 conflicts, 3 circles"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table; 1 where a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=200)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as name:
        rows = measured(Path(name), options.packages)
    print("| what | measured | at most | |\n| --- | --- | --- | --- |")
    for what, seconds, most in rows:
        kept = "kept" if seconds <= most else "**missed**"
        print(f"| {what} | {seconds:.2f} s | {most:g} s | {kept} |")
    return int(any(seconds > most for _, seconds, most in rows))


def measured(folder: Path, count: int) -> list[tuple[str, float, float]]:
    """Give each question with its seconds and the most that it may take; uv's cache is empty each time."""
    houses = {
        _QUIET: write_projects(folder / "quiet", many(count)),
        _TANGLED: write_projects(folder / "tangled", many(count, conflicts=6, cycles=3)),
    }
    rows = []
    with throw_away_index(write_wheels(folder / "index", third_party())) as index:
        for said, house in houses.items():
            expected = int(said == _TANGLED)
            for question, most in (("conflicts", CONFLICT_SECONDS), ("graph", GRAPH_SECONDS)):
                cache = folder / f"cache-{len(rows)}"
                seconds = _asked(question, house, expected, index.simple, cache)
                rows.append((f"`deps {question}`, {count} packages, {said}", seconds, most))
    return rows


def _asked(question: str, house: Path, expected: int, index: str, cache: Path) -> float:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    environment |= {"UV_DEFAULT_INDEX": index, "UV_CACHE_DIR": str(cache), "UV_NO_CONFIG": "1"}
    command = (sys.executable, "-m", "shipwheel", "deps", question, str(house))
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != expected:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}"
        )
    return seconds


if __name__ == "__main__":
    sys.exit(main())
