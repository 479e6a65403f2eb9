"""The siblings' wheels that an environment is to hold: whether they fit, and which of them it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shipwheel.dists.record import FileRef
from shipwheel.dists.sibling import Sibling, contradictions
from shipwheel.errors import JobError
from shipwheel.machine.environment import Environment
from shipwheel.project.names import normalize, requirement_name
from shipwheel.testing.lowest import marker_values


def check_siblings(
    environment: Environment,
    siblings: Sequence[Sibling],
    requires: Mapping[str, Iterable[str]],
    *,
    extras: Sequence[str] = (),
) -> None:
    """Raise JobError where a requirement asks for another version of a sibling than was just built.

    `requires` maps who requires to its PEP 508 strings.
    """
    if not siblings:
        return
    for owner, wanted, sibling in contradictions(
        siblings, requires, marker_values(environment), extras=extras
    ):
        raise JobError(
            f"{owner} requires {wanted}, and the {sibling.name} that was just built is"
            f" {sibling.version}",
            where=sibling.file.filename,
            hint=f"raise the version of {sibling.name}, or change what {owner} requires",
            reference="sibling-version",
        )


def taken(siblings: Iterable[Sibling], installed: Iterable[str]) -> tuple[FileRef, ...]:
    """Give the siblings' files that are among the installed distributions."""
    names = {normalize(each) for each in installed}
    return tuple(each.file for each in siblings if each.name in names)


def apart(
    requires: Iterable[str], siblings: Iterable[Sibling]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split requirements into those of an index's packages and those of siblings."""
    names = {each.name for each in siblings}
    lines = tuple(requires)
    ours = tuple(line for line in lines if requirement_name(line) in names)
    return tuple(line for line in lines if line not in ours), ours
