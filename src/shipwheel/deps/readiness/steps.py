"""What to do for a Python, in order: what is in our hands first, what others have to do last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from shipwheel.deps.readiness.answer import Gap, PackageGaps, Readiness, Step, Use, Warned, Why

Kind = Literal["replace", "relax", "held", "build", "wait", "add"]
_ORDER: tuple[Kind, ...] = ("relax", "held", "replace", "build", "wait", "add")

_WAITING: dict[Why, tuple[Kind, str]] = {
    Why.UNKNOWN: ("wait", "say where {name} is to be had: no index that was asked has it"),
    Why.UNLISTED: ("wait", "ask again with the network about {name} on {on}: uv finds no wheel"),
    Why.SDIST: ("build", "build {name} {version} for {on}, or wait: there is an sdist alone"),
    Why.REQUIRES_PYTHON: ("wait", "wait for {name}: its newest version {version} excludes {on}"),
    Why.NEWER_SYSTEM: (
        "wait",
        "wait for {name}: the wheels of {version} for {on} want a newer system ({needs})",
    ),
}


def steps(
    found: Readiness, wanted: Sequence[str], declared: Sequence[str], requires_python: str = ""
) -> tuple[Step, ...]:
    """Give the steps to make a project ready for the Pythons `wanted`; `declared` are those it has already.

    A step a package and cause, whatever the number of cells; what the own code uses stands once a name.
    """
    new = [each for each in dict.fromkeys(wanted) if each not in declared]
    known = {(each.file, each.line) for each in found.own}
    todo = [
        *_excluded(new, requires_python),
        *_replacements(found.own),
        *(_mended(each) for each in found.warned if (each.file, each.line) not in known),
        *(step for package in found.packages for step in _package_steps(package)),
    ]
    return (
        *sorted(todo, key=lambda step: _ORDER.index(step.kind)),
        *(_added(each) for each in new),
    )


def _excluded(pythons: Iterable[str], requires_python: str) -> Iterator[Step]:
    for python in pythons:
        release = python.removeprefix("pypy").rstrip("t")
        if requires_python and not _admits(requires_python, f"{release}.0"):
            said = f"relax requires-python {requires_python}: it excludes {python}"
            yield Step(kind="relax", subject="requires-python", said=said)


def _replacements(uses: Iterable[Use]) -> Iterator[Step]:
    places: dict[str, list[Use]] = {}
    for use in sorted(uses, key=lambda each: each.state != "removed"):
        places.setdefault(use.name, []).append(use)
    for name, each in places.items():
        where = ", ".join(f"{use.file}:{use.line}" for use in each[:3])
        more = f" and {len(each) - 3} more" if len(each) > 3 else ""
        goes = f"gone from {each[0].removed} on" if each[0].removed else "deprecated"
        said = f"replace {name} at {where}{more} ({goes}): {each[0].instead}"
        yield Step(kind="replace", subject=name, said=said)


def _mended(warned: Warned) -> Step:
    place = f"{warned.file}:{warned.line}"
    if warned.own:
        return Step(kind="replace", subject=place, said=f"mend {place}, which warns: {warned.said}")
    said = f"a newer version may mend {place} of a dependency, which warns: {warned.said}"
    return Step(kind="wait", subject=place, said=said)


def _package_steps(package: PackageGaps) -> Iterator[Step]:
    """Give a step a cause, with all the Pythons that have it."""
    pythons: dict[tuple[object, ...], list[Gap]] = {}
    for gap in package.gaps:
        if gap.state == "missing":
            pythons.setdefault((gap.why, gap.newest), []).append(gap)
    for gaps in pythons.values():
        on = f"Python {', '.join(dict.fromkeys(each.python for each in gaps))}"
        kind, said = _cause(package, gaps[0], on)
        yield Step(kind=kind, subject=package.name, said=said)


def _cause(package: PackageGaps, gap: Gap, on: str) -> tuple[Kind, str]:
    name = package.name
    if gap.newest is not None and package.bound and not _admits(package.bound, gap.newest):
        return "relax", f"relax {name}{package.bound}: {gap.newest} has wheels for {on}"
    if gap.newest is not None and package.via:
        others = ", ".join(package.via)
        return "held", f"{name} {gap.newest} has wheels for {on}; a bound of {others} is in its way"
    kind, said = _WAITING.get(gap.why, ("wait", "wait for a wheel of {name} for {on}"))
    return kind, said.format(name=name, version=package.version, on=on, needs=gap.needs)


def _admits(bound: str, version: str) -> bool:
    try:
        every = [SpecifierSet(each) for each in bound.split(" or ")]
    except InvalidSpecifier:
        return True
    return any(each.contains(Version(version), prereleases=True) for each in every)


def _added(python: str) -> Step:
    said = f"add {python}: its classifier, or `pythons` in [tool.shipwheel]; then `nox -s test-{python}`"
    return Step(kind="add", subject=python, said=said)
