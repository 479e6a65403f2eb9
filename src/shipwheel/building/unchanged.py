"""Whether a build would give what is there already: asked without building, and without a network."""

from __future__ import annotations

import os
import time
from pathlib import Path

from shipwheel.building.environment import RESOLVED_FOR
from shipwheel.building.inputs import read_inputs
from shipwheel.building.keep import Kept, find_kept
from shipwheel.building.wheel import find_wheel, wheel_key
from shipwheel.building.zig import zig_for
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.workspace import Workspace


def unchanged_sdist(workspace: Workspace, project: Project) -> Kept | None:
    """Give the kept sdist of the tree as it is now, None where it would be built."""
    return find_kept(workspace, read_inputs(project).digest)


def unchanged_wheel(
    workspace: Workspace,
    project: Project,
    sdist: Path,
    interpreter: Interpreter,
    *,
    compiled: bool,
) -> Kept | None:
    """Give the kept wheel of an sdist, None where it would be built or looked up again."""
    zig = zig_for(project, interpreter, None, os.environ) if compiled else None
    key = wheel_key(project, sdist, interpreter, compiled=compiled, environ=os.environ, zig=zig)
    kept = find_wheel(workspace, key, compiled=compiled, environ=os.environ)
    if kept is None or not 0 <= time.time() - kept.resolved_at < RESOLVED_FOR:
        return None
    return kept
