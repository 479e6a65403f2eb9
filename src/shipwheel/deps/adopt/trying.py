"""The first run of the tests with what was locked, in an environment of ours."""

from __future__ import annotations

import time
from pathlib import Path

from shipwheel.building.from_tree import wheel_from_tree
from shipwheel.deps.adopt.answer import Tried
from shipwheel.errors import JobError
from shipwheel.events import Emit, StepDone, StepStarted
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.testing.environment import prepare_test_environment
from shipwheel.testing.overlay import stage_overlay
from shipwheel.testing.run import run_tests
from shipwheel.workspace import Workspace

JOB = "adopt"


def first_run(
    workspace: Workspace, project: Project, interpreter: Interpreter, emit: Emit
) -> Tried:
    """Build the project, install it with what its locks hold, and run its tests.

    A failure is an answer; raises MachineError for what this machine lacks.
    """
    log = workspace.logs / JOB / "tests.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    began = time.perf_counter()
    emit(StepStarted("tests", f"with what was locked, on Python {interpreter.target}"))
    try:
        summary, seconds = _run(workspace, project, interpreter, log)
    except JobError as error:
        lines = [each.strip() for each in (error.evidence or "").splitlines() if each.strip()]
        why = f"{error.what}: {lines[-1]}" if lines else error.what
        emit(StepDone("tests", time.perf_counter() - began, "failed", well=False))
        return Tried(state="failed", why=" ".join(why.split())[:400], log=str(log))
    emit(StepDone("tests", seconds, summary))
    return Tried(state="passed", why=summary, log=str(log))


def _run(
    workspace: Workspace, project: Project, interpreter: Interpreter, log: Path
) -> tuple[str, float]:
    wheel = wheel_from_tree(workspace, project, interpreter, log=log)
    prepared = prepare_test_environment(
        workspace, project, interpreter, wheel.path, wheel.sha256, job_id=JOB, log=log
    )
    overlay = stage_overlay(workspace, project, JOB, prepared.environment, wheel.path)
    outcome = run_tests(
        workspace, project, prepared.environment, wheel.path, overlay, job_id=JOB, log=log
    )
    return outcome.summary, outcome.seconds
