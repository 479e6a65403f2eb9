"""Which wheel serves which Python: here by `wheel-X.Y`, in the release by cibuildwheel."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.machine.interpreter import Machine
from shipwheel.planning.select import Selection, serving, shares
from shipwheel.planning.target import Target, from_tag, parse_target
from shipwheel.project.facts import Kind, Project


class Cells(msgspec.Struct, frozen=True):
    """The wheels of a project that has one a Python and platform; empty for a pure one.

    `wheel_targets` are those that a `wheel-X.Y` makes here or would; `shipped` the identifiers of the
    release's wheels; `local_jobs` maps an identifier to the job that makes it on this machine; `serves`
    maps a target to the one whose wheel it is tested with here, `shared` a platform to the target whose
    shipped wheel serves all those in `sharing`, `also` that wheel's identifier to theirs.
    """

    pure: bool
    platform: str
    wheel_targets: tuple[str, ...] = ()
    shipped: tuple[str, ...] = ()
    local_jobs: dict[str, str] = msgspec.field(default_factory=dict)
    serves: dict[str, str] = msgspec.field(default_factory=dict)
    shared: dict[str, Target] = msgspec.field(default_factory=dict)
    sharing: frozenset[str] = frozenset()
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
        builder = self.shared.get(platform)
        if builder is None or target.text not in self.sharing:
            return None
        return f"{builder.tag}-{platform}"


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
    shared = _shared(project, shipped)
    sharing = tuple(each for each in selection.targets if shares(project, each))
    return Cells(
        pure=False,
        platform=machine.platform,
        wheel_targets=wheel_targets,
        shipped=shipped,
        local_jobs=local_jobs,
        serves=serves,
        shared=shared,
        sharing=frozenset(each.text for each in sharing),
        also=_also(identifiers, shared, sharing),
    )


def _shipped(project: Project, identifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the identifiers for which cibuildwheel reuses a wheel that it has made already."""
    by_platform: dict[str, list[Target]] = {}
    if not any(shares(project, target) for _each, _platform, target in _known(identifiers)):
        return identifiers
    for _identifier, platform, target in _known(identifiers):
        by_platform.setdefault(platform, []).append(target)
    ordered = {
        platform: tuple(sorted(targets, key=lambda each: each.key))
        for platform, targets in by_platform.items()
    }
    return tuple(
        f"{target.tag}-{platform}"
        for platform, targets in ordered.items()
        for target in targets
        if serving(project, targets)[target.text] == target
    )


def _shared(project: Project, shipped: tuple[str, ...]) -> dict[str, Target]:
    """Give for each platform the target whose shipped wheel serves others too."""
    return {
        platform: target
        for _identifier, platform, target in _known(shipped)
        if shares(project, target)
    }


def _also(
    identifiers: tuple[str, ...], shared: dict[str, Target], sharing: tuple[Target, ...]
) -> dict[str, tuple[str, ...]]:
    """Give for each wheel that serves several Pythons the identifiers of the others of them."""
    found: dict[str, list[str]] = {}
    for identifier, platform, target in _known(identifiers):
        builder = shared.get(platform)
        if builder is not None and target in sharing and target != builder:
            found.setdefault(f"{builder.tag}-{platform}", []).append(identifier)
    return {each: tuple(others) for each, others in found.items()}


def _known(identifiers: tuple[str, ...]) -> Iterator[tuple[str, str, Target]]:
    """Give each identifier with its platform and target, but for Pythons that we do not know."""
    for identifier in identifiers:
        tag, _, platform = identifier.partition("-")
        target = from_tag(tag)
        if target is not None:
            yield identifier, platform, target
