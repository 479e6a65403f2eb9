"""Measure rendering: the processor time of `plan --json` and `render --check`, and of many projects in one process.

python benchmarks/render.py            # exit code 1 where a target is missed
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "templates" / "c-extension"
_LEFT = shutil.ignore_patterns(".shipwheel", ".nox", "dist", "build", "__pycache__", "*.egg-info")
CPU_SECONDS, MANY_SECONDS, MANY_MEGABYTES = 0.25, 10.0, 200.0
_COMMANDS = (("plan", "--json"), ("render", "--check"))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table; 1 where a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.folder:
        return _render_all(options.folder)
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
        rows = [*_commands(Path(folder), options.rounds), *_many(Path(folder), options.projects)]
    print("| what | measured | at most | |\n| --- | --- | --- | --- |")
    for what, measured, most, unit in rows:
        kept = "kept" if measured <= most else "**missed**"
        print(f"| {what} | {measured:.2f} {unit} | {most:g} {unit} | {kept} |")
    return int(any(measured > most for _, measured, most, _ in rows))


def _commands(folder: Path, rounds: int) -> list[tuple[str, float, float, str]]:
    """Give the median of user and system time of a warm command, its children's included."""
    project = folder / "one"
    shutil.copytree(TEMPLATE, project, ignore=_LEFT)
    _run("render", cwd=project)
    rows = []
    for command in _COMMANDS:
        times = [_run(*command, cwd=project) for _ in range(rounds + 1)][1:]
        rows.append(
            (f"`shipwheel {' '.join(command)}`", statistics.median(times), CPU_SECONDS, "s")
        )
    return rows


def _run(*args: str, cwd: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "shipwheel", *args], cwd=cwd, check=False, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _many(folder: Path, count: int) -> list[tuple[str, float, float, str]]:
    """Render many different projects in a process of its own: twice, nothing kept and again."""
    projects = folder / "many"
    for number in range(count):
        project = projects / f"project-{number}"
        shutil.copytree(TEMPLATE, project, ignore=_LEFT)
        shutil.rmtree(project / ".github", ignore_errors=True)
        path = project / "pyproject.toml"
        text = path.read_text(encoding="utf-8")
        name = next(line for line in text.splitlines() if line.startswith("name = "))
        path.write_text(text.replace(name, f'name = "project-{number}"', 1), encoding="utf-8")
    rows = []
    for title in ("nothing kept", "again"):
        told = subprocess.run(
            [sys.executable, __file__, "--in", os.fspath(projects)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        what = f"{count} extension projects, {title}"
        rows += [
            (what, float(told[0]), MANY_SECONDS, "s"),
            (what, float(told[1]), MANY_MEGABYTES, "MB"),
        ]
    return rows


def _render_all(folder: Path) -> int:
    import shipwheel  # noqa: PLC0415 - measured in this process

    started = time.process_time()  # what else the machine does is no matter
    for project in sorted(folder.iterdir()):
        assert shipwheel.render(project).ok
    seconds = time.process_time() - started
    print(f"{seconds} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
