"""A compiled wheel made fit for other machines of its platform, by the platform's own tool."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from shipwheel.building.repair_tool import repair_command, repair_tool, run_repair
from shipwheel.events import Emit, silent


class Repaired(msgspec.Struct, frozen=True):
    """The repaired wheel, the tool that did it, and what is still amiss."""

    path: Path
    tools: dict[str, str] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def repair_wheel(
    path: Path, into: Path, *, emit: Emit = silent, log: Path | None = None
) -> Repaired:
    """Give the wheel with its platform's tags and with the libraries that others lack, in `into`.

    Linux: auditwheel says which policy fits; only where a library must be grafted does its own repair
    run. macOS: delocate; Windows: delvewheel. A wheel for every platform passes as it is. Raises
    JobError where a library that it needs is nowhere.
    """
    if path.name.endswith("-any.whl"):
        return Repaired(path)
    name, _, version = repair_tool().partition("==")
    tools = {name: version} if name else {}
    platform: str = sys.platform  # mypy takes the name itself for a constant
    if platform == "linux":
        from shipwheel.building.manylinux import repair_for_linux  # noqa: PLC0415 - 50 ms

        repaired, warnings = repair_for_linux(path, into, emit=emit, log=log)
        return Repaired(repaired, tools, warnings)
    command = repair_command(platform, path, into)
    if command is None or not name:
        return Repaired(path, {}, (f"no tool repairs wheels on {platform}: left as it is",))
    return Repaired(run_repair(command, into, emit=emit, log=log), tools)
