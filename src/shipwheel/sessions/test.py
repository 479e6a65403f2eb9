"""`test-X.Y`: the project's tests against the built wheel, on an overlay, with proof."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from shipwheel.dists.record import Proof
from shipwheel.errors import JobError
from shipwheel.events import Notice, Warned
from shipwheel.project.facts import Runner
from shipwheel.sessions.jobrun import JobRun
from shipwheel.testing.environment import prepare_test_environment
from shipwheel.testing.overlay import stage_overlay
from shipwheel.testing.proof import Proofs, check_proof
from shipwheel.testing.run import TestOutcome, run_tests


def run(
    run: JobRun,
    *,
    command: Sequence[str] | None = None,
    requires: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> TestOutcome:
    """Test the wheel of the job's Python with the project's own command, posargs appended.

    `command` takes its place, `requires` are installed too, `environment` variables are added.

    Raises JobError for failing tests, for tests that did not run, and for modules of the project that
    were imported from anywhere but the wheel.
    """
    interpreter = run.interpreter()
    project = run.opened.project
    wheel, ref = run.consume(run.job.consumes[0])
    with run.step("environment", f"Python {interpreter.version}") as said:
        prepared = prepare_test_environment(
            run.workspace,
            project,
            interpreter,
            wheel,
            ref.sha256,
            job_id=run.job.id,
            lowest=run.job.lowest,
            requires=tuple(requires),
            emit=run.steps.emit,
            log=run.log,
        )
        said.append("reused" if prepared.reused else "new")
    overlay = stage_overlay(run.workspace, project, run.job.id, prepared.environment, wheel)
    with run.step("tests", wheel.name) as said:
        outcome = run_tests(
            run.workspace,
            project,
            prepared.environment,
            wheel,
            overlay,
            job_id=run.job.id,
            command=command,
            args=run.args,
            variables=environment,
            workers=_workers(run),
            emit=run.steps.emit,
            log=run.log,
        )
        said.append(outcome.summary)
    run.tests_run = outcome.ran
    proofs = check_proof(prepared.environment, wheel, overlay)
    _note_proofs(run, ref.sha256, outcome, proofs, whole=command is None and not run.args)
    return outcome
