"""Wheels of another architecture that this machine makes and tests by itself: with zig, below qemu."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.errors import ConfigurationError
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.cells import Cells
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.planning.select import Selection, is_ordinary
from shipwheel.planning.target import Target
from shipwheel.project.facts import Kind, Project

_KEY = "[tool.shipwheel.wheels] cross"
_BRING = "install qemu-user, and let SHIPWHEEL_AARCH64_ROOT name a folder with that Python and its headers"


def cross_jobs(
    project: Project,
    selection: Selection,
    machine: Machine,
    cells: Cells,
) -> tuple[tuple[str, Job], ...]:
    """Give a job for each shipped wheel of the platforms in `cross`, with the id of its planned file.

    A job is local where this machine has the Python twice: its own, which builds, and one of that
    architecture, which tests. An abi3 wheel is made once.
    Raises ConfigurationError for `cross` without `zig`, and for a platform that no wheel ships for.
    """
    wheels = project.config.wheels
    if project.kind.value is Kind.PURE or not wheels.cross:
        return ()
    if not wheels.zig:
        raise ConfigurationError(
            "wheels of another architecture are compiled with zig, and it is not asked for",
            where=_KEY,
            hint="zig = true",
        )
    platforms = [each for each in dict.fromkeys(wheels.cross) if each != machine.platform]
    return tuple(
        pair for platform in platforms for pair in _of_platform(platform, selection, machine, cells)
    )


def with_cross(cells: Cells, jobs: tuple[tuple[str, Job], ...]) -> dict[str, str]:
    """Give the makers on this machine, those of other architectures added."""
    crossed = {file_id: job.id for file_id, job in jobs if job.scope is Scope.LOCAL}
    return {**cells.local_jobs, **crossed}


def _of_platform(
    platform: str,
    selection: Selection,
    machine: Machine,
    cells: Cells,
) -> Iterator[tuple[str, Job]]:
    serving: dict[str, list[Target]] = {}
    for target in selection.targets:
        file_id = cells.shipped_file(target, platform)
        if file_id is not None and is_ordinary(target):
            serving.setdefault(file_id, []).append(target)
    if not serving:
        raise ConfigurationError(
            f"no wheel ships for {platform}, so that none is made here",
            where=_KEY,
            hint="name it in [tool.shipwheel.wheels] platforms too, or take it out here",
        )
    for file_id, targets in serving.items():
        able = (each for each in targets if _has_both(each, selection, machine))
        yield file_id, _job(next(able, targets[0]), platform, selection, machine)


def _has_both(target: Target, selection: Selection, machine: Machine) -> bool:
    emulated = any(each.target == target.text for each in machine.emulated)
    return emulated and target in selection.here


def _job(
    target: Target,
    platform: str,
    selection: Selection,
    machine: Machine,
) -> Job:
    local = _has_both(target, selection, machine)
    arch = platform.partition("_")[2]
    own = f"Python {target.text} is not on this machine, to build with"
    other = f"no {arch} Python {target.text} is here, to test what would be compiled for it"
    missing = other if target in selection.here else own
    return Job(
        id=f"wheel-{target.text}-{platform}",
        kind=JobKind.WHEEL,
        session=f"wheel-{target.text}-{platform}",
        python=target.text,
        platform=platform,
        needs=("build",),
        consumes=("sdist",),
        scope=Scope.LOCAL if local else Scope.RELEASE,
        reason=None if local else missing,
        remedy=None if local else _BRING if missing is other else f"install Python {target.text}",
    )
