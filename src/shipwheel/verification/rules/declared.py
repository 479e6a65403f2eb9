"""What the project says and what the file says: dependencies, extras, Pythons, entry points."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.project.facts import Fact, Project
from shipwheel.verification.check import ArchiveCheck, Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.report import Level
from shipwheel.verification.rules.requirements import extras_asked, requirements_of

Archive = WheelFacts | SdistFacts
# Metadata before 2.2 cannot say that an sdist's field is only known once it is built
_UNSAID = {"", "1.0", "1.1", "1.2", "2.0", "2.1"}


class Declared(ArchiveCheck):
    """The metadata states the dependencies, extras and Pythons that the project declares.

    A file that was built from another commit, or from a cache, states the old ones.
    """

    id = "metadata-declared"
    hint = "build again from this tree (`nox -s build`)"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        if context.project is None:
            return "no project"
        if facts.metadata is None:
            return "no metadata"
        return "" if _is_of(facts, context.project) else "another project's file"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert context.project is not None
        assert facts.metadata is not None
        for field, fact, told in _compared(context.project, facts.metadata):
            if field in _open(facts) or fact.value is None:
                continue
            stated = _STATED[field](fact.value)
            if stated != told:
                level = Level.WARNING if fact.weak else None
                yield Problem(f"{field} differs: {_difference(stated, told)}", level=level)


def _compared(
    project: Project, metadata: MetadataFacts
) -> Iterator[tuple[str, Fact[object], frozenset[str]]]:
    """Give each field that both state: the project's fact, and what the file says."""
    found = requirements_of(metadata)
    always = [each for each in found if not extras_asked(each)]
    python = _specifiers(metadata.requires_python)
    yield "requires-python", project.requires_python, python  # type: ignore[misc]
    yield "requires-dist", project.dependencies, frozenset(map(_plain, always))  # type: ignore[misc]
    extras = frozenset(map(canonicalize_name, metadata.extras))
    yield "provides-extra", project.extras, extras  # type: ignore[misc]


def _difference(project: frozenset[str], file: frozenset[str]) -> str:
    only = [f"the project says {sample(tuple(project - file))}"] if project - file else []
    only += [f"the file says {sample(tuple(file - project))}"] if file - project else []
    return ", ".join(only)


def _specifiers(text: str | None) -> frozenset[str]:
    parts = (re.sub(r"\s+", "", part) for part in (text or "").split(","))
    return frozenset(part for part in parts if part)


def _plain(requirement: Requirement) -> str:
    """Give a dependency without its marker, which every backend writes in its own way."""
    extras = ",".join(sorted(map(canonicalize_name, requirement.extras)))
    name = canonicalize_name(requirement.name) + (f"[{extras}]" if extras else "")
    return f"{name} @ {requirement.url}" if requirement.url else f"{name}{requirement.specifier}"


def _requirements(texts: Iterable[str]) -> frozenset[str]:
    found = set()
    for text in texts:
        try:
            found.add(_plain(Requirement(text)))
        except InvalidRequirement:
            found.add(text)
    return frozenset(found)


_STATED: dict[str, Callable[..., frozenset[str]]] = {
    "requires-python": _specifiers,
    "requires-dist": _requirements,
    "provides-extra": lambda extras: frozenset(map(canonicalize_name, extras)),
}


def _is_of(facts: Archive, project: Project) -> bool:
    assert facts.metadata is not None
    return canonicalize_name(project.name.value) == canonicalize_name(facts.metadata.name)


def _open(facts: Archive) -> set[str]:
    """Give the fields that an sdist leaves to its build (PEP 643)."""
    assert facts.metadata is not None
    if isinstance(facts, WheelFacts):
        return set()
    if facts.metadata.metadata_version in _UNSAID:
        return set(_STATED)
    return set(facts.metadata.dynamic)


class DeclaredEntryPoints(WheelCheck):
    """The wheel has the scripts and plug-ins that the project declares."""

    id = "entry-points-declared"
    hint = "build again from this tree (`nox -s build`)"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        if context.project is None:
            return "no project"
        if facts.metadata is not None and not _is_of(facts, context.project):
            return "another project's file"
        return ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert context.project is not None
        fact = context.project.entry_points
        stated, told = _points(fact.value), _points(facts.entry_points)
        if stated - told or (told - stated and not fact.weak):
            level = Level.WARNING if fact.weak else None
            yield Problem(f"entry points differ: {_difference(stated, told)}", level=level)


def _points(groups: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    return frozenset(
        f"{group}: {name} = {''.join(value.split())}"
        for group, points in groups.items()
        for name, value in points.items()
    )


CHECKS = (Declared, DeclaredEntryPoints)
