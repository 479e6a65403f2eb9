"""A wheel in a clean environment: how it is to be tried, and the install of exactly its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from shipwheel.dists.sibling import Supply, constraint_file
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.machine.environment import (
    Environment,
    Installer,
)
from shipwheel.machine.failures import NO_WHEEL
from shipwheel.machine.installer import Installation, direct_reference, install
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.timeline import Timeline
from shipwheel.verification.trying.probing import Manner, Probing


@dataclass(frozen=True, slots=True)
class Trial:
    """How wheels are tried. `manner` is how modules are; `folder` is where environments are made.

    `siblings` are the wheels of the same repository's other packages.
    """

    installer: Installer = "uv"
    modules: tuple[str, ...] | None = None
    smoke: str = ""
    manner: Manner = field(default_factory=Manner)
    siblings: Supply = field(default_factory=dict)
    folder: Path | None = None
    log: Path | None = None
    timeline: Timeline = field(default_factory=Timeline)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wheel is tried: an environment that holds it, in a folder of our own, of one Trial."""

    wheel: WheelFacts
    environment: Environment
    folder: Path
    trial: Trial

    @property
    def python(self) -> str:
        """Give the Python's name."""
        return self.environment.interpreter.target

    def probing(self, name: str = "") -> Probing:
        """Give a probe here; a second one needs a folder (by its name) of its own."""
        folder = self.folder / name if name else self.folder
        folder.mkdir(exist_ok=True)
        roots = self.wheel.roots
        return Probing(self.environment, folder, self.trial.manner, roots, self.trial.log)


def install_here(place: Place, extras: tuple[str, ...] = ()) -> str:
    """Install from wheels alone; give why that was refused where it took building a dependency.

    Raises JobError with the first refusal where building does not help either.
    """
    trial, environment = place.trial, place.environment
    wanted = wanted_here(place, extras)
    try:
        install(environment, wanted, installer=trial.installer, log=trial.log)
    except JobError as refusal:
        if refusal.reference != NO_WHEEL:
            raise
        wanted = msgspec.structs.replace(wanted, only_binary=False)
        try:
            install(environment, wanted, installer=trial.installer, log=trial.log)
        except ShipwheelError:
            raise refusal from None
        return refusal.what
    return ""


def wanted_here(place: Place, extras: tuple[str, ...] = ()) -> Installation:
    """Give what is installed: exactly these bytes, wheels alone, the siblings' in the index's place."""
    file, environment = place.wheel.file, place.environment
    siblings = place.trial.siblings.get(environment.interpreter.target, ())
    return Installation(
        requirements=(direct_reference(file.name, file.path.resolve(), file.sha256, extras),),
        only_binary=True,
        constraint_files=constraint_file(environment.path, siblings),
    )


def told(error: ShipwheelError) -> str:
    """Give an installer's error as evidence."""
    return "\n".join(part for part in (error.what, error.evidence) if part)
