"""The tools' lock judged: that it is there, whole, and this tool's. Asks no network."""

from __future__ import annotations

from pathlib import Path

from shipwheel.files import sha256
from shipwheel.project.facts import Project
from shipwheel.rendering.locked import faults, inputs_of_lock
from shipwheel.rendering.pipeline import Tool
from shipwheel.rendering.rendered import Drift, Verdict

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
    inputs = inputs_of_lock(tool, tree_requirements(tool, project))
    told = list(faults(text, tool, inputs, digest))
    return _bad(tool, "; ".join(told)) if told else Verdict(path=tool.lock, drifts=(Drift.NONE,))


def tree_requirements(tool: Tool, project: Project) -> tuple[str, ...]:
    """Give what the tool's own source needs to be built and to run; nothing where it is not built in CI."""
    if tool.kind != "tree":
        return ()
    of_extras = (each for extra in tool.extras for each in project.extras.value.get(extra, ()))
    return (
        *project.dependencies.value,
        *project.build_requires,
        *(on_linux(each) for each in of_extras),
    )


def on_linux(requirement: str) -> str:
    """Give a requirement for the machines that close a release, whatever else it asks for."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - seldom needed

    wanted = Requirement(requirement)
    asked = f"({wanted.marker}) and " if wanted.marker else ""
    wanted.marker = None
    return f"{wanted} ; {asked}sys_platform == 'linux'"


def _bad(tool: Tool, message: str) -> Verdict:
    return Verdict(path=tool.lock, drifts=(Drift.LOCK,), message=message, mend=MEND)
