"""The probe in one environment: every module imported in a fresh process, and what came of each."""

from __future__ import annotations

import json
import marshal
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import msgspec

from shipwheel import process
from shipwheel.machine.environment import Environment, environment_variables
from shipwheel.verification.facts import Attempt
from shipwheel.verification.judging.judgement import Task
from shipwheel.verification.seen import Caution
from shipwheel.verification.trying.forest import forest

_ALONE = 12  # failures that are looked at again, each in an interpreter of its own
_RESTARTS = 5  # interpreters for what there was no time for
_AGAIN = 30  # failures that are looked at again in a fork of a clean interpreter
_LARGEST = 64 << 20  # bytes of answers; a thousand modules give some hundred kilobytes
# a fork of a process with threads may hang, and these make some when they are imported
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")}
_ORDER = {"ImportError", "AttributeError", "NameError", "TypeError"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How modules are tried: `limit` is seconds for one, `workers` how many at once.

    `whole` is seconds for all in fresh interpreters, and as much again for what is then left.

    `forks`: in forks of one clean interpreter, else in an interpreter each; `deep`: a package's
    modules in forks of the process that has imported it.
    """

    limit: float = 60.0
    whole: float = 45.0
    workers: int = 1
    forks: bool = hasattr(os, "fork")
    # macOS' own libraries, which a package may have loaded, are not to be used after a fork
    deep: bool = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of each task, and what the Python said of itself.

    `untried` were left when the time for fresh ones was over, and tried in one interpreter; `uncompiled` are files it cannot compile, with why.
    """

    attempts: tuple[Attempt, ...]
    markers: Mapping[str, str]
    stdlib: frozenset[str]
    untried: int = 0
    uncompiled: tuple[tuple[str, str], ...] = ()


class Probing:
    """The probe, started as often as it takes; `own` are the top-level names of the wheel."""

    def __init__(
        self,
        environment: Environment,
        folder: Path,
        manner: Manner,
        own: Iterable[str],
        log: Path | None = None,
    ) -> None:
        self.environment = environment
        self.folder = folder
        self.manner = manner
        self.own = sorted({name.partition(".")[0] for name in own})
        self.log = log
        self.until = time.monotonic() + manner.whole
        self.told: dict[str, Any] = {"markers": {}, "stdlib": [], "uncompiled": []}
        self.compiled: dict[str, str] = {}

    def attempt(self, tasks: Sequence[Task], compiled: Mapping[str, str] | None = None) -> Answers:
        """Try every task within the time; a failure counts where it shows in a fresh interpreter too.

        `compiled` are names and places of files that are to be compiled, and not run.
        """
        self.compiled = dict(compiled or {})
        found = self._first(tasks)
        again = [task for task in tasks if _doubtful(found.get(task.number), task)]
        if self.manner.forks and self.manner.deep:
            self._confirm(found, again)
        _told_above(found, tasks)
        untried = sum(task.number not in found for task in tasks)
        self._together(found, tasks)
        self._after_others(found, tasks)
        attempts = tuple(_attempt(task, found.get(task.number)) for task in tasks)
        return Answers(
            attempts=attempts,
            markers=self.told["markers"],
            stdlib=frozenset(self.told["stdlib"]),
            untried=untried,
            uncompiled=tuple((str(name), str(why)) for name, why in self.told["uncompiled"]),
        )

    def _first(self, tasks: Sequence[Task]) -> dict[int, dict[str, Any]]:
        if not self.manner.forks:
            self._start([], describe=True)
            return self._one_each(tasks)
        found = self._start(forest(tasks, deep=self.manner.deep), describe=True)
        left = [task for task in tasks if task.number not in found]
        in_time = time.monotonic() < self.until
        if left and self.manner.deep and in_time:  # below what cannot be forked: it has threads
            found |= self._start(forest(left, deep=False))
        return found

    def _confirm(self, found: dict[int, dict[str, Any]], again: Sequence[Task]) -> None:
        """Try failures anew, without anything that a fork may have changed."""
        ended = [task for task in again if found[task.number]["status"] in {"crashed", "timeout"}]
        raised = [task for task in again if task not in ended]
        if raised:
            found |= self._start(forest(raised[:_AGAIN], deep=False))
        found |= self._one_each(ended[:_ALONE])

    def _one_each(self, tasks: Sequence[Task]) -> dict[int, dict[str, Any]]:
        """Try tasks in an interpreter each."""
        found: dict[int, dict[str, Any]] = {}
        for task in tasks:
            _told_above(found, tasks)
            if task.number in found:
                continue
            left = self.until - time.monotonic()
            if left > 0:
                limit = min(self.manner.limit, left)
                found |= self._start(forest([task], deep=False), forks=False, limit=limit)
        return found

    def _together(self, found: dict[int, dict[str, Any]], tasks: Sequence[Task]) -> None:
        """Try what there was no time for one after the other in one interpreter, or in a few."""
        self.until = time.monotonic() + self.manner.whole
        for _ in range(_RESTARTS):
            left = [task for task in tasks if task.number not in found]
            seconds = self.until - time.monotonic()
            if not left or seconds <= 0:
                return
            answers = self._start(forest(left, deep=False), forks=False, limit=seconds)
            # nobody knows who took the time of all
            found |= {at: each for at, each in answers.items() if each["status"] != "timeout"}
            _told_above(found, tasks)

    def _after_others(self, found: dict[int, dict[str, Any]], tasks: Sequence[Task]) -> None:
        """Say which modules import only after others: all that did well come first, in one process."""
        late = [task for task in tasks if _of_order(found.get(task.number))]
        fine = [task for task in tasks if found.get(task.number, {}).get("status") == "ok"]
        if not late or time.monotonic() > self.until:
            return
        ordered = [*forest(fine, deep=False), *forest(late, deep=False)]
        answers = self._start(ordered, forks=False, limit=self.manner.limit)
        for task in late:
            if answers.get(task.number, {}).get("status") == "ok":
                found[task.number]["after_others"] = True

    def _start(
        self,
        nodes: Sequence[Any],
        *,
        forks: bool | None = None,
        describe: bool = False,
        limit: float | None = None,
    ) -> dict[int, dict[str, Any]]:
        """Run the probe over nodes; give the answers by the tasks' numbers."""
        asked, results = self.folder / "work.bin", self.folder / "results.jsonl"
        left = max(self.until - time.monotonic(), 1.0)
        work = {
            "limit": self.manner.limit,
            "whole": left,
            "workers": self.manner.workers,
            "fork": self.manner.forks if forks is None else forks,
            "own": self.own,
            "describe": describe,
            "compile": self.compiled if describe else {},
            "nodes": list(nodes),
        }
        asked.write_bytes(marshal.dumps(work, 2))
        results.write_bytes(b"")
        done = self._run(asked, results, limit or left + self.manner.limit)
        lines = tuple(_lines(results))
        self.told |= next((line for line in lines if "markers" in line), {})
        found = {line["task"]: line for line in lines if "task" in line}
        for line in lines:
            for number in line.get("ended", ()):
                found.setdefault(number, _signalled(line["code"]))
        if not work["fork"]:
            _blame(found, nodes, done)
        return found

    def _run(self, asked: Path, results: Path, limit: float) -> process.Completed:
        with as_file(files("shipwheel.verification.trying") / "probe.py") as probe:
            # -I: neither the working directory nor the user's site; -B: nothing is written
            return process.run(
                [self.environment.python, "-I", "-B", "-X", "faulthandler", probe, asked, results],
                cwd=empty(self.folder),
                env=environment_variables(self.environment) | _ONE_THREAD,
                log=self.log,
                timeout=limit,
            )


def empty(folder: Path) -> Path:
    """Give the folder in which the project's code runs: not ours, not the checkout."""
    place = folder / "empty"
    place.mkdir(exist_ok=True)
    return place


class _Answer(msgspec.Struct):
    task: int
    status: Literal["ok", "failed", "unresolved", "skipped"]
    error: str = ""
    message: str = ""
    missing: str = ""
    absent: list[str] = []
    absent_elsewhere: list[str] = []
    askers: list[str] = []
    trace: str = ""
    warnings: list[tuple[str, str, str, int]] = []


class _Ended(msgspec.Struct):
    ended: list[int]
    code: int


class _Described(msgspec.Struct):
    markers: dict[str, str]
    stdlib: list[str]
    uncompiled: list[tuple[str, str]]


_FORMS = {"task": _Answer, "ended": _Ended, "markers": _Described}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Give the answers; what a module may have written between them, of whatever form, is passed over."""
    with path.open("rb") as file:
        for line in file.read(_LARGEST).splitlines():
            try:
                told = json.loads(line)
                form = next(form for key, form in _FORMS.items() if key in told)
                msgspec.convert(told, form)
            except (ValueError, TypeError, StopIteration, RecursionError):
                continue
            yield told


def _doubtful(answer: Mapping[str, Any] | None, task: Task) -> bool:
    """Say whether a failure may come of the fork: below a package, and no matter of the module's text."""
    if answer is None or answer["status"] in {"ok", "skipped", "unresolved"}:
        return False
    plain = answer.get("missing") or answer.get("error") in {"SyntaxError", "IndentationError"}
    nested = "." in task.module or answer["status"] in {"crashed", "timeout"}
    return nested and not plain


def _told_above(found: dict[int, dict[str, Any]], tasks: Iterable[Task]) -> None:
    """Leave out what lies below a package that failed: it is told with the package."""
    failed = {
        task.module
        for task in tasks
        if found.get(task.number, {}).get("status") in {"failed", "crashed", "timeout"}
    }
    for task in tasks if failed else ():
        if any(task.module.startswith(f"{module}.") for module in failed):
            found[task.number] = {"status": "skipped"}


def _of_order(answer: Mapping[str, Any] | None) -> bool:
    if answer is None or answer["status"] != "failed":
        return False
    return answer.get("error") in _ORDER and not answer.get("missing")


def _blame(found: dict[int, dict[str, Any]], nodes: Sequence[Any], done: process.Completed) -> None:
    """Say of the first task without an answer that the process ended in its course."""
    numbers = [number for _, tasks, _ in nodes for number, _ in tasks]
    left = next((number for number in numbers if number not in found), None)
    if left is not None:
        found[left] = ended(done.returncode, done.tail())


def _signalled(code: int) -> dict[str, Any]:
    alarm = -getattr(signal, "SIGALRM", 0)
    return ended(process.TIMED_OUT if alarm and code == alarm else code, "")


def ended(code: int, tail: str) -> dict[str, Any]:
    """Give what to say of the task in whose course the process ended."""
    if code == process.TIMED_OUT:
        return {"status": "timeout", "message": "it did not end in time", "trace": tail}
    told = {"status": "crashed", "error": "signal", "trace": tail}
    if code < 0:
        return told | {"message": f"the interpreter crashed with signal {-code}"}
    if os.name == "nt" and code > 0x7FFFFFFF:
        return told | {"message": f"the interpreter crashed ({code:#x})"}
    message = f"it ended the interpreter with exit code {code}"
    return told | {"error": "exit", "message": message}


def _attempt(task: Task, answer: Mapping[str, Any] | None) -> Attempt:
    told = answer or {"status": "untried", "message": "others took all the time"}
    attempt = Attempt(
        target=task.label,
        group=task.group,
        status=str(told["status"]),
        error=str(told.get("error", "")),
        message=str(told.get("message", "")),
        missing=str(told.get("missing", "")),
        absent=tuple(told.get("absent", ())),
        absent_elsewhere=tuple(told.get("absent_elsewhere", ())),
        askers=tuple(told.get("askers", ())),
        trace=str(told.get("trace", "")),
        after_others=bool(told.get("after_others")),
    )
    return replace(attempt, cautions=tuple(_caution(each) for each in told.get("warnings", ())))


def _caution(told: Sequence[Any]) -> Caution:
    category, message, path, line = told
    return Caution(category=category, message=message, path=path, line=line)
