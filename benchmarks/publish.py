"""Measure publishing: ten wheels of 5 MB to pypiserver on loopback, against `twine upload`; memory of 100 MB.

    python benchmarks/publish.py           # exit code 1 where a target is missed

Ours is timed from the start of its process to the last file that was taken, with all that it does before: it
imports, hashes the files anew, and asks the index what it has. What it does afterwards, reading every file
back, twine does not do; it is given beside it. Rounds alternate, each to an empty index.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ground import CannotMeasure, Ground, lay_ground, run, write_between
from table import Target, machine

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "harness"))

from pypi_server import serving  # noqa: E402 - beside the tests
from tiny_release import make_wheel, release_of  # noqa: E402

from shipwheel.publishing.release import write_release  # noqa: E402

BEGIN, END = "<!-- last run of publish -->\n", "<!-- end of publish -->"
FILES, SIZE = 10, 5 << 20
LARGE = 100 << 20
MOST_MEMORY = 150.0  # MB
AGAINST = Target("until the last file is there, against `twine upload`", "ours", "twine", 1.2)

# as `shipwheel publish --release` does it, with its times: argv is the release, the index, the start
_OURS = """
import json, resource, sys, time
from pathlib import Path
from shipwheel.events import StepDone
from shipwheel.indexes.known import index_at
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import read_release

taken = []

def emit(event):
    if isinstance(event, StepDone) and event.name == "upload":
        taken.append(time.time())

path, started = Path(sys.argv[1]), float(sys.argv[3])
publish(read_release(path), index_at(sys.argv[2]), dist=path.parent / "dist", emit=emit)
status = Path("/proc/self/status")
if status.is_file():  # ru_maxrss also holds what the parent had when it made this process
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
else:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = used / (1e6 if sys.platform == "darwin" else 1000)
print(json.dumps({"taken": taken[-1] - started, "whole": time.time() - started, "peak": peak}))
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and with `--write` put them into README.md; 1: a target was missed."""
    options = _parse(argv)
    ground = lay_ground(options.work, tools={"twine": ("twine",)})
    with tempfile.TemporaryDirectory(dir=ground.work) as folder:
        ten = _project(Path(folder) / "ten", FILES, SIZE)
        one = _project(Path(folder) / "one", 1, LARGE)
        times = measure(ground, ten, options.rounds)
        peak = _ours(ground, one)["peak"]
    text = report(times, peak, options.rounds)
    print(text)
    if options.write:
        write_between(BEGIN, END, text)
    return int("**missed**" in text)


def _project(folder: Path, files: int, size: int) -> Path:
    """Make a release of wheels that nothing can compress."""
    dist = folder / "dist"
    dist.mkdir(parents=True)
    for number in range(files):
        make_wheel(dist, tag=f"py3{number + 6}", body=os.urandom(size // 2).hex())
    write_release(folder / "release.json", release_of(dist))
    return folder


def measure(ground: Ground, project: Path, rounds: int) -> dict[str, list[float]]:
    """Run both in turn, the other first in each round; round 0 warms the caches. Gives seconds."""
    times: dict[str, list[float]] = defaultdict(list)
    for turn in range(rounds + 1):
        for who in ("ours", "twine") if turn % 2 else ("twine", "ours"):
            found = _ours(ground, project) if who == "ours" else _twine(ground, project)
            print(f"round {turn}: {who:6} {found['taken']:6.2f} s", file=sys.stderr)
            if turn or not rounds:
                times[who].append(found["taken"])
                times[f"{who} whole"].append(found["whole"])
    return times


def _ours(ground: Ground, project: Path) -> dict[str, float]:
    for journal in (project / ".shipwheel").glob("*"):
        journal.unlink()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as index:
        python = ground.tool("shipwheel") / "bin" / "python"
        command = [python, "-c", _OURS, project / "release.json", index.upload, str(time.time())]
        done = subprocess.run(
            command,
            env=_nobody(ground, "shipwheel"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise CannotMeasure(done.stderr[-4000:])
        found: dict[str, float] = json.loads(done.stdout)
        return found


def _twine(ground: Ground, project: Path) -> dict[str, float]:
    files = sorted((project / "dist").iterdir())
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as index:
        program = ground.tool("twine") / "bin" / "twine"
        how = ["upload", "--non-interactive", "--disable-progress-bar", "--repository-url"]
        who = ["-u", "nobody", "-p", "nothing"]
        command = [program, *how, index.upload, *who, *files]
        seconds = run(command, cwd=project, env=_nobody(ground, "twine")).seconds
    return {"taken": seconds, "whole": seconds}


def _nobody(ground: Ground, tool: str) -> dict[str, str]:
    """Give an environment without anybody's credentials, and no proxy before loopback."""
    environ = {k: v for k, v in ground.environ(tool).items() if "proxy" not in k.lower()}
    null = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return {**environ, **null, "HOME": str(ground.work), "NO_PROXY": "127.0.0.1"}


def report(times: dict[str, list[float]], peak: float, rounds: int) -> str:
    """Give the table, and each promise with whether it was kept."""
    ratio = AGAINST.ratio(times) or 0.0
    kept = ["kept" if ratio <= AGAINST.limit else "**missed**"]
    kept.append("kept" if peak <= MOST_MEMORY else "**missed**")
    megabytes = SIZE >> 20
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}; medians of {max(rounds, 1)} rounds.",
            "",
            f"| {FILES} files of {megabytes} MB, to pypiserver on loopback | s |\n| --- | --- |",
            f"| shipwheel, until the last is there | {median(times['ours']):.2f} |",
            f"| shipwheel, with every file read back | {median(times['ours whole']):.2f} |",
            f"| `twine upload` | {median(times['twine']):.2f} |",
            "",
            "| what | measured | at most | |\n| --- | --- | --- | --- |",
            f"| {AGAINST.what} | {ratio:.2f} | {AGAINST.limit:g} | {kept[0]} |",
            f"| memory with a file of {LARGE >> 20} MB | {peak:.0f} MB | {MOST_MEMORY:g} MB | {kept[1]} |",
        ]
    )


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="publish.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds that count (default: 5; 0: one, unwarmed)"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    cache = Path.home() / ".cache" / "shipwheel-bench-publish"
    parser.add_argument("--work", type=Path, default=cache, help=f"work folder (default: {cache})")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
