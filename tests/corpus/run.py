"""Take any number of git checkouts through `shipwheel init` and `nox -j2`, and say what came of each.

    python tests/corpus/run.py CHECKOUT [CHECKOUT…] [--expect FILE] [--json FILE]

Each checkout (a work tree or a bare repository, `PATH@COMMIT` for one commit) is cloned into a work
folder first, so that nothing is written to it. `--expect` names a JSON list of objects with "name" and
"passes_on" (Pythons on which the tests pass by hand); then each line also says whether shipwheel was right.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_FOREIGN = ("CI", "COV_", "NOX", "PYTEST_", "SHIPWHEEL_", "VIRTUAL_ENV", "PYTHONPATH")
_REASON = re.compile(r"^(error: .*|.*session .*(failed|skipped).*)$", re.IGNORECASE)
_LONGEST = 900  # seconds that one project may take


@dataclass
class Outcome:
    """What came of one project; `reason` holds the errors that a person would read."""

    name: str
    green: bool
    stage: str  # clone, init, nox
    seconds: float = 0.0
    passed: dict[str, int] = field(default_factory=dict)  # Python -> tests run
    failed: dict[str, str] = field(default_factory=dict)  # job -> reason
    reason: list[str] = field(default_factory=list)
    verdict: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run all, print a line each and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="+", help="a git work tree or bare repository, @COMMIT")
    parser.add_argument("--expect", type=Path, help="JSON with what is true of each")
    parser.add_argument("--json", type=Path, help="where the outcomes go")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "shipwheel-corpus")
    options = parser.parse_args(argv)
    expected = _expected(options.expect)
    outcomes = []
    for checkout in options.checkouts:
        outcome = run_one(checkout, options.work)
        outcome.verdict = verdict(outcome, expected.get(_key(outcome.name)))
        print(line(outcome), flush=True)
        outcomes.append(outcome)
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in outcomes], indent=1))
    print(f"\n{sum(each.green for each in outcomes)} of {len(outcomes)} green")
    return 0


def run_one(checkout: str, work: Path) -> Outcome:
    """Clone a checkout and run the main job on it."""
    path, _, commit = checkout.partition("@")
    # a mirror is a bare repository in a folder of its own: its name is that folder's
    named = Path(path).parent if Path(path).name == "repo" else Path(path)
    name = named.name.removesuffix(".git")
    project = work / name
    started = time.perf_counter()
    outcome = Outcome(name, green=False, stage="clone")
    told: list[str] = []
    for stage, command, cwd in _stages(Path(path).resolve(), commit, project):
        outcome.stage = stage
        code, text = _run([*command, *told], cwd)
        if stage == "init" and code == 1:  # a noxfile of the project's own
            code, told = _follow(project)
        (work / f"{name}-{stage}.log").write_text(text, encoding="utf-8")
        if code:
            outcome.reason = [each for each in text.splitlines() if _REASON.match(each)][:6]
            break
    else:
        outcome.green = True
    outcome.seconds = round(time.perf_counter() - started, 1)
    _read_records(project, outcome)
    return outcome


def verdict(outcome: Outcome, truth: dict[str, Any] | None) -> str:
    """Hold the outcome against what is true: which Pythons pass by hand, and what is to be expected.

    The last word is a person's: a project may pass by hand because the hand mended something.
    """
    if truth is None:
        return ""
    by_hand, ours = set(truth.get("passes_on") or ()), set(outcome.passed) & _known(truth)
    ours -= {python for python in ours if not outcome.passed[python]}  # green, but no tests
    if by_hand == ours:
        return "agrees"
    missed, invented = sorted(by_hand - ours, key=_minor), sorted(ours - by_hand, key=_minor)
    parts = [f"passes by hand on {', '.join(missed)}"] if missed else []
    parts += [f"fails by hand on {', '.join(invented)}"] if invented else []
    return f"differs: {'; '.join(parts)}; expected: {truth.get('expect', '?')}"


def line(outcome: Outcome) -> str:
    """Give a project's line, and under it why it is not green."""
    tests = " ".join(
        f"{python}:{count}"
        for python, count in sorted(outcome.passed.items(), key=lambda item: _minor(item[0]))
    )
    head = f"{'green' if outcome.green else 'RED':5} {outcome.name:28} {outcome.seconds:6.1f} s  {tests}"
    rest = [f"      {job}: {reason}" for job, reason in outcome.failed.items()]
    rest += [f"      | {each}" for each in outcome.reason]
    if outcome.verdict:
        head += f"  [{outcome.verdict}]"
    return "\n".join([head, *rest])


def _stages(source: Path, commit: str, project: Path) -> list[tuple[str, list[str], Path]]:
    shutil.rmtree(project, ignore_errors=True)
    project.parent.mkdir(parents=True, exist_ok=True)
    python = [sys.executable, "-P", "-m"]
    stages = [("clone", ["git", "clone", "--quiet", str(source), str(project)], project.parent)]
    if commit:
        stages.append(("checkout", ["git", "checkout", "--quiet", commit], project))
    return [
        *stages,
        ("init", [*python, "shipwheel", "init"], project),
        ("nox", [*python, "nox", "--script-mode", "none", "-j2"], project),
    ]


def _run(command: Sequence[str], cwd: Path) -> tuple[int, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired as error:
        return 124, (error.stdout or b"").decode("utf-8", "replace") + "\nerror: took too long\n"
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _follow(project: Path) -> tuple[int, list[str]]:
    """Do as a user would whom `init` tells which lines to add to a noxfile of their own, and what to run.

    Gives what stands behind `nox` in the command that it names.
    """
    command = [sys.executable, "-P", "-m", "shipwheel", "init", "--dry-run", "--json", "-"]
    _, text = _run(command, project)
    try:
        said = json.loads(text[text.index("{") :])
    except ValueError:
        return 1, []
    noxfile = project / "noxfile.py"
    code = noxfile.read_text(encoding="utf-8")
    for name in said["rename"]:
        code = code.replace(f"def {name}(", f"def own_{name}(")
    noxfile.write_text("\n".join([code, *said["add"], ""]), encoding="utf-8")
    return 0, said["command"].split()[1:]


def _read_records(project: Path, outcome: Outcome) -> None:
    for file in sorted((project / ".shipwheel" / "records").glob("*.json")):
        record = json.loads(file.read_bytes())
        if record["status"] == "failed":
            outcome.failed[record["job"]] = (record.get("reason") or "").partition("\n")[0]
        elif record["status"] == "passed" and re.fullmatch(r"test-3\.\d+", record["job"]):
            outcome.passed[record["python"]] = record.get("tests_run") or 0


def _expected(path: Path | None) -> dict[str, dict[str, Any]]:
    """Give what is true, by the project's name and by its repository's (`source`: owner/name@commit)."""
    truths = json.loads(path.read_bytes()) if path else []
    by_source = {_key(str(each.get("source", "")).partition("@")[0]): each for each in truths}
    return {**by_source, **{_key(each["name"]): each for each in truths}}


def _key(name: str) -> str:
    """Give a name as a key: a mirror's folder is called owner+name, a list says name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[+/]", name)[-1]).lower()


def _known(truth: dict[str, Any]) -> set[str]:
    return set(truth.get("tests") or ()) or set(truth.get("passes_on") or ())


def _minor(python: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", python)]


if __name__ == "__main__":
    raise SystemExit(main())
