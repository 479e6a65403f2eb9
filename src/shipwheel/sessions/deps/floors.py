"""`floors`: the lowest versions of the direct dependencies that the tests pass with, and their bounds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from shipwheel.building.from_tree import wheel_from_tree
from shipwheel.console.dependencies.floors import floors_section
from shipwheel.deps.cells import Cell
from shipwheel.deps.floors.answer import Floors
from shipwheel.deps.floors.asking import Wanted, looked_at, searched
from shipwheel.deps.floors.trying import JOB, Bench
from shipwheel.dists.lock import job_lock
from shipwheel.errors import ConfigurationError, JobError, MachineError
from shipwheel.events import Emit, StepDone, StepStarted
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import JobKind, Scope
from shipwheel.project.names import normalize
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.lock import tell_unknown
from shipwheel.sessions.deps.requirements import run_time_requirements
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.siblings import siblings_for

STATIC, WRITE = "--static", "--write"


def run(run: JobRun) -> Floors:
    """Ask, and show the table; arguments name dependencies, `--static` runs no tests, `--write` declares.

    Raises JobError where a bound is wrong or missing.
    """
    return answer_in_session(run, FLOORS)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Floors:
    """Ask for the floors of all dependencies, or of those that `words` name.

    Raises ConfigurationError for an unknown option or name, JobError for a project that cannot be
    built, MachineError where an interpreter or an index is missing.
    """
    unknown = [each for each in words if each.startswith("-") and each not in {STATIC, WRITE}]
    if unknown:
        raise ConfigurationError(
            f"there is no option {unknown[0]!r} here",
            where="floors",
            hint=f"{STATIC}, {WRITE}, or names of dependencies",
        )
    tell_unknown(opened, emit)
    python = _python(opened)
    wanted = Wanted(
        project=opened.project,
        requirements=run_time_requirements(opened),
        cell=Cell(python, opened.machine.platform),
        only=tuple(normalize(each) for each in words if not each.startswith("-")),
        write=WRITE in words,
    )
    found, lookup = looked_at(wanted, emit)
    if STATIC in words or not wanted.requirements:
        return found
    with job_lock(opened.workspace, "floors-environment", emit):
        return searched(wanted, found, lookup, _bench(opened, python, emit), emit)


def _python(opened: Opened) -> str:
    """Give the oldest Python that the tests run on here, which `test-lowest` has too."""
    tests = [job for job in opened.plan.of_kind(JobKind.TEST) if job.scope is Scope.LOCAL]
    found = next((job.python for job in tests if job.lowest), None)
    found = found or next((job.python for job in tests if job.python), None)
    if found is None:
        raise MachineError(
            "no Python of this project is here",
            where=opened.project.requires_python.origin,
            hint="`shipwheel doctor` says which are missing and what brings them",
        )
    return found


def _bench(opened: Opened, python: str, emit: Emit) -> Bench:
    interpreter = opened.machine.interpreter(python)
    if interpreter is None:
        raise MachineError(
            f"Python {python} is not on this machine",
            where=JOB,
            hint="`shipwheel doctor` says which are missing and what brings them",
        )
    siblings = siblings_for(opened, python)
    wheel, sha256 = _wheel(opened, interpreter, emit)
    return Bench(
        workspace=opened.workspace,
        project=opened.project,
        interpreter=interpreter,
        wheel=wheel,
        sha256=sha256,
        siblings=siblings,
    )


def _wheel(opened: Opened, interpreter: Interpreter, emit: Emit) -> tuple[Path, str]:
    """Build the wheel, once for all runs; one that is built already serves."""
    workspace, project = opened.workspace, opened.project
    log = workspace.log(JOB)
    started = time.perf_counter()
    emit(StepStarted("wheel", "for all runs"))
    built = wheel_from_tree(workspace, project, interpreter, log=log)
    emit(StepDone("wheel", time.perf_counter() - started, built.path.name))
    return built.path, built.sha256


def _failure(found: Floors, kept: str) -> JobError:
    if found.state in {"red", "flaky", "apart"}:
        what = {
            "red": "the tests fail at the newest versions too: no floor can be found",
            "flaky": "the tests end now so, now so: no floor can be found",
            "apart": "the floors do not pass together, and no single one mends them",
        }[found.state]
        last = found.runs[-1]
        return JobError(what, where=kept, evidence=last.why or None, hint=f"its log: {last.log}")
    named = [each.name for each in found.floors if each.proposed]
    return JobError(
        f"bounds to change: {', '.join(named)}" if named else "the table names bounds to change",
        where=kept,
        hint="`shipwheel deps floors --write` writes those that are proposed into pyproject.toml",
    )


FLOORS = Asked("floors", ask, floors_section, _failure)
