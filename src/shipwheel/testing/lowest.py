"""The lowest declared versions of a project's direct dependencies, resolved beside ordinary test tools."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.machine.environment import Environment, uv_command
from shipwheel.machine.variables import for_installer
from shipwheel.process import run
from shipwheel.testing.requirements import declared_lowest, requirement_names

_RESULT = "lowest.txt"
_MARKERS = (
    "import json, os, platform, sys; v = sys.implementation.version; "
    "print(json.dumps({'implementation_name': sys.implementation.name, "
    "'implementation_version': '%d.%d.%d' % v[:3], 'os_name': os.name, "
    "'platform_machine': platform.machine(), 'platform_release': platform.release(), "
    "'platform_python_implementation': platform.python_implementation(), "
    "'platform_system': platform.system(), 'platform_version': platform.version(), "
    "'python_full_version': platform.python_version(), "
    "'python_version': '%d.%d' % sys.version_info[:2], 'sys_platform': sys.platform}))"
)


def lowest_pins(
    environment: Environment,
    wheel_reference: str,
    requires: Sequence[str],
    tools: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    root: Path | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> tuple[str, ...]:
    """Give `name==version` for each direct dependency (`requires`, the wheel's Requires-Dist) at its lowest.

    uv's lowest-direct lowers every requirement that it is given directly, and a test tool without a
    bound would fall to its first release. So the tools stand behind a package of their own that is made
    for this: for the resolver they are not direct, and the pins fit to them. A dependency without a
    lower bound is left at its newest, with a warning. `constraints` are
    files relative to `root`. Raises JobError where nothing fits.
    """
    bounded, unbounded = declared_lowest(requires, _marker_values(environment))
    if unbounded:
        names = ", ".join(sorted(requirement_names(unbounded)))
        emit(
            Warned(
                f"no lowest version is declared for {names}: the newest is tested instead",
                "give each a lower bound (`name>=1.2`) in the project's dependencies",
            )
        )
    if not bounded:
        emit(Notice("the project declares no dependency with a lowest version"))
        return ()
    with tempfile.TemporaryDirectory(prefix="shipwheel-lowest-") as folder:
        lines = [wheel_reference, *bounded, _tools_package(Path(folder), tools)]
        command = _compiling(environment, Path(folder), lines, constraints)
        done = run(command, cwd=root, env=for_installer(os.environ), log=log, emit=emit)
        if not done.ok:
            raise JobError(
                "the lowest declared dependencies do not fit together",
                evidence=done.tail(20),
                hint="raise the lower bound that the resolver names, in the project's dependencies",
            )
        output = (Path(folder) / _RESULT).read_text(encoding="utf-8")
    direct = requirement_names(bounded)
    return tuple(
        line for line in output.splitlines() if "==" in line and requirement_names([line]) <= direct
    )


def _tools_package(folder: Path, tools: Sequence[str]) -> str:
    """Write a package that requires the tools; uv reads it and builds nothing."""
    # JSON's strings are TOML's basic strings
    text = (
        '[project]\nname = "shipwheel-test-tools"\nversion = "0"\n'
        f"dependencies = {json.dumps(list(tools))}\n"
    )
    write_text(folder / "tools" / "pyproject.toml", text)
    return f"shipwheel-test-tools @ {(folder / 'tools').as_uri()}"


def _compiling(
    environment: Environment, folder: Path, lines: Sequence[str], constraints: Sequence[str]
) -> list[str | Path]:
    source = folder / "lowest.in"
    write_text(source, "\n".join(lines) + "\n")
    return [
        *(uv_command(), "pip", "compile", "--resolution", "lowest-direct", "--no-header"),
        *("--no-annotate", "--python", environment.python, "-o", folder / _RESULT, source),
        *(part for file in constraints for part in ("-c", file)),
    ]


def _marker_values(environment: Environment) -> Mapping[str, str]:
    done = run([environment.python, "-I", "-S", "-c", _MARKERS])
    values: dict[str, str] = json.loads(done.output)
    return values
