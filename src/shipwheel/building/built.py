"""What came of a build."""

from __future__ import annotations

from pathlib import Path

import msgspec

from shipwheel.building.keep import Kept
from shipwheel.dists.artifact import parse_filename
from shipwheel.dists.record import Made


class Built(msgspec.Struct, frozen=True):
    """A distribution in `dist/`: where, its bytes, and whether it was there already.

    `id` is the planned file's; `inputs` the digest that it is kept by; `tools` the versions of what
    made it; `builder` is `build` for sdists and pure wheels, `laptop` for this machine's own wheels;
    `notes` is what else there is to say of the making, where it was made just now.
    """

    path: Path
    id: str
    sha256: str
    size: int
    inputs: str
    reused: bool
    builder: str
    tools: dict[str, str] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Give a wheel's tags, expanded; empty for an sdist."""
        return parse_filename(self.path.name).tags

    @property
    def version(self) -> str:
        """Give the version that the filename says."""
        return parse_filename(self.path.name).version

    def as_made(self) -> Made:
        """Give the record's line for the job that made it."""
        return Made(
            id=self.id,
            filename=self.path.name,
            sha256=self.sha256,
            size=self.size,
            builder=self.builder,
        )


def from_kept(
    kept: Kept, path: Path, *, reused: bool, builder: str, notes: tuple[str, ...] = ()
) -> Built:
    """Give a kept file that was put at `path`."""
    return Built(
        path=path,
        id=kept.id,
        sha256=kept.sha256,
        size=kept.size,
        inputs=kept.key,
        reused=reused,
        builder=builder,
        tools=kept.tools,
        warnings=kept.warnings,
        notes=notes,
    )
