"""Measure platform wheels: the laptop's against cibuildwheel in a container and a hand-written shell.

    python benchmarks/wheels.py             # exit code 1 where a target is missed, 69 without a container

MarkupSafe (a C extension), four Pythons, warm download caches; and what the container lane adds to one
call of cibuildwheel. Rounds alternate; what is judged is the median over the rounds of each round's ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ground import PYTHONS, CannotMeasure, Ground, lay_ground, place_project, run, write_between
from table import Target, machine

HERE = Path(__file__).resolve().parent
CONTAINER = HERE.parent / "tests" / "containers" / "manylinux"
BEGIN, END = "<!-- last run of wheels -->\n", "<!-- end of wheels -->"

_INSIDE = "CIBW_MANYLINUX_X86_64_IMAGE"  # the container's script sets it
_TAGS = tuple(f"cp{each.replace('.', '')}" for each in PYTHONS)
_ONE = f"{_TAGS[2]}-manylinux_x86_64"
_OURS = "import nox, shipwheel\n\nshipwheel.register(nox)\n"
# what compiled in an earlier round must not help in a later one
_CONFIGURED = f"""
[tool.shipwheel]
pythons = {list(PYTHONS)!r}

[tool.shipwheel.wheels]
platforms = ["manylinux_x86_64"]
compiler-cache = false
"""
_SHELL = """\
#!/bin/sh
# by hand: an sdist; then for each Python a wheel from it, repaired
set -eu
if [ $# -eq 0 ]; then
  rm -rf out
  uv build --quiet --sdist --out-dir out
  printf '%s\\n' PYTHONS | xargs -P2 -I{} sh "$0" {}
  exit
fi
WHEEL
auditwheel repair --wheel-dir out/repaired "out/$1"/*.whl
""".replace("PYTHONS", " ".join(PYTHONS))
_UV = 'uv build --quiet --wheel --python "$1" --out-dir "out/$1" out/*.tar.gz'
_PIP = """\
"python$1" -m venv "out/env-$1"
"out/env-$1/bin/pip" wheel --quiet --no-deps --wheel-dir "out/$1" out/*.tar.gz"""

# pins of cibuildwheel's own are not in every index; the lane and the call by hand get the same
_LATEST = {"CIBW_DEPENDENCY_VERSIONS": "latest", "CIBW_BUILD_FRONTEND": "build[uv]"}
_FOUR = {**_LATEST, "CIBW_BUILD": " ".join(f"{tag}-manylinux_x86_64" for tag in _TAGS)}
_BY_HAND = ("cibuildwheel", "--platform", "linux", "--output-dir", "out")
_LANE = ("nox", "-s", "wheels", "--", "--only", _ONE)

Times = defaultdict[str, list[float]]


@dataclass(frozen=True)
class Contender:
    """A way to make wheels: `command` makes those of `tags` into `made`; `before` it, untimed, what it needs.

    `again`: the command runs a second time, with nothing changed. `container`: it gets `variables` and the
    container's; the others know nothing of cibuildwheel.
    """

    id: str
    title: str
    command: tuple[str, ...]
    made: str
    tags: tuple[str, ...] = _TAGS
    files: dict[str, str] = field(default_factory=dict)
    appended: str = ""
    before: tuple[str, ...] = ()
    again: bool = False
    container: bool = False
    variables: dict[str, str] = field(default_factory=dict)

    def round(self, ground: Ground, turn: int) -> dict[str, float]:
        """Run it in a fresh copy of its project; give seconds by `ID cold` and `ID again`."""
        project = ground.work / "rounds" / f"{self.id}-{turn}"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(ground.work / "projects" / self.id, project, symlinks=True)
        environ = self._environ(ground)
        if self.before:
            run(self.before, cwd=project, env=environ)
        times = {f"{self.id} cold": run(self.command, cwd=project, env=environ).seconds}
        self._prove(project)
        if self.again:
            times[f"{self.id} again"] = run(self.command, cwd=project, env=environ).seconds
            self._prove(project)
        shutil.rmtree(project)
        return times

    def _environ(self, ground: Ground) -> dict[str, str]:
        environ = ground.environ("shipwheel")  # knows nothing of CIBW_*
        if not self.container:
            return environ
        told = {name: value for name, value in os.environ.items() if name.startswith("CIBW_")}
        return {**environ, **told, **self.variables}

    def _prove(self, project: Path) -> None:
        """Demand a repaired wheel for each Python, and no other."""
        wheels = sorted(each.name for each in project.glob(f"{self.made}/*.whl"))
        told = [each for each in wheels if "-manylinux" in each]
        if len(wheels) != len(self.tags) or [each.split("-")[2] for each in told] != list(
            self.tags
        ):
            raise CannotMeasure(f"{self.id} made {', '.join(wheels) or 'nothing'}")


CONTENDERS = (
    Contender(
        id="ours",
        title="shipwheel: `nox -j2 -s wheel-3.10 … wheel-3.13`",
        command=("nox", "-j2", "-s", *(f"wheel-{each}" for each in PYTHONS)),
        made="dist",
        files={"noxfile.py": _OURS},
        appended=_CONFIGURED,
        again=True,
    ),
    Contender(
        id="container",
        title="(a) cibuildwheel in the local container",
        command=_BY_HAND,
        made="out",
        container=True,
        variables=_FOUR,
    ),
    Contender(
        id="shell",
        title="(b) shell: `uv build`, `auditwheel repair`, `xargs -P2`",
        command=("sh", "job.sh"),
        made="out/repaired",
        files={"job.sh": _SHELL.replace("WHEEL", _UV, 1)},
    ),
    Contender(
        id="pip",
        title="the same shell with `venv` and `pip wheel`",
        command=("sh", "job.sh"),
        made="out/repaired",
        files={"job.sh": _SHELL.replace("WHEEL", _PIP, 1)},
    ),
    Contender(
        id="lane",
        title=f"shipwheel: `{' '.join(_LANE)}`",
        command=_LANE,
        made="dist",
        tags=(_TAGS[2],),
        files={"noxfile.py": _OURS},
        appended=_CONFIGURED,
        before=("nox", "-s", "build"),
        container=True,
        variables=_LATEST,
    ),
    Contender(
        id="hand",
        title=f"(c) `cibuildwheel --only {_ONE}` on the same sdist",
        command=("sh", "-c", f"cibuildwheel --only {_ONE} --output-dir out sdist/*.tar.gz"),
        made="out",
        tags=(_TAGS[2],),
        before=("uv", "build", "--quiet", "--sdist", "--out-dir", "sdist"),
        container=True,
        variables=_LATEST,
    ),
)
TARGETS = (
    Target(
        "four wheels, against (a) cibuildwheel in a container", "ours cold", "container cold", 0.9
    ),
    Target("four wheels, against (b) the shell", "ours cold", "shell cold", 1.25),
    Target("again with nothing changed, against the first time", "ours again", "ours cold", 0.35),
)
ADDED = 1.0  # seconds that the lane may add to cibuildwheel called by hand


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and with `--write` put them into README.md; 1: a target was missed."""
    options = _parse(argv)
    if _INSIDE not in os.environ:
        # once for all: what making and asking for the image costs is nobody's time
        script = ["bash", CONTAINER, "run", sys.executable, __file__, *(argv or sys.argv[1:])]
        os.execvp("bash", [os.fspath(word) for word in script])
    chosen = [each for each in CONTENDERS if each.id in options.only]
    ground = lay_ground(options.work, tools={})
    for contender in chosen:
        place_project(ground, contender.id, contender.files, contender.appended)
    text = report(chosen, measure(ground, chosen, options.rounds), options.rounds)
    print(text)
    if options.write:
        write_between(BEGIN, END, text)
    return int("**missed**" in text)


def measure(ground: Ground, chosen: Sequence[Contender], rounds: int) -> Times:
    """Run every contender in every round, each time another one first; round 0 warms the caches.

    With no rounds to count, round 0 does: to see that everything runs.
    """
    times: Times = defaultdict(list)
    for turn in range(rounds + 1):
        first = turn % len(chosen)
        for contender in (*chosen[first:], *chosen[:first]):
            for what, seconds in contender.round(ground, turn).items():
                print(f"round {turn}: {what:15} {seconds:6.2f} s", file=sys.stderr)
                if turn or not rounds:
                    times[what].append(seconds)
    return times


def report(chosen: Sequence[Contender], times: Mapping[str, Sequence[float]], rounds: int) -> str:
    """Give both tables, of seconds and of promises."""
    medians = {what: f"{median(each):.2f}" for what, each in times.items()}
    seconds = [
        f"| {each.title} | {len(each.tags)} | {medians[f'{each.id} cold']} "
        f"| {medians.get(f'{each.id} again', '-')} |"
        for each in chosen
    ]
    counted = f"medians of {rounds} rounds" if rounds else "one round, with cold caches"
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}; {counted}.",
            "",
            "| contender | wheels | cold, s | again, s |\n| --- | --- | --- | --- |",
            *seconds,
            "",
            "| ours over theirs | measured | at most | |\n| --- | --- | --- | --- |",
            *_promises(times),
        ]
    )


def _promises(times: Mapping[str, Sequence[float]]) -> list[str]:
    rows = [(each.what, each.ratio(times), each.limit, "") for each in TARGETS]
    pairs = list(zip(times.get("lane cold", ()), times.get("hand cold", ()), strict=False))
    added = median(lane - hand for lane, hand in pairs) if pairs else None
    rows.append(("what the lane adds to (c) cibuildwheel by hand", added, ADDED, " s"))
    return [
        f"| {what} | {value:.2f}{unit} | {limit:g}{unit} "
        f"| {'kept' if value <= limit else '**missed**'} |"
        for what, value, limit, unit in rows
        if value is not None
    ]


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="wheels.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    everyone = [each.id for each in CONTENDERS]
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds that count (default: 5; 0: one, unwarmed)"
    )
    parser.add_argument("--only", nargs="+", choices=everyone, default=everyone)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    cache = Path.home() / ".cache" / "shipwheel-bench-wheels"
    parser.add_argument("--work", type=Path, default=cache, help=f"work folder (default: {cache})")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
