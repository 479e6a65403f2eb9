"""Measure the main job, ours against three other ways to do it: `nox -s bench`.

MarkupSafe (a C extension), four Pythons, warm download caches, two jobs at a time. Rounds alternate, so
that whatever else the machine does hits all alike; what is judged is the median of each round's ratio.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import table
from contenders import CONTENDERS, Contender
from ground import Ground, lay_ground, run, write_between

HERE = Path(__file__).resolve().parent
_LIST = ("nox", "--script-mode", "none", "-l")

Measured = defaultdict[str, list[float]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and with `--write` put them into README.md; 1: a target was missed."""
    options = _parse(argv)
    chosen = [each for each in CONTENDERS if each.id in options.only]
    ground = lay_ground(options.work)
    for contender in chosen:
        contender.prepare(ground)
    times = measure(ground, chosen, options.rounds, options.lists)
    text = report(chosen, times, options.rounds)
    print(text)
    if options.write:
        write_between("<!-- last run -->\n", "<!-- end -->", text)
    return int("**missed**" in text)


def measure(ground: Ground, chosen: Sequence[Contender], rounds: int, lists: int) -> Measured:
    """Run every contender in every round, each time another one first; round 0 warms the caches."""
    times: Measured = defaultdict(list)
    for turn in range(rounds + 1):
        first = turn % len(chosen)
        for contender in (*chosen[first:], *chosen[:first]):
            for what, seconds in _round(ground, contender, turn).items():
                print(f"round {turn}: {contender.id:6} {what:6} {seconds:6.2f} s", file=sys.stderr)
                if turn:
                    times[f"{contender.id} {what}"].append(seconds)
    _measure_lists(ground, chosen, lists, times)
    return times


def report(chosen: Sequence[Contender], times: Measured, rounds: int) -> str:
    """Give both tables and the proof that each contender did the work."""
    titles = {each.id: each.title for each in chosen}
    proofs = "; ".join(f"{each.id} {_proved(each)}" for each in chosen)
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {table.machine()}; medians of {rounds} rounds.",
            "",
            table.seconds_table(titles, times),
            "",
            table.targets_table(times),
            "",
            f"Tests passed in each run, over the four Pythons: {proofs}.",
        ]
    )


def _round(ground: Ground, contender: Contender, turn: int) -> dict[str, float]:
    project = contender.fresh(ground, turn)
    times = {"cold": contender.run(ground, project, contender.cold).seconds}
    if contender.again is not None:
        times["again"] = contender.run(ground, project, contender.again).seconds
    shutil.rmtree(project)
    return times


def _measure_lists(
    ground: Ground, chosen: Sequence[Contender], lists: int, times: Measured
) -> None:
    """Time `nox -l` with our two lines and with a bare noxfile, both by the nox of our environment."""
    noxfiles = [each for each in chosen if each.cold[0] == "nox"]
    environ = ground.environ("shipwheel")
    for turn in range(lists + 1):
        for contender in noxfiles:
            project = ground.work / "projects" / contender.id
            seconds = run(_LIST, cwd=project, env=environ).seconds
            if turn:
                times[f"{contender.id} list"].append(seconds)


def _proved(contender: Contender) -> str:
    return "/".join(map(str, sorted(set(contender.proofs)))) or "nothing"


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="main_job.py", description=__doc__)
    everyone = [each.id for each in CONTENDERS]
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default: 5)")
    parser.add_argument("--lists", type=int, default=15, help="runs of `nox -l` (default: 15)")
    parser.add_argument("--only", nargs="+", choices=everyone, default=everyone)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    cache = Path.home() / ".cache" / "shipwheel-bench"
    parser.add_argument("--work", type=Path, default=cache, help=f"work folder (default: {cache})")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
