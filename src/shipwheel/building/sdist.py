"""The sdist: from the same inputs the same file, without building it again."""

from __future__ import annotations

import os
from pathlib import Path

from shipwheel.building.built import Built, from_kept
from shipwheel.building.epoch import source_epoch
from shipwheel.building.hooks import Backend, HookBuild
from shipwheel.building.inputs import Inputs, read_inputs
from shipwheel.building.keep import Kept, find_kept, keep
from shipwheel.building.placement import place
from shipwheel.building.staging import empty, stage
from shipwheel.dists.artifact import SDIST_ID
from shipwheel.dists.lock import hold
from shipwheel.dists.normalize import normalize_sdist
from shipwheel.dists.sdist import open_sdist
from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice, silent
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.workspace import STATE, Workspace

__all__ = ["Built", "build_sdist"]


def build_sdist(
    workspace: Workspace,
    project: Project,
    interpreter: Interpreter,
    *,
    emit: Emit = silent,
    log: Path | None = None,
) -> Built:
    """Give the project's sdist in `dist/`, built only if its inputs changed.

    It is built by the project's own backend (PEP 517) from a copy of the files that git knows, which
    is a checkout too, so the tree stays as it is; a submodule whose version comes from git is built in
    place. Then it is normalized: order, times (the last commit's), owners. Raises JobError for a
    failing backend, MachineError for what this machine lacks (a compiler, git's trust, an index).
    """
    workspace.prepare()
    lock = workspace.cache / "locks" / "sdist.file.lock"
    with hold(lock, "another build of the sdist", emit):
        inputs = read_inputs(project, emit=emit)
        kept = find_kept(workspace, inputs.digest)
        reused = kept is not None
        if kept is None:
            kept = _build(workspace, project, interpreter, inputs, emit=emit, log=log)
        path = place(workspace, kept, emit=emit)
    return from_kept(kept, path, reused=reused, builder="build")


def _build(
    workspace: Workspace,
    project: Project,
    interpreter: Interpreter,
    inputs: Inputs,
    *,
    emit: Emit,
    log: Path | None,
) -> Kept:
    folder = workspace.cache / "sdist"
    source, out = _source(inputs, folder), folder / "out"
    backend = Backend(
        workspace=workspace,
        source=source,
        interpreter=interpreter,
        epoch=source_epoch(inputs.root, os.environ, inputs.repository),
        installer=project.config.installer,
        variables=_git_variables(inputs, folder),
        emit=emit,
        log=log,
    )
    built = backend.build("sdist", out)
    normalize_sdist(built.path, backend.epoch)
    _check(built, project, emit)
    kept = keep(
        workspace,
        inputs.digest,
        built.path,
        file_id=SDIST_ID,
        resolved=built.environment.resolved,
        resolved_at=built.environment.at,
        tools={**built.environment.resolved, "python": interpreter.version},
    )
    empty(folder)
    return kept


def _source(inputs: Inputs, folder: Path) -> Path:
    if inputs.stageable:
        return stage(inputs, folder)
    empty(folder)
    return inputs.root


def _git_variables(inputs: Inputs, folder: Path) -> dict[str, str]:
    """Let git look upwards as far as the checkout's top, or its stand-in's."""
    if inputs.repository is None or inputs.repository.is_own:
        return {}
    if inputs.stageable:
        return {"GIT_CEILING_DIRECTORIES": str(folder)}
    return {"GIT_CEILING_DIRECTORIES": os.environ.get("GIT_CEILING_DIRECTORIES", "")}


def _check(built: HookBuild, project: Project, emit: Emit) -> None:
    opened = open_sdist(built.path)
    strays = [each.name for each in opened.members if f"/{STATE}/" in each.name]
    if strays:
        raise JobError(
            "the sdist has taken in shipwheel's own folder",
            where=built.path.name,
            evidence="\n".join(strays[:5]),
            hint=f"write /{STATE}/ into the project's .gitignore, or exclude it in the backend's own table",
        )
    version = project.version.value
    told = opened.metadata.get("Version")
    if version is not None and told is not None and version != told:
        emit(Notice(f"the sdist says version {told}, {project.version.origin} says {version}"))
