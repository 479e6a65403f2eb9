"""A shipped platform wheel: made by cibuildwheel, one identifier a call, from the sdist that ships."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from shipwheel import process
from shipwheel.building.built import Built, from_kept
from shipwheel.building.cibuildwheel_failure import last_step, made_nothing, release_failure
from shipwheel.building.compiler_cache import uncached
from shipwheel.building.container import check_engine
from shipwheel.building.keep import keep
from shipwheel.building.placement import place
from shipwheel.building.promise import check_promise
from shipwheel.building.release_settings import (
    Configured,
    ProvedBy,
    ReleaseSettings,
    container_engine,
    release_settings,
)
from shipwheel.building.staging import empty
from shipwheel.data.catalog import Platform
from shipwheel.dists.artifact import parse_filename, wheel_id
from shipwheel.dists.sdist import Sdist, open_sdist, unpack_sdist
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import digest_of, sha256
from shipwheel.machine.variables import without_outer
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.workspace import Workspace

_VERSION = "cibuildwheel/1"  # counted up when the wheel is made in another way
_SYSTEMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}
_TESTING = "Testing wheel"
# a job of ours tells what was made; cibuildwheel would write its own over that
_NOT_PASSED = frozenset({"GITHUB_STEP_SUMMARY", "CIBW_ALLOW_EMPTY", "CIBW_OUTPUT_DIR"})
_ENABLES = ("CIBW_ENABLE", "CIBW_BUILD", "CIBW_SKIP", "CIBW_PLATFORM", "CIBW_ARCHS")


class ReleaseWheel(msgspec.Struct, frozen=True):
    """A wheel in `dist/`, and what cibuildwheel did to test it: `said` is the output of those tests."""

    built: Built
    tested_by: ProvedBy
    said: str = ""


class ReleaseOrder(msgspec.Struct, frozen=True):
    """A wheel to be had: `identifier` is cibuildwheel's, `platform` the Catalog's for it.

    `tested_elsewhere`: a job of the Plan tests this wheel, so that it need not be tested here.
    """

    workspace: Workspace
    project: Project
    sdist: Path
    identifier: str
    platform: Platform
    tested_elsewhere: bool
    emit: Emit = silent
    log: Path | None = None


def build_release_wheel(order: ReleaseOrder) -> ReleaseWheel:
    """Build one shipped wheel with the project's `[tool.cibuildwheel]`, and put it into `dist/`.

    Raises MachineError where this machine cannot make it (another system's, no container engine, an
    image out of reach), ConfigurationError where cibuildwheel refuses its configuration, JobError for
    a build, repair or test that failed and for another wheel than the one that was asked for.
    """
    check_system(order.platform, order.identifier, sys.platform)
    folder = order.workspace.cache / "build" / f"wheels-{order.identifier}"
    empty(folder)
    sdist = open_sdist(order.sdist)
    configured = Configured(
        table=_table(order.sdist),
        identifier=order.identifier,
        system=order.platform.os,
        environ=os.environ,
    )
    settings = release_settings(
        order.project,
        configured,
        order.platform,
        {member.name.partition("/")[2] for member in sdist.members},
        tested_elsewhere=order.tested_elsewhere,
        epoch=sdist.epoch,
    )
    if settings.why:
        order.emit(Warned(_untested(order, settings)))
    for file in settings.unconstrained:
        order.emit(Warned(_unconstrained(order, file)))
    output = _call(order, configured, settings, folder)
    wheel = _only_wheel(folder, order, sdist, output)
    warnings = check_promise(wheel, output, order.project, compiled=True, log=order.log)
    for text in warnings:
        order.emit(Warned(text))
    built = _into_dist(order, wheel, warnings)
    empty(folder)
    return ReleaseWheel(built, settings.tested_by, _after(output, _TESTING))


def check_system(platform: Platform, identifier: str, here: str) -> None:
    """Raise MachineError where the wheel is another system's; `here` is `sys.platform`.

    Linux wheels are made in a container, which any system may run.
    """
    if platform.os == "linux" or _SYSTEMS[platform.os] == here:
        return
    raise MachineError(
        f"{identifier} is made on {platform.os}, and this is {here}",
        where="cibuildwheel runs the system's own Python there",
        hint=f"CI makes it on {platform.runner}; here, `nox -s wheel` makes this machine's own wheels",
    )


def _untested(order: ReleaseOrder, settings: ReleaseSettings) -> str:
    if settings.tested_by is ProvedBy.IMPORTS:
        return f"{order.identifier} is imported, not tested: {settings.why}"
    return f"{order.identifier} is tested by nobody: {settings.why}"


def _unconstrained(order: ReleaseOrder, file: str) -> str:
    return (
        f"{order.identifier} is tested without the constraints of {file}: the sdist lacks that file"
    )


def _table(sdist: Path) -> Mapping[str, Any]:
    """Give `[tool.cibuildwheel]` as cibuildwheel itself reads it: from the sdist's pyproject.toml."""
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
        path = unpack_sdist(sdist, Path(folder)) / "pyproject.toml"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    table: Mapping[str, Any] = tomllib.loads(text).get("tool", {}).get("cibuildwheel", {})
    return table


