"""The set: exactly the files of the Plan, of one version, that agree with each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.planning.job import JobKind, PlannedFile, Scope
from shipwheel.verification.check import Context, Problem, SetCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import Distribution, MetadataFacts, SetFacts, WheelFacts
from shipwheel.verification.report import Level
from shipwheel.verification.rules.metadata import same_version

_VERSIONED = re.compile(r"-?[23](\.\d+)?$")


class _PlannedCheck(SetCheck):
    def applies(self, facts: SetFacts, context: Context) -> str:
        """See Check."""
        del facts
        return "no plan" if context.plan is None else ""


class Complete(_PlannedCheck):
    """Each planned file of the scope is there, once.

    The local scope is what this machine can make; the release scope is every file of the Plan.
    """

    id = "set-complete"
    hint = (
        "make what is missing: `nox -s build wheel` here, the Plan's other jobs in CI;"
        " move away what is there twice"
    )

    def problems(self, facts: SetFacts, context: Context) -> Iterator[str]:
        """See Check."""
        assert context.plan is not None
        found = defaultdict(list)
        for distribution in facts.distributions:
            for file_id in (distribution.file.id, *distribution.file.also):
                found[file_id].append(distribution.file.filename)
        for planned in context.plan.in_scope(context.scope or Scope.LOCAL):
            files = found[planned.id]
            maker = _maker(planned, context)
            if not files:
                yield f"the planned file {planned.id} is missing (made by {maker})"
            elif len(files) > 1:
                yield f"{len(files)} files are {planned.id} (made by {maker}): {sample(files)}"


def _maker(file: PlannedFile, context: Context) -> str:
    """Give the id of the job that makes a planned file in the scope."""
    return file.job if context.releasing else file.local_job or file.job


class Foreign(_PlannedCheck):
    """Nothing is there that is not planned.

    A foreign file is never touched; the gate refuses it.
    """

    id = "set-foreign"
    hint = "move it out of the folder; shipwheel never removes what it did not make"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert context.plan is not None
        planned = {file.id for file in context.plan.files}
        name = canonicalize_name(context.plan.project.name)
        level = None if context.releasing else Level.WARNING
        foreign = [
            d.file.filename
            for d in facts.distributions
            if d.file.id not in planned or d.file.name not in {"", name}
        ]
        if foreign:
            yield Problem(f"not of the Plan: {sample(foreign)}", level=level)


class Builder(_PlannedCheck):
    """Each platform wheel of a release was made by the job that the Plan names for it.

    The laptop's wheel and cibuildwheel's can bear the same filename.
    """

    id = "set-builder"
    hint = "take the wheel from the job's artifacts instead of this machine's own"

    def applies(self, facts: SetFacts, context: Context) -> str:
        """See Check."""
        if not context.releasing:
            return "not a release"
        return super().applies(facts, context)

    def problems(self, facts: SetFacts, context: Context) -> Iterator[str]:
        """See Check."""
        assert context.plan is not None
        jobs = {job.id: job.kind for job in context.plan.jobs}
        shipped = {f.id for f in context.plan.files if jobs.get(f.job) is JobKind.WHEELS}
        for distribution in facts.distributions:
            file = distribution.file
            if file.id in shipped and file.builder not in {None, "cibuildwheel"}:
                yield f"{file.filename} was made by {file.builder}, not by cibuildwheel"


class OneVersion(SetCheck):
    """All files of a project are of one version, the Plan's where it names one."""

    id = "set-version"
    hint = "take the files of the other version out of the folder, or build them again"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        versions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for file in (d.file for d in facts.distributions):
            if file.version:
                versions[file.name][file.version].append(file.filename)
        # a folder of strangers' wheels may be a mirror
        level = Level.WARNING if context.plan is None else None
        for name, found in sorted(versions.items()):
            if len(found) > 1:
                told = f"{name} is there in the versions {sample(tuple(found))}"
                yield Problem(told + _to_be_made(facts, context), level=level)
        planned = context.plan.project.version if context.plan else None
        if planned is not None:
            for found in versions.values():
                others = [version for version in found if not same_version(version, planned)]
                if others and len(found) == 1:
                    told = f"the Plan's version is {planned}, the files' {sample(others)}"
                    yield Problem(told + _to_be_made(facts, context))


