"""The set alone, by names and records: what lies in a folder after jobs that make files, against the Plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from shipwheel.dists.manifest import Manifest
from shipwheel.errors import ConfigurationError
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.job import PlannedFile, Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.verification.check import Check, Context
from shipwheel.verification.checking import run_check
from shipwheel.verification.facts import Distribution, SetFacts
from shipwheel.verification.ignore import known_rules
from shipwheel.verification.reading.distributions import describe
from shipwheel.verification.report import Finding
from shipwheel.verification.rules.completeness import Complete, Foreign, OneVersion
from shipwheel.verification.run import identified
from shipwheel.verification.selection import find_files

_CHECKS: tuple[type[Check[SetFacts]], ...] = (Complete, Foreign, OneVersion)


def check_expected(
    folder: Path,
    plan: Plan,
    project: Project,
    *,
    wanted: Collection[str],
    scope: Scope,
    manifest: Manifest,
    machine: Machine,
) -> tuple[Finding, ...]:
    """Compare a folder with the Plan: missing, doubled, unexpected, of another version.

    `wanted` are the ids of the planned files that must be there by now; the others may be. No archive is
    opened: `verify` does that. Rules that the project ignores are.
    """
    facts = SetFacts(_distributions(folder, manifest, machine))
    ignored = known_rules(project.config.verify.ignore)
    due = msgspec.structs.replace(plan, files=tuple(_due(plan, wanted, scope)))
    found: list[Finding] = []
    # what its user put into a laptop's dist/ is worth a warning; in CI nobody put it there
    others = Scope.RELEASE if machine.ci else Scope.LOCAL
    for check in _CHECKS:
        own = check is Complete
        context = Context(
            plan=due if own else plan, project=project, scope=scope if own else others
        )
        found += run_check(check(), facts, context, ignored, file="")[1]
    return tuple(found)


def _due(plan: Plan, wanted: Collection[str], scope: Scope) -> Iterator[PlannedFile]:
    return (file for file in plan.in_scope(scope) if file.id in wanted)


def _distributions(folder: Path, manifest: Manifest, machine: Machine) -> tuple[Distribution, ...]:
    try:
        paths = find_files([folder])
    except ConfigurationError:
        return ()  # no distribution at all, or no folder
    return tuple(identified(Distribution(describe(path)), machine, manifest) for path in paths)
