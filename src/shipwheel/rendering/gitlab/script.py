"""The lines that a job runs, in the words of its machine's shell: bash, or PowerShell on Windows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Literal

from shipwheel.data.catalog import Catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiStep
from shipwheel.rendering.pipeline import Tool

System = Literal["linux", "macos", "windows"]

_HASHED = "python -m pip install --quiet --require-hashes --only-binary=:all: -r"
_TOOLS = "shipwheel-tools"  # the environment on machines that are no containers
_EMULATOR = "binfmt"
_DOCKER_ARCH = {"aarch64": "arm64", "armv7l": "arm"}


def tool_lines(tool: Tool, system: System) -> tuple[str, ...]:
    """Give the lines that put the tool, and what it needs, on PATH."""
    return (*_environment(tool.python, system), f"{_HASHED} {tool.lock}", *_own_source(tool))


def _environment(python: str, system: System) -> tuple[str, ...]:
    """Bring the tool's Python where the machine is none of our images."""
    if system == "linux":
        return ()
    if system == "macos":
        return (
            f"brew install --quiet python@{python}",
            f'python{python} -m venv "$CI_BUILDS_DIR/{_TOOLS}"',
            f'export PATH="$CI_BUILDS_DIR/{_TOOLS}/bin:$PATH"',
        )
    bare = python.replace(".", "")
    return (
        f"choco install python{bare} --yes --no-progress",
        f'& "C:\\Python{bare}\\python.exe" -m venv "$env:CI_BUILDS_DIR\\{_TOOLS}"',
        f'$env:PATH = "$env:CI_BUILDS_DIR\\{_TOOLS}\\Scripts;$env:PATH"',
    )


def _own_source(tool: Tool) -> tuple[str, ...]:
    if tool.kind != "tree":
        return ()
    return (f"python -m pip install --no-deps --no-index --no-build-isolation {tool.value}",)


def released_tool_lines(tool: Tool, dist: str) -> tuple[str, ...]:
    """Give the lines of a job without a checkout: a tool that is the release itself comes from it."""
    if tool.kind != "tree":
        return ()
    return (
        f"{_HASHED} {tool.lock}",
        f"python -m pip install --no-deps --no-index --find-links {dist} shipwheel",
    )


def package_lines(packages: tuple[str, ...], system: System) -> tuple[str, ...]:
    """Give the line that installs the project's system packages."""
    if not packages:
        return ()
    named = shlex.join(packages)
    if system == "linux":
        return (f"apt-get -qq update && apt-get -qq install --yes --no-install-recommends {named}",)
    if system == "macos":
        return (f"brew install --quiet {named}",)
    return (f"choco install --yes --no-progress {named}",)


def docker_lines(emulated: Iterable[str], catalog: Catalog) -> Iterator[str]:
    """Give the lines that cibuildwheel's containers need; `emulated` are foreign processors.

    Raises ConfigurationError where a foreign one is wanted and the Catalog has no emulator.
    """
    yield (
        "command -v docker || (apt-get -qq update"
        " && apt-get -qq install --yes --no-install-recommends docker.io)"
    )
    wanted = sorted({_DOCKER_ARCH.get(each, each) for each in emulated})
    if not wanted:
        return
    if _EMULATOR not in catalog.images:
        raise ConfigurationError(
            f"GitLab.com has no machine with the processor {wanted[0]}",
            where="[tool.shipwheel.wheels] platforms",
            hint="name a runner of yours for the platform in [tool.shipwheel.ci] runners",
        )
    image = catalog.images[_EMULATOR].pinned
    yield f"docker run --rm --privileged {image} --install {','.join(wanted)}"


def python_lines(pythons: str, system: System) -> tuple[str, ...]:
    """Give the line that brings Pythons which the machine lacks; `pythons` may hold several.

    uv has the digests of all that it downloads, and is itself in the tools' lock.
    """
    if not pythons:
        return ()
    if system == "windows":
        return (f"uv python install {word(pythons, system)}",)
    if " " not in pythons:
        one = word(pythons, system)
        return (f"uv python find {one} || uv python install {one}",)
    return (
        f'for python in {pythons}; do uv python find "$python" || uv python install "$python"; done',
    )


def step_lines(steps: Iterable[CiStep], system: System) -> Iterator[str]:
    """Give the user's own lines for this system; raises ConfigurationError for an action of GitHub's."""
    for step in steps:
        if step.on and system not in step.on:
            continue
        if step.run is None:
            raise ConfigurationError(
                f"GitLab has no actions: {step.uses}",
                where=f"[tool.shipwheel.ci] step {step.name!r}",
                hint="write it as a command: run = …",
            )
        yield from _with_environment(step, system, step.run.rstrip("\n"))


def _with_environment(step: CiStep, system: System, run: str) -> Iterator[str]:
    if not step.environment:
        yield run
    elif system == "windows":
        yield from (f"$env:{name} = {_quoted(value)}" for name, value in step.environment.items())
        yield run
    else:
        named = " ".join(f"{name}={shlex.quote(value)}" for name, value in step.environment.items())
        yield f"(export {named}; {run})"


def _quoted(text: str) -> str:
    """Quote for PowerShell, which takes nothing between single quotes for its own but a doubled one."""
    return "'" + text.replace("'", "''") + "'"


def word(text: str, system: System) -> str:
    """Give a text with `$NAME` in it as a command's word (several, where it has spaces and no variable)."""
    if "$" not in text:
        return text
    if system == "windows":
        text = re.sub(r"\$(\{?)", r"$\1env:", text)
    return f'"{text}"'
