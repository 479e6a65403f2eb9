"""The tools' lock resolved: the only part of rendering that needs an index."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.dists.wheel import open_wheel
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import sha256, write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.variables import for_installer
from shipwheel.project.facts import Project
from shipwheel.rendering.lock import on_linux, tree_requirements
from shipwheel.rendering.locked import cleaned, inputs_of_lock, lock_text
from shipwheel.rendering.pipeline import Tool
from shipwheel.rendering.tool import NAME

_SECONDS = 600  # a resolution that takes longer has met an index that does not answer


def write_lock(root: Path, tool: Tool, project: Project, *, emit: Emit = silent) -> None:
    """Resolve the tools for CI's Python on every platform, and write the lock.

    Raises ConfigurationError where the tool's wheel is not there; MachineError where no index is within
    reach; JobError where the requirements cannot be met.
    """
    requirements = wanted_of(root, tool, project)
    emit(StepStarted("lock", tool.named))
    done = _resolve(requirements, tool, emit)
    body = cleaned(done.output)
    if tool.kind == "wheel":
        body += f"./{tool.value} \\\n    --hash=sha256:{sha256(root / tool.value)}\n"
    inputs = inputs_of_lock(tool, tree_requirements(tool, project))
    write_text(root / tool.lock, lock_text(tool, body, inputs))
    emit(StepDone("lock", done.seconds, tool.lock))


def _resolve(requirements: tuple[str, ...], tool: Tool, emit: Emit) -> process.Completed:
    # in an empty folder: no [tool.uv] of the project's decides; the user's own indexes are asked
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
        wanted, found = Path(folder, "tools.in"), Path(folder, "tools.txt")
        write_text(wanted, "".join(f"{line}\n" for line in requirements))
        command = [
            *(uv_command(), "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
            *("--python-version", tool.python, "--only-binary", ":all:"),
            # our own wheel is installed by its path, whatever its extras were asked of
            *(("--no-emit-package", NAME) if tool.kind == "wheel" else ()),
            *("--no-annotate", "--no-header", "--output-file", found.name, wanted.name),
        ]
        done = process.run(
            command, cwd=Path(folder), env=for_installer(os.environ), emit=emit, timeout=_SECONDS
        )
        if not done.ok:
            raise installation_failure(done.tail(200), python=tool.python, only_binary=True)
        return msgspec.structs.replace(done, output=found.read_text(encoding="utf-8"))


def wanted_of(root: Path, tool: Tool, project: Project) -> tuple[str, ...]:
    """Give the requirements that a lock is resolved from; raises ConfigurationError without the tool's wheel."""
    if tool.kind == "index":
        return (tool.value, *((on_linux(tool.named),) if tool.extras else ()))
    if tool.kind == "tree":
        return tree_requirements(tool, project)
    return _of_wheel(root / tool.value, tool)


def _of_wheel(path: Path, tool: Tool) -> tuple[str, ...]:
    if not path.is_file():
        raise ConfigurationError(
            f"the wheel {tool.value} is not there",
            where="[tool.shipwheel.ci] tool",
            hint="put it there, or name a version: the jobs of CI take it from the repository",
        )
    needs = open_wheel(path).metadata.all("Requires-Dist")
    own = tuple(each for each in needs if "extra ==" not in each)
    if not tool.extras:
        return own
    listed = ",".join(tool.extras)
    return (*own, on_linux(f"{NAME}[{listed}] @ {path.resolve().as_uri()}"))