def _to_be_made(facts: SetFacts, context: Context) -> str:
    """Name the jobs that make anew what is of another version than the Plan's, or than the sdist."""
    if context.plan is None:
        return ""
    files = [each.file for each in facts.distributions if each.file.version]
    sdists = {file.version for file in files if file.kind == "sdist"}
    version = context.plan.project.version or (sdists.pop() if len(sdists) == 1 else None)
    stale = {file.id for file in files if version and not same_version(file.version, version)}
    jobs = [_maker(file, context) for file in context.plan.files if file.id in stale]
    return f"; made anew by {sample(jobs)}" if jobs else ""


class SameMetadata(SetCheck):
    """Every file of a version states the same dependencies, extras, Pythons and entry points.

    Resolvers read one file and take it for all (uv, Poetry, PyPI's own pages).
    """

    id = "set-metadata"
    hint = "state dependencies with environment markers instead of deciding while building"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        level = Level.WARNING if context.plan is None else None
        for group in _by_version(facts.distributions).values():
            first, *others = sorted(group, key=lambda each: each.wheel is None)
            for other in others:
                for field, difference in (*_differences(first, other), *_points(first, other)):
                    message = f"{first.file.filename} and {other.file.filename}: {field} differ: "
                    yield Problem(message + difference, level=level)


def _by_version(
    distributions: Iterable[Distribution],
) -> dict[tuple[str, str], list[Distribution]]:
    found: dict[tuple[str, str], list[Distribution]] = defaultdict(list)
    for distribution in distributions:
        if distribution.metadata is not None and distribution.file.name:
            found[distribution.file.name, distribution.file.version].append(distribution)
    return found


def _differences(one: Distribution, other: Distribution) -> Iterator[tuple[str, str]]:
    """Give the fields that differ; those that an sdist calls dynamic may (PEP 643)."""
    assert one.metadata is not None
    assert other.metadata is not None
    free = _free(one) | _free(other)
    for field, values in _COMPARED.items():
        left, right = values(one.metadata), values(other.metadata)
        if field not in free and left != right:
            yield field, sample(tuple(left ^ right))


def _points(one: Distribution, other: Distribution) -> Iterator[tuple[str, str]]:
    """Give the entry points that one of two wheels has alone."""
    if one.wheel is None or other.wheel is None:
        return
    left, right = (_all_points(each.wheel) for each in (one, other) if each.wheel)
    if left != right:
        yield "entry points", sample(tuple(left ^ right))


def _all_points(wheel: WheelFacts) -> set[str]:
    """Give entry points as lines; a Python's version in a script's name may differ (coverage-3.12)."""
    return {
        f"{group}: {_VERSIONED.sub('', name)} = {value}"
        for group, points in wheel.entry_points.items()
        for name, value in points.items()
    }


def _free(distribution: Distribution) -> set[str]:
    metadata = distribution.metadata
    if distribution.file.kind != "sdist" or metadata is None:
        return set()
    old = metadata.metadata_version in {"", "1.0", "1.1", "1.2", "2.0", "2.1"}
    return set(_COMPARED) if old else set(metadata.dynamic)


def _requirement(text: str) -> str:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return text
    requirement.name = canonicalize_name(requirement.name)  # backends spell it in their own ways
    return str(requirement).lower()


_COMPARED: dict[str, Callable[[MetadataFacts], frozenset[str]]] = {
    "requires-dist": lambda m: frozenset(map(_requirement, m.requires_dist)),
    "provides-extra": lambda m: frozenset(map(canonicalize_name, m.extras)),
    "requires-python": lambda m: frozenset(p.strip() for p in m.requires_python.split(",") if p),
}

CHECKS = (Complete, Foreign, Builder, OneVersion, SameMetadata)
