"""Is the wheel what the project promises? Backends leave an extension, or all modules, out with exit code 0."""

from __future__ import annotations

import re
from pathlib import Path

from shipwheel.building.failure import last_lines
from shipwheel.dists.wheel import Wheel, open_wheel
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.machine.toolchain import compiler_mend, has_compiler, missing_compiler_error
from shipwheel.process import redact
from shipwheel.project.facts import Kind, Project
from shipwheel.project.submodules import submodules_hint

_KIND = "[tool.shipwheel] kind"
_ALLOW = "[tool.shipwheel.wheels] allow-pure"
_TELLING = re.compile(
    r"could not be compiled|failed with exit|not enabled|error:|fatal|unable to execute|"
    r"pure.?python|without (?:the )?(?:C )?(?:extension|speedups)|skipp|optional extension|warning: build",
    re.IGNORECASE,
)
_SHARED_ABIS = frozenset({"abi3", "abi3t", "none"})
_EVIDENCE = 8  # lines
_SERVES = {
    Kind.PLATFORM: "serves every Python",
    Kind.ABI3: "serves several Pythons",
    Kind.EXTENSION: "serves one Python",
}


def check_promise(
    path: Path, output: str, project: Project, *, compiled: bool, log: Path | None = None
) -> tuple[str, ...]:
    """Compare a wheel, fresh from the backend, with the facts, and give warnings.

    Raises JobError for a wheel without modules where the project has some, for a platform wheel of a
    pure project, for one that serves more or fewer Pythons than planned, and for a missing extension, with what the backend said of it; MachineError where
    that is a missing compiler. `allow-pure` makes the missing extension a warning.
    """
    wheel = open_wheel(path)
    _check_empty(wheel, project, output, log)
    if not compiled:
        _check_pure(wheel, project, log)
        return ()
    if wheel.compiled or _has_libraries(wheel):
        _check_abi(wheel, project)
        return ()
    return (_missing_extension(wheel, project, output, log),)


def _check_empty(wheel: Wheel, project: Project, output: str, log: Path | None) -> None:
    """Refuse a wheel with metadata alone: it builds, installs, and its tests pass on the tree.

    A meta-package (dependencies and nothing else) has no packages in its tree either.
    """
    known = [package.name for package in project.packages.value if package.path]
    if wheel.installed or wheel.scripts or not known:
        return
    raise JobError(
        f"the wheel is empty: none of {', '.join(known[:5])} is in it",
        where=wheel.path.name,
        evidence=last_lines(output, _EVIDENCE) or None,
        hint=f"name the packages in the backend's configuration ({project.backend.value}): "
        f"{_listed(project)}{_full(log)}",
    )


def _listed(project: Project) -> str:
    return ", ".join(f"{each.name} is {each.path}" for each in project.packages.value if each.path)


def _check_pure(wheel: Wheel, project: Project, log: Path | None) -> None:
    if wheel.is_pure:
        return
    raise JobError(
        f"the project is planned as {project.kind.value}, and its wheel is for one platform",
        where=wheel.path.name,
        evidence="\n".join(wheel.compiled[:_EVIDENCE]) or "; ".join(wheel.artifact.tags),
        hint=f'set {_KIND} = "extension" (the guess came from {project.kind.origin}){_full(log)}',
    )


def _check_abi(wheel: Wheel, project: Project) -> None:
    """Hold the wheel's ABI against the kind: one wheel for several Pythons, or one for each."""
    pairs = [tag.split("-")[:2] for tag in wheel.artifact.tags]
    serves_several = any(abi in _SHARED_ABIS for _python, abi in pairs)
    serves_all = any(abi == "none" and python.startswith("py3") for python, abi in pairs)
    # PyPy and free-threaded Pythons have no abi3: an abi3 project gives them wheels of their own
    apart = any(python.startswith("pp") or abi.endswith("t") for python, abi in pairs)
    kind = Kind.PLATFORM if serves_all else Kind.ABI3 if serves_several else Kind.EXTENSION
    if project.kind.value is kind or (
        project.kind.value is Kind.ABI3 and apart and kind is Kind.EXTENSION
    ):
        return
    serves = _SERVES[kind]
    raise JobError(
        f"the wheel {serves}, and the project is planned as {project.kind.value}",
        where=wheel.path.name,
        evidence="; ".join(wheel.artifact.tags[:_EVIDENCE]),
        hint=f'set {_KIND} = "{kind.value}" (the guess came from {project.kind.origin})',
    )


def _missing_extension(wheel: Wheel, project: Project, output: str, log: Path | None) -> str:
    what = (
        "the extension is missing: the wheel is for every platform"
        if wheel.is_pure
        else "the extension is missing: the wheel is for one platform, and holds no compiled module"
    )
    if project.config.wheels.allow_pure:
        return f"{what} ({_ALLOW} lets it pass)"
    error = _error(what, wheel, output, log)
    error.hint = "\n".join(filter(None, (submodules_hint(Path(project.root)), error.hint)))
    raise error


def _error(what: str, wheel: Wheel, output: str, log: Path | None) -> ShipwheelError:
    compiler = missing_compiler_error(output)
    if compiler is None and not has_compiler():
        # projects that can do without it swallow the compiler's own words
        compiler = MachineError(
            "a C compiler is missing", evidence=telling_lines(output), hint=compiler_mend()
        )
    if compiler is not None:
        return compiler
    return JobError(
        what,
        where=wheel.path.name,
        evidence=telling_lines(output) or last_lines(output, _EVIDENCE),
        hint="mend the compiler or its flags (CC, CFLAGS) as the lines above say;\n"
        f'if the project has no extension: {_KIND} = "pure";\n'
        f"if a wheel without it may be shipped: {_ALLOW} = true{_full(log)}",
    )


def telling_lines(output: str) -> str:
    """Give the lines of a backend's output that tell why an extension was left out."""
    told = [line.rstrip() for line in redact(output).splitlines() if _TELLING.search(line)]
    return "\n".join(dict.fromkeys(told[-_EVIDENCE:]))


def _has_libraries(wheel: Wheel) -> bool:
    """Say whether it holds a program or a shared library: what a ctypes or Rust project compiles."""
    return any(
        re.search(r"\.(so(\.\d+)*|dylib|dll|exe)$", each.name) or ".data/scripts/" in each.name
        for each in wheel.members
    )


def _full(log: Path | None) -> str:
    return f"\nthe full log: {log}" if log else ""
