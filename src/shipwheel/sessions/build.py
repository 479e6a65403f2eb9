"""`build`: the sdist, and a pure project's wheel from that sdist."""

from __future__ import annotations

from shipwheel.building.built import Built
from shipwheel.building.sdist import build_sdist
from shipwheel.building.wheel import build_wheel
from shipwheel.errors import MachineError
from shipwheel.planning.job import Scope
from shipwheel.project.facts import Kind
from shipwheel.publishing.commit import built_from
from shipwheel.sessions.jobrun import JobRun


def run(run: JobRun) -> None:
    """Build the sdist (and the wheel of a pure project) unless nothing changed, into `dist/`."""
    if run.job.scope is not Scope.LOCAL:
        raise MachineError(
            run.job.reason or "no Python of this project is here",
            where=run.opened.project.requires_python.origin,
            hint=run.job.remedy,
        )
    interpreter = run.interpreter()
    project = run.opened.project
    run.commit = built_from(run.workspace.root)
    with run.step("sdist", f"with {project.backend.value}") as said:
        sdist = build_sdist(run.workspace, project, interpreter, emit=run.emit, log=run.log)
        said.append(outcome(sdist))
    add_made(run, sdist)
    run.inputs = sdist.inputs
    if project.kind.value is Kind.PURE:
        with run.step("wheel", "from the sdist") as said:
            wheel = build_wheel(
                run.workspace,
                project,
                sdist.path,
                interpreter,
                compiled=False,
                file_id="any",
                emit=run.emit,
                log=run.log,
            )
            said.append(outcome(wheel))
        add_made(run, wheel)


def add_made(run: JobRun, built: Built) -> None:
    """Note in the run's record a file that it made."""
    run.tools.update(built.tools)
    run.made.append(built.as_made())


def outcome(built: Built) -> str:
    """Say what came of a build: the file, and whether it was there already."""
    return f"{built.path.name}{' (unchanged)' if built.reused else ''}"
