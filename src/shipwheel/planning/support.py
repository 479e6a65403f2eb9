"""Which Pythons a project supports: its configuration, or requires-python and classifiers."""

from __future__ import annotations

import difflib

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from shipwheel.data.catalog import Catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.target import Target, parse_target
from shipwheel.project.facts import Kind, Project

# virtualenv and cibuildwheel refuse what is older; `pythons` may still name it
OLDEST_BY_DEFAULT = (3, 9)


def supported(
    project: Project, catalog: Catalog, identifiers: tuple[str, ...] = ()
) -> tuple[Target, ...]:
    """Give the project's targets, oldest first.

    `[tool.shipwheel] pythons` decides where it stands. Else every released CPython from 3.9 that
    requires-python admits; without requires-python, from the oldest that a classifier names. Those
    without a GIL are among them where a wheel ships for them (`identifiers`: all that cibuildwheel
    selects), or a pure project's classifier says that it supports free threading.
    Raises ConfigurationError for a Python that does not exist.
    """
    if project.config.pythons is not None:
        return _configured(project, catalog)
    specifier = _specifier(project)
    floor = _floor(project)
    threaded = _free_threaded(project, catalog, identifiers)
    known = (parse_target(python.target) for python in catalog.pythons if python.released)
    admitted = [
        target
        for target in known
        if target.implementation == "cpython"
        and (not target.free_threaded or target.tag in threaded)
        and target.version >= floor
        and specifier.contains(_newest_patch(target))
    ]
    return tuple(sorted(admitted, key=lambda target: target.key))


def _free_threaded(
    project: Project, catalog: Catalog, identifiers: tuple[str, ...]
) -> frozenset[str]:
    """Give the tags of the free-threaded Pythons that the project is for; an experiment is none yet."""
    settled = {
        parse_target(python.target).tag
        for python in catalog.pythons
        if python.free_threaded and not python.experimental
    }
    if project.kind.value is Kind.PURE:
        return frozenset(settled if project.free_threading else ())
    return frozenset(settled & {each.partition("-")[0] for each in identifiers})


def end_of_life_notices(targets: tuple[Target, ...], catalog: Catalog, today: str) -> list[str]:
    """Say which targets are past their end, with its month; `today` is an ISO date."""
    ends = {python.target: python.end_of_life for python in catalog.pythons}
    return [
        f"Python {target.text} reached its end of life in {end}"
        for target in targets
        if (end := ends.get(target.text)) and end < today[:7]
    ]


def check_exists(target: Target, catalog: Catalog, *, where: str) -> None:
    """Raise ConfigurationError where no such Python was ever announced."""
    names = [python.target for python in catalog.pythons]
    if target.text in names:
        return
    near = difflib.get_close_matches(target.text, names, n=1)
    raise ConfigurationError(
        f"there is no Python {target.text}",
        where=where,
        hint=f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}",
    )


def _configured(project: Project, catalog: Catalog) -> tuple[Target, ...]:
    where = "[tool.shipwheel] pythons"
    targets = []
    for text in project.config.pythons or ():
        target = parse_target(text, where=where)
        check_exists(target, catalog, where=where)
        targets.append(target)
    for text in project.config.allow_failure:
        key = "[tool.shipwheel] allow-failure"
        target = parse_target(text, where=key)
        check_exists(target, catalog, where=key)
        targets.append(target)
    if not targets:
        raise ConfigurationError(
            "no Python is named", where=where, hint='name at least one, as in pythons = ["3.12"]'
        )
    return tuple(sorted(set(targets), key=lambda target: target.key))


def _specifier(project: Project) -> SpecifierSet:
    text = project.requires_python.value or ""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ConfigurationError(
            f"requires-python {text!r} is not a version specifier",
            where=project.requires_python.origin,
            hint='write it as in ">=3.10" (PEP 440)',
        ) from error


def _floor(project: Project) -> tuple[int, int]:
    if project.requires_python.value or not project.pythons.value:
        return OLDEST_BY_DEFAULT
    named = [parse_target(text).version for text in project.pythons.value]
    return max(OLDEST_BY_DEFAULT, min(named))


def _newest_patch(target: Target) -> str:
    # ">=3.10.2" admits 3.10: its newest patch release counts, which no bound here exceeds
    return f"{target.release}.99"
