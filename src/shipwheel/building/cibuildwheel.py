"""A shipped platform wheel: made by cibuildwheel from the sdist that ships, held to what was asked for."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from shipwheel.building.built import Built, from_kept
from shipwheel.building.cibuildwheel_failure import last_step
from shipwheel.building.keep import keep
from shipwheel.building.placement import place
from shipwheel.building.promise import check_promise
from shipwheel.building.release_calls import ReleaseCalls
from shipwheel.building.release_order import Prepared, ReleaseOrder
from shipwheel.building.release_settings import ProvedBy
from shipwheel.data.catalog import Platform
from shipwheel.dists.artifact import parse_filename, wheel_id
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Warned
from shipwheel.files import digest_of, sha256
from shipwheel.project.names import normalize

_SYSTEMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}
_TESTING = "Testing wheel"
_OTHER_TAG = (
    "an abi3 wheel is named after its floor, which requires-python and py_limited_api must\n"
    "both name; else config-settings or the repair-wheel-command decide the tag"
)
_OTHER_ABI3T = (
    "the stable ABI of free-threaded Pythons begins with 3.15 (PEP 803): there py_limited_api must\n"
    'name no older one ("cp315" where sysconfig\'s Py_GIL_DISABLED is set), or be left out'
)


class ReleaseWheel(msgspec.Struct, frozen=True):
    """A wheel in `dist/`, and what cibuildwheel did to test it.

    `said` is the output of the tests, for each identifier whose Python ran them.
    """

    built: Built
    tested_by: ProvedBy
    said: tuple[tuple[str, str], ...] = ()


def build_release_wheel(
    wanted: Prepared, calls: ReleaseCalls, mates: Sequence[Prepared] = ()
) -> ReleaseWheel:
    """Build one shipped wheel with the project's `[tool.cibuildwheel]`, and put it into `dist/`.

    `mates` are those that are to be made after it, by the same call where they are told the same.
    Raises MachineError where this machine cannot make it (another system's, no container engine, an
    image out of reach), ConfigurationError where cibuildwheel refuses its configuration, JobError for
    a build, repair or test that failed and for another wheel than the one that was asked for.
    """
    order = wanted.order
    check_system(order.platform, order.identifier, sys.platform)
    wanted.warn()
    call = calls.wheel(wanted, mates)
    name, made = normalize(order.project.name.value), wanted.sdist.artifact.version
    check_asked([each.name for each in call.wheels], order.identifier, name, made)
    wheel = call.wheels[0]
    warnings = check_promise(wheel, call.output, order.project, compiled=True, log=order.log)
    for text in warnings:
        order.emit(Warned(text))
    built = _into_dist(order, wheel, warnings)
    built = msgspec.structs.replace(built, inputs=wanted.inputs)
    said = ((each, _after(text, _TESTING)) for each, text in call.parts)
    return ReleaseWheel(built, wanted.settings.tested_by, tuple(each for each in said if each[1]))


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
            hint=_OTHER_TAG if "abi3t" not in filenames[0] else _OTHER_ABI3T,
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
        digest_of("cibuildwheel/1", order.identifier, sha256(wheel)),
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
