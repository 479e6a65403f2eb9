"""The check of a project without tests: every module of the wheel is imported in fresh processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.machine.environment import Environment
from shipwheel.process import run
from shipwheel.testing.counts import Counts
from shipwheel.testing.installed import WheelFiles, read_wheel_files
from shipwheel.testing.junit import write_junit
from shipwheel.testing.outcome import TestOutcome, TestsFailed

_MOST_PROCESSES = 4
_LIMIT = 300.0  # seconds for one process
_TEST_FOLDERS = frozenset({"test", "tests"})
_SHOWN = 12

# a line before and one after each import: a process that dies names the module it died of
_PROGRAM = """
import importlib, json, sys
names = json.load(open(sys.argv[1], encoding="utf-8"))
told = open(sys.argv[2], "a", encoding="utf-8", buffering=1)
sys.argv = [""]
for name in names:
    told.write(json.dumps([name, "started", "", ""]) + "\\n")
    try:
        importlib.import_module(name)
    except BaseException as error:
        kind = type(error).__name__
        absent = getattr(error, "name", None) or "" if isinstance(error, ModuleNotFoundError) else ""
        told.write(json.dumps([name, kind, str(error)[:500], absent]) + "\\n")
    else:
        told.write(json.dumps([name, "ok", "", ""]) + "\\n")
"""


class Import(msgspec.Struct, frozen=True):
    """What came of importing a module: `ok`, the exception's class, or `crashed`."""

    module: str
    status: str
    message: str = ""
    absent: str = ""  # the module that was not found, where that is the failure

    @property
    def line(self) -> str:
        """Give it as a line."""
        return f"{self.module}: {self.status} {self.message}".rstrip()


def importable(held: WheelFiles) -> tuple[str, ...]:
    """Give the wheel's modules that can be imported without running a program or a test."""
    return tuple(name for name in held.modules if not _is_program_or_test(name))


def judge_import(result: Import, names: Sequence[str]) -> str:
    """Say whether a result is an `error`, a `warning` or fine (empty).

    What fails in a package itself, a crash, and a module of the wheel's own that is missing are errors.
    Another module may want what is not declared, or another system: a warning.
    """
    if result.status == "ok":
        return ""
    own = any(result.absent == name or result.absent.startswith(f"{name}.") for name in names)
    if result.module in names or result.status == "crashed" or (result.absent and own):
        return "error"
    return "warning"


def import_all(
    wheel: Path,
    environment: Environment,
    variables: Mapping[str, str],
    *,
    junit: Path,
    job_id: str,
    emit: Emit = silent,
    log: Path | None = None,
) -> TestOutcome:
    """Import every module of the wheel in a few fresh processes; raises TestsFailed for an error."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few runs need it

    held = read_wheel_files(wheel)
    modules = importable(held)
    started = time.perf_counter()
    folder = junit.parent.parent / "cache" / "imports" / junit.stem
    chunks = _chunks(modules)
    with ThreadPoolExecutor(max(1, len(chunks))) as pool:
        done = pool.map(
            lambda pair: _import(pair[1], folder / str(pair[0]), environment, variables, log),
            enumerate(chunks),
        )
        results = [each for chunk in done for each in chunk]
    seconds = time.perf_counter() - started
    return _report(results, held, seconds, junit=junit, job_id=job_id, emit=emit, log=log)


def _report(
    results: Sequence[Import],
    held: WheelFiles,
    seconds: float,
    *,
    junit: Path,
    job_id: str,
    emit: Emit,
    log: Path | None,
) -> TestOutcome:
    judged = [(judge_import(each, held.names), each) for each in results]
    warned = [each.line for verdict, each in judged if verdict == "warning"]
    wrong = [each.line for verdict, each in judged if verdict == "error"]
    if not results:
        emit(Notice("the wheel holds no module to import"))
    for line in warned[:_SHOWN]:
        emit(Warned(f"not importable here: {line}"))
    telling = "\n".join(wrong[:_SHOWN])
    write_junit(junit, job_id, Counts(0 if wrong else 1, len(wrong)), seconds, telling)
    outcome = TestOutcome(
        counts=None,
        exit_code=int(bool(wrong)),
        seconds=seconds,
        junit=junit,
        telling=telling,
        imports=sum(each.status == "ok" for each in results),
        folder=None,
    )
    if wrong:
        raise TestsFailed(
            f"{len(wrong)} of {len(results)} modules of the wheel cannot be imported",
            outcome=outcome,
            where=str(log or job_id),
            evidence=telling,
            hint="look whether the wheel holds every module and declares what it needs",
        )
    return outcome


def _is_program_or_test(name: str) -> bool:
    parts = name.split(".")
    last = parts[-1]
    return (
        last in {"__main__", "conftest", "setup"}
        or last.startswith("test_")
        or last.endswith("_test")
        or not _TEST_FOLDERS.isdisjoint(parts)
    )


def _chunks(modules: Sequence[str]) -> list[Sequence[str]]:
    """Split the modules into runs of neighbours, so that a package's own are imported once."""
    count = max(1, min(_MOST_PROCESSES, os.cpu_count() or 1, len(modules)))
    size = -(-len(modules) // count)
    return [modules[start : start + size] for start in range(0, len(modules), size or 1)]


def _import(
    modules: Sequence[str],
    stem: Path,
    environment: Environment,
    variables: Mapping[str, str],
    log: Path | None,
) -> list[Import]:
    """Import modules in one process, and the rest in another where one ends the process."""
    results: list[Import] = []
    left = list(modules)
    while left:
        told, output = _one_process(left, stem, environment, variables, log)
        finished = [each for each in told if each.status != "started"]
        results += finished
        left = left[len(finished) :]
        if left:
            results.append(Import(left.pop(0), "crashed", output))
    return results


def _one_process(
    modules: Sequence[str],
    stem: Path,
    environment: Environment,
    variables: Mapping[str, str],
    log: Path | None,
) -> tuple[list[Import], str]:
    names, told = stem.with_suffix(".json"), stem.with_suffix(".told")
    write_text(names, json.dumps(list(modules)))
    told.unlink(missing_ok=True)
    command = [str(environment.python), "-I", "-c", _PROGRAM, str(names), str(told)]
    done = run(command, cwd=environment.path, env=variables, log=log, timeout=_LIMIT)
    if not told.is_file():
        return [], done.tail(3)
    lines = told.read_text(encoding="utf-8", errors="replace").splitlines()
    return [Import(*json.loads(line)) for line in lines if line.endswith("]")], done.tail(3)
