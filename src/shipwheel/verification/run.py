"""Verify a set of files: read them once, run every check, and say of each how it ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from shipwheel.dists.artifact import SDIST_ID, wheel_id
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.sibling import Supply
from shipwheel.events import Emit, Progress, silent
from shipwheel.machine.environment import Installer
from shipwheel.machine.here import platform_here, this_machine
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.job import Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.verification.check import Context, Subject
from shipwheel.verification.checking import Checking
from shipwheel.verification.facts import Distribution, FileFacts
from shipwheel.verification.ignore import known_rules
from shipwheel.verification.judging.diverging import set_facts
from shipwheel.verification.reading.distributions import read_distributions
from shipwheel.verification.reading.tree import with_tree
from shipwheel.verification.report import (
    Level,
    Report,
    VerifiedFile,
)
from shipwheel.verification.selection import Paths, find_files
from shipwheel.verification.timeline import Timeline
from shipwheel.verification.trials import static_only, try_all
from shipwheel.verification.trying.installation import Trial
from shipwheel.verification.trying.rebuilding import Rebuild


def verify(
    paths: Paths,
    plan: Plan | None = None,
    *,
    project: Project | None = None,
    machine: Machine | None = None,
    manifest: Manifest | None = None,
    scope: Scope | None = None,
    static: bool = False,
    reproducible: bool = False,
    ignore: dict[str, str] | None = None,
    installer: Installer | None = None,
    siblings: Supply = MappingProxyType({}),
    folder: Path | None = None,
    log: Path | None = None,
    emit: Emit = silent,
) -> Report:
    """Verify distributions: a file or folder, or several; all files of a folder are looked at.

    Works for files of any project; with a `plan` the set must be exactly that of `scope` (local where
    it is not said), with a `project` names, contents and its `[tool.shipwheel.verify]` count too.
    `static` leaves out whatever installs or builds; the Report then says so and is no proof for a
    release. `reproducible` has a wheel of each sdist built twice, and the bytes compared.
    `machine` (default: this one) says which Pythons wheels are tried on; environments are made in
    `folder` (default: the system's temporary one) and removed. `ignore` maps rule ids to reasons. Where a
    wheel requires one of the `siblings` it gets that file, not an index's.

    Raises ConfigurationError for paths that are not there or hold no distribution and for an unknown
    rule id, MachineError where an index or an interpreter is out of reach. All else is a finding.
    """
    ignored = known_rules(_ignore(ignore, project))
    scope = scope or (Scope.LOCAL if plan is not None else None)
    checking = Checking(Context(plan=plan, project=project, scope=scope), ignored)
    timeline = Timeline()
    with timeline.step("read", ""):
        known = with_tree(read_distributions(find_files(paths), emit), project)
    distributions = tuple(identified(each, machine, manifest) for each in known)
    with timeline.step("look", ""):
        for done, distribution in enumerate(distributions, 1):
            checking.look_at(distribution)
            emit(Progress("look", done, len(distributions)))
        checking.run(Subject.SET, set_facts(distributions), "")
    if static:
        static_only(checking, distributions, "left out: --static")
    else:
        trial = _trial(project, installer, siblings, folder, log)
        order = Rebuild(
            dataclasses.replace(trial, timeline=timeline),
            manifest=manifest,
            own=project is not None,
            twice=reproducible,
        )
        try_all(checking, distributions, _machine(machine, emit), order, emit)
    checking.settle()
    return _report(checking, distributions, timeline, static=static)


def _ignore(ignore: dict[str, str] | None, project: Project | None) -> dict[str, str]:
    if ignore is not None or project is None:
        return ignore or {}
    return project.config.verify.ignore


def _machine(machine: Machine | None, emit: Emit) -> Machine:
    if machine is not None:
        return machine
    return this_machine(emit=emit)


def _trial(
    project: Project | None,
    installer: Installer | None,
    siblings: Supply,
    folder: Path | None,
    log: Path | None,
) -> Trial:
    settings = project.config.verify if project is not None else None
    chosen = project.config.installer if project is not None else "uv"
    return Trial(
        installer=installer or chosen,
        modules=settings.modules if settings else None,
        smoke=settings.smoke if settings else "",
        siblings=siblings,
        folder=folder,
        log=log,
    )


def identified(
    distribution: Distribution, machine: Machine | None, manifest: Manifest | None
) -> Distribution:
    """Say which planned file it is: as its record tells, or by its tags."""
    file = distribution.file
    maker = manifest.maker(file.sha256) if manifest is not None else None
    if maker is not None and manifest is not None:
        also = tuple(each for each in manifest.ids(file.sha256) if each != maker.made.id)
        named = dataclasses.replace(file, id=maker.made.id, also=also, builder=maker.made.builder)
    else:
        named = dataclasses.replace(file, id=_id(file, machine))
    wheel = distribution.wheel and dataclasses.replace(distribution.wheel, file=named)
    sdist = distribution.sdist and dataclasses.replace(distribution.sdist, file=named)
    return Distribution(named, wheel=wheel, sdist=sdist)


def _id(file: FileFacts, machine: Machine | None) -> str | None:
    if file.kind == "sdist":
        return SDIST_ID
    if file.kind == "wheel" and file.tags:
        return wheel_id(map(str, file.tags), machine.platform if machine else platform_here())
    return None


def _report(
    checking: Checking, distributions: Sequence[Distribution], timeline: Timeline, *, static: bool
) -> Report:
    return Report(
        ok=not any(finding.level is Level.ERROR for finding in checking.findings),
        files=tuple(_verified(each.file) for each in distributions),
        checks=tuple(checking.results),
        findings=tuple(checking.findings),
        static=static,
        scope=checking.context.scope.value if checking.context.scope else None,
        ignored=dict(checking.ignored),
        steps=timeline.steps,
    )


def _verified(file: FileFacts) -> VerifiedFile:
    return VerifiedFile(filename=file.filename, kind=file.kind, sha256=file.sha256, size=file.size)
