"""The project's tests with deprecations as errors, on the newest Python that is here."""

from __future__ import annotations

import msgspec
from packaging.version import Version

from shipwheel.building.from_tree import wheel_from_tree
from shipwheel.deps.api.staging import in_tree
from shipwheel.deps.readiness.answer import Readiness
from shipwheel.deps.readiness.warned import AS_ERRORS, warnings_in
from shipwheel.dists.lock import job_lock
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit, StepDone, StepStarted
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.target import parse_target
from shipwheel.project.facts import Runner
from shipwheel.sessions.context import Opened
from shipwheel.sessions.siblings import siblings_for
from shipwheel.testing.environment import prepare_test_environment
from shipwheel.testing.outcome import TestOutcome, TestsFailed
from shipwheel.testing.overlay import stage_overlay
from shipwheel.testing.run import run_tests

JOB = "readiness"


def with_tests(opened: Opened, found: Readiness, emit: Emit) -> Readiness:
    """Run the tests of the built wheel, and add what deprecations stopped them.

    Raises MachineError where no Python of the project is here, JobError where the wheel or the
    environment cannot be made.
    """
    interpreter = _newest(opened)
    emit(StepStarted("tests", f"deprecations are errors, on Python {interpreter.version}"))
    with job_lock(opened.workspace, "readiness-environment", emit):
        outcome, said = _outcome(opened, interpreter, emit)
    tops = {each.top for each in opened.project.packages.value}
    warned = warnings_in(outcome.junit, tops) if outcome is not None else ()
    packages = opened.project.packages.value
    placed = (
        msgspec.structs.replace(each, file=in_tree(packages, each.file)) if each.own else each
        for each in warned
    )
    emit(StepDone("tests", outcome.seconds if outcome else 0.0, said))
    tested = f"on Python {interpreter.version}: {said}"
    return msgspec.structs.replace(found, tested=tested, warned=tuple(placed))


def _newest(opened: Opened) -> Interpreter:
    jobs = [job for job in opened.plan.of_kind(JobKind.TEST) if job.scope is Scope.LOCAL]
    here = [each for job in jobs if job.python and (each := opened.machine.interpreter(job.python))]
    if not here:
        raise MachineError(
            "no Python of this project is here to run its tests on",
            where=opened.project.requires_python.origin,
            hint="`shipwheel doctor` says which are missing and what brings them",
        )
    return max(here, key=lambda each: Version(parse_target(each.target).release))


def _outcome(
    opened: Opened, interpreter: Interpreter, emit: Emit
) -> tuple[TestOutcome | None, str]:
    """Give how the tests ended, also where they failed: they are meant to."""
    workspace, project, log = opened.workspace, opened.project, opened.workspace.log(JOB)
    wheel = wheel_from_tree(workspace, project, interpreter, log=log)
    prepared = prepare_test_environment(
        workspace,
        project,
        interpreter,
        wheel.path,
        wheel.sha256,
        job_id=JOB,
        siblings=siblings_for(opened, parse_target(interpreter.target).text),
        emit=emit,
        log=log,
    )
    overlay = stage_overlay(workspace, project, JOB, prepared.environment, wheel.path)
    pytest = project.test.runner.value is Runner.PYTEST
    try:
        outcome = run_tests(
            workspace,
            project,
            prepared.environment,
            wheel.path,
            overlay,
            job_id=JOB,
            args=[word for each in AS_ERRORS for word in ("-W", each)] if pytest else (),
            variables={} if pytest else {"PYTHONWARNINGS": ",".join(AS_ERRORS)},
            log=log,
        )
    except TestsFailed as failed:
        return failed.outcome, failed.outcome.summary
    except JobError as error:
        return None, error.what
    return outcome, outcome.summary
