"""`build`: the sdist, and a pure project's wheel from that sdist."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from shipwheel.building.built import Built
from shipwheel.building.placement import retire
from shipwheel.building.sdist import build_sdist
from shipwheel.building.wheel import build_wheel
from shipwheel.dists.artifact import SDIST_ID
from shipwheel.errors import JobError, MachineError
from shipwheel.indexes.named import named_in
from shipwheel.planning.job import Scope
from shipwheel.project.facts import Kind
from shipwheel.publishing.commit import built_from
from shipwheel.publishing.named import versions_in
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.made import add_made, outcome


def run(run: JobRun) -> None:
    """Build the sdist (and the wheel of a pure project) unless nothing changed, into `dist/`.

    Raises JobError where CI names a tag that is of another version: before anything is built where
    the version is known by then, else with nothing left in `dist/`.
    """
    if run.job.scope is not Scope.LOCAL:
        raise MachineError(
            run.job.reason or "no Python of this project is here",
            where=run.opened.project.requires_python.origin,
            hint=run.job.remedy,
        )
    interpreter = run.interpreter()
    project = run.opened.project
    check_tag(run.ci.tag, run.opened.plan.project.version, project.version.origin)
    run.commit = built_from(run.workspace.root)
    with run.step("sdist", f"with {project.backend.value}") as said:
        sdist = build_sdist(run.workspace, project, interpreter, emit=run.emit, log=run.log)
        said.append(outcome(sdist))
    _check_built(run, sdist)
    add_made(run, sdist)
    run.inputs = sdist.inputs
    _retire_unplanned(run)
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


def check_tag(tag: str | None, version: str | None, where: str) -> None:
    """Raise JobError where a tag (None: there is none) names another version than the project's."""
    if tag is None or version is None or _same(version, tag):
        return
    raise JobError(
        f"the tag is {tag}, and the version is {version}",
        where=where,
        hint=f"tag the commit `v{version}`, or set the version that the tag names",
        reference="version-tag",
    )


def _same(version: str, tag: str) -> bool:
    try:
        return Version(version) in versions_in(tag)
    except InvalidVersion:
        return False  # verification says what is wrong with it


def _check_built(run: JobRun, sdist: Built) -> None:
    """Hold the version that the backend gave against the tag; a wrong sdist does not stay in `dist/`."""
    named = named_in(sdist.path.name)
    try:
        check_tag(run.ci.tag, str(named[1]) if named else None, sdist.path.name)
    except JobError:
        retire(run.workspace, lambda file_id, _name: file_id != SDIST_ID, emit=run.emit)
        raise


def _retire_unplanned(run: JobRun) -> None:
    """Move what we made, and what no file of the Plan is any more: a dropped Python's wheel, an old abi3 floor's."""
    planned = {file.id for file in run.opened.plan.files}
    retire(run.workspace, lambda file_id, _name: file_id in planned, emit=run.emit)
