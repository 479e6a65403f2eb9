"""Names that modules take out of the standard library, and the Pythons that do not have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shipwheel.data.import_names import Release, changed_names
from shipwheel.verification.source import Source


@dataclass(frozen=True, slots=True)
class LostName:
    """`from module import name` in a wheel's module, and the supported Pythons on which it fails."""

    importer: str
    name: str  # `typing.Self`
    without: tuple[Release, ...]


def lost_names(sources: Mapping[str, Source], pythons: Sequence[Release]) -> Iterator[LostName]:
    """Give the names, of modules by dotted name, that some of the Pythons do not have.

    Only what no `try`, `if` or function guards is looked at.
    """
    changed = changed_names()
    for importer, source in sources.items():
        for module, name in source.names:
            span = changed.get(f"{module}.{name}")
            without = tuple(p for p in pythons if span and not span[0] <= p < span[1])
            if without:
                yield LostName(importer, f"{module}.{name}", without)
