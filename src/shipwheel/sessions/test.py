"""`test-X.Y`: the project's tests against the built wheel, on an overlay, with proof."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from shipwheel.dists.record import Proof
from shipwheel.events import Notice
from shipwheel.machine.interpreter import Interpreter
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.siblings import siblings_for
from shipwheel.testing.environment import Prepared, prepare_test_environment
from shipwheel.testing.outcome import TestOutcome, TestsFailed
from shipwheel.testing.overlay import Overlay, stage_overlay
from shipwheel.testing.proof import Proofs, check_proof
from shipwheel.testing.run import run_tests
from shipwheel.testing.siblings import taken


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
    interpreter = (
        run.interpreter()
    )  # a Python that is not here is a reason to skip, before all else
    wheel, ref = run.consume(run.job.consumes[0])
    return prove(
        run,
        interpreter,
        wheel,
        ref.sha256,
        command=command,
        requires=requires,
        variables=environment,
    )


def prove(
    run: JobRun,
    interpreter: Interpreter,
    wheel: Path,
    sha256: str,
    *,
    command: Sequence[str] | None = None,
    requires: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    by: Mapping[str, str] | None = None,
) -> TestOutcome:
    """Test a wheel with an interpreter, and note in the run's record what that showed.

    `by` is what a proof says of where the tests ran; raises as `run` does.
    """
    prepared = _environment(run, interpreter, wheel, sha256, tuple(requires))
    overlay = stage_overlay(
        run.workspace, run.opened.project, run.job.id, prepared.environment, wheel
    )
    outcome = _tests(run, prepared, wheel, overlay, command=command, variables=variables)
    whole = command is None and not run.args
    proofs = check_proof(prepared.environment, wheel, overlay, narrowed=not whole, emit=run.emit)
    # a file's name alone would say nothing of what was in it then
    locks = {name: f"sha256:{digest}" for name, digest in prepared.locks.items()}
    _note_proofs(run, sha256, outcome, proofs, whole=whole, by={**(by or {}), **locks})
    return outcome


def _environment(
    run: JobRun, interpreter: Interpreter, wheel: Path, sha256: str, requires: tuple[str, ...]
) -> Prepared:
    siblings = siblings_for(run.opened, run.job.python, run.job.platform)
    prepared = prepare_test_environment(
        run.workspace,
        run.opened.project,
        interpreter,
        wheel,
        sha256,
        job_id=run.job.id,
        lowest=run.job.lowest,
        requires=requires,
        siblings=siblings,
        emit=run.emit,
        log=run.log,
    )
    run.consumed.extend(taken(siblings, prepared.installed))
    if prepared.reused:
        locks = f", from {', '.join(prepared.locks)}" if prepared.locks else ""
        run.emit(Notice(f"environment as before: Python {interpreter.version}{locks}"))
    return prepared


def _tests(
    run: JobRun,
    prepared: Prepared,
    wheel: Path,
    overlay: Overlay,
    *,
    command: Sequence[str] | None,
    variables: Mapping[str, str] | None,
) -> TestOutcome:
    """Run the tests; how many ran is noted also where they fail."""
    with run.step("tests", wheel.name) as said:
        try:
            outcome = run_tests(
                run.workspace,
                run.opened.project,
                prepared.environment,
                wheel,
                overlay,
                job_id=run.job.id,
                command=command,
                args=run.args,
                variables=variables,
                workers=_workers(run),
                emit=run.emit,
                log=run.log,
            )
        except TestsFailed as failed:
            run.tests_run = failed.outcome.ran
            raise
        run.tests_run = outcome.ran
        said.append(outcome.summary)
    return outcome


def _note_proofs(
    run: JobRun,
    sha256: str,
    outcome: TestOutcome,
    proofs: Proofs,
    *,
    whole: bool,
    by: Mapping[str, str],
) -> None:
    """Note what was shown of these bytes; a part of the tests (posargs) is no proof for a release."""
    part = "" if whole else "some-"
    imported = {"modules": len(proofs.modules) or outcome.imports, "processes": proofs.processes}
    run.proofs.append(Proof(what=f"{part}imports", sha256=sha256, detail={**imported, **by}))
    if outcome.imports:
        return  # no tests are known: importing every module is all that was shown
    kind = "lowest" if run.job.lowest else "tests"
    counts = {"ran": outcome.ran or 0, "skipped": outcome.skipped}
    run.proofs.append(Proof(what=f"{part}{kind}", sha256=sha256, detail={**counts, **by}))


def _workers(run: JobRun) -> int | None:
    """Give how many processes the tests may take: all there are, half of them beside other cells."""
    cores = os.cpu_count() or 1
    return max(1, cores // 2) if run.parallel else None
