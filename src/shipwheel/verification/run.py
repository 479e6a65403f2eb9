"""Verify a set of files: read them once, run every check, and say of each how it ended."""

from __future__ import annotations

import dataclasses
import sysconfig
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from shipwheel.dists.artifact import SDIST_ID, wheel_id
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.sibling import Supply
from shipwheel.events import Emit, silent
from shipwheel.machine.environment import Installer
from shipwheel.machine.here import platform_here, this_machine
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.job import Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project
from shipwheel.verification.catalogue import of_subject
from shipwheel.verification.check import Check, Context, Problem, Subject
from shipwheel.verification.evidence import writable
from shipwheel.verification.facts import Distribution, FileFacts, SetFacts, WheelFacts
from shipwheel.verification.ignore import known_rules
from shipwheel.verification.installation import Trial, try_wheel
from shipwheel.verification.pythons import interpreters_for
from shipwheel.verification.reading import read_distributions
from shipwheel.verification.report import (
    CheckResult,
    CheckStatus,
    Finding,
    Level,
    Report,
    VerifiedFile,
)
from shipwheel.verification.selection import Paths, find_files


def verify(
    paths: Paths,
    plan: Plan | None = None,
    *,
    project: Project | None = None,
    machine: Machine | None = None,
    manifest: Manifest | None = None,
    scope: Scope | None = None,
    static: bool = False,
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
    `static` leaves out whatever installs; the Report then says so and is no proof for a release.
    `machine` (default: this one) says which Pythons wheels are tried on; environments are made in
    `folder` (default: the system's temporary one) and removed. `ignore` maps rule ids to reasons. Where a
    wheel requires one of the `siblings` it gets that file, not an index's.

    Raises ConfigurationError for paths that are not there or hold no distribution and for an unknown
    rule id, MachineError where an index or an interpreter is out of reach. All else is a finding.
    """
    ignored = known_rules(_ignore(ignore, project))
    scope = scope or (Scope.LOCAL if plan is not None else None)
    context = Context(plan=plan, project=project, scope=scope)
    known = read_distributions(find_files(paths))
    distributions = tuple(identified(each, machine, manifest) for each in known)
    runner = _Runner(context, ignored)
    for distribution in distributions:
        runner.look_at(distribution)
    runner.run(Subject.SET, SetFacts(distributions), "")
    wheels = [each.wheel for each in distributions if each.wheel is not None]
    if static:
        runner.skip_installs(wheels, "left out: --static")
    else:
        runner.install(
            wheels,
            _machine(machine, emit),
            _trial(project, installer, siblings, folder, log),
            emit,
        )
    return runner.report(distributions, static=static)


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


class _Runner:
    """Runs checks and keeps what they say."""

    def __init__(self, context: Context, ignored: dict[str, str]) -> None:
        self.context = context
        self.ignored = ignored
        self.results: list[CheckResult] = []
        self.findings: list[Finding] = []

    def look_at(self, distribution: Distribution) -> None:
        """Run the static checks of a file; of an unreadable one all but the first are skipped."""
        name = distribution.file.filename
        self.run(Subject.FILE, distribution.file, name)
        inside = distribution.wheel or distribution.sdist
        own = {"wheel": (Subject.WHEEL,), "sdist": (Subject.SDIST,)}.get(distribution.file.kind, ())
        for subject in (Subject.ARCHIVE, *own) if own else ():
            if inside is None:
                self.skip(subject, name, "the archive cannot be read")
            else:
                self.run(subject, inside, name)

    def run(self, subject: Subject, facts: Any, file: str, python: str | None = None) -> None:
        """Run the checks of a subject over its facts."""
        for check in of_subject(subject):
            result, found = run_check(
                check(), facts, self.context, self.ignored, file=file, python=python
            )
            self.results.append(result)
            self.findings.extend(found)

    def skip(self, subject: Subject, file: str, reason: str, python: str | None = None) -> None:
        """Say that the checks of a subject were not run, and why."""
        self.results.extend(
            CheckResult(
                id=check.id, file=file, python=python, status=CheckStatus.SKIPPED, reason=reason
            )
            for check in of_subject(subject)
        )

    def skip_installs(self, wheels: Sequence[WheelFacts], reason: str) -> None:
        """Say of each wheel that it was not installed."""
        for wheel in wheels:
            self.skip(Subject.INSTALL, wheel.file.filename, reason)

    def install(
        self, wheels: Sequence[WheelFacts], machine: Machine, trial: Trial, emit: Emit
    ) -> None:
        """Try each wheel on each Python here that it is for, side by side."""
        cells: list[tuple[WheelFacts, Interpreter]] = []
        for wheel in wheels:
            found = interpreters_for(wheel, machine, self.context.plan)
            cells.extend((wheel, interpreter) for interpreter in found)
            if not found:
                self.skip_installs([wheel], "no Python here can load it")
            self._say_absent(wheel, machine)
        sysconfig.get_config_vars()  # filled once, and not safely where threads ask first
        # a cell is mostly its own processes: one more than there are processors keeps them busy
        with ThreadPoolExecutor(max_workers=(cpu_count() or 1) + 1) as pool:
            done = pool.map(lambda cell: try_wheel(cell[0], cell[1], trial, emit=emit), cells)
            for facts in done:
                self.run(Subject.INSTALL, facts, facts.wheel.file.filename, facts.python)

    def _say_absent(self, wheel: WheelFacts, machine: Machine) -> None:
        """Say on which planned Pythons a wheel for all of them is not tried, since they are not here."""
        planned = self.context.plan.project.pythons if self.context.plan else ()
        for target in planned if wheel.pure_tags else ():
            if machine.interpreter(target) is None:
                reason = f"Python {target} is not on this machine"
                self.skip(Subject.INSTALL, wheel.file.filename, reason, target)

    def report(self, distributions: Sequence[Distribution], *, static: bool) -> Report:
        """Give the Report."""
        return Report(
            ok=not any(finding.level is Level.ERROR for finding in self.findings),
            files=tuple(_verified(each.file) for each in distributions),
            checks=tuple(self.results),
            findings=tuple(self.findings),
            static=static,
            scope=self.context.scope.value if self.context.scope else None,
            ignored=self.ignored,
        )


def _verified(file: FileFacts) -> VerifiedFile:
    return VerifiedFile(filename=file.filename, kind=file.kind, sha256=file.sha256, size=file.size)


def run_check(
    check: Check[Any],
    facts: Any,
    context: Context,
    ignored: dict[str, str],
    *,
    file: str,
    python: str | None = None,
) -> tuple[CheckResult, list[Finding]]:
    """Run one check: how it ended, and what it found. An ignored rule is skipped with its reason."""
    skipped = f"ignored: {ignored[check.id]}" if check.id in ignored else ""
    skipped = skipped or check.applies(facts, context)
    if skipped:
        result = CheckResult(
            id=check.id, file=file, python=python, status=CheckStatus.SKIPPED, reason=skipped
        )
        return result, []
    started = time.perf_counter()
    found = [_finding(check, each, file, python) for each in check.problems(facts, context)]
    if context.may_fail(python):
        found = [msgspec.structs.replace(each, level=Level.WARNING) for each in found]
    errors = sum(finding.level is Level.ERROR for finding in found)
    warned = f"{len(found)} warning{'s' if len(found) > 1 else ''}" if found else None
    result = CheckResult(
        id=check.id,
        file=file,
        python=python,
        status=CheckStatus.FAILED if errors else CheckStatus.PASSED,
        reason=None if errors else warned,
        seconds=round(time.perf_counter() - started, 6),
    )
    return result, found


def _finding(check: Check[Any], found: str | Problem, file: str, python: str | None) -> Finding:
    problem = Problem(found) if isinstance(found, str) else found
    return Finding(
        rule=check.id,
        level=problem.level or check.level,
        file=file,
        message=writable(problem.message),
        hint=problem.hint or check.hint,
        python=python,
    )
