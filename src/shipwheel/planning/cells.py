"""Which wheel serves which Python: here by `wheel-X.Y`, in the release by cibuildwheel."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.machine.interpreter import Machine
from shipwheel.planning.select import Selection, abi3_floor, is_ordinary, serving
from shipwheel.planning.target import Target, from_tag, parse_target
from shipwheel.project.facts import Kind, Project


class Cells(msgspec.Struct, frozen=True):
    """The wheels of a project that has one a Python and platform; empty for a pure one.

    `wheel_targets` are those that a `wheel-X.Y` makes here or would; `shipped` the identifiers of the
    release's wheels; `local_jobs` maps an identifier to the job that makes it on this machine; `serves`
    maps a target to the one whose wheel it is tested with here, `abi3` a platform to the target whose
    shipped wheel serves all later ones, `also` that wheel's identifier to theirs.
    """

    pure: bool
    platform: str
    wheel_targets: tuple[str, ...] = ()
    shipped: tuple[str, ...] = ()
    local_jobs: dict[str, str] = msgspec.field(default_factory=dict)
    serves: dict[str, str] = msgspec.field(default_factory=dict)
    abi3: dict[str, Target] = msgspec.field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    @property
    def all_identifiers(self) -> tuple[str, ...]:
        """Give the shipped identifiers, then those that only this machine's tests need."""
        return (*self.shipped, *(each for each in self.local_jobs if each not in self.shipped))

    def wheel_job(self, target: str) -> str:
        """Give the job that makes the wheel which `target` is tested with."""
        return "build" if self.pure else f"wheel-{self.serves[target]}"

    def file_id(self, target: str) -> str:
        """Give the id of the planned file which `target` is tested with."""
        if self.pure:
            return "any"
        return f"{parse_target(self.serves[target]).tag}-{self.platform}"

    def consumed(self, target: str) -> tuple[str, ...]:
        """Give the planned file which `target` is tested with: none where nobody is to make it."""
        file_id = self.file_id(target)
        return (file_id,) if self.pure or file_id in self.all_identifiers else ()

    def is_shipped(self, target: Target) -> bool:
        """Say whether the release has a wheel for a target on this machine's platform."""
        return self.shipped_file(target, self.platform) is not None

    def shipped_file(self, target: Target, platform: str) -> str | None:
        """Give the id of the shipped file that serves a target on a platform, None where none does."""
        if self.pure:
            return "any"
        identifier = f"{target.tag}-{platform}"
        if identifier in self.shipped:
            return identifier
        floor = self.abi3.get(platform)
        if floor is None or not is_ordinary(target) or target.version < floor.version:
            return None
        return f"{floor.tag}-{platform}"


def cells_of(
    project: Project, selection: Selection, machine: Machine, identifiers: tuple[str, ...]
) -> Cells:
    """Work out the wheels of a project; `identifiers` are all that cibuildwheel would build."""
    if project.kind.value is Kind.PURE:
        return Cells(pure=True, platform=machine.platform)
    serves = {text: target.text for text, target in selection.wheel_of.items()}
    wheel_targets = tuple(
        target.text for target in selection.targets if serves[target.text] == target.text
    )
    here = {target.text for target in selection.here}
    local_jobs = {
        f"{parse_target(text).tag}-{machine.platform}": f"wheel-{text}"
        for text in wheel_targets
        if text in here
    }
    shipped = _shipped(project, identifiers)
    return Cells(
        pure=False,
        platform=machine.platform,
        wheel_targets=wheel_targets,
        shipped=shipped,
        local_jobs=local_jobs,
        serves=serves,
        abi3=_abi3(project, shipped),
        also=_also(tuple(_of_targets(identifiers, selection.targets)), _abi3(project, shipped)),
    )


def _shipped(project: Project, identifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the identifiers for which cibuildwheel reuses an abi3 wheel it has made already."""
    floor = abi3_floor(project)
    if floor is None:
        return identifiers
    by_platform: dict[str, list[Target]] = {}
    for identifier in identifiers:
        tag, _, platform = identifier.partition("-")
        target = from_tag(tag)
        if target is not None:
            by_platform.setdefault(platform, []).append(target)
    return tuple(
        f"{target.tag}-{platform}"
        for platform, targets in by_platform.items()
        for target in sorted(targets, key=lambda each: each.key)
        if serving(tuple(sorted(targets, key=lambda each: each.key)), floor)[target.text] == target
    )


def _of_targets(identifiers: tuple[str, ...], targets: tuple[Target, ...]) -> Iterator[str]:
    tags = {target.tag for target in targets}
    yield from (each for each in identifiers if each.partition("-")[0] in tags)


def _also(identifiers: tuple[str, ...], floors: dict[str, Target]) -> dict[str, tuple[str, ...]]:
    """Give for each abi3 wheel the identifiers of the later Pythons that it serves."""
    found: dict[str, list[str]] = {}
    for identifier in identifiers:
        tag, _, platform = identifier.partition("-")
        floor, target = floors.get(platform), from_tag(tag)
        if floor is None or target is None or not is_ordinary(target):
            continue
        if target.version > floor.version:
            found.setdefault(f"{floor.tag}-{platform}", []).append(identifier)
    return {each: tuple(others) for each, others in found.items()}


def _abi3(project: Project, shipped: tuple[str, ...]) -> dict[str, Target]:
    """Give for each platform the target whose shipped wheel serves all later ordinary Pythons."""
    floor = abi3_floor(project)
    found: dict[str, Target] = {}
    if floor is None:
        return found
    for identifier in shipped:
        tag, _, platform = identifier.partition("-")
        target = from_tag(tag)
        if target is not None and is_ordinary(target) and target.version >= floor:
            found[platform] = target
    return found
