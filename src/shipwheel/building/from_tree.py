"""A wheel by way of the sdist, as users get it, for a question that needs one and no file to publish."""

from __future__ import annotations

from pathlib import Path

from shipwheel.building.built import Built
from shipwheel.building.sdist import build_sdist
from shipwheel.building.wheel import build_wheel
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Kind, Project
from shipwheel.workspace import Workspace


def wheel_from_tree(
    workspace: Workspace, project: Project, interpreter: Interpreter, *, log: Path
) -> Built:
    """Build the wheel for an interpreter of this machine; an unchanged tree builds nothing.

    Raises JobError where the build fails, MachineError for what this machine lacks.
    """
    sdist = build_sdist(workspace, project, interpreter, log=log)
    compiled = project.kind.value is not Kind.PURE
    return build_wheel(workspace, project, sdist.path, interpreter, compiled=compiled, log=log)