def _call(
    order: ReleaseOrder, configured: Configured, settings: ReleaseSettings, folder: Path
) -> str:
    environ = _environ(settings)
    if order.platform.os == "linux":
        chosen = check_engine(
            container_engine(configured),
            named=configured.get("container-engine") is not None,
            path=environ.get("PATH"),
        )
        if chosen.notice:
            order.emit(Notice(chosen.notice))
            environ["CIBW_CONTAINER_ENGINE"] = chosen.name
    # -P: a module in the working directory must not shadow the standard library
    command = [sys.executable, "-P", "-m", "cibuildwheel", "--only", order.identifier]
    done = process.run(
        [*command, "--output-dir", folder / "out", order.sdist],
        cwd=folder,
        env=environ,
        log=order.log,
        emit=order.emit,
    )
    if not done.ok:
        raise release_failure(
            done.output, done.returncode, identifier=order.identifier, log=order.log
        )
    return done.output


def _environ(settings: ReleaseSettings) -> dict[str, str]:
    """Give this terminal's variables without those of the tools around us; what a person set stays.

    Where the build is not in a container, a compiler cache that PATH has gives nothing to a release.
    """
    kept = without_outer(os.environ, network=True)
    for name in (*_NOT_PASSED, *_ENABLES):
        kept.pop(name, None)
    return {**settings.variables, **kept, **uncached(), "NO_COLOR": "1"}


def _only_wheel(folder: Path, order: ReleaseOrder, sdist: Sdist, output: str) -> Path:
    found = sorted((folder / "out").glob("*.whl"))
    if not found:
        raise made_nothing(order.identifier, output, order.log)
    name, made = normalize(order.project.name.value), sdist.artifact.version
    check_asked([each.name for each in found], order.identifier, name, made)
    return found[0]


def check_asked(filenames: Sequence[str], identifier: str, name: str, made: str) -> None:
    """Compare what came out with what was asked for: one wheel, of the name, the version `made` and the tag.

    Raises JobError for any other.
    """
    evidence = "\n".join(filenames)
    if len(filenames) != 1:
        raise JobError(
            f"asked for {identifier}, cibuildwheel made {len(filenames)} wheels",
            evidence=evidence,
            hint="its log says which command made them (repair-wheel-command)",
        )
    wheel = parse_filename(filenames[0])
    got = wheel_id(wheel.tags)
    if got != identifier and not _serves_each(wheel.tags, identifier):
        raise JobError(
            f"asked for {identifier}, cibuildwheel made {got}",
            evidence=evidence,
            hint="an abi3 wheel is named after its floor, which requires-python and py_limited_api must\n"
            "both name; else config-settings or the repair-wheel-command decide the tag",
        )
    if (wheel.name, wheel.version) != (name, made):
        raise JobError(
            f"asked for {name} {made}, cibuildwheel made {wheel.name} {wheel.version}",
            evidence=evidence,
            hint="the version must stand in the sdist, and not depend on where or when it is built",
        )


def _serves_each(tags: Sequence[str], identifier: str) -> bool:
    """Say whether a wheel is for each Python 3 of the identifier's platform (`py3-none-…`)."""
    platform = identifier.partition("-")[2]
    return wheel_id([tag for tag in tags if tag.startswith("py3-none-")]) == f"py3-{platform}"


def _into_dist(order: ReleaseOrder, wheel: Path, warnings: tuple[str, ...]) -> Built:
    now = time.time()
    kept = keep(
        order.workspace,
        digest_of(_VERSION, order.identifier, sha256(wheel)),
        wheel,
        file_id=order.identifier,
        resolved={},
        resolved_at=now,
        tools={"cibuildwheel": version("cibuildwheel")},
        warnings=warnings,
    )
    path = place(order.workspace, kept, emit=order.emit)
    return from_kept(kept, path, reused=False, builder="cibuildwheel")


def _after(output: str, step: str) -> str:
    """Give what was said from the last step of that name on, to its end."""
    found = list(re.finditer(rf"^{re.escape(step)}\.\.\.\s*$", output, re.MULTILINE))
    if not found:
        return ""
    rest = output[found[-1].end() :]
    return rest[: end.start()] if (end := last_step(rest)) else rest
