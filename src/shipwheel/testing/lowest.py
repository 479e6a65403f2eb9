"""The lowest declared versions of a project's direct dependencies, resolved beside ordinary test tools."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import write_text
from shipwheel.machine.environment import Environment, uv_command
from shipwheel.machine.variables import for_installer
from shipwheel.process import Completed, run
from shipwheel.testing.requirements import (
    declared_lowest,
    extra_requirements,
    requirement_names,
)

_SOURCE, _RESULT = "lowest.in", "lowest.txt"
_TOOLS = "shipwheel-test-tools==0"
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
    requires: Sequence[str],
    tools: Sequence[str],
    *,
    extras: Sequence[str] = (),
    constraints: Sequence[str] = (),
    root: Path | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> tuple[str, ...]:
    """Give `name==version` for each direct dependency at its lowest, of a wheel's Requires-Dist.

    uv's lowest-direct lowers every requirement that it is given directly or through a file of ours, and
    a test tool without a bound would fall to its first release. So the tools, and what `extras` bring,
    stand behind a package of their own that an index of one folder offers: for the resolver they are
    not direct, and the pins fit to them. A dependency without a lower bound is left at its newest, with
    a warning. `constraints` are files relative to `root`. Raises JobError where nothing fits.
    """
    markers = marker_values(environment)
    bounded, unbounded = declared_lowest(requires, markers)
    if unbounded:
        emit(_unbounded(unbounded))
    if not bounded:
        emit(Notice("the project declares no dependency with a lowest version"))
        return ()
    beside = (*tools, *unbounded, *extra_requirements(requires, extras, markers))
    with tempfile.TemporaryDirectory(prefix="shipwheel-lowest-") as name:
        folder = Path(name)
        _offer_tools(folder, beside)
        write_text(folder / _SOURCE, "\n".join([*bounded, _TOOLS]) + "\n")
        done = run(
            _compiling(environment, folder, constraints),
            cwd=root,
            env=for_installer(os.environ),
            log=log,
            emit=emit,
        )
        if not done.ok:
            raise _no_fit(done)
        lines = (folder / _RESULT).read_text(encoding="utf-8").splitlines()
    direct = requirement_names(bounded)
    return tuple(line for line in lines if "==" in line and requirement_names([line]) <= direct)


def _unbounded(requirements: Sequence[str]) -> Warned:
    names = ", ".join(sorted(requirement_names(requirements)))
    return Warned(
        f"no lowest version is declared for {names}: the newest is tested instead",
        "give each a lower bound (`name>=1.2`) in the project's dependencies",
    )


def _no_fit(done: Completed) -> JobError:
    return JobError(
        "the lowest declared dependencies do not fit together",
        evidence=done.tail(20),
        hint="raise the lower bound that the resolver names, in the project's dependencies",
    )


def _offer_tools(folder: Path, requirements: Sequence[str]) -> None:
    """Write a wheel that holds nothing and requires the tools."""
    info = "shipwheel_test_tools-0.dist-info"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requirements)
    metadata = f"Metadata-Version: 2.1\nName: shipwheel-test-tools\nVersion: 0\n{needed}"
    kind = "Wheel-Version: 1.0\nGenerator: shipwheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / "shipwheel_test_tools-0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", kind)
        wheel.writestr(f"{info}/RECORD", "")


def _compiling(
    environment: Environment, folder: Path, constraints: Sequence[str]
) -> list[str | Path]:
    return [
        *(uv_command(), "pip", "compile", "--resolution", "lowest-direct", "--no-header"),
        *("--no-annotate", "--no-emit-find-links", "--find-links", folder),
        *("--python", environment.python, "-o", folder / _RESULT, folder / _SOURCE),
        *(part for file in constraints for part in ("-c", file)),
    ]


def marker_values(environment: Environment) -> Mapping[str, str]:
    """Ask the environment's Python for the values of PEP 508 markers."""
    done = run([environment.python, "-I", "-S", "-c", _MARKERS])
    values: dict[str, str] = json.loads(done.output)
    return values
