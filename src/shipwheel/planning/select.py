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
    target to the one whose wheel serves it: itself, or for abi3 the oldest that the floor admits.
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


def serving(targets: tuple[Target, ...], floor: tuple[int, int] | None) -> dict[str, Target]:
    """Map each target to the one whose wheel serves it; `floor` is that of an abi3 wheel.

    Free-threaded Pythons load no abi3 extension (PEP 703) and PyPy none of CPython's: they have
    wheels of their own, as have Pythons below the floor.
    """
    first = next((each for each in targets if _serves(each, floor)), None)
    return {
        each.text: first if first is not None and _serves(each, floor) else each for each in targets
    }


def abi3_floor(project: Project) -> tuple[int, int] | None:
    """Give the oldest Python that the project's abi3 wheel serves, None for other kinds."""
    if project.kind.value is not Kind.ABI3:
        return None
    return parse_target(project.abi3_floor).version if project.abi3_floor else (3, 2)


def _wheels(
    project: Project, targets: tuple[Target, ...], here: tuple[Target, ...]
) -> dict[str, Target]:
    floor = abi3_floor(project)
    return {**serving(targets, floor), **serving(here, floor)}


def _serves(target: Target, floor: tuple[int, int] | None) -> bool:
    return floor is not None and is_ordinary(target) and target.version >= floor


def is_ordinary(target: Target) -> bool:
    """Say whether it is CPython with a GIL: what abi3 wheels serve, and what builds."""
    return target.implementation == "cpython" and not target.free_threaded
