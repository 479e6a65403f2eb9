"""The tools' lock: what CI installs, by hash. Resolving needs an index; judging needs nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from shipwheel import process
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import sha256, write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.variables import for_installer
from shipwheel.project.facts import Project
from shipwheel.rendering.locked import cleaned, faults, inputs_of_lock, lock_text
from shipwheel.rendering.pipeline import Tool
from shipwheel.rendering.rendered import Drift, Verdict

_SECONDS = 600  # a resolution that takes longer has met an index that does not answer
MEND = "`shipwheel render --lock` resolves it; it needs an index within reach"


def judge_lock(root: Path, tool: Tool, project: Project) -> Verdict:
    """Say whether the tools' lock is there, whole, and this tool's; asks no network."""
    path = root / tool.lock
    if not path.is_file():
        return _bad(tool, "it is not there: no job can install its tools")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return _bad(tool, "it is not UTF-8")
    wheel = root / tool.value if tool.kind == "wheel" else None
    digest = sha256(wheel) if wheel and wheel.is_file() else None
    inputs = inputs_of_lock(tool, _tree_requirements(tool, project))
    told = list(faults(text, tool, inputs, digest))
    return _bad(tool, "; ".join(told)) if told else Verdict(path=tool.lock, drifts=(Drift.NONE,))


def write_lock(root: Path, tool: Tool, project: Project, *, emit: Emit = silent) -> None:
    """Resolve the tools for CI's Python on every platform, and write the lock.

    Raises ConfigurationError where the tool's wheel is not there; MachineError where no index is within
    reach; JobError where the requirements cannot be met.
    """
    requirements = _requirements(root, tool, project)
    emit(StepStarted("lock", tool.value))
    done = _resolve(requirements, tool, emit)
    body = cleaned(done.output)
    if tool.kind == "wheel":
        body += f"./{tool.value} \\\n    --hash=sha256:{sha256(root / tool.value)}\n"
    inputs = inputs_of_lock(tool, _tree_requirements(tool, project))
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
            *("--no-annotate", "--no-header", "--output-file", found.name, wanted.name),
        ]
        done = process.run(
            command, cwd=Path(folder), env=for_installer(os.environ), emit=emit, timeout=_SECONDS
        )
        if not done.ok:
            raise installation_failure(done.tail(200), python=tool.python, only_binary=True)
        return process.Completed(
            done.command, done.returncode, found.read_text(encoding="utf-8"), done.seconds
        )


def _requirements(root: Path, tool: Tool, project: Project) -> tuple[str, ...]:
    if tool.kind == "index":
        return (tool.value,)
    if tool.kind == "tree":
        return _tree_requirements(tool, project)
    return _of_wheel(root / tool.value, tool)


def _tree_requirements(tool: Tool, project: Project) -> tuple[str, ...]:
    """Give what the tool's own source needs to be built and to run; nothing where it is not built in CI."""
    if tool.kind != "tree":
        return ()
    return (*project.dependencies.value, *project.build_requires)


def _of_wheel(path: Path, tool: Tool) -> tuple[str, ...]:
    if not path.is_file():
        raise ConfigurationError(
            f"the wheel {tool.value} is not there",
            where="[tool.shipwheel.ci] tool",
            hint="put it there, or name a version: the jobs of CI take it from the repository",
        )
    from shipwheel.dists.wheel import open_wheel  # noqa: PLC0415 - a tool's own wheel alone

    needs = open_wheel(path).metadata.all("Requires-Dist")
    return tuple(each for each in needs if "extra ==" not in each)


def _bad(tool: Tool, message: str) -> Verdict:
    return Verdict(path=tool.lock, drifts=(Drift.LOCK,), message=message, mend=MEND)
