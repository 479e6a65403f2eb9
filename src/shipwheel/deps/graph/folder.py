"""The graph of a folder of many packages: who of them requires whom."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from shipwheel.deps.conflicts.folder import read_folders
from shipwheel.deps.conflicts.house import Resident
from shipwheel.deps.graph.answer import Arrow, Graph, Place, When
from shipwheel.deps.graph.found_circles import distribution_circles
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.project.names import requirement_name
from shipwheel.redaction import redact


def folder_graph(folders: Sequence[Path], emit: Emit = silent) -> Graph:
    """Find the circles among the packages below folders, by what they declare alone: nothing is resolved.

    Raises ConfigurationError where no package is there, or one cannot be read.
    """
    started = time.perf_counter()
    said = ", ".join(map(str, folders))
    emit(StepStarted("packages", said))
    settled = read_folders(folders)
    emit(StepDone("packages", time.perf_counter() - started))
    residents = settled.house.residents
    arrows = tuple(house_arrows(residents))
    circles = distribution_circles(arrows, residents)
    return Graph(
        project=said,
        ok=not any(each.error for each in circles),
        distributions=tuple(sorted(residents)),
        requirements=arrows,
        circles=circles,
        incomplete=settled.notes,
        seconds=time.perf_counter() - started,
    )


def house_arrows(residents: Mapping[str, Resident]) -> Iterator[Arrow]:
    """Give the requirements among packages: those at run time, then those of extras and groups."""
    for resident in residents.values():
        yield from _arrows(resident, resident.requires, residents, "")
        for part, texts in resident.parts.items():
            said = part if part.startswith("group ") else f"extra {part}"
            yield from _arrows(resident, texts, residents, said)


def _arrows(
    resident: Resident, texts: Iterable[str], residents: Mapping[str, Resident], said: str
) -> Iterator[Arrow]:
    for text in dict.fromkeys(texts):
        target = requirement_name(text)
        if target in residents and target is not None and target != resident.name:
            yield Arrow(
                source=resident.name,
                target=target,
                when=When.LATER if said else When.ALWAYS,
                places=(Place(resident.origin),),
                names=(redact(text),),
                said=said,
            )
