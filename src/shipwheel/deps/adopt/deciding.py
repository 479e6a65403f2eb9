"""What is declared of an environment and what is not, and why: decisions over facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.markers import UndefinedEnvironmentName
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.deps.adopt.answer import Taken, Told
from shipwheel.deps.adopt.imports import Use, brought_by, owners
from shipwheel.deps.adopt.running import Held, Running
from shipwheel.project.names import names_of
from shipwheel.verification.dependencies import Installed, applies, parsed, unmet

# what makes and fills environments; nobody declares it
_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv", "distribute", "virtualenv"})
TEST, DEV = "test", "dev"


class Decided(NamedTuple):
    """What is declared and what is told."""

    taken: tuple[Taken, ...]
    told: tuple[Told, ...]


def decide(
    own: str, running: Running, uses: Sequence[Use], kind_of: Callable[[str], str]
) -> Decided:
    """Decide which distributions a project declares; `own` is its name, normalized.

    What its code imports it needs to run, what its tests alone import goes to the group `test`; tools that
    nothing else requires go to `test` or `dev`. `kind_of` says what kind of development tool a
    distribution is, empty for none.
    """
    held = {name: each for name, each in running.held.items() if name != own}
    known = owners(held.values())
    needed, said = _imported(uses, known, held)
    required = _required(held, running.markers)
    for name in sorted(held):
        kind = kind_of(name)
        if kind and name not in needed and name not in required and name not in _INSTALLERS:
            needed[name] = (TEST if kind == "test" else DEV, f"a tool for {kind}")
    taken: list[Taken] = []
    told = [*said, *_conflicts(held, running)]
    left = _left(held, needed, required)
    for name, (group, because) in sorted(needed.items(), key=lambda item: (item[1][0], item[0])):
        each = held[name]
        extras = _extras(each, held, left, running.markers)
        requirement = requirement_of(each, extras)
        told += _origin(each, declared=bool(requirement))
        if requirement:
            taken.append(
                Taken(
                    name=name,
                    version=each.version,
                    requirement=requirement,
                    group=group,
                    because=because,
                )
            )
    told += [_unimported(held[name]) for name in sorted(left)]
    return Decided(tuple(taken), tuple(told))


def beside(
    taken: Sequence[Taken], groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[Taken, ...], tuple[Told, ...]]:
    """Leave out what belongs to a group that is there already; what such a group lacks is told."""
    kept = tuple(each for each in taken if each.group not in groups)
    told = tuple(
        Told(
            rule="group",
            name=each.name,
            level="note",
            message=f"not added to the group {each.group}, which is there already",
        )
        for each in taken
        if each.group in groups and each.name not in names_of(groups[each.group])
    )
    return kept, told


def requirement_of(each: Held, extras: Sequence[str] = ()) -> str:
    """Give what declares a distribution: from its version on, or by its URL; empty where no other machine has it."""
    name = f"{each.label}[{','.join(extras)}]" if extras else each.label
    if each.origin in {"vcs", "url"}:
        return f"{name} @ {each.url}"
    if each.origin != "index":
        return ""
    try:
        return f"{name}>={Version(each.version).public}"
    except InvalidVersion:
        return f"{name}==={each.version}" if each.version.isascii() else name


def closure(names: Iterable[str], running: Running) -> frozenset[str]:
    """Give the distributions that these need, themselves included, as the environment has them."""
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in found or name not in running.held:
            continue
        found.add(name)
        queue += _names(running.held[name], running.markers)
    return frozenset(found)


def _imported(
    uses: Sequence[Use], known: Mapping[str, tuple[str, ...]], held: Mapping[str, Held]
) -> tuple[dict[str, tuple[str, str]], list[Told]]:
    """Give group and reason of each imported distribution; what the code needs comes before the tests."""
    needed: dict[str, tuple[str, str]] = {}
    told: dict[str, Told] = {}
    for use in sorted(uses, key=lambda each: (each.tests, each.guarded, each.module, each.file)):
        found = brought_by(use.module, known)
        if not found and not use.guarded and not _deeper(use.module, known):
            top = use.module.partition(".")[0]
            told.setdefault(f"unprovided {top}", _unprovided(top, use))
        if len(found) > 1:
            told.setdefault(f"several {use.module}", _several(use, found))
        for name in found[:1]:
            if name in held:
                needed.setdefault(
                    name, (TEST if use.tests else "", f"{use.file} imports {use.module}")
                )
    return needed, list(told.values())


def _deeper(module: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether a module is a namespace above modules that are there."""
    return any(each.startswith(f"{module}.") for each in known)


def _required(held: Mapping[str, Held], markers: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for each in held.values() for name in _names(each, markers))


def _left(
    held: Mapping[str, Held], needed: Mapping[str, object], required: frozenset[str]
) -> set[str]:
    return {
        name
        for name in held
        if name not in needed and name not in required and name not in _INSTALLERS
    }


def _extras(
    each: Held, held: Mapping[str, Held], left: set[str], markers: Mapping[str, str]
) -> tuple[str, ...]:
    """Give the extras that explain why something is there that nothing imports; what they do is left no more."""
    found = []
    for extra in each.extras:
        names = {
            canonicalize_name(line.name)
            for line in parsed(each.requires)
            if line.marker is not None
            and _applies(line, markers, extra)
            and not _applies(line, markers, "")
        }
        if names and names <= held.keys() and names & left:
            found.append(extra)
            left -= names
    return tuple(found)


def _names(each: Held, markers: Mapping[str, str]) -> Iterator[str]:
    for line in parsed(each.requires):
        if _applies(line, markers, ""):
            yield canonicalize_name(line.name)


def _applies(line: object, markers: Mapping[str, str], extra: str) -> bool:
    try:
        return applies(line, markers, extra)  # type: ignore[arg-type]
    except UndefinedEnvironmentName:
        return False


def _conflicts(held: Mapping[str, Held], running: Running) -> Iterator[Told]:
    there = [
        Installed(each.label, each.version, each.requires, frozenset(each.extras))
        for each in held.values()
    ]
    for sentence in unmet(there, running.markers):
        yield Told(rule="conflict", name=sentence.split(" ")[0], level="warning", message=sentence)


def _origin(each: Held, *, declared: bool) -> Iterator[Told]:
    if each.origin == "index":
        return
    if declared:
        message = (
            f"came from {each.url}, and is declared so: no index takes a project that says that"
        )
        yield Told(rule="url", name=each.name, level="note", message=message)
        return
    how = "is an editable install" if each.origin == "editable" else "came from a folder"
    message = f"{how} of this machine ({each.url or 'setup.py develop'}): not declared"
    yield Told(rule=each.origin, name=each.name, level="warning", message=message)


def _unprovided(top: str, use: Use) -> Told:
    message = f"{use.file} imports {use.module}, which nothing there brings: it cannot be imported"
    return Told(rule="unprovided", name=top, level="note", message=message)


def _several(use: Use, found: Sequence[str]) -> Told:
    message = f"{', '.join(found)} all bring it: {found[0]} is declared"
    return Told(rule="several", name=use.module, level="note", message=message)


def _unimported(each: Held) -> Told:
    message = f"{each.version} is there, and nothing imports it: not declared"
    return Told(rule="unimported", name=each.name, level="note", message=message)
