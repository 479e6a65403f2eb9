"""`wheel-X.Y`: this machine's wheel for one Python, from the sdist, repaired."""

from __future__ import annotations

from shipwheel.building.wheel import build_wheel
from shipwheel.planning.job import Tier
from shipwheel.sessions.foreign import foreign_python, note_target, planned_id, test_foreign
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.made import add_made, outcome


def run(run: JobRun) -> None:
    """Build the wheel for the job's Python unless these very inputs were built before, into `dist/`."""
    interpreter = run.interpreter()
    sdist, _ref = run.consume("sdist")
    foreign = foreign_python(run)
    identifier = planned_id(run) or f"{interpreter.tag}-{run.opened.machine.platform}"
    wanted = run.opened.project.config.wheels.compiler_cache
    caching = wanted and run.ci.tier is not Tier.RELEASE
    with run.step(f"wheel for {interpreter.target}", sdist.name) as said:
        wheel = build_wheel(
            run.workspace,
            run.opened.project,
            sdist,
            interpreter,
            compiled=True,
            file_id=identifier,
            caching=caching,
            foreign=foreign,
            emit=run.emit,
            log=run.log,
        )
        said.append(outcome(wheel))
    run.inputs = wheel.inputs
    note_target(run, wheel)
    if foreign is not None:
        test_foreign(run, wheel, foreign)
    add_made(run, wheel)
