"""Which of the wheels that cibuildwheel would build are to ship: those of the project's Pythons."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.errors import ConfigurationError
from shipwheel.planning.select import shares
from shipwheel.planning.target import Target, from_tag
from shipwheel.project.facts import Project


def shipped_identifiers(
    project: Project, targets: tuple[Target, ...], identifiers: tuple[str, ...]
) -> tuple[str, ...]:
    """Give the identifiers that the Plan has a wheel for; `identifiers` are all that cibuildwheel selects.

    Where `[tool.shipwheel] pythons` stands, a wheel for another Python does not ship: nobody would
    have tested it. An abi3 wheel is made on the oldest Python that its floor admits, and ships where
    it serves one of the targets. Raises ConfigurationError where nothing is left.
    """
    if project.config.pythons is None:
        return identifiers
    wanted = {target.tag for target in targets}
    served = any(shares(project, each) for each in targets)
    chosen = tuple(
        each
        for each in identifiers
        if (tag := each.partition("-")[0]) in wanted
        or (served and (target := from_tag(tag)) is not None and shares(project, target))
    )
    if identifiers and not chosen:
        platforms = tuple(dict.fromkeys(each.partition("-")[2] for each in identifiers))
        raise nothing_selected(platforms, project)
    return chosen


def left_out_notice(identifiers: tuple[str, ...], chosen: tuple[str, ...]) -> Iterator[str]:
    """Say how many of cibuildwheel's wheels the Plan does not have."""
    count = len(set(identifiers) - set(chosen))
    if count:
        wheels = "1 more wheel" if count == 1 else f"{count} more wheels"
        yield (
            f"cibuildwheel by itself would build {wheels}, for Pythons that [tool.shipwheel] pythons"
            " does not name: they are not planned"
        )


def nothing_selected(platforms: tuple[str, ...], project: Project) -> ConfigurationError:
    """Give the error of a project whose platform wheels are none: it would ship an sdist alone."""
    requires, pythons = project.requires_python.value or "", project.config.pythons
    bound = f" and requires-python {requires!r}" if requires else ""
    named = f", for the Pythons {', '.join(pythons)}" if pythons else ""
    return ConfigurationError(
        "cibuildwheel would build no wheel at all: the release would be an sdist alone",
        where="[tool.cibuildwheel]",
        evidence=f"asked for {', '.join(platforms)} with its build, skip and enable{bound}{named}",
        hint="widen what selects the wheels: [tool.cibuildwheel] build, skip and enable,"
        " [tool.shipwheel] pythons, [tool.shipwheel.wheels] platforms, requires-python;"
        " if an sdist alone is what you ship: [tool.shipwheel.wheels] platforms = []",
    )
