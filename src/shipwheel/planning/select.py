"""Which of a project's targets this machine can do, and which of them builds what."""

from __future__ import annotations

import msgspec

from shipwheel.machine.interpreter import Machine
from shipwheel.planning.target import Target, parse_target
from shipwheel.project.facts import Kind, Project


class Selection(msgspec.Struct, frozen=True):
    """The targets, those that are here, and the builders.

    `builder` makes the sdist and a pure wheel: the newest target that is here, one that may not fail
    where there is one. `wheel_of` maps each
    target to the one whose wheel serves it: itself, or the oldest of those that share one.
    """

    targets: tuple[Target, ...]
    here: tuple[Target, ...]
    builder: Target | None
    wheel_of: dict[str, Target]

    @property
    def oldest_here(self) -> Target | None:
        """Give the oldest target that is on this machine."""
        return self.here[0] if self.here else None


def select(project: Project, targets: tuple[Target, ...], machine: Machine) -> Selection:
    """Choose the builders for `targets` on this machine."""
    here = tuple(target for target in targets if machine.interpreter(target.text) is not None)
    may_fail = project.config.allow_failure
    ordinary = [target for target in here if is_ordinary(target)]
    settled = [target for target in ordinary if target.text not in may_fail]
    builder = next((each[-1] for each in (settled, ordinary, here) if each), None)
    return Selection(targets, here, builder, _wheels(project, targets, here))


def serving(project: Project, targets: tuple[Target, ...]) -> dict[str, Target]:
    """Map each target to the one whose wheel serves it: the first of those that share one, or itself."""
    shared = [each for each in targets if shares(project, each)]
    return {each.text: shared[0] if each in shared else each for each in targets}


def shares(project: Project, target: Target) -> bool:
    """Say whether a target is served by the one wheel that a platform has for several Pythons.

    Free-threaded Pythons load no abi3 extension (PEP 703; abi3t, PEP 803, is an ABI of its own) and PyPy
    none of CPython's: they have wheels of their own, as have Pythons below the floor.
    """
    if project.kind.value is Kind.PLATFORM:
        return True
    floor = abi3_floor(project)
    return floor is not None and is_ordinary(target) and target.version >= floor


def abi3_floor(project: Project) -> tuple[int, int] | None:
    """Give the oldest Python that the project's abi3 wheel serves, None for other kinds."""
    if project.kind.value is not Kind.ABI3:
        return None
    return parse_target(project.abi3_floor).version if project.abi3_floor else (3, 2)


def _wheels(
    project: Project, targets: tuple[Target, ...], here: tuple[Target, ...]
) -> dict[str, Target]:
    return {**serving(project, targets), **serving(project, here)}


def is_ordinary(target: Target) -> bool:
    """Say whether it is CPython with a GIL: what abi3 wheels serve, and what builds."""
    return target.implementation == "cpython" and not target.free_threaded
